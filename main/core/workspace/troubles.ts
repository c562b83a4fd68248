import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { type Trouble, TroubleSchema } from '../../../shared/model/backup.ts'
import { writeWhole } from './durable-files.ts'

const FILE = 'trouble.json'
const MOST = 20

/** What the operator must know of the files, kept beside them until it is dismissed. */
export function readTroubles(workspace: string): Trouble[] {
  try {
    return z.array(TroubleSchema).parse(JSON.parse(readFileSync(join(workspace, FILE), 'utf8')))
  } catch {
    return []
  }
}

/** One of each kind: the newest takes the place of the one before. */
export function addTrouble(workspace: string, trouble: Trouble): void {
  const others = readTroubles(workspace).filter(({ kind }) => kind !== trouble.kind)
  writeWhole(join(workspace, FILE), `${JSON.stringify([trouble, ...others].slice(0, MOST))}\n`)
}

export function clearTroubles(workspace: string, kind?: Trouble['kind']): void {
  const left = kind === undefined ? [] : readTroubles(workspace).filter((one) => one.kind !== kind)
  if (left.length === 0) rmSync(join(workspace, FILE), { force: true })
  else writeWhole(join(workspace, FILE), `${JSON.stringify(left)}\n`)
}
