import { chmodSync, closeSync, openSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import Database from 'better-sqlite3'
import { HeadroomError } from '../../../shared/model/problem.ts'

declare const readable: unique symbol
declare const writable: unique symbol

/** A handle for queries that only read. */
export type ReadableDatabase = Database.Database & { readonly [readable]: true }
/** The workspace's one writing handle of a file. */
export type WritableDatabase = ReadableDatabase & { readonly [writable]: true }

/**
 * How much of a file is looked at on opening. `quick`: the form of every page and row. `whole`: also that indexes and tables
 * say the same, and every NOT NULL, UNIQUE and CHECK. Neither can see a value that was changed into another valid one.
 */
export type Check = 'none' | 'quick' | 'whole'

/** SQLite's cache of a file is not part of JavaScript's heap; it fills as the file is written and read. */
const CACHE_BYTES = 16 << 20

/** FULL: a commit is on the disk when it returns. NORMAL: a power cut may cost the newest commits, a killed process none. */
export type Durability = 'FULL' | 'NORMAL'

/**
 * Opens a database file for writing, making it with mode 0600 if it is not there.
 * @throws WORKSPACE_CORRUPT when the file is not a sound SQLite database.
 */
export function openDatabase(
  file: string,
  durability: Durability,
  check: Check,
  journal: 'WAL' | 'DELETE' = 'WAL',
): WritableDatabase {
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
  let database: Database.Database | undefined
  const cut = isCutShort(file)
  try {
    if (cut) throw corrupt(file, 'it ends in the middle of a page')
    database = new Database(file, { timeout: 5000 })
    database.pragma(`journal_mode = ${journal}`)
    database.pragma(`synchronous = ${durability}`)
    database.pragma('foreign_keys = ON')
    database.pragma('journal_size_limit = 67108864')
    // Pages it keeps in memory: a process that goes on for long grows by this much and no more. A year is read from it.
    database.pragma(`cache_size = -${CACHE_BYTES / 1024}`)
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    database.pragma('cell_size_check = ON')
    if (check !== 'none') checkIntegrity(database, file, check)
    return database as WritableDatabase
  } catch (error) {
    database?.close()
    throw isCorruption(error) ? corrupt(file, (error as Error).message, error) : error
  }
}

/** A file to read that is there and whole; null otherwise. */
export function readSound(file: string): ReadableDatabase | null {
  let database: Database.Database | undefined
  try {
    if (isCutShort(file)) return null
    database = new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 })
    checkIntegrity(database, file, 'whole')
    return database as ReadableDatabase
  } catch {
    database?.close()
    return null
  }
}

/**
 * True where a file at rest does not end with a page. SQLite would read zeros for what is missing. With a write-ahead log
 * beside it, the log may hold the page whose writing a power cut ended.
 */
export function isCutShort(file: string): boolean {
  const { size } = statSync(file)
  if (size < 100 || (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) return false
  const header = Buffer.alloc(18)
  const handle = openSync(file, 'r')
  try {
    readSync(handle, header, 0, header.length, 0)
  } finally {
    closeSync(handle)
  }
  if (!header.toString('latin1').startsWith('SQLite format 3')) return false
  const stated = header.readUInt16BE(16)
  return size % (stated === 1 ? 65_536 : Math.max(512, stated)) !== 0
}

/** @throws WORKSPACE_CORRUPT with the first thing SQLite found wrong. */
function checkIntegrity(database: Database.Database, file: string, check: 'quick' | 'whole'): void {
  const found = database.pragma(check === 'quick' ? 'quick_check(1)' : 'integrity_check(1)', { simple: true })
  if (found !== 'ok') throw corrupt(file, String(found))
}

/** True for the two codes by which SQLite says that a file's content is broken. */
export function isCorruption(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code)
}

export function corrupt(file: string, what: string, cause?: unknown): HeadroomError {
  return new HeadroomError(
    {
      code: 'WORKSPACE_CORRUPT',
      fact: `The workspace file ${file} is damaged: ${what}.`,
      fix: `Close Headroom, then replace ${basename(file)} by the newest copy from the backups folder beside it, or move it away to start that file anew.`,
      value: file,
    },
    { cause },
  )
}
