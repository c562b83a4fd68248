import type { Migration } from '../migration.ts'

/** The plan as a line of revisions: each change adds one, and `plan_head` points at the one in force. */
export const plan: Migration = {
  version: 3,
  name: 'plan',
  sql: `
    CREATE TABLE plan_revision (
      id INTEGER PRIMARY KEY,
      saved_at INTEGER NOT NULL,
      reason TEXT NOT NULL,
      body TEXT NOT NULL CHECK (json_valid(body))
    ) STRICT;
    CREATE TABLE plan_head (
      only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
      revision INTEGER NOT NULL REFERENCES plan_revision (id)
    ) STRICT;
  `,
}
