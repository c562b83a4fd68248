import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { writeWhole } from './durable-files.ts'

const FILE = 'metrics.suspect'
const SuspectSchema = z.object({ what: z.string(), count: z.number().int() })

/**
 * metrics.db failed as damaged while it was in use. The first time it is looked through whole at the next opening; when it
 * fails again though nothing was found, it is taken for damaged without another look, so that no loop comes of it.
 */
export function noteSuspect(workspace: string, what: string): number {
  const count = (readSuspect(workspace)?.count ?? 0) + 1
  writeWhole(join(workspace, FILE), `${JSON.stringify({ what, count })}\n`)
  return count
}

export function readSuspect(workspace: string): { what: string; count: number } | null {
  try {
    return SuspectSchema.parse(JSON.parse(readFileSync(join(workspace, FILE), 'utf8')))
  } catch {
    return null
  }
}

export function clearSuspect(workspace: string): void {
  rmSync(join(workspace, FILE), { force: true })
}
