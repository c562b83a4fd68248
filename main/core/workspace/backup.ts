import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import Database from 'better-sqlite3'
import manifest from '../../../package.json' with { type: 'json' }
import {
  type Backup,
  type BackupFile,
  type BackupKind,
  type BackupSettings,
  type BackupStatus,
  type WorkspaceFile,
  WorkspaceFileSchema,
} from '../../../shared/model/backup.ts'
import { HeadroomError, problemOf } from '../../../shared/model/problem.ts'
import type { Environment } from '../environment.ts'
import {
  discardImported,
  findBackup,
  freshName,
  listBackups,
  makeFolder,
  namesIn,
  removeBackup,
  writeManifest,
} from './backup-list.ts'
import { expired } from './backup-rotation.ts'
import { backupFolder, backupSettings, saveBackupSettings } from './backup-settings.ts'
import { inThread } from './backup-thread.ts'
import type { WritableDatabase } from './database.ts'
import { sync } from './durable-files.ts'
import { copyPlaybooks, playbooksFault } from './playbook-folder.ts'
import { faultOf, requestRestore, unusable, usable } from './restore.ts'
import { clearTroubles, readTroubles } from './troubles.ts'

/** A step of 250 pages (1 MiB) holds the engine up for about 4 ms. */
const PAGES_A_STEP = 250
const FIRST_LOOK_MS = 10_000
const LOOK_EVERY_MS = 60_000
const TRY_AGAIN_MS = 600_000
const TELL_EVERY_MS = 250
/** What a copy may take beyond the pages there are when it begins. */
const ROOM_FACTOR = 1.05
const ROOM_EXTRA = 4 << 20

export interface Backups {
  /** Makes backups by the clock from now on; what is due already, once the engine has had time to come up. */
  start(firstLookMs?: number): void
  status(): BackupStatus
  list(): Backup[]
  /**
   * Makes one that has all that was written before this call: joins the one under way where that will still have it, else
   * follows it. Throws BACKUP_FOLDER_UNUSABLE, BACKUP_NO_ROOM, WORKSPACE_CORRUPT.
   */
  make(kind: 'manual' | 'scheduled'): Promise<Backup>
  configure(settings: BackupSettings): void
  /** Reads every byte and page of one. Throws BACKUP_NOT_FOUND, BACKUP_UNUSABLE. */
  verify(id: string): Promise<Backup>
  /** Verifies one and notes it for the next opening. Throws as `verify`, and WORKSPACE_NEWER. */
  request(id: string): Promise<Backup>
  dismiss(): void
  /** Deletes what was made of an export and is not wanted; any other backup stays. Throws BACKUP_NOT_FOUND. */
  discard(id: string): void
  close(): Promise<void>
}

interface Dependencies {
  workspace: { folder: string; app: WritableDatabase; metrics: WritableDatabase }
  environment: Pick<Environment, 'now' | 'log'>
  /** Something that `status` or `list` tells has changed. */
  changed: () => void
}

