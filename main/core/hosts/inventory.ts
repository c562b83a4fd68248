import * as z from 'zod'
import { type Host, type PostgresProbe, PostgresProbeSchema } from '../../../shared/model/host.ts'
import type { WritableDatabase } from '../workspace/index.ts'

/** What is stored of a host; its state is not. */
export type StoredHost = Omit<Host, 'state' | 'lastSampleAt' | 'problem' | 'route'>

const RowSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['local', 'ssh', 'sample']),
    address: z.string(),
    port: z.number().int().nullable(),
    user: z.string().nullable(),
    auth_kind: z.enum(['none', 'agent', 'key', 'password', 'config']),
    key_path: z.string().nullable(),
    postgres: z.string().nullable(),
    created_at: z.number(),
  })
  .transform(
    (row): StoredHost => ({
      id: row.id,
      name: row.name,
      kind: row.kind,
      address: row.address,
      port: row.port,
      user: row.user,
      authKind: row.auth_kind,
      keyPath: row.key_path,
      postgres: row.postgres === null ? null : PostgresProbeSchema.parse(JSON.parse(row.postgres)),
      createdAt: row.created_at,
    }),
  )

/**
 * The hosts as last read, and read anew after any of them was written, by whichever statement. Every round asks for its host
 * several times, the collector for all of them many times a second, while runs write their output to the same database.
 */
export class Inventory {
  readonly #database: WritableDatabase
  readonly #version
  #known = new Map<string, StoredHost>()
  #readAt: number | null = null

  constructor(database: WritableDatabase) {
    this.#database = database
    database.exec(VERSION)
    this.#version = database.prepare('SELECT version FROM temp.host_version').pluck()
  }

  list(): StoredHost[] {
    return [...this.#all().values()]
  }

  find(id: string): StoredHost | null {
    return this.#all().get(id) ?? null
  }

  #all(): Map<string, StoredHost> {
    const version = this.#version.get() as number
    if (version !== this.#readAt) {
      this.#known = new Map(listHosts(this.#database).map((host) => [host.id, host]))
      this.#readAt = version
    }
    return this.#known
  }
}

/** Another number after each write to the table, and the old one again where that was rolled back. Of this connection only. */
const VERSION = `
  CREATE TEMP TABLE IF NOT EXISTS host_version (version INTEGER NOT NULL);
  INSERT INTO temp.host_version SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM temp.host_version);
${['INSERT', 'UPDATE', 'DELETE']
  .map(
    (change) => `
  CREATE TEMP TRIGGER IF NOT EXISTS host_version_${change.toLowerCase()} AFTER ${change} ON main.host
    BEGIN UPDATE host_version SET version = random() >> 12; END;`,
  )
  .join('')}`

function listHosts(database: WritableDatabase): StoredHost[] {
  const rows = database.prepare('SELECT * FROM host ORDER BY created_at, name COLLATE NOCASE').all()
  return rows.map((row) => RowSchema.parse(row))
}

export function isNameTaken(database: WritableDatabase, name: string): boolean {
  return database.prepare('SELECT 1 FROM host WHERE name = ?').get(name) !== undefined
}

export function insertHost(database: WritableDatabase, host: StoredHost): void {
  database
    .prepare(
      `INSERT INTO host (id, name, kind, address, port, user, auth_kind, key_path, postgres, created_at)
       VALUES (?, ?, ?, ?, CAST(? AS INTEGER), ?, ?, ?, ?, CAST(? AS INTEGER))`,
    )
    .run(
      host.id,
      host.name,
      host.kind,
      host.address,
      host.port,
      host.user,
      host.authKind,
      host.keyPath,
      host.postgres === null ? null : JSON.stringify(host.postgres),
      Math.trunc(host.createdAt),
    )
}

export function updatePostgres(database: WritableDatabase, id: string, postgres: PostgresProbe | null): void {
  const text = postgres === null ? null : JSON.stringify(postgres)
  database.prepare('UPDATE host SET postgres = ? WHERE id = ?').run(text, id)
}

export function deleteHost(database: WritableDatabase, id: string): void {
  database.prepare('DELETE FROM host WHERE id = ?').run(id)
}
