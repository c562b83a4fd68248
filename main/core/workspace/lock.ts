import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import * as z from 'zod'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Environment } from '../environment.ts'
import { openDatabase } from './database.ts'

const HolderSchema = z.object({ pid: z.number().int(), since: z.number(), face: z.enum(['electron', 'web', 'cli']) })
export type Holder = z.infer<typeof HolderSchema>

const HOLDER = 'workspace.lock'

/**
 * Takes the workspace for this process. What locks is an open write transaction on `lock.db`: the operating system ends
 * it with the process, however that dies, so a lock left by a killed core is free at once and a reused pid fools nobody.
 * `workspace.lock` beside it only names the holder, for people and for programs that want to talk to it.
 * @throws WORKSPACE_LOCKED naming the holder, while another core has the folder open.
 */
export function takeLock(folder: string, environment: Environment): { release(): void } {
  const database = openLockDatabase(join(folder, 'lock.db'))
  try {
    database.exec('BEGIN IMMEDIATE')
  } catch (error) {
    database.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) throw locked(folder)
    throw error
  }
  const holder: Holder = { pid: process.pid, since: environment.now(), face: environment.face }
  const file = join(folder, HOLDER)
  try {
    writeFileSync(file, `${JSON.stringify(holder)}\n`, { mode: 0o600 })
  } catch (error) {
    database.close()
    throw error
  }
  return {
    release() {
      rmSync(file, { force: true })
      database.close()
    },
  }
}

/** Who the folder's lock file names, or null. The file may outlive a killed holder: only `takeLock` tells if it is held. */
export function lockHolder(folder: string): Holder | null {
  try {
    return HolderSchema.parse(JSON.parse(readFileSync(join(folder, HOLDER), 'utf8')))
  } catch {
    return null
  }
}

/** The file has no content worth keeping: a damaged one is made anew. It waits for nobody and needs no write-ahead log. */
function openLockDatabase(file: string) {
  try {
    return shortWait(openDatabase(file, 'NORMAL', 'none', 'DELETE'))
  } catch (error) {
    if (!(error instanceof HeadroomError)) throw error
    rmSync(file, { force: true })
    return shortWait(openDatabase(file, 'NORMAL', 'none', 'DELETE'))
  }
}

function shortWait<T extends Database.Database>(database: T): T {
  database.pragma('busy_timeout = 0')
  return database
}

const HOLDERS = { electron: 'the Headroom window', web: 'headroom serve', cli: 'the headroom command' } as const

/** What people call the program that has a workspace open. */
export const nameOfHolder = ({ face }: Pick<Holder, 'face'>): string => HOLDERS[face]

function locked(folder: string): HeadroomError {
  const holder = lockHolder(folder)
  const who = holder
    ? `${nameOfHolder(holder)} (process ${holder.pid}, since ${new Date(holder.since).toISOString()})`
    : 'another Headroom process'
  return new HeadroomError({
    code: 'WORKSPACE_LOCKED',
    fact: `The workspace ${folder} is in use by ${who}.`,
    fix: 'Close that one first, or choose another workspace folder.',
    value: folder,
    details: holder ? { pid: String(holder.pid), since: String(holder.since), face: holder.face } : {},
  })
}
