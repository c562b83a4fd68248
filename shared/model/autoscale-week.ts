import * as z from 'zod'
import { AutoscalerSchema } from './autoscaler.ts'
import { SeasonalitySchema } from './growth.ts'

/** A week of a stage under its autoscalers. `at` is the primary driver's value, which the factors of the week multiply. */
export const AutoscaleInputSchema = z.object({
  stageId: z.string(),
  autoscalers: z.array(AutoscalerSchema).min(1).max(20).optional().describe("instead of the stage's own"),
  at: z.number().nonnegative().max(1e12).optional().describe('default: its present value'),
  seasonality: SeasonalitySchema.optional().describe("instead of the plan's own"),
  seed: z.number().int().min(0).max(0xffffffff).default(1),
  noise: z.number().min(0).max(1).default(0).describe('standard deviation of the log of the driver around its curve'),
  bursts: z
    .object({
      perWeek: z.number().min(0).max(1000),
      multiplier: z.number().positive().max(1000),
      minutes: z.number().int().min(1).max(1440),
    })
    .default({ perWeek: 0, multiplier: 1, minutes: 10 }),
})
export type AutoscaleInput = z.infer<typeof AutoscaleInputSchema>

/** A number of replicas or nodes that never changes, on the same week. Money is in minor units. */
export const FixedSizeSchema = z.object({
  kind: z.enum(['target', 'full', 'mean']).describe('carries the peak at the target; just carries it; the mean size'),
  size: z.number().int(),
  minutesOverTarget: z.number(),
  minutesOverload: z.number(),
  monthMinor: z.number().int().nullable(),
})
export type FixedSize = z.infer<typeof FixedSizeSchema>

/** Series have one entry for each `bucketMinutes` from Monday 00:00 UTC: the worst of those minutes. Totals are exact to a step. */
export const ScalerWeekSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['hpa', 'keda', 'nodes']),
  min: z.number().int(),
  max: z.number().int(),
  metrics: z.array(
    z.object({
      resource: z.string(),
      name: z.string(),
      unit: z.enum(['cores', 'bytes', 'connections', 'per_second', 'count']),
      perReplica: z.number(),
      target: z.number().describe('what one replica is to use of it, or the entries of a queue for one'),
      load: z.array(z.number()),
      backlog: z.array(z.number()).nullable().describe('entries that wait, where the load is a rate'),
    }),
  ),
  replicas: z.array(z.number()).describe('the most there were, ready or not: what is paid for'),
  ready: z.array(z.number()).describe('the fewest that served'),
  pending: z.array(z.number()).describe('the most that waited for a node'),
  overTarget: z.array(z.number()).describe('minutes of the bucket over the target by more than the tolerance'),
  overload: z.array(z.number()).describe('minutes of the bucket in which more was asked than was there'),
  minutesOverTarget: z.number(),
  minutesOverload: z.number(),
  minutesPending: z.number(),
  longestOverTarget: z.number().describe('minutes of the longest stretch'),
  mean: z.number(),
  lowest: z.number(),
  highest: z.number(),
  meanUtilisation: z.number().nullable().describe('of the busiest metric, over what serves; null: nothing served'),
  peakUtilisation: z.number().nullable().describe('null: nothing served while something was asked'),
  ups: z.number().int(),
  downs: z.number().int(),
  reversals: z.number().int().describe('changes against the one before it within 10 minutes'),
  unitMonthMinor: z.number().nullable().describe('what one costs a month'),
  weekMinor: z.number().int().nullable(),
  monthMinor: z.number().int().nullable(),
  costUnknown: z.string().nullable(),
  fixed: z.array(FixedSizeSchema),
})
export type ScalerWeek = z.infer<typeof ScalerWeekSchema>

export const AutoscaleWeekSchema = z.object({
  stage: z.object({ id: z.string(), name: z.string() }),
  driver: z.object({ name: z.string(), unit: z.string(), mean: z.number(), peak: z.number(), low: z.number() }),
  currency: z.string(),
  bucketMinutes: z.number(),
  stepSeconds: z.number(),
  scalers: z.array(ScalerWeekSchema),
  /** Of those that have a price: by itself, and at the fixed size that carries the peak at its target. */
  monthMinor: z.number().int().nullable(),
  fixedMonthMinor: z.number().int().nullable(),
})
export type AutoscaleWeek = z.infer<typeof AutoscaleWeekSchema>
