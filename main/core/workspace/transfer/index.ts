import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readSync, renameSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { basename, isAbsolute, join } from 'node:path'
import type { Backup } from '../../../../shared/model/backup.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import type { ExportSummary } from '../../../../shared/model/workspace-export.ts'
import { EXPORT_EXTENSION } from '../../../../shared/model/workspace-file.ts'
import type { Environment } from '../../environment.ts'
import { findBackup, freshName, makeFolder, writeManifest } from '../backup-list.ts'
import { backupFolder, backupSettings } from '../backup-settings.ts'
import { sync } from '../durable-files.ts'
import { tooLarge, unreadable } from './tar.ts'
import { inThread } from './transfer-thread.ts'
import type { SealedSecrets } from './write-export.ts'

export type { SealedSecrets } from './write-export.ts'

const FOLDER = '.transfer'
/** What a file may weigh, and what it may unpack to, whatever room the disk has. */
const MOST_BYTES = 32 * 2 ** 30
const MOST_UNPACKED = 256 * 2 ** 30
const MOST_ENTRIES = 200_000
/** A part is cut at 4 MiB; the row that crosses that may be long. */
const MOST_ENTRY_BYTES = 256 * 2 ** 20
const PIECE_BYTES = 2 << 20
/** What must stay free on the disk whatever is imported. */
const LEFT_FREE = 64 << 20

/** A workspace as one file: written to be fetched in pieces, taken in pieces to be looked at and put in place as a backup. */
export interface Transfers {
  /** Writes an export and returns how it is fetched. One at a time: the one before is dropped. */
  write(sealed: SealedSecrets | null): Promise<{ id: string; fileName: string; bytes: number; sha256: string }>
  /** A piece of it from `offset`, of at most 2 MiB; empty at its end. Throws TRANSFER_NOT_FOUND. */
  read(id: string, offset: number): Buffer
  /** Makes room for a file that comes in pieces. Throws EXPORT_TOO_LARGE. */
  receive(bytes: number): { id: string }
  /** The next piece of it. Throws TRANSFER_NOT_FOUND, TRANSFER_OUT_OF_STEP. */
  take(id: string, offset: number, piece: Buffer): { received: number }
  /** Makes a backup of it, to be restored like any other. Throws EXPORT_UNREADABLE, EXPORT_TOO_LARGE, EXPORT_NEWER. */
  finish(id: string): Promise<{ backup: Backup; summary: ExportSummary }>
  /** Likewise of a file on this computer, by its whole path. Throws FILE_NOT_FOUND as well. */
  open(path: string): Promise<{ backup: Backup; summary: ExportSummary }>
  drop(id: string): void
  close(): void
}

export function createTransfers({
  folder,
  environment,
}: {
  folder: string
  environment: Pick<Environment, 'now'>
}): Transfers {
  const place = join(folder, FOLDER)
  rmSync(place, { recursive: true, force: true })
  const ending = new AbortController()
  const files = new Map<string, { path: string; bytes: number; outgoing: boolean }>()
  const fresh = (outgoing: boolean, bytes: number) => {
    makeFolder(place)
    for (const [id, file] of files) if (file.outgoing === outgoing) drop(id)
    const id = randomUUID()
    files.set(id, { path: join(place, `${id}${EXPORT_EXTENSION}`), bytes, outgoing })
    return { id, path: join(place, `${id}${EXPORT_EXTENSION}`) }
  }
  const fileOf = (id: string) => {
    const file = files.get(id)
    if (file) return file
    throw new HeadroomError({
      code: 'TRANSFER_NOT_FOUND',
      fact: 'This export or import is not under way any more: another was begun, or the engine was restarted.',
      fix: 'Begin again.',
      field: 'id',
    })
  }
  const drop = (id: string) => {
    const file = files.get(id)
    files.delete(id)
    if (file) rmSync(file.path, { force: true })
  }

  return {
    async write(sealed) {
      const { id, path } = fresh(true, 0)
      const options = { workspace: folder, file: path, sealed }
      const { bytes, sha256 } = await inThread({ kind: 'write', options }, ending.signal)
      fileOf(id).bytes = bytes
      const day = new Date(environment.now()).toISOString().slice(0, 10)
      return { id, fileName: `${safeName(folder)}-${day}${EXPORT_EXTENSION}`, bytes, sha256 }
    },
    read(id, offset) {
      const { path } = fileOf(id)
      const piece = Buffer.alloc(PIECE_BYTES)
      const handle = openSync(path, 'r')
      try {
        return piece.subarray(0, readSync(handle, piece, 0, PIECE_BYTES, offset))
      } finally {
        closeSync(handle)
      }
    },
    receive(bytes) {
      makeFolder(place)
      if (bytes > MOST_BYTES || bytes + LEFT_FREE > freeBytes(place)) throw tooLarge(`${bytes} bytes`)
      const { id, path } = fresh(false, bytes)
      closeSync(openSync(path, 'wx', 0o600))
      return { id }
    },
    take(id, offset, piece) {
      const { path, bytes } = fileOf(id)
      const received = statSync(path).size
      if (offset !== received || received + piece.length > bytes) throw outOfStep(received, offset, bytes)
      const handle = openSync(path, 'a')
      try {
        for (let written = 0; written < piece.length; ) written += writeSync(handle, piece, written)
      } finally {
        closeSync(handle)
      }
      return { received: received + piece.length }
    },
    async finish(id) {
      const { path, bytes } = fileOf(id)
      if (statSync(path).size !== bytes) throw unreadable(`only ${statSync(path).size} of its ${bytes} bytes came`)
      try {
        return await importAsBackup(folder, path, environment, ending.signal)
      } finally {
        drop(id)
      }
    },
    async open(path) {
      if (!isAbsolute(path) || !statSync(path, { throwIfNoEntry: false })?.isFile()) throw notThere(path)
      return importAsBackup(folder, path, environment, ending.signal)
    },
    drop,
    close() {
      ending.abort()
      files.clear()
      rmSync(place, { recursive: true, force: true })
    },
  }
}

