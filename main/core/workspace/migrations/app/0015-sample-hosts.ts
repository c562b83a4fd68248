import type { Migration } from '../migration.ts'

/** A server may be a sample's, which has made-up figures and no computer behind it. */
export const sampleHosts: Migration = {
  version: 15,
  name: 'sample-hosts',
  sql: `
    CREATE TABLE host_next (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL UNIQUE COLLATE NOCASE,
      kind TEXT NOT NULL CHECK (kind IN ('local', 'ssh', 'sample')),
      address TEXT NOT NULL,
      port INTEGER,
      user TEXT,
      auth_kind TEXT NOT NULL CHECK (auth_kind IN ('none', 'agent', 'key', 'password', 'config')),
      key_path TEXT,
      postgres TEXT,
      created_at INTEGER NOT NULL
    ) STRICT;
    INSERT INTO host_next SELECT id, name, kind, address, port, user, auth_kind, key_path, postgres, created_at FROM host;
    DROP TABLE host;
    ALTER TABLE host_next RENAME TO host;
  `,
}
