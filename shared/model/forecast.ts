import * as z from 'zod'
import { ComparisonSchema } from './condition.ts'
import { LabelsSchema, UnitSchema } from './metric.ts'

const SamplingSchema = z.object({
  from: z.number(),
  to: z.number(),
  intervalMs: z.number(),
  step: z.enum(['fixed', 'month', 'quarter', 'year', 'index']),
  steps: z.number(),
  coverage: z.number(),
  missing: z.number(),
  duplicates: z.number(),
  invalid: z.number(),
  leftOutBefore: z.number().nullable(),
})

const ScoreSchema = z.object({ id: z.string(), name: z.string(), mase: z.number(), folds: z.number() })

/** See shared/planning/forecast/model.ts, whose types these are. */
export const ForecastSchema = z.object({
  kind: z.literal('forecast'),
  at: z.array(z.number()),
  point: z.array(z.number()),
  low: z.array(z.number()),
  high: z.array(z.number()),
  level: z.number(),
  model: z.object({ id: z.string(), name: z.string() }),
  seasons: z.array(z.number()),
  scores: z.array(ScoreSchema),
  backtest: z.object({
    folds: z.number(),
    coverage: z.number().nullable(),
    mase: z.number(),
    mae: z.number(),
    effective: z.number(),
  }),
  sampling: SamplingSchema,
  last: z.object({ at: z.number(), value: z.number() }),
  horizon: z.object({ asked: z.number(), given: z.number() }),
  notes: z.array(z.string()),
})

export const TooShortSchema = z.object({
  kind: z.literal('too-short'),
  reason: z.enum(['short', 'irregular', 'empty']),
  fact: z.string(),
  fix: z.string(),
  needed: z.number(),
  there: z.number(),
  intervalMs: z.number().nullable(),
})

export const RunwaySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('past'), threshold: z.number(), at: z.number() }),
  z.object({
    kind: z.literal('dated'),
    threshold: z.number(),
    at: z.number().nullable(),
    earliest: z.number(),
    latest: z.number().nullable(),
    until: z.number(),
  }),
  z.object({ kind: z.literal('beyond'), threshold: z.number(), until: z.number() }),
])

/** What a forecast says about one threshold, and whose threshold it is. `words` is the whole sentence. */
export const ThresholdRunwaySchema = z.object({
  origin: z.enum(['limit', 'trigger', 'full', 'asked']),
  /** Of the limit or trigger; empty for a full disk or a threshold asked for. */
  id: z.string(),
  name: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  toStage: z.string().nullable(),
  op: ComparisonSchema,
  threshold: z.number(),
  /** Null where the series is too short to say. */
  runway: RunwaySchema.nullable(),
  words: z.string(),
})
export type ThresholdRunway = z.infer<typeof ThresholdRunwaySchema>

const seriesOf = {
  hostId: z.string(),
  hostName: z.string(),
  metric: z.string(),
  labels: LabelsSchema,
  unit: UnitSchema,
}

/** A measured series, what it was forecast from and what comes of it. */
export const SeriesForecastSchema = z.object({
  ...seriesOf,
  madeAt: z.number(),
  history: z.object({ at: z.array(z.number()), value: z.array(z.number().nullable()) }),
  result: z.discriminatedUnion('kind', [ForecastSchema, TooShortSchema]),
  runways: z.array(ThresholdRunwaySchema),
})
export type SeriesForecast = z.infer<typeof SeriesForecastSchema>

/** One runway of the fleet. `tooShort` says what is wanting where there is no forecast. */
export const FleetRunwaySchema = ThresholdRunwaySchema.extend({
  ...seriesOf,
  madeAt: z.number(),
  present: z.number().nullable(),
  model: z.string().nullable(),
  mase: z.number().nullable(),
  coverage: z.number().nullable(),
  tooShort: z.string().nullable(),
})
export type FleetRunway = z.infer<typeof FleetRunwaySchema>

/**
 * A forecast that was kept, its backtest, and what came of it so far: of the `passed` steps whose time is over and that were
 * measured, `inside` lay in the band; `mae` is the mean absolute error over them, `naiveMae` that of the last value.
 */
export const StoredForecastSchema = z.object({
  id: z.number(),
  ...seriesOf,
  madeAt: z.number(),
  origin: z.number(),
  until: z.number(),
  intervalMs: z.number(),
  steps: z.number(),
  level: z.number(),
  model: z.string(),
  mase: z.number(),
  mae: z.number(),
  coverage: z.number().nullable(),
  folds: z.number(),
  passed: z.number(),
  inside: z.number(),
  cameMae: z.number().nullable(),
  naiveMae: z.number().nullable(),
})
export type StoredForecast = z.infer<typeof StoredForecastSchema>