/**
 * Makes a backup of kind `imported` of an export, every part of it checked. It touches nothing of the workspace; to be put in
 * place it is restored like any other backup, which keeps what it replaces.
 * @throws EXPORT_UNREADABLE, EXPORT_TOO_LARGE, EXPORT_NEWER
 */
export async function importAsBackup(
  folder: string,
  file: string,
  environment: Pick<Environment, 'now'>,
  signal: AbortSignal,
): Promise<{ backup: Backup; summary: ExportSummary }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const settings = backupSettings(folder)
  const target = backupFolder(folder, { ...settings, folder: null })
  makeFolder(target)
  const into = join(target, `.importing-${randomUUID()}`)
  makeFolder(into)
  makeFolder(join(into, 'playbooks'))
  try {
    // What is unpacked becomes rows of about its size, and a copy of them when it is put in place.
    const totalBytes = Math.min(MOST_UNPACKED, Math.max(0, (freeBytes(target) - LEFT_FREE) / 2))
    const limits = { entryBytes: MOST_ENTRY_BYTES, entries: MOST_ENTRIES, totalBytes }
    const read = await inThread({ kind: 'read', options: { file, into, limits } }, signal)
    const at = environment.now()
    writeManifest(into, {
      format: 1,
      kind: 'imported',
      at,
      appVersion: read.header.appVersion,
      workspace: { id: settings.workspaceId, folder },
      files: read.files,
      playbooks: read.playbooks,
    })
    const id = freshName(target, at, 'imported')
    renameSync(into, join(target, id))
    sync(target)
    return { backup: findBackup(folder, id), summary: read.summary }
  } catch (error) {
    rmSync(into, { recursive: true, force: true })
    throw error
  }
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

function notThere(path: string): HeadroomError {
  return new HeadroomError({
    code: 'FILE_NOT_FOUND',
    fact: isAbsolute(path) ? `There is no file ${path}.` : `"${path}" is no whole path.`,
    fix: 'Give the whole path of a file that Headroom exported, on the computer where its engine runs.',
    field: 'path',
    value: path,
  })
}

function outOfStep(received: number, offset: number, bytes: number): HeadroomError {
  return new HeadroomError({
    code: 'TRANSFER_OUT_OF_STEP',
    fact: `A piece of the file came for byte ${offset}, and ${received} of ${bytes} bytes are there.`,
    fix: 'Begin the import again.',
    field: 'offset',
    value: String(offset),
  })
}

/** The workspace folder's own name, as a file may be called anywhere. */
function safeName(folder: string): string {
  const name = basename(folder).replaceAll(/[^\w.-]+/g, '-')
  return `headroom-${name === '' ? 'workspace' : name}`
}
