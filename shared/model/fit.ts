import * as z from 'zod'
import { GrowthSchema } from './growth.ts'

/** What the fits give, as it crosses the contract; the meaning of each is told in shared/planning/fit. */
const interval = z.object({ low: z.number(), high: z.number() })
const law = z.enum(['exponential', 'linear', 'logistic'])

export const TimedValueSchema = z.object({ at: z.number(), value: z.number() })

export const GrowthFitSchema = z.object({
  step: z.enum(['day', 'week', 'month']),
  from: z.number(),
  to: z.number(),
  samples: z.number().int(),
  zeros: z.number().int(),
  points: z.array(
    z.object({ at: z.number(), value: z.number(), n: z.number().int(), outlier: z.boolean(), factor: z.number() }),
  ),
  chosen: law,
  reason: z.object({ by: z.enum(['backtest', 'aicc']), kind: z.enum(['best', 'tie', 'only']) }),
  laws: z.array(
    z.object({
      law,
      growth: GrowthSchema,
      interval,
      backtest: z.number().nullable(),
      aicc: z.number(),
      present: z.number(),
      curve: z.array(z.object({ at: z.number(), value: z.number(), low: z.number(), high: z.number() })),
    }),
  ),
  missing: z.array(law),
  monthlyLog: z.object({
    mean: z.number(),
    low: z.number(),
    high: z.number(),
    deviation: z.number(),
    deviationLow: z.number(),
    deviationHigh: z.number(),
    steps: z.number().int(),
  }),
  seasonality: z.object({
    found: z.object({ monthOfYear: z.array(z.number()) }).nullable(),
    why: z.enum(['found', 'short', 'chance']),
    explained: z.number(),
  }),
})
export type GrowthFitResult = z.infer<typeof GrowthFitSchema>

export const DemandFitSchema = z.object({
  base: z.number(),
  rate: z.number(),
  alpha: z.number(),
  baseInterval: interval,
  rateInterval: interval,
  spread: z.number(),
  explained: z.number(),
  n: z.number().int(),
  driver: interval,
  shape: z.object({
    /** Null where no curve was tried. */
    linearError: z.number().nullable(),
    curvedError: z.number().nullable(),
    curvedAlpha: z.number(),
    tried: z.boolean(),
  }),
  throughOrigin: z.boolean(),
  inflation: z.number(),
  line: z.array(
    z.object({
      x: z.number(),
      y: z.number(),
      low: z.number(),
      high: z.number(),
      bandLow: z.number(),
      bandHigh: z.number(),
    }),
  ),
})

/** A demand fit with the pairs it was made on, for the scatter, and how the two series were brought together. */
export const PairedFitSchema = z.object({
  fit: DemandFitSchema,
  pairs: z.array(z.object({ at: z.number(), x: z.number(), y: z.number() })),
  from: z.number(),
  to: z.number(),
  bucketMs: z.number(),
  /** What the resource's series was multiplied by to become demand, and why; 1 where it is the demand itself. */
  scaled: z.object({ by: z.number(), supply: z.boolean() }),
})
export type PairedFit = z.infer<typeof PairedFitSchema>

const estimate = z.object({ value: z.number(), error: z.number().nullable() })
export const UslFitSchema = z.object({
  lambda: estimate,
  sigma: estimate,
  kappa: estimate,
  r2: z.number(),
  n: z.number().int(),
  levels: z.number().int(),
  relativeError: z.number(),
  knee: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('none'), ceiling: z.number().nullable() }),
    z.object({
      kind: z.enum(['found', 'beyond']),
      concurrency: z.number(),
      throughput: z.number(),
      interval: z.object({ low: z.number(), high: z.number().nullable() }).nullable(),
    }),
  ]),
  cautions: z.array(z.enum(['few-levels', 'no-single', 'falls-from-start', 'poor', 'kappa-uncertain', 'no-errors'])),
})

export const LoadReadingSchema = z.object({
  runs: z.array(
    z.object({
      tool: z.enum(['ab', 'wrk', 'wrk2', 'hey', 'k6', 'table']),
      line: z.number().int(),
      concurrency: z.number(),
      concurrencyFrom: z.enum(['summary', 'command', 'little', 'ramped']),
      throughput: z.number(),
      requests: z.number().nullable(),
      errors: z.number().nullable(),
      meanMs: z.number().nullable(),
      p50Ms: z.number().nullable(),
      p95Ms: z.number().nullable(),
      p99Ms: z.number().nullable(),
    }),
  ),
  unread: z.array(z.object({ line: z.number().int(), text: z.string(), like: z.string() })),
  incomplete: z.array(
    z.object({
      line: z.number().int(),
      tool: z.enum(['ab', 'wrk', 'wrk2', 'hey', 'k6', 'table']),
      missing: z.enum(['throughput', 'concurrency']),
    }),
  ),
})