export function createBackups({ workspace, environment, changed }: Dependencies): Backups {
  const { folder } = workspace
  const { now, log } = environment
  const ending = new AbortController()
  let running: BackupStatus['running'] = null
  let underWay: Promise<Backup> | null = null
  /** True until a file was copied: SQLite keeps up a copy that is being made with what is written meanwhile. */
  let joinable = false
  let following: Promise<Backup> | null = null
  let failed: BackupStatus['failed'] = null
  let timer: NodeJS.Timeout | undefined
  let toldAt = 0

  const tell = (progress: NonNullable<typeof running>) => {
    running = progress
    if (now() - toldAt < TELL_EVERY_MS && progress.done > 0) return
    toldAt = now()
    changed()
  }
  const run = async (kind: 'manual' | 'scheduled') => {
    joinable = true
    const copied = () => {
      joinable = false
    }
    try {
      const made = await copyWorkspace({ workspace, kind, at: now(), signal: ending.signal, tell, copied })
      failed = null
      rotate(folder)
      return made
    } catch (error) {
      if (!ending.signal.aborted) {
        const first = failed?.problem.code !== problemOf(error).code
        failed = { at: now(), problem: problemOf(error) }
        if (first) log.warn({ problem: failed.problem }, 'no backup could be made')
      }
      throw error
    } finally {
      running = null
      underWay = null
      changed()
    }
  }
  const make = (kind: 'manual' | 'scheduled'): Promise<Backup> => {
    if (underWay === null || joinable) {
      underWay ??= run(kind)
      return underWay
    }
    following ??= underWay
      .catch(() => {})
      .then(() => {
        following = null
        ending.signal.throwIfAborted()
        return make(kind)
      })
    return following
  }
  const lastOf = (backups: readonly Backup[]) =>
    backups.find(({ own, kind, fault }) => own && fault === null && (kind === 'scheduled' || kind === 'manual')) ?? null
  const nextAt = (): number | null => {
    const { everyMs } = backupSettings(folder)
    if (everyMs === null) return null
    const last = lastOf(listBackups(folder))
    // A clock that was set back must not put the next one off for years.
    const due = last === null || last.at > now() + everyMs ? now() : last.at + everyMs
    return failed === null ? due : Math.max(due, failed.at + TRY_AGAIN_MS)
  }
  const look = () => {
    const due = nextAt()
    if (due !== null && due <= now() && underWay === null) make('scheduled').catch(() => {})
    timer = setTimeout(look, LOOK_EVERY_MS)
    timer.unref()
  }
  const verify = async (id: string): Promise<Backup> => {
    const backup = findBackup(folder, id)
    if (backup.fault !== null) throw unusable(backup, backup.fault)
    for (const file of backup.files) {
      const fault = faultOf(await inThread(join(backup.path, file.name), false, ending.signal), file)
      if (fault !== null) throw unusable(backup, fault)
    }
    const fault = playbooksFault(backup.path, backup.playbooks ?? [])
    if (fault !== null) throw unusable(backup, fault)
    return backup
  }

  return {
    start(firstLookMs = FIRST_LOOK_MS) {
      timer ??= setTimeout(look, firstLookMs)
      timer.unref()
    },
    status() {
      const settings = backupSettings(folder)
      return {
        settings: { folder: settings.folder, everyMs: settings.everyMs, keep: settings.keep },
        folder: backupFolder(folder, settings),
        last: lastOf(listBackups(folder)),
        nextAt: nextAt(),
        running,
        failed,
        troubles: readTroubles(folder),
        present: WorkspaceFileSchema.options.map((name) => {
          const { mtimeMs } = statSync(join(folder, name))
          const log = statSync(join(folder, `${name}-wal`), { throwIfNoEntry: false })
          return {
            name,
            bytes: bytesOf(name === 'app.db' ? workspace.app : workspace.metrics),
            changedAt: Math.round(Math.max(mtimeMs, log?.size ? log.mtimeMs : 0)),
          }
        }),
      }
    },
    list: () => listBackups(folder),
    make,
    configure(settings) {
      if (settings.folder !== null) checkChosen(settings.folder)
      saveBackupSettings(folder, settings)
      failed = null
      rotate(folder)
      changed()
    },
    verify,
    async request(id) {
      // First sight first: a newer one is refused as that, and nothing is read for it.
      usable(findBackup(folder, id))
      await verify(id)
      return requestRestore(folder, id)
    },
    discard(id) {
      discardImported(folder, id)
      changed()
    },
    dismiss() {
      clearTroubles(folder)
      changed()
    },
    async close() {
      ending.abort()
      clearTimeout(timer)
      await following?.catch(() => {})
      await underWay?.catch(() => {})
    },
  }
}

/**
 * Copies both files while the engine goes on working, metrics.db first: the copy of app.db is then never older than that of
 * metrics.db, so that every series has its server. It is complete when it gets its name; until then it is a hidden folder
 * that the next one clears away.
 */
async function copyWorkspace(options: {
  workspace: Dependencies['workspace']
  kind: BackupKind
  at: number
  signal: AbortSignal
  tell: (progress: NonNullable<BackupStatus['running']>) => void
  /** One of the files is copied: what is written from here on may be in none. */
  copied: () => void
}): Promise<Backup> {
  const { workspace, kind, at, signal, tell, copied } = options
  const settings = backupSettings(workspace.folder)
  const target = backupFolder(workspace.folder, settings)
  const mark = `.partial-${settings.workspaceId}-`
  const partial = join(target, `${mark}${at}`)
  try {
    makeFolder(target)
    for (const name of namesIn(target))
      if (name.startsWith(mark)) rmSync(join(target, name), { recursive: true, force: true })
    checkRoom(workspace, target)
    mkdirSync(partial, { mode: 0o700 })
    chmodSync(partial, 0o700)
    const files: BackupFile[] = []
    for (const [name, database] of [
      ['metrics.db', workspace.metrics],
      ['app.db', workspace.app],
    ] as const) {
      const file = join(partial, name)
      await copyDatabase(database, file, signal, (done, total) => tell({ file: name, done, total }))
      copied()
      chmodSync(file, 0o600)
      const checked = await inThread(file, true, signal)
      if (checked.fault !== null) throw sourceDamaged(workspace.folder, name, checked.fault)
      files.unshift({ name, bytes: checked.bytes, sha256: checked.sha256, version: checked.version })
    }
    writeManifest(partial, {
      format: 1,
      kind,
      at,
      appVersion: manifest.version,
      workspace: { id: settings.workspaceId, folder: workspace.folder },
      files,
      playbooks: copyPlaybooks(workspace.folder, partial),
    })
    const id = freshName(target, at, kind)
    renameSync(partial, join(target, id))
    sync(target)
    return findBackup(workspace.folder, id)
  } catch (error) {
    removeQuietly(partial)
    throw asProblem(error, target)
  }
}

