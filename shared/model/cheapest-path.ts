import * as z from 'zod'

/** A month and what was fullest in it. `share` is the share of paths, 0..1. Months count from 0, the present. */
const fullestSchema = z.object({
  month: z.number().int(),
  share: z.number(),
  capacity: z.string().nullable().describe('the name of the resource whose supply is passed'),
})

/** What holds the path back, and what it would cost without. */
const bindingSchema = z.object({
  kind: z.enum(['risk-limit', 'lead-time', 'minimum-stay', 'after', 'irreversible']),
  savesMinor: z
    .number()
    .int()
    .describe('how much less the path would cost without it; may be negative where it relieves'),
  relieves: z.boolean().describe('true: without it, fewer months would pass the limit'),
  at: fullestSchema.extend({ stage: z.string() }).nullable().describe('where the risk limit first forces a move'),
})

/**
 * The path of least expected cost over the plan's stages, whose share of overloaded paths stays at or under `riskLimit` in
 * every month. Money is in whole minor units of `currency`; `work` prices the hours of moves where a rate is stated.
 */
export const CheapestPathSchema = z.object({
  currency: z.string(),
  months: z.number().int(),
  start: z.number().describe('month 0 begins here, UTC epoch milliseconds'),
  paths: z.number().int(),
  seed: z.number().int(),
  riskLimit: z.number(),
  leadMonths: z.number().int(),
  hourlyRateMinor: z.number().nullable(),
  feasible: z
    .boolean()
    .describe('false: no path keeps to the limit; this one passes it least, and is the cheapest of those'),
  held: z.array(z.string()).describe('the stage held, by month'),
  costByMonth: z.array(z.number()).describe('expected, moves included'),
  riskByMonth: z.array(z.number()),
  total: z.object({ minor: z.number(), running: z.number(), once: z.number(), work: z.number(), hours: z.number() }),
  moves: z.array(
    z.object({
      month: z.number().int(),
      from: z.string(),
      to: z.string(),
      onceMinor: z.number(),
      hours: z.number(),
      why: z
        .enum(['limit', 'cheaper', 'in-time'])
        .describe(
          'limit: staying would pass the risk limit in this month; cheaper: the new stage costs less from here on; in-time: so that a later stage can be entered in time',
        ),
      fullest: fullestSchema.nullable().describe('what staying would overload in this month'),
    }),
  ),
  infeasible: z
    .array(
      fullestSchema.extend({
        stage: z.string(),
        least: z
          .object({ stage: z.string(), share: z.number() })
          .describe('the stage least overloaded in this month, wherever it can be reached from'),
      }),
    )
    .describe('months in which the path passes the limit'),
  binding: z.array(bindingSchema).describe('costliest first'),
  fixed: z
    .array(
      z.object({
        stage: z.string(),
        name: z.string(),
        from: z.number().int().describe('the month in which it is entered'),
        totalMinor: z.number(),
        differenceMinor: z.number().describe('its cost less that of the path'),
        monthsOver: z.number().int(),
        worst: fullestSchema,
        open: z.string().nullable().describe('why it cannot be entered right away, or null'),
      }),
    )
    .describe('going to one stage at once and staying there'),
  frontier: z.array(
    z.object({ riskLimit: z.number(), totalMinor: z.number(), feasible: z.boolean(), moves: z.number() }),
  ),
  stages: z.array(
    z.object({ stage: z.string(), name: z.string(), cost: z.array(z.number()), risk: z.array(z.number()) }),
  ),
  left: z
    .array(z.object({ stage: z.string(), name: z.string(), why: z.string() }))
    .describe('stages that are not considered'),
  notes: z.array(z.string()).describe('what is assumed'),
})
export type CheapestPath = z.infer<typeof CheapestPathSchema>
