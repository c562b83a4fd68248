import type { Migration } from '../migration.ts'

export const settings: Migration = {
  version: 1,
  name: 'settings',
  sql: `
    CREATE TABLE setting (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL CHECK (json_valid(value)),
      saved_at INTEGER NOT NULL
    ) STRICT;
  `,
}