function copyDatabase(
  database: WritableDatabase,
  file: string,
  signal: AbortSignal,
  progress: (done: number, total: number) => void,
): Promise<unknown> {
  return database.backup(file, {
    progress: ({ totalPages, remainingPages }) => {
      signal.throwIfAborted()
      progress(totalPages - remainingPages, totalPages)
      return PAGES_A_STEP
    },
  })
}

/** What a copy will have, with what is still in the write-ahead log only. */
function bytesOf(database: WritableDatabase): number {
  const page = database.pragma('page_size', { simple: true }) as number
  return page * (database.pragma('page_count', { simple: true }) as number)
}

/** @throws BACKUP_NO_ROOM before anything is written, where the disk cannot hold the copies. */
function checkRoom({ app, metrics }: Dependencies['workspace'], target: string): void {
  const bytes = bytesOf(app) + bytesOf(metrics)
  const { bavail, bsize } = statfsSync(target)
  if (bytes * ROOM_FACTOR + ROOM_EXTRA > bavail * bsize) throw noRoom(target, bytes, bavail * bsize)
}

function noRoom(target: string, needed?: number, free?: number): HeadroomError {
  const figures = needed === undefined ? '' : `: ${mebibytes(needed)} are needed and ${mebibytes(free ?? 0)} are free`
  return new HeadroomError({
    code: 'BACKUP_NO_ROOM',
    fact: `The disk of ${target} has no room for a backup${figures}.`,
    fix: 'Free some room, keep fewer backups, or choose another folder. No earlier backup was deleted.',
    field: 'folder',
    value: target,
  })
}

const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`

function folderUnusable(target: string, cause: unknown): HeadroomError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new HeadroomError(
    {
      code: 'BACKUP_FOLDER_UNUSABLE',
      fact: `Backups cannot be written to ${target}: ${why}.`,
      fix: 'Make the folder writable for you, connect its disk, or choose another folder. No earlier backup was deleted.',
      field: 'folder',
      value: target,
    },
    { cause },
  )
}

function sourceDamaged(workspace: string, name: WorkspaceFile, what: string): HeadroomError {
  return new HeadroomError({
    code: 'WORKSPACE_CORRUPT',
    fact: `The workspace file ${join(workspace, name)} is damaged: ${what}. No backup was made of it.`,
    fix: 'Restore the newest backup. The earlier ones were kept.',
    value: join(workspace, name),
  })
}

/** Errors of the file system and of SQLite's writing, as what the operator can do something about. */
function asProblem(error: unknown, target: string): unknown {
  const code = (error as { code?: unknown }).code
  if (error instanceof HeadroomError || typeof code !== 'string') return error
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL') return noRoom(target)
  const ofWriting = error instanceof Database.SqliteError ? /^SQLITE_(IOERR|CANTOPEN|READONLY)/.test(code) : true
  return ofWriting ? folderUnusable(target, error) : error
}

/** What cannot be removed now is cleared away by the next backup. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {}
}

/** Only this workspace's own, and only sound ones count: a broken one neither stands for a day nor is dropped for its age. */
function rotate(workspace: string): void {
  const { keep } = backupSettings(workspace)
  const own = listBackups(workspace).filter(
    (backup) => backup.own && (backup.fault === null || backup.kind === 'damaged'),
  )
  for (const backup of expired(own, keep)) removeBackup(backup)
}

/** @throws BACKUP_FOLDER_UNUSABLE where the chosen folder is not absolute or cannot be written to. */
function checkChosen(folder: string): void {
  if (!isAbsolute(folder)) throw folderUnusable(folder, new Error('it is not a whole path from the root'))
  try {
    makeFolder(folder)
    const probe = join(folder, '.headroom-can-write')
    mkdirSync(probe)
    rmSync(probe, { recursive: true })
    readdirSync(folder)
  } catch (error) {
    throw folderUnusable(folder, error)
  }
}
