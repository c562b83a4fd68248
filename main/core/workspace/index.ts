import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type * as z from 'zod'
import type { Problem } from '../../../shared/model/problem.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Environment } from '../environment.ts'
import { moveAside, newAside, sealAside } from './aside.ts'
import { backupSettings } from './backup-settings.ts'
import { compareWithClosed, forgetClosed, noteClosed } from './clean-close.ts'
import {
  type Check,
  corrupt,
  isCorruption,
  openDatabase,
  type ReadableDatabase,
  readSound,
  type WritableDatabase,
} from './database.ts'
import { lockHolder, takeLock } from './lock.ts'
import { migrate } from './migrate.ts'
import { appMigrations, metricsMigrations } from './migrations/index.ts'
import { finishRestore, newestSound, requestRestore, restoreNow } from './restore.ts'
import { readSetting, writeSetting } from './settings.ts'
import { clearSuspect, noteSuspect, readSuspect } from './suspicion.ts'
import { addTrouble, clearTroubles } from './troubles.ts'

export { type Backups, createBackups } from './backup.ts'
export { discardImported, listBackups } from './backup-list.ts'
export { checkFile } from './backup-thread.ts'
export type { ReadableDatabase, WritableDatabase } from './database.ts'
export { type Holder, lockHolder, nameOfHolder } from './lock.ts'
export { createTransfers, importAsBackup, type SealedSecrets, type Transfers } from './transfer/index.ts'

/** An open workspace: a folder with app.db (what the operator made) and metrics.db (what was measured). */
export interface Workspace {
  folder: string
  app: WritableDatabase
  metrics: WritableDatabase
  setting<T>(key: string, schema: z.ZodType<T>, fallback: T): T
  saveSetting(key: string, value: unknown): void
  /**
   * What a failure of a file means for the operator: a damaged file as WORKSPACE_CORRUPT, a full disk as DISK_FULL, both
   * noted as a trouble; null for any other error. `again`: a restart sets a damaged metrics.db right.
   */
  explain(error: unknown): { problem: Problem; again: boolean } | null
  /** Writing works again: a full disk is no trouble any more. */
  recovered(): void
  close(): void
}

export interface OpenOptions {
  /** A backup to put in place first. Throws as `requestRestore`. */
  restore?: string | undefined
  /** Why metrics.db cannot be worked with though SQLite opens it: it is set aside and begun anew. */
  metricsUnusable?: string | undefined
}

/** A metrics.db up to this size is looked through after an untidy end: about a second's work. The daily backup looks through any. */
const METRICS_CHECKED_BYTES = 512 << 20

/**
 * Opens a workspace folder, making it where there is none (folder 0700, files 0600), puts a wanted backup in place, and
 * brings its files to the newest shape. A damaged metrics.db is set aside and begun anew, which is told as a trouble.
 * @throws WORKSPACE_LOCKED another core has it open (names the holder); WORKSPACE_NEWER a newer Headroom wrote it;
 *   WORKSPACE_CORRUPT app.db is damaged (names the newest sound backup); DISK_FULL. Each leaves the folder as it was.
 */
export function openWorkspace(folder: string, environment: Environment, options: OpenOptions = {}): Workspace {
  return tellingOfFull(folder, () => openLocked(folder, environment, options))
}

function openLocked(folder: string, environment: Environment, options: OpenOptions): Workspace {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const endedTidily = lockHolder(folder) === null
  const lock = takeLock(folder, environment)
  const opened: WritableDatabase[] = []
  try {
    if (options.restore !== undefined) requestRestore(folder, options.restore)
    finishRestore(folder, environment)
    const app = openApp(folder, environment)
    opened.push(app)
    const metrics = openMetrics(folder, environment, endedTidily, options.metricsUnusable)
    opened.push(metrics)
    forgetClosed(folder)
    backupSettings(folder)
    return workspaceOf(folder, environment, { app, metrics }, () => {
      for (const database of opened) {
        if (database.open) optimize(database)
        database.close()
      }
      noteClosed(folder, environment.now())
      lock.release()
    })
  } catch (error) {
    for (const database of opened) database.close()
    lock.release()
    throw error
  }
}

