import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { type Backup, type WorkspaceFile, WorkspaceFileSchema } from '../../../shared/model/backup.ts'
import { HeadroomError, problemOf } from '../../../shared/model/problem.ts'
import type { Environment } from '../environment.ts'
import { moveAside, newAside, sealAside } from './aside.ts'
import { checkCopy } from './backup-check.ts'
import { findBackup, isNewer, listBackups, makeFolder, removeBackup } from './backup-list.ts'
import { forgetClosed } from './clean-close.ts'
import { removeDatabase, sha256Of, sync, writeWhole } from './durable-files.ts'
import { copyPlaybooks, playbooksFault, swapPlaybooks } from './playbook-folder.ts'
import { addTrouble } from './troubles.ts'

const REQUEST = 'restore.json'
const STAGING = '.restoring'

/**
 * A restore under way. `wanted`: nothing has been touched yet. `swap`: the copies in the staging folder are whole and
 * checked, and each takes the place of the present file, which goes to `aside`; a crash in between is gone on from here.
 */
const RequestSchema = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('wanted'), id: z.string() }),
  z.object({
    phase: z.literal('swap'),
    id: z.string(),
    from: z.number(),
    at: z.number(),
    aside: z.string(),
    files: z.array(WorkspaceFileSchema),
  }),
])
type Request = z.infer<typeof RequestSchema>

/**
 * Notes a backup to be put in place at the next opening of the workspace.
 * @throws BACKUP_NOT_FOUND, BACKUP_UNUSABLE, WORKSPACE_NEWER
 */
export function requestRestore(workspace: string, id: string): Backup {
  const backup = usable(findBackup(workspace, id))
  save(workspace, { phase: 'wanted', id })
  return backup
}

/**
 * Puts a wanted backup in place; the caller holds the workspace's lock and has no file open. The workspace is as it was
 * until the copies are there and right; from then on the restore is always brought to its end, at the next opening if need
 * be. A backup that turns out to be wrong changes nothing and leaves a word for the operator.
 */
export function finishRestore(workspace: string, environment: Pick<Environment, 'now'>): void {
  const request = read(workspace)
  if (!request) {
    // Copies of a restore that ended before it was decided.
    rmSync(join(workspace, STAGING), { recursive: true, force: true })
    return
  }
  if (request.phase === 'swap') {
    swap(workspace, request)
    return
  }
  try {
    swap(workspace, stage(workspace, request.id, environment.now()))
  } catch (error) {
    if (read(workspace)?.phase === 'swap') throw error
    forget(workspace)
    addTrouble(workspace, { kind: 'restore-failed', at: environment.now(), problem: problemOf(error) })
  }
}

/**
 * As `finishRestore`, for one who waits for the answer.
 * @throws BACKUP_NOT_FOUND, BACKUP_UNUSABLE, WORKSPACE_NEWER; nothing has changed then.
 */
export function restoreNow(workspace: string, id: string, environment: Pick<Environment, 'now'>): Backup {
  const pending = read(workspace)
  if (pending?.phase === 'swap') swap(workspace, pending)
  const backup = usable(findBackup(workspace, id))
  try {
    swap(workspace, stage(workspace, id, environment.now()))
  } catch (error) {
    if (read(workspace)?.phase !== 'swap') forget(workspace)
    throw error
  }
  return backup
}

/** The newest backup that has the file and whose every byte and page is right, or null. Reads it whole. */
export function newestSound(workspace: string, name: WorkspaceFile): Backup | null {
  for (const backup of listBackups(workspace)) {
    if (!backup.own || backup.fault !== null || backup.kind === 'damaged') continue
    const file = backup.files.find((one) => one.name === name)
    if (file && faultOf(checkCopy(join(backup.path, name)), file) === null) return backup
  }
  return null
}

/** Why a copy is not what its manifest says, or null. */
export function faultOf(
  checked: { sha256: string; fault: string | null },
  { name, sha256 }: { name: string; sha256: string },
): string | null {
  if (checked.sha256 !== sha256) return `${name} has other bytes than its manifest says`
  return checked.fault === null ? null : `${name}: ${checked.fault}`
}

export function unusable(backup: Pick<Backup, 'id'>, why: string): HeadroomError {
  return new HeadroomError({
    code: 'BACKUP_UNUSABLE',
    fact: `The backup ${backup.id} cannot be restored: ${why}.`,
    fix: 'Choose another one; `headroom backups` lists them. The workspace is as it was.',
    field: 'id',
    value: backup.id,
  })
}

