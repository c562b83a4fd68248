import { HeadroomError } from '../../../shared/model/problem.ts'
import { copyBeforeMigration } from './backup-migration.ts'
import type { WritableDatabase } from './database.ts'
import type { Migration } from './migrations/index.ts'

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
  const backup = from > 0 ? copyBeforeMigration(database, backups, from, now) : null
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