/**
 * Puts a backup in place in a workspace that nobody has open, even one that cannot be opened. `mayLose` sees the present
 * app.db where it is sound, and throws what speaks against replacing it.
 * @throws WORKSPACE_LOCKED, BACKUP_NOT_FOUND, BACKUP_UNUSABLE, BACKUP_NO_ROOM, WORKSPACE_NEWER, DISK_FULL
 */
export function restoreClosed(
  folder: string,
  id: string,
  environment: Environment,
  mayLose: (app: ReadableDatabase) => void = () => {},
): void {
  const lock = tellingOfFull(folder, () => takeLock(folder, environment))
  try {
    // One that cannot be opened is what restoring is for.
    const present = compareWithClosed(folder).state === 'rotten' ? null : readSound(join(folder, 'app.db'))
    try {
      if (present) mayLose(present)
    } finally {
      present?.close()
    }
    restoreNow(folder, id, environment)
  } finally {
    lock.release()
  }
}

/** app.db is small and precious: all of it is checked, and compared with how it was closed. */
function openApp(folder: string, environment: Environment): WritableDatabase {
  const file = join(folder, 'app.db')
  const found = compareWithClosed(folder)
  let app: WritableDatabase | null = null
  try {
    if (found.state === 'rotten') throw corrupt(file, 'its bytes changed although no program wrote it')
    app = openDatabase(file, 'FULL', 'whole')
    migrate(app, appMigrations, join(folder, 'backups'), environment.now())
  } catch (error) {
    app?.close()
    throw offered(folder, isCorruption(error) ? corrupt(file, (error as Error).message, error) : error)
  }
  if (found.state === 'written') {
    addTrouble(folder, {
      kind: 'app-changed',
      at: environment.now(),
      problem: {
        code: 'WORKSPACE_CHANGED',
        fact: `Another program changed app.db after Headroom closed it at ${new Date(found.closedAt).toISOString()}.`,
        fix: 'Where that was you, all is well. Otherwise look through plan and servers, or restore a backup.',
      },
    })
  }
  return app
}

function openMetrics(
  folder: string,
  environment: Environment,
  endedTidily: boolean,
  unusable: string | undefined,
): WritableDatabase {
  const file = join(folder, 'metrics.db')
  const open = (check: Check) => {
    const metrics = openDatabase(file, 'NORMAL', check)
    try {
      migrate(metrics, metricsMigrations, join(folder, 'backups'), environment.now())
      return metrics
    } catch (error) {
      metrics.close()
      throw isCorruption(error) ? corrupt(file, (error as Error).message, error) : error
    }
  }
  const suspect = readSuspect(folder)
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  try {
    const given = unusable ?? (suspect !== null && suspect.count > 1 ? suspect.what : undefined)
    if (given !== undefined && bytes > 0) throw corrupt(file, given)
    return open(suspect ? 'whole' : endedTidily || bytes > METRICS_CHECKED_BYTES ? 'none' : 'quick')
  } catch (error) {
    if (!(error instanceof HeadroomError) || error.code !== 'WORKSPACE_CORRUPT') throw error
    setMetricsAside(folder, environment, error.problem)
    return open('none')
  }
}

