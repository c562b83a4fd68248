import * as z from 'zod'
import { BackupSchema, BackupSettingsSchema, BackupStatusSchema } from '../model/backup.ts'
import { procedure } from './procedure.ts'

const id = z.object({ id: z.string().min(1).max(100) })

/** Copies of the workspace: made by the clock and by hand, checked, put in place again. */
export const backups = {
  status: procedure.output(BackupStatusSchema),
  list: procedure.output(z.array(BackupSchema)),
  /** Makes one now, or waits for the one under way. BACKUP_FOLDER_UNUSABLE, BACKUP_NO_ROOM, WORKSPACE_CORRUPT. */
  make: procedure.output(BackupSchema),
  /** BACKUP_FOLDER_UNUSABLE where the folder cannot be written to; nothing is changed then. */
  configure: procedure.input(BackupSettingsSchema).output(BackupStatusSchema),
  /** Reads every byte and page of one: BACKUP_NOT_FOUND, BACKUP_UNUSABLE. */
  verify: procedure.input(id).output(BackupSchema),
  /**
   * Verifies one, then starts the engine again with it in place; what it replaces is kept. The line breaks soon after the
   * answer. RESTORE_NEEDS_SHELL where nobody would start the engine again; RESTORE_DURING_RUN while a run may be going on.
   */
  restore: procedure.input(id).output(BackupSchema),
  /** The troubles were read. */
  dismiss: procedure.output(z.object({})),
}
