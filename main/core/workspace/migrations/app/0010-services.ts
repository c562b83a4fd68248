import type { Migration } from '../migration.ts'

/**
 * What each host is asked besides itself (Redis, checks, own metrics), and what its last full round did not find.
 * Without foreign keys on purpose: a later step that makes the host table anew must not take these rows along.
 */
export const services: Migration = {
  version: 10,
  name: 'services',
  sql: `
    CREATE TABLE host_service (
      host_id TEXT NOT NULL,
      id TEXT NOT NULL,
      position INTEGER NOT NULL,
      body TEXT NOT NULL CHECK (json_valid(body)),
      PRIMARY KEY (host_id, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE host_finding (
      host_id TEXT PRIMARY KEY,
      at INTEGER NOT NULL,
      body TEXT NOT NULL CHECK (json_valid(body))
    ) STRICT, WITHOUT ROWID;
  `,
}