/** History is worth less than going on: the damaged file is kept, and measuring goes on in a fresh one. */
function setMetricsAside(folder: string, environment: Environment, problem: Problem): void {
  const at = environment.now()
  const aside = newAside(folder, 'damaged', at)
  moveAside(folder, 'metrics.db', aside)
  sealAside(folder, aside, ['metrics.db'], 'damaged', at, problem.fact)
  clearSuspect(folder)
  const backup = newestSound(folder, 'metrics.db')
  environment.log.error({ problem, aside }, 'metrics.db was damaged and is begun anew')
  addTrouble(folder, {
    kind: 'metrics-damaged',
    at,
    problem: {
      code: 'METRICS_SET_ASIDE',
      fact: `The history of measurements was damaged and set aside; measuring goes on in a new file. ${problem.fact}`,
      fix: backup
        ? `Restore the backup of ${new Date(backup.at).toISOString()} to have the history until then again, or go on without it.`
        : 'No sound backup has it. The damaged file is kept for recovery by hand.',
      details: { kept: aside, ...(backup ? { backup: backup.id } : {}) },
    },
  })
}

/** A damaged app.db, with the newest backup that is known to be good. */
function offered(folder: string, error: unknown): unknown {
  if (!(error instanceof HeadroomError) || error.code !== 'WORKSPACE_CORRUPT') return error
  const backup = newestSound(folder, 'app.db')
  if (!backup) return error
  return new HeadroomError(
    {
      ...error.problem,
      fix: `Restore the backup of ${new Date(backup.at).toISOString()} with \`headroom restore ${backup.id}\`; the damaged file is kept beside it.`,
      details: { ...error.problem.details, backup: backup.id, backupAt: String(backup.at) },
    },
    { cause: error },
  )
}

function workspaceOf(
  folder: string,
  environment: Environment,
  { app, metrics }: { app: WritableDatabase; metrics: WritableDatabase },
  close: () => void,
): Workspace {
  let full = false
  let suspected = false
  return {
    folder,
    app,
    metrics,
    setting: (key, schema, fallback) => readSetting(app, key, schema, fallback),
    saveSetting: (key, value) => writeSetting(app, key, value, environment.now()),
    explain(error) {
      if (isFull(error)) {
        const problem = diskFull(folder)
        if (!full) {
          full = true
          environment.log.error({ problem }, 'the disk is full')
          quietly(() => addTrouble(folder, { kind: 'disk-full', at: environment.now(), problem }))
        }
        return { problem, again: false }
      }
      if (!isCorruption(error)) return null
      const what = (error as Error).message
      const ofApp = isDamaged(app)
      const file = join(folder, ofApp ? 'app.db' : 'metrics.db')
      const { problem } = offered(folder, corrupt(file, what, error)) as HeadroomError
      addTrouble(folder, { kind: 'damaged', at: environment.now(), problem })
      environment.log.error({ err: error, file }, 'a file of the workspace is damaged')
      // Many rounds may meet the same page before the restart: together they are one suspicion.
      if (ofApp || suspected) return { problem, again: false }
      suspected = true
      return { problem, again: noteSuspect(folder, what) <= 2 }
    },
    recovered() {
      if (!full) return
      full = false
      environment.log.info({}, 'there is room on the disk again')
      quietly(() => clearTroubles(folder, 'disk-full'))
    },
    close,
  }
}

function isDamaged(app: WritableDatabase): boolean {
  try {
    return app.pragma('integrity_check(1)', { simple: true }) !== 'ok'
  } catch (error) {
    if (!isCorruption(error)) throw error
    return true
  }
}

function isFull(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT'
}

function diskFull(folder: string): HeadroomError['problem'] {
  return {
    code: 'DISK_FULL',
    fact: `The disk of ${folder} is full: what is measured now cannot be stored.`,
    fix: 'Free some room. Everything stored before is safe, and storing goes on by itself.',
    value: folder,
  }
}

function tellingOfFull<T>(folder: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw isFull(error) ? new HeadroomError(diskFull(folder), { cause: error }) : error
  }
}

/** A full disk may refuse the note that it is full. */
function quietly(note: () => void): void {
  try {
    note()
  } catch {}
}

function optimize(database: WritableDatabase): void {
  // Statistics for the query planner: a disk that is full or a damaged file must not keep the workspace open.
  quietly(() => database.pragma('optimize'))
}
