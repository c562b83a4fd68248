import * as z from 'zod'
import { ProblemSchema } from './problem.ts'

/** Where history comes from: the host's own sysstat archives, or the workspace's Prometheus. */
export const BackfillSourceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('sysstat'),
    /** Instead of the folders that sysstat's own settings name. */
    folder: z.string().min(1).max(1000).optional(),
  }),
  z.object({
    kind: z.literal('prometheus'),
    days: z.number().int().min(1, 'take at least a day').max(1826, 'take at most five years').default(180),
    /** The host's value of the label that names hosts; without one it is told by its name and address. */
    value: z.string().max(500).optional(),
  }),
])
export type BackfillSource = z.infer<typeof BackfillSourceSchema>

/**
 * One taking-in of history. Progress is in `parts` (archives, or metrics by stretch of time); `samples.dropped` counts those
 * that told of a time which is told of already. `cancelled`, `failed` and `interrupted` ones can be resumed: what was stored
 * stays, and is not stored twice.
 */
export const BackfillJobSchema = z.object({
  id: z.string(),
  hostId: z.string(),
  source: BackfillSourceSchema,
  state: z.enum(['running', 'done', 'cancelled', 'failed', 'interrupted']),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  parts: z.object({ done: z.number().int(), total: z.number().int() }),
  /** Bytes read so far, of the total where it is known beforehand. */
  bytes: z.object({ done: z.number(), total: z.number().nullable() }),
  samples: z.object({ read: z.number().int(), stored: z.number().int(), dropped: z.number().int() }),
  series: z.number().int(),
  /** The stretch of time that was taken in; null before anything was. */
  from: z.number().nullable(),
  to: z.number().nullable(),
  leftMs: z.number().nullable().describe('time left, as the parts so far took'),
  current: z.string().nullable(),
  /** Parts that were left out, and why. */
  notes: z.array(z.string()),
  problem: ProblemSchema.nullable(),
})
export type BackfillJob = z.infer<typeof BackfillJobSchema>

/** What history there is to be had for a host. */
export const BackfillOfferSchema = z.object({
  sysstat: z
    .object({ archives: z.number().int(), bytes: z.number(), version: z.string().nullable(), folder: z.string() })
    .nullable(),
  /** Why there is nothing of sysstat, where that is worth saying. */
  why: z.string().nullable(),
  prometheus: z.boolean().describe("the workspace's Prometheus is set"),
  /** The time before which nothing was measured; null: nothing was measured yet. */
  measuredFrom: z.number().nullable(),
  /** An earlier one took in everything that sysstat has. */
  taken: z.boolean(),
})
export type BackfillOffer = z.infer<typeof BackfillOfferSchema>

export const TakenInSchema = z.object({ stored: z.number().int(), dropped: z.number().int() })
