import { chmodSync, existsSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import manifest from '../../../package.json' with { type: 'json' }
import type { BackupFile, BackupKind, WorkspaceFile } from '../../../shared/model/backup.ts'
import { checkCopy } from './backup-check.ts'
import { freshName, makeFolder, writeManifest } from './backup-list.ts'
import { asideFolder, backupSettings } from './backup-settings.ts'
import { isCutShort } from './database.ts'
import { sha256Of, sync, withJournals } from './durable-files.ts'
import { playbookCopies } from './playbook-folder.ts'

/** A folder of its own for what is put aside at that moment. */
export function newAside(workspace: string, kind: BackupKind, now: number): string {
  const root = asideFolder(workspace)
  makeFolder(root)
  const folder = join(root, freshName(root, now, kind))
  makeFolder(folder)
  chmodSync(folder, 0o700)
  sync(root)
  return folder
}

/** Moves a database and its journals out of the workspace. Done again after a crash, it moves what is left. */
export function moveAside(workspace: string, name: WorkspaceFile, folder: string): void {
  for (const file of withJournals(join(workspace, name)))
    if (existsSync(file)) renameSync(file, join(folder, file.slice(workspace.length + 1)))
  sync(folder)
  sync(workspace)
}

/**
 * Writes the manifest of what was put aside, with its write-ahead log folded in where SQLite can. What cannot be read
 * stays byte for byte as it was, and its manifest says that it was damaged.
 */
export function sealAside(
  workspace: string,
  folder: string,
  names: readonly WorkspaceFile[],
  kind: BackupKind,
  at: number,
  damage?: string,
): void {
  const files: BackupFile[] = []
  let found = damage
  for (const name of names) {
    const file = join(folder, name)
    if (!existsSync(file)) continue
    if (damage === undefined && !isCutShort(file)) foldIn(file)
    const checked =
      damage === undefined
        ? checkCopy(file)
        : { bytes: statSync(file).size, sha256: sha256Of(file), version: 0, fault: damage }
    found ??= checked.fault ?? undefined
    files.push({ name, bytes: checked.bytes, sha256: checked.sha256, version: checked.version })
  }
  if (files.length === 0) return
  const { workspaceId } = backupSettings(workspace)
  writeManifest(folder, {
    format: 1,
    kind,
    at,
    appVersion: manifest.version,
    workspace: { id: workspaceId, folder: workspace },
    files,
    ...playbookCopies(folder),
    ...(found === undefined ? {} : { damage: found }),
  })
}

function foldIn(file: string): void {
  let database: Database.Database | null = null
  try {
    database = new Database(file, { fileMustExist: true })
    database.pragma('journal_mode = DELETE')
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
    // Damaged; checkCopy says how.
  } finally {
    database?.close()
  }
}
