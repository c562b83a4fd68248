import type { Migration } from '../migration.ts'

/**
 * How the engine left the rollups: a row says that every bucket is on disk, but for those of the series that `unsure` lists
 * (ids as JSON). Without it, as after a crash, the newest bucket of each series is computed anew from its samples.
 */
export const closed: Migration = {
  version: 3,
  name: 'closed',
  sql: `
    CREATE TABLE closed (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      unsure TEXT NOT NULL
    ) STRICT;
  `,
}
