import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { WritableDatabase } from './database.ts'
import type { Migration } from './migrations/index.ts'

/** How many copies made before a migration are kept of each file. */
const BACKUPS_KEPT = 3

export function versionOf(database: WritableDatabase): number {
  return database.pragma('user_version', { simple: true }) as number
}

/**
 * Brings a database to the newest shape, one step and one transaction at a time. A file that already has a shape is
 * copied into `backups` first.
 * @throws WORKSPACE_NEWER when the file was written by a newer Headroom; the file is left as it is.
 */
export function migrate(
  database: WritableDatabase,
  migrations: readonly Migration[],
  backups: string,
  now: number,
): { from: number; to: number; backup: string | null } {
  const from = versionOf(database)
  const to = migrations.at(-1)?.version ?? 0
  if (from > to) {
    throw new HeadroomError({
      code: 'WORKSPACE_NEWER',
      fact: `The workspace file ${database.name} has version ${from}; this Headroom knows versions up to ${to}.`,
      fix: 'Open it with the newer Headroom that wrote it, or choose another workspace folder.',
      value: database.name,
    })
  }
  const pending = migrations.filter((migration) => migration.version > from)
  if (pending.length === 0) return { from, to, backup: null }
  const backup = from > 0 ? backUp(database, backups, from, now) : null
  // Rebuilding a table that others refer to is only possible with the checks off; they are made up for before the commit.
  database.pragma('foreign_keys = OFF')
  try {
    for (const migration of pending) apply(database, migration)
  } finally {
    database.pragma('foreign_keys = ON')
  }
  return { from, to, backup }
}

function apply(database: WritableDatabase, migration: Migration): void {
  database
    .transaction(() => {
      database.exec(migration.sql)
      const orphans = database.pragma('foreign_key_check') as unknown[]
      if (orphans.length > 0) throw new Error(`migration ${migration.name} left ${orphans.length} broken references`)
      database.pragma(`user_version = ${migration.version}`)
    })
    .immediate()
}

/** VACUUM INTO and not a file copy: it is one consistent read that includes the write-ahead log. */
function backUp(database: WritableDatabase, folder: string, version: number, now: number): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const name = basename(database.name, '.db')
  const stamp = new Date(now).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)
  const file = join(folder, `${name}-v${version}-${stamp}.db`)
  rmSync(file, { force: true })
  const before = process.umask(0o077)
  try {
    database.prepare('VACUUM INTO ?').run(file)
  } finally {
    process.umask(before)
  }
  const older = readdirSync(folder).filter((each) => each.startsWith(`${name}-v`) && each.endsWith('.db'))
  older.sort((a, b) => stampOf(b).localeCompare(stampOf(a)))
  for (const each of older.slice(BACKUPS_KEPT)) rmSync(join(folder, each))
  return file
}

const stampOf = (file: string) => file.slice(file.lastIndexOf('-'))
