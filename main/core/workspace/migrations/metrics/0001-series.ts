import type { Migration } from '../migration.ts'

/**
 * `head` holds the newest samples of each series as plain rows; `block` holds sealed runs of them, compressed.
 * A block's key is series * 2^34 + its first second, in a rowid table: large blobs waste pages in a WITHOUT ROWID one.
 * `rollup.level` is the width of a bucket in milliseconds. Each table leads with the series or has an index on it: removing a
 * host must not read every row of the others.
 */
export const series: Migration = {
  version: 1,
  name: 'series',
  sql: `
    CREATE TABLE series (
      id INTEGER PRIMARY KEY,
      host_id TEXT NOT NULL,
      metric TEXT NOT NULL,
      labels TEXT NOT NULL CHECK (json_valid(labels)),
      unit TEXT NOT NULL,
      UNIQUE (host_id, metric, labels)
    ) STRICT;

    CREATE TABLE head (
      series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
      at INTEGER NOT NULL,
      value REAL NOT NULL,
      PRIMARY KEY (series_id, at)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE block (
      key INTEGER PRIMARY KEY,
      series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
      from_at INTEGER NOT NULL,
      to_at INTEGER NOT NULL,
      n INTEGER NOT NULL CHECK (n > 0),
      min REAL NOT NULL,
      max REAL NOT NULL,
      sum REAL NOT NULL,
      codec INTEGER NOT NULL,
      data BLOB NOT NULL
    ) STRICT;
    CREATE INDEX block_of_series ON block (series_id);

    CREATE TABLE rollup (
      level INTEGER NOT NULL,
      series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
      at INTEGER NOT NULL,
      n INTEGER NOT NULL CHECK (n > 0),
      min REAL NOT NULL,
      max REAL NOT NULL,
      sum REAL NOT NULL,
      last REAL NOT NULL,
      PRIMARY KEY (series_id, level, at)
    ) STRICT, WITHOUT ROWID;
  `,
}
