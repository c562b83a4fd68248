import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { isCutShort } from './database.ts'
import { sha256Of, sync } from './durable-files.ts'

/** What a copy of a database is: its size, digest and shape, and the first fault that SQLite finds (`null`: none). */
export interface CheckedFile {
  bytes: number
  sha256: string
  version: number
  fault: string | null
}

/**
 * Makes a fresh copy one file without a journal beside it, looks through all of its pages and whether indexes say what tables
 * say, and takes its digest.
 * It may take seconds for gigabytes, so it is called in a thread of its own (see backup-worker.ts).
 */
export function finishCopy(file: string): CheckedFile {
  let found: { version: number; fault: string | null }
  const database = new Database(file)
  try {
    found = soundness(() => {
      database.pragma('journal_mode = DELETE')
      return database
    })
  } finally {
    database.close()
  }
  sync(file)
  return { ...found, bytes: statSync(file).size, sha256: sha256Of(file) }
}

/** Looks through a copy that is at rest and changes nothing. */
export function checkCopy(file: string): CheckedFile {
  const sha256 = sha256Of(file)
  if (isCutShort(file))
    return { bytes: statSync(file).size, sha256, version: 0, fault: 'it ends in the middle of a page' }
  let database: Database.Database | null = null
  try {
    const found = soundness(() => {
      database = new Database(file, { readonly: true, fileMustExist: true })
      return database
    })
    return { ...found, bytes: statSync(file).size, sha256 }
  } finally {
    ;(database as Database.Database | null)?.close()
  }
}

function soundness(open: () => Database.Database): { version: number; fault: string | null } {
  try {
    const database = open()
    database.pragma('cell_size_check = ON')
    const version = Number(database.pragma('user_version', { simple: true }))
    const found = String(database.pragma('integrity_check(1)', { simple: true }))
    return { version, fault: found === 'ok' ? null : found }
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
    return { version: 0, fault: error.message }
  }
}
