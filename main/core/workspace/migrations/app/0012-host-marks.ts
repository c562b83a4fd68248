import type { Migration } from '../migration.ts'

/**
 * What the operator says of a server: tags, and the stage of the plan that it belongs to. Without a foreign key on purpose: a
 * later step that makes the host table anew must not take these rows along.
 */
export const hostMarks: Migration = {
  version: 12,
  name: 'host-marks',
  sql: `
    CREATE TABLE host_mark (
      host_id TEXT PRIMARY KEY,
      tags TEXT NOT NULL CHECK (json_valid(tags)),
      stage TEXT
    ) STRICT, WITHOUT ROWID;
  `,
}
