import { statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import manifest from '../../../package.json' with { type: 'json' }
import { WorkspaceFileSchema } from '../../../shared/model/backup.ts'
import { freshName, listBackups, makeFolder, removeBackup, writeManifest } from './backup-list.ts'
import { expired } from './backup-rotation.ts'
import { backupSettings } from './backup-settings.ts'
import type { WritableDatabase } from './database.ts'
import { sha256Of, sync } from './durable-files.ts'

/**
 * Copies one file before it takes a newer shape: a backup like the others, of that file only, in the folder `backups` of the
 * workspace. VACUUM INTO and not a file copy: it is one consistent read that includes the write-ahead log.
 */
export function copyBeforeMigration(database: WritableDatabase, backups: string, version: number, now: number): string {
  const workspace = dirname(database.name)
  const name = WorkspaceFileSchema.parse(basename(database.name))
  const settings = backupSettings(workspace)
  makeFolder(backups)
  const folder = join(backups, freshName(backups, now, 'migration'))
  makeFolder(folder)
  const file = join(folder, name)
  const before = process.umask(0o077)
  try {
    database.prepare('VACUUM INTO ?').run(file)
  } finally {
    process.umask(before)
  }
  sync(file)
  writeManifest(folder, {
    format: 1,
    kind: 'migration',
    at: now,
    appVersion: manifest.version,
    workspace: { id: settings.workspaceId, folder: workspace },
    files: [{ name, bytes: statSync(file).size, sha256: sha256Of(file), version }],
  })
  sync(backups)
  const own = listBackups(workspace).filter((one) => one.own && one.kind === 'migration')
  for (const one of expired(own, settings.keep)) removeBackup(one)
  return folder
}
