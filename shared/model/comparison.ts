import * as z from 'zod'
import { AssumptionsSchema, BandSchema } from './scenario.ts'

/** P10, P50 and P90 over the paths. */
export const RangeSchema = z.object({ p10: z.number(), p50: z.number(), p90: z.number() })
const monthRange = z.object({ p10: z.number().nullable(), p50: z.number().nullable(), p90: z.number().nullable() })

/**
 * One scenario of a comparison: everything that a column of the table says. Money is in minor units of the comparison's
 * currency, shares are 0..1 of the paths, months count from 0, the present.
 */
export const ComparedSchema = z.object({
  key: z.string().describe('the id of a kept scenario, or a name of the asker for one that is not kept'),
  name: z.string(),
  assumptions: AssumptionsSchema.describe('as they were run: with the horizon, paths and seed of the comparison'),
  notes: z.array(z.string()).describe('what was left out or changed to run it'),
  cost: BandSchema.describe('a month'),
  cumulative: BandSchema,
  perDriver: BandSchema.describe("a month's cost over the primary driver"),
  driver: BandSchema,
  total: RangeSchema.describe('all months together'),
  migration: z
    .object({ minor: z.number(), hours: z.number() })
    .describe('of all moves within the horizon, mean over the paths'),
  overload: z.object({
    share: z.number().describe('share of paths that are overloaded in some month'),
    minutesPerMonth: RangeSchema.describe(
      'minutes of overload a month: the mean over the months of each of their P10, P50, P90',
    ),
    worst: z
      .object({ month: z.number().int(), share: z.number(), minutes: z.number().describe('P90 of that month') })
      .nullable()
      .describe('the month in which most paths are overloaded; null when none ever is'),
    byMonth: z.array(z.number()).describe('share of paths, by month'),
  }),
  availability: z.object({
    asked: z.number().nullable().describe('what the plan states as needed; null when it states nothing'),
    stages: z.array(
      z.object({
        stage: z.string(),
        name: z.string(),
        from: z.number().int().describe('the first month in which most paths hold it, or the first in which any does'),
        value: z.number().nullable().describe('computed from its topology; null when it cannot be'),
        why: z.string().nullable().describe('why it cannot be computed'),
        meets: z.boolean().nullable(),
      }),
    ),
    missesFrom: z
      .number()
      .int()
      .nullable()
      .describe('the first month in which what most paths hold cannot meet what is asked'),
  }),
  stages: z
    .array(z.object({ stage: z.string(), name: z.string(), share: z.array(z.number()) }))
    .describe('those ever held'),
  triggers: z
    .array(
      z.object({
        id: z.string(),
        stage: z.string(),
        name: z.string(),
        down: z.boolean().describe('it leads to an earlier stage'),
        firedShare: z.number(),
        month: monthRange,
      }),
    )
    .describe('those that fire on some path, earliest first'),
  irreversible: z.array(
    z.object({ stage: z.string(), name: z.string(), month: z.number().int(), what: z.array(z.string()) }),
  ),
  guardRails: z
    .array(
      z.object({
        id: z.string(),
        text: z.string(),
        stage: z.string(),
        name: z.string(),
        month: z.number().int(),
        state: z.enum(['argues', 'unknown']).describe('unknown: it depends on what only measuring can tell'),
        why: z.string(),
      }),
    )
    .describe('rails against a stage that the scenario moves to'),
  notModelled: z.array(z.object({ id: z.string(), name: z.string(), why: z.string() })),
})
export type Compared = z.infer<typeof ComparedSchema>

/** Two scenarios on the same paths. Differences are a less b, path by path. */
export const PairSchema = z.object({
  a: z.string(),
  b: z.string(),
  total: RangeSchema.describe('difference of all months together'),
  cheaper: z.number().describe('share of paths on which a costs less in total'),
  dearer: z.number().describe('share of paths on which a costs more in total; on the others both cost the same'),
  breakEven: z.object({
    share: z.number().describe('share of paths on which the one that was dearer first becomes the cheaper one'),
    month: monthRange,
    cheaperFirst: z.enum(['a', 'b']).nullable(),
  }),
})
export type Pair = z.infer<typeof PairSchema>

/** Scenarios side by side, run with one horizon, one number of paths and one seed, so that they differ by themselves alone. */
export const ComparisonSchema = z.object({
  plan: z.object({ id: z.string(), name: z.string() }),
  currency: z.string(),
  driver: z.object({ id: z.string(), name: z.string(), unit: z.string() }),
  start: z.number().describe('month 0 begins here, UTC epoch milliseconds'),
  months: z.number().int(),
  paths: z.number().int(),
  seed: z.number().int(),
  base: z.string().describe('the key of the scenario that the others are held against'),
  scenarios: z.array(ComparedSchema),
  pairs: z.array(PairSchema).describe('every two, in the order of the scenarios'),
})
export type Comparison = z.infer<typeof ComparisonSchema>

/** What an assumption does when it is moved to the low and the high end of its range, with everything else as it is. */
export const SensitivitySchema = z.object({
  currency: z.string(),
  months: z.number().int(),
  paths: z.number().int(),
  seed: z.number().int(),
  base: z.object({ total: z.number().describe('P50 of all months together, minor units'), overload: z.number() }),
  rows: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        kind: z.enum(['driver', 'growth', 'price', 'demand', 'lead-time', 'lever', 'rate']),
        unit: z.enum(['count', 'ratio', 'months', 'hours', 'factor', 'rate']),
        value: z.number(),
        low: z.number(),
        high: z.number(),
        origin: z.enum(['default', 'stated', 'fitted']).describe('where the range comes from'),
        total: z.object({ low: z.number(), high: z.number() }).describe('P50 total at either end'),
        overload: z
          .object({ low: z.number(), high: z.number() })
          .describe('share of overloaded paths, mean over the months'),
      }),
    )
    .describe('largest effect on the total first'),
})
export type Sensitivity = z.infer<typeof SensitivitySchema>

/** A range that the operator states for one row of a sensitivity. */
export const RangesSchema = z.record(z.string(), z.object({ low: z.number(), high: z.number() }))
