import * as z from 'zod'

/** The version of the format that this Headroom writes, and the newest that it reads; see docs/workspace-export.md. */
export const EXPORT_FORMAT = 1

const version = z.number().int().min(1).max(100_000)

/** headroom.json: the first part of an export. It tells nothing of the moment or the computer, so that equal workspaces give equal files. */
export const ExportHeaderSchema = z.strictObject({
  format: z.literal('headroom-workspace'),
  formatVersion: z.number().int().min(1),
  appVersion: z.string().max(100),
  /** The shape of each database's tables (PRAGMA user_version). */
  versions: z.strictObject({ 'app.db': version, 'metrics.db': version }),
  /** `sealed`: under a passphrase of the export, as a vault. */
  secrets: z.enum(['none', 'sealed']),
})
export type ExportHeader = z.infer<typeof ExportHeaderSchema>

/** What an export holds, counted from the file itself: what the operator sees before it takes the place of anything. */
export const ExportSummarySchema = z.object({
  appVersion: z.string(),
  secrets: z.enum(['none', 'sealed']),
  servers: z.array(z.object({ name: z.string(), address: z.string() })),
  /** Commands and queries of own metrics: Headroom runs them on the servers from the next round on. */
  commands: z.array(z.object({ server: z.string(), text: z.string() })),
  /** How many there are in whole: a long list is cut, and what is not listed has to be said. */
  counts: z.object({ servers: z.number(), commands: z.number(), playbooks: z.number() }),
  plan: z.string().nullable(),
  runs: z.number(),
  playbooks: z.array(z.string()),
  series: z.number(),
  /** Epoch ms of the first and last sample; null without any. */
  measured: z.object({ from: z.number(), to: z.number() }).nullable(),
})
export type ExportSummary = z.infer<typeof ExportSummarySchema>