/** @throws WORKSPACE_NEWER, BACKUP_UNUSABLE where the manifest says already that it cannot be restored. */
export function usable(backup: Backup): Backup {
  if (isNewer(backup)) {
    throw new HeadroomError({
      code: 'WORKSPACE_NEWER',
      fact: `The backup ${backup.id} cannot be restored: ${backup.fault}.`,
      fix: 'Restore it with the newer Headroom that made it, or choose an older backup.',
      field: 'id',
      value: backup.id,
    })
  }
  if (backup.fault !== null) throw unusable(backup, backup.fault)
  return backup
}

/** Copies the backup beside the present files and checks every byte and page of the copies. */
function stage(workspace: string, id: string, now: number): Extract<Request, { phase: 'swap' }> {
  const backup = usable(findBackup(workspace, id))
  const staging = join(workspace, STAGING)
  rmSync(staging, { recursive: true, force: true })
  makeFolder(staging)
  try {
    for (const file of backup.files) {
      const copy = join(staging, file.name)
      const sha256 = sha256Of(join(backup.path, file.name), copy)
      const fault = sha256 === file.sha256 ? faultOf(checkCopy(copy), file) : faultOf({ sha256, fault: null }, file)
      if (fault !== null) throw unusable(backup, fault)
    }
    if (backup.playbooks !== null) {
      copyPlaybooks(backup.path, staging)
      const fault = playbooksFault(staging, backup.playbooks)
      if (fault !== null) throw unusable(backup, fault)
    }
  } catch (error) {
    rmSync(staging, { recursive: true, force: true })
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw noRoom(workspace, backup)
    throw error
  }
  sync(staging)
  const aside = newAside(workspace, 'replaced', now)
  const request = {
    phase: 'swap' as const,
    id,
    from: backup.at,
    at: now,
    aside,
    files: backup.files.map(({ name }) => name),
  }
  save(workspace, request)
  return request
}

function swap(workspace: string, request: Extract<Request, { phase: 'swap' }>): void {
  const staging = join(workspace, STAGING)
  // How the replaced app.db was closed says nothing of the one that comes.
  forgetClosed(workspace)
  for (const name of request.files) {
    const copy = join(staging, name)
    if (!existsSync(copy)) continue
    moveAside(workspace, name, request.aside)
    removeDatabase(join(workspace, name))
    renameSync(copy, join(workspace, name))
    sync(workspace)
  }
  swapPlaybooks(workspace, staging, request.aside)
  sealAside(workspace, request.aside, request.files, 'replaced', request.at)
  forget(workspace)
  removeImported(workspace, request.id)
  addTrouble(workspace, {
    kind: 'restored',
    at: request.at,
    problem: {
      code: 'WORKSPACE_RESTORED',
      fact: `The workspace is as it was at ${minute(request.from)} (backup ${request.id}).`,
      fix: `What it replaced is kept in ${request.aside} and can be gone back to.`,
      details: { backup: request.id, replaced: request.aside },
    },
  })
}

function noRoom(workspace: string, backup: Backup): HeadroomError {
  return new HeadroomError({
    code: 'BACKUP_NO_ROOM',
    fact: `The disk of ${workspace} has no room for the ${backup.bytes} bytes of the backup ${backup.id}.`,
    fix: 'Free some room, then restore again. The workspace is as it was.',
    value: workspace,
  })
}

/** What was made of an export has done its work: the export itself is where the operator keeps it. */
function removeImported(workspace: string, id: string): void {
  const backup = listBackups(workspace).find((one) => one.id === id)
  if (backup?.kind === 'imported') removeBackup(backup)
}

const minute = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

function save(workspace: string, request: Request): void {
  writeWhole(join(workspace, REQUEST), `${JSON.stringify(request)}\n`)
}

function read(workspace: string): Request | null {
  try {
    return RequestSchema.parse(JSON.parse(readFileSync(join(workspace, REQUEST), 'utf8')))
  } catch {
    return null
  }
}

function forget(workspace: string): void {
  rmSync(join(workspace, REQUEST), { force: true })
  rmSync(join(workspace, STAGING), { recursive: true, force: true })
  sync(workspace)
}
