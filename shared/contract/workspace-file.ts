import * as z from 'zod'
import { BackupSchema } from '../model/backup.ts'
import { ExportSummarySchema } from '../model/workspace-export.ts'
import { procedure } from './procedure.ts'

const id = z.object({ id: z.string().min(1).max(100) })
const ok = z.object({})

/** The whole workspace as one file: exported in pieces, imported in pieces. What was imported is put in place by `backups.restore`. */
export const workspaceFile = {
  /** `passphrase` null: without secrets. VAULT_LOCKED where they cannot be read. */
  export: procedure
    .input(z.object({ passphrase: z.string().min(8, 'use 8 characters or more').max(1000).nullable() }))
    .output(z.object({ id: z.string(), fileName: z.string(), bytes: z.number(), sha256: z.string() })),
  /** The next piece, base64; empty at the end. */
  read: procedure.input(id.extend({ offset: z.number().int().min(0) })).output(z.object({ base64: z.string() })),
  /** EXPORT_TOO_LARGE where the disk has no room for it. */
  receive: procedure.input(z.object({ bytes: z.number().int().min(1) })).output(id),
  take: procedure
    .input(id.extend({ offset: z.number().int().min(0), base64: z.base64().max(8 << 20) }))
    .output(z.object({ received: z.number() })),
  /** Checks every part and makes a backup of it: EXPORT_UNREADABLE, EXPORT_TOO_LARGE, EXPORT_NEWER. */
  finish: procedure.input(id).output(z.object({ backup: BackupSchema, summary: ExportSummarySchema })),
  /** The same of a file where the engine runs, by its whole path; FILE_NOT_FOUND where there is none. */
  open: procedure
    .input(z.object({ path: z.string().min(1).max(4096) }))
    .output(z.object({ backup: BackupSchema, summary: ExportSummarySchema })),
  drop: procedure.input(id).output(ok),
  /** The backup of an import that was looked at and is not wanted. */
  discard: procedure.input(id).output(ok),
}
