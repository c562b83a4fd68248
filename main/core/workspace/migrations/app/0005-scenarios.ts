import type { Migration } from '../migration.ts'

/** What-ifs kept under a name. They outlive the plan they were made for; a removed one stays a while, to be brought back. */
export const scenarios: Migration = {
  version: 5,
  name: 'scenarios',
  sql: `
    CREATE TABLE scenario (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      plan TEXT NOT NULL,
      plan_name TEXT NOT NULL,
      position INTEGER NOT NULL,
      saved_at INTEGER NOT NULL,
      removed_at INTEGER,
      body TEXT NOT NULL CHECK (json_valid(body))
    ) STRICT;
    CREATE UNIQUE INDEX scenario_name ON scenario (lower(name)) WHERE removed_at IS NULL;
  `,
}
