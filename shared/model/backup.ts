import * as z from 'zod'
import { ProblemSchema } from './problem.ts'

/** The two databases of a workspace. */
export const WorkspaceFileSchema = z.enum(['app.db', 'metrics.db'])
export type WorkspaceFile = z.infer<typeof WorkspaceFileSchema>

/**
 * Why a copy was made: by the clock, by the operator, before a file took a newer shape, or moved aside by a restore
 * (`replaced`) or because it was damaged (`damaged`, kept for recovery by hand and never restored), or made of an export that
 * is to be put in place (`imported`).
 */
export const BackupKindSchema = z.enum(['scheduled', 'manual', 'migration', 'replaced', 'damaged', 'imported'])
export type BackupKind = z.infer<typeof BackupKindSchema>

/** A file of a backup. `version` is the shape of its tables (PRAGMA user_version). */
export const BackupFileSchema = z.object({
  name: WorkspaceFileSchema,
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  version: z.number().int().nonnegative(),
})
export type BackupFile = z.infer<typeof BackupFileSchema>

/** A file of the operator's own playbooks in a backup, by its name in the playbook folder, "/" between folders. */
export const PlaybookCopySchema = z.object({
  name: z.string().min(1).max(1200),
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type PlaybookCopy = z.infer<typeof PlaybookCopySchema>

/** manifest.json of a backup's folder. `at` is when its first file was begun, epoch ms. */
export const BackupManifestSchema = z.object({
  format: z.literal(1),
  kind: BackupKindSchema,
  at: z.number().int(),
  appVersion: z.string(),
  workspace: z.object({ id: z.string(), folder: z.string() }),
  files: z.array(BackupFileSchema).min(1),
  /** The playbook folder; absent where the backup says nothing of it, which is not the same as an empty folder. */
  playbooks: z.array(PlaybookCopySchema).optional(),
  /** What was wrong with it, of a damaged one. */
  damage: z.string().optional(),
})
export type BackupManifest = z.infer<typeof BackupManifestSchema>

/** A backup in the list. `fault` says why it cannot be restored; null where its manifest finds nothing wrong. */
export const BackupSchema = z.object({
  id: z.string(),
  path: z.string(),
  kind: BackupKindSchema,
  at: z.number(),
  appVersion: z.string(),
  files: z.array(BackupFileSchema),
  /** Own playbooks in it; null where it says nothing of them. */
  playbooks: z.array(PlaybookCopySchema).nullable(),
  bytes: z.number(),
  /** False for one that another workspace made in the same folder. */
  own: z.boolean(),
  fault: z.string().nullable(),
})
export type Backup = z.infer<typeof BackupSchema>

export const BackupKeepSchema = z.object({
  daily: z.number().int().min(1).max(366),
  weekly: z.number().int().min(0).max(520),
  monthly: z.number().int().min(0).max(240),
})
export type BackupKeep = z.infer<typeof BackupKeepSchema>

/** `folder` null: the folder `backups` of the workspace. `everyMs` null: only when asked. */
export const BackupSettingsSchema = z.object({
  folder: z.string().min(1).max(4096).nullable(),
  everyMs: z.number().int().min(3_600_000).max(31_536_000_000).nullable(),
  keep: BackupKeepSchema,
})
export type BackupSettings = z.infer<typeof BackupSettingsSchema>

/**
 * What the operator must know of the workspace's files: `metrics-damaged` history was set aside and begun anew,
 * `app-changed` another program wrote app.db, `restored` and `restore-failed` how the last restore ended, `disk-full`
 * samples cannot be stored, `damaged` a file was found broken while it was in use.
 */
export const TroubleSchema = z.object({
  kind: z.enum(['metrics-damaged', 'app-changed', 'restored', 'restore-failed', 'disk-full', 'damaged']),
  at: z.number(),
  problem: ProblemSchema,
})
export type Trouble = z.infer<typeof TroubleSchema>

export const BackupStatusSchema = z.object({
  settings: BackupSettingsSchema,
  /** Where backups go now. */
  folder: z.string(),
  last: BackupSchema.nullable(),
  /** When the clock makes the next one; null where it makes none. */
  nextAt: z.number().nullable(),
  running: z.object({ file: WorkspaceFileSchema, done: z.number(), total: z.number() }).nullable(),
  /** Why the last try failed; null after one that did not. */
  failed: z.object({ at: z.number(), problem: ProblemSchema }).nullable(),
  troubles: z.array(TroubleSchema),
  /** Bytes of the present files. */
  present: z.array(z.object({ name: WorkspaceFileSchema, bytes: z.number(), changedAt: z.number() })),
})
export type BackupStatus = z.infer<typeof BackupStatusSchema>
