import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, normalize } from 'node:path'
import * as z from 'zod'
import { HeadroomError } from '../../../../shared/model/problem.ts'

/** Beside the files: what was written when, so that a change by somebody else is seen on any computer. */
export const RECORD_NAME = '.headroom-artifacts.json'
/** Larger files are not ours, and are not read. */
const MOST_BYTES = 4_000_000

const RecordSchema = z.object({
  format: z.literal('headroom/artifacts@1'),
  files: z.record(z.string(), z.object({ stage: z.string(), sha256: z.string() })),
})
export type WrittenRecord = z.infer<typeof RecordSchema>

export const digestOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')

/**
 * A folder as the operator named it.
 * @throws FOLDER_RELATIVE
 */
export function folderNamed(named: string, home: string): string {
  const path = named === '~' ? home : named.startsWith('~/') ? join(home, named.slice(2)) : named
  if (isAbsolute(path) && !path.includes('\0')) return normalize(path)
  throw new HeadroomError({
    code: 'FOLDER_RELATIVE',
    fact: `"${named}" does not say where on this computer it is.`,
    fix: 'Write it from the root, or from the home folder with ~/.',
    field: 'folder',
    value: named,
  })
}

/** What stands at a path of the folder: its bytes; null: nothing. */
export function contentAt(folder: string, path: string): Buffer | null {
  refuseLinks(folder, path)
  const full = join(folder, path)
  const found = lstatSync(full, { throwIfNoEntry: false })
  if (!found) return null
  if (!found.isFile() || found.size > MOST_BYTES)
    throw inTheWay(full, found.isFile() ? `has ${found.size} bytes and is not read` : 'is not a file')
  return reading(full, () => readFileSync(full))
}

/** A link below the folder could lead anywhere. */
function refuseLinks(folder: string, path: string): void {
  const parts = path.split('/')
  for (let count = 1; count <= parts.length; count += 1) {
    const part = join(folder, ...parts.slice(0, count))
    if (reading(part, () => lstatSync(part, { throwIfNoEntry: false }))?.isSymbolicLink())
      throw inTheWay(part, 'is a link')
  }
}

export function readRecord(folder: string): WrittenRecord {
  const none: WrittenRecord = { format: 'headroom/artifacts@1', files: {} }
  const content = contentAt(folder, RECORD_NAME)
  if (content === null) return none
  // A record that cannot be read protects everything: each file counts as somebody else's.
  try {
    return RecordSchema.parse(JSON.parse(content.toString('utf8')))
  } catch {
    return none
  }
}

/** Whole or not at all: under another name first, then in its place. */
export function put(folder: string, path: string, text: string, executable: boolean): void {
  const full = join(folder, path)
  const part = `${full}.part`
  try {
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(part, text, { mode: executable ? 0o755 : 0o644, flush: true })
    renameSync(part, full)
  } catch (error) {
    rmSync(part, { force: true })
    throw new HeadroomError(
      {
        code: 'FILE_NOT_WRITTEN',
        fact: `${full} cannot be written: ${reasonOf(error)}.`,
        fix: 'Choose a folder that you may write to and that has room.',
        field: 'folder',
        value: folder,
      },
      { cause: error },
    )
  }
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new HeadroomError(
      {
        code: 'FOLDER_UNREADABLE',
        fact: `${path} cannot be read: ${reasonOf(error)}.`,
        fix: 'Choose a folder that you may read.',
        field: 'folder',
        value: path,
      },
      { cause: error },
    )
  }
}

function inTheWay(path: string, why: string): HeadroomError {
  return new HeadroomError({
    code: 'ARTIFACT_IN_THE_WAY',
    fact: `${path} ${why}, so no file is written in its place.`,
    fix: 'Move it away, or choose another folder.',
    field: 'folder',
    value: path,
  })
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
