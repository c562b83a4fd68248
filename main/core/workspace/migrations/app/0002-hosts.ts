import type { Migration } from '../migration.ts'

/**
 * The servers, the host keys the operator accepted, and sealed secrets (never a secret in clear).
 * `secret.sealed` is what the store named by `kind` made of the value; `vault` has one row, how the passphrase is turned
 * into a key and a known text sealed with it, which tells a wrong passphrase.
 */
export const hosts: Migration = {
  version: 2,
  name: 'hosts',
  sql: `
    CREATE TABLE host (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL UNIQUE COLLATE NOCASE,
      kind TEXT NOT NULL CHECK (kind IN ('local', 'ssh')),
      address TEXT NOT NULL,
      port INTEGER,
      user TEXT,
      auth_kind TEXT NOT NULL CHECK (auth_kind IN ('none', 'agent', 'key', 'password')),
      key_path TEXT,
      postgres TEXT,
      created_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE host_key (
      address TEXT NOT NULL,
      port INTEGER NOT NULL,
      algorithm TEXT NOT NULL,
      key_base64 TEXT NOT NULL,
      accepted_at INTEGER NOT NULL,
      PRIMARY KEY (address, port, key_base64)
    ) STRICT;
    CREATE TABLE secret (
      name TEXT PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('keychain', 'vault')),
      sealed TEXT NOT NULL
    ) STRICT;
    CREATE TABLE vault (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      salt TEXT NOT NULL,
      cost INTEGER NOT NULL,
      proof TEXT NOT NULL
    ) STRICT;
  `,
}
