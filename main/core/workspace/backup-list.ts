import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Backup,
  type BackupManifest,
  BackupManifestSchema,
  type WorkspaceFile,
} from '../../../shared/model/backup.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { asideFolder, backupFolder, backupSettings } from './backup-settings.ts'
import { sync, writeWhole } from './durable-files.ts'
import { appMigrations, metricsMigrations } from './migrations/index.ts'

const MANIFEST = 'manifest.json'
/** 20260105T120000Z-scheduled, with -2 and so on where there is one of that second. */
const NAME = /^\d{8}T\d{6}Z-[a-z]+(-\d+)?$/

/** The newest shape of each file that this Headroom knows. */
const NEWEST: Readonly<Record<WorkspaceFile, number>> = {
  'app.db': appMigrations.at(-1)?.version ?? 0,
  'metrics.db': metricsMigrations.at(-1)?.version ?? 0,
}

/** A name of its own in `folder` for a backup of that moment. */
export function freshName(folder: string, at: number, kind: string): string {
  const stamp = `${new Date(at).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}Z-${kind}`
  let name = stamp
  for (let i = 2; existsSync(join(folder, name)); i += 1) name = `${stamp}-${i}`
  return name
}

export function writeManifest(folder: string, manifest: BackupManifest): void {
  writeWhole(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`)
  sync(folder)
}

/** Every backup of the workspace's folders, newest first; those that another workspace made there too. */
export function listBackups(workspace: string): Backup[] {
  const settings = backupSettings(workspace)
  const folders = new Set([
    backupFolder(workspace, settings),
    backupFolder(workspace, { ...settings, folder: null }),
    asideFolder(workspace),
  ])
  return [...folders]
    .flatMap((folder) =>
      namesIn(folder)
        .filter((name) => NAME.test(name))
        .flatMap((name) => describe(folder, name, settings.workspaceId) ?? []),
    )
    .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
}

/**
 * The backup of that id.
 * @throws BACKUP_NOT_FOUND
 */
export function findBackup(workspace: string, id: string): Backup {
  const found = listBackups(workspace).find((one) => one.id === id)
  if (found) return found
  throw new HeadroomError({
    code: 'BACKUP_NOT_FOUND',
    fact: `There is no backup "${id}".`,
    fix: 'See `headroom backups` for those there are.',
    field: 'id',
    value: id,
  })
}

/** Deletes a backup. Its manifest goes first, so that half of one is never taken for a whole. */
export function removeBackup({ path }: Pick<Backup, 'path'>): void {
  rmSync(join(path, MANIFEST), { force: true })
  rmSync(path, { recursive: true, force: true })
}

/** Deletes the backup that was made of an export and is not wanted; any other backup stays. Throws BACKUP_NOT_FOUND. */
export function discardImported(workspace: string, id: string): void {
  const backup = findBackup(workspace, id)
  if (backup.kind === 'imported') removeBackup(backup)
}

export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
}

export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Null for a folder without a manifest: an unfinished deletion, or none of ours. */
function describe(folder: string, id: string, workspaceId: string): Backup | null {
  const path = join(folder, id)
  let text: string
  try {
    text = readFileSync(join(path, MANIFEST), 'utf8')
  } catch {
    return null
  }
  let manifest: BackupManifest
  try {
    manifest = BackupManifestSchema.parse(JSON.parse(text))
  } catch {
    const at = Date.parse(id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, '$1-$2-$3T$4:$5:$6Z'))
    const fault = 'its manifest.json cannot be read'
    return { id, path, kind: 'manual', at, appVersion: '', files: [], playbooks: null, bytes: 0, own: false, fault }
  }
  return {
    id,
    path,
    kind: manifest.kind,
    at: manifest.at,
    appVersion: manifest.appVersion,
    files: manifest.files,
    playbooks: manifest.playbooks ?? null,
    bytes: [...manifest.files, ...(manifest.playbooks ?? [])].reduce((sum, { bytes }) => sum + bytes, 0),
    own: manifest.workspace.id === workspaceId,
    fault: faultOf(path, manifest),
  }
}

/** What is wrong at first sight: that its bytes are right is for `verify` to say, which reads them all. */
function faultOf(path: string, { files, kind, damage, appVersion }: BackupManifest): string | null {
  if (kind === 'damaged') return `it is what was damaged (${damage ?? 'unknown'}), kept for recovery by hand`
  if (damage !== undefined) return `what it holds was damaged: ${damage}`
  for (const { name, bytes, version } of files) {
    const size = statSync(join(path, name), { throwIfNoEntry: false })?.size
    if (size === undefined) return `${name} is missing in it`
    if (size !== bytes) return `${name} has ${size} bytes where its manifest says ${bytes}`
    if (version > NEWEST[name])
      return `${name} has version ${version}, written by Headroom ${appVersion}; this one knows versions up to ${NEWEST[name]}`
  }
  return null
}

/** True where a file of the backup is of a newer Headroom than this one. */
export function isNewer({ files }: Pick<Backup, 'files'>): boolean {
  return files.some(({ name, version }) => version > NEWEST[name])
}
