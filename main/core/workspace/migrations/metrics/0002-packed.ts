import type { Migration } from '../migration.ts'

/**
 * Times of rounds are kept once in `clock` for all blocks of them, and rollups that change no more are packed into
 * `rollup_chunk`: as rows they took ten times the room of the samples. Minutes are computed from the samples, which are kept
 * as long. A chunk's key is ((series * 16) + level's place) * 2^34 + its first second.
 */
export const packed: Migration = {
  version: 2,
  name: 'packed',
  sql: `
    CREATE TABLE clock (
      id INTEGER PRIMARY KEY,
      from_at INTEGER NOT NULL,
      to_at INTEGER NOT NULL,
      n INTEGER NOT NULL CHECK (n > 0),
      data BLOB NOT NULL
    ) STRICT;
    CREATE INDEX clock_by_span ON clock (to_at, from_at, n);
    ALTER TABLE block ADD COLUMN clock_id INTEGER;

    CREATE TABLE rollup_chunk (
      key INTEGER PRIMARY KEY,
      series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
      level INTEGER NOT NULL,
      from_at INTEGER NOT NULL,
      to_at INTEGER NOT NULL,
      n INTEGER NOT NULL CHECK (n > 0),
      data BLOB NOT NULL
    ) STRICT;
    CREATE INDEX rollup_chunk_of_series ON rollup_chunk (series_id);
    DELETE FROM rollup WHERE level = 60000;
  `,
}
