import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { type BackupSettings, BackupSettingsSchema } from '../../../shared/model/backup.ts'
import { writeWhole } from './durable-files.ts'

const FILE = 'backup.json'
const StoredSchema = BackupSettingsSchema.extend({ workspaceId: z.string().min(1) })

const DEFAULTS: BackupSettings = {
  folder: null,
  everyMs: 86_400_000,
  keep: { daily: 7, weekly: 4, monthly: 6 },
}

/**
 * Where backups go and how many are kept. It lies in a file of its own beside the databases, since it must be read when
 * app.db cannot be. `workspaceId` tells this workspace's backups from others in the same folder.
 */
export function backupSettings(workspace: string): BackupSettings & { workspaceId: string } {
  try {
    return StoredSchema.parse(JSON.parse(readFileSync(join(workspace, FILE), 'utf8')))
  } catch {
    // Not there yet, or damaged: the backups themselves are found without it in their usual folder.
    const fresh = { ...DEFAULTS, workspaceId: randomUUID() }
    try {
      writeWhole(join(workspace, FILE), `${JSON.stringify(fresh, null, 2)}\n`)
    } catch {
      // A full disk: nothing can be copied to it now either, and the next reader writes it.
    }
    return fresh
  }
}

export function saveBackupSettings(workspace: string, settings: BackupSettings): void {
  const { workspaceId } = backupSettings(workspace)
  writeWhole(join(workspace, FILE), `${JSON.stringify({ ...settings, workspaceId }, null, 2)}\n`)
}

/** The folder that new backups go to. */
export function backupFolder(workspace: string, settings: BackupSettings): string {
  return settings.folder ?? join(workspace, 'backups')
}

/** What restores and damage put aside: always in the workspace, so that putting aside is a rename. */
export const asideFolder = (workspace: string) => join(workspace, 'replaced')
