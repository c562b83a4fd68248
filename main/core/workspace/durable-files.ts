import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const CHUNK_BYTES = 1 << 20

/** What was written to a file, or to a folder's list of names, is on the disk when this returns. */
export function sync(path: string): void {
  // Windows has no way to open a folder for this, and needs none.
  if (process.platform === 'win32') return
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Replaces a small file whole: after a crash there is the old text or the new one, never half of it. */
export function writeWhole(file: string, text: string): void {
  const fresh = `${file}.new`
  writeFileSync(fresh, text, { mode: 0o600 })
  sync(fresh)
  renameSync(fresh, file)
  sync(dirname(file))
}

/** SHA-256 of a file's bytes, in hex, read a megabyte at a time; `copy` gets the same bytes, synced at the end. */
export function sha256Of(file: string, copy?: string): string {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  const from = openSync(file, 'r')
  let to: number | null = null
  try {
    if (copy !== undefined) to = openSync(copy, 'w', 0o600)
    for (;;) {
      const read = readSync(from, buffer, 0, buffer.length, null)
      if (read === 0) break
      const part = buffer.subarray(0, read)
      hash.update(part)
      if (to !== null) writeAll(to, part)
    }
    if (to !== null) fsyncSync(to)
  } finally {
    closeSync(from)
    if (to !== null) closeSync(to)
  }
  return hash.digest('hex')
}

function writeAll(to: number, part: Buffer): void {
  for (let written = 0; written < part.length; ) written += writeSync(to, part, written)
}

/** A database with what SQLite may have left beside it. */
export const withJournals = (file: string) => [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]

export function removeDatabase(file: string): void {
  for (const each of withJournals(file)) rmSync(each, { force: true })
}
