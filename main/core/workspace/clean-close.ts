import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { sha256Of, writeWhole } from './durable-files.ts'

const FILE = 'app.sum'
const SumSchema = z.object({ sha256: z.string(), size: z.number(), mtimeMs: z.number(), at: z.number() })

/**
 * How app.db is found compared with how it was closed. `same`: byte for byte. `unknown`: it was not closed tidily. `written`:
 * another program wrote it since. `rotten`: its bytes are others though nobody wrote it, which no check of SQLite's sees
 * where the new bytes make a valid value.
 */
export type Found = { state: 'same' | 'unknown' } | { state: 'written' | 'rotten'; closedAt: number }

/** Notes the digest of app.db, closed and with no journal beside it. */
export function noteClosed(workspace: string, now: number): void {
  const file = join(workspace, 'app.db')
  if (existsSync(`${file}-wal`)) return
  const { size, mtimeMs } = statSync(file)
  writeWhole(join(workspace, FILE), `${JSON.stringify({ sha256: sha256Of(file), size, mtimeMs, at: now })}\n`)
}

/** Compares; the file must not be open yet. */
export function compareWithClosed(workspace: string): Found {
  const file = join(workspace, 'app.db')
  let sum: z.infer<typeof SumSchema>
  try {
    sum = SumSchema.parse(JSON.parse(readFileSync(join(workspace, FILE), 'utf8')))
  } catch {
    return { state: 'unknown' }
  }
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat || existsSync(`${file}-wal`)) return { state: 'unknown' }
  if (stat.size === sum.size && sha256Of(file) === sum.sha256) return { state: 'same' }
  // Some tools that copy a folder keep times to the millisecond only.
  const untouched = Math.abs(stat.mtimeMs - sum.mtimeMs) < 2
  return { state: untouched ? 'rotten' : 'written', closedAt: sum.at }
}

/** From here on the file changes, and the note holds no more. */
export function forgetClosed(workspace: string): void {
  rmSync(join(workspace, FILE), { force: true })
}
