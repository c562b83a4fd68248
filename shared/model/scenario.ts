import { z } from 'zod'

/** What a what-if assumes on top of the plan. `present` is the primary driver today; `monthlyRate` 0.1 is 10% a month. */
export const AssumptionsSchema = z.strictObject({
  present: z.number().nonnegative().max(1e9),
  monthlyRate: z.number().min(-0.5).max(2),
  deviation: z.number().min(0).max(1),
  months: z.number().int().min(1).max(120),
  paths: z.number().int().min(100).max(100_000).default(10_000),
  seed: z.number().int().min(0).max(0xffffffff).default(1),
  policy: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('stay') }),
      z.strictObject({ kind: z.literal('triggers'), leadMonths: z.number().int().min(0).max(24).default(1) }),
    ])
    .default({ kind: 'triggers', leadMonths: 1 }),
})
export type Assumptions = z.infer<typeof AssumptionsSchema>

const Band = z.object({ p10: z.array(z.number()), p50: z.array(z.number()), p90: z.array(z.number()) })

/** Bands have one entry per month, months 0..n-1. Cost is in minor units of `currency` a month; utilisation is a ratio of the held stage's supply. */
export const SimulationSchema = z.object({
  months: z.number().int(),
  paths: z.number().int(),
  seed: z.number().int(),
  currency: z.string(),
  driver: Band,
  cost: Band,
  costMean: z.array(z.number()).optional().describe('mean cost over all paths, minor units'),
  costStandardError: z.array(z.number()).describe('Monte-Carlo standard error of the mean cost, minor units'),
  cumulativeCost: Band,
  utilisation: z.array(z.object({ resource: z.string(), name: z.string(), band: Band })),
  stageShare: z.array(
    z.object({
      stage: z.string(),
      name: z.string(),
      share: z.array(z.number()).describe('share of paths in this stage, per month'),
    }),
  ),
  triggers: z.array(
    z.object({
      id: z.string(),
      stage: z.string(),
      name: z.string(),
      to: z.string().nullable(),
      firedShare: z.number().describe('share of paths in which it fires within the horizon'),
      month: z
        .object({ p10: z.number().nullable(), p50: z.number().nullable(), p90: z.number().nullable() })
        .describe('first month it fires; null: not within the horizon in that share of paths'),
    }),
  ),
  notModelled: z.array(z.object({ id: z.string(), name: z.string(), why: z.string() })),
})
export type Simulation = z.infer<typeof SimulationSchema>
