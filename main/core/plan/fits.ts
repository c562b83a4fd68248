import type { SeriesSource } from '../../../shared/contract/fit.ts'
import { type CsvReading, readCsv } from '../../../shared/format/csv.ts'
import { nearest } from '../../../shared/format/nearest.ts'
import type { Edit } from '../../../shared/model/edit.ts'
import type { PairedFit } from '../../../shared/model/fit.ts'
import type { Fitted } from '../../../shared/model/fitted.ts'
import type { Growth, Seasonality } from '../../../shared/model/growth.ts'
import type { Demand, Plan } from '../../../shared/model/plan.ts'
import { HeadroomError, problemOf } from '../../../shared/model/problem.ts'
import type { GrowthFit } from '../../../shared/planning/fit/growth.ts'
import { type LoadTestReading, readLoadTests } from '../../../shared/planning/fit/load-test.ts'
import { pairByTime } from '../../../shared/planning/fit/pair.ts'
import { fitUsl, type LoadPoint, type UslFit } from '../../../shared/planning/fit/usl.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Editing } from './editing.ts'
import type { Simulator } from './simulator.ts'

export type FitToApply =
  | {
      kind: 'growth'
      driver?: string | undefined
      growth: Growth
      fitted: Omit<Fitted, 'at'>
      present?: number | undefined
      seasonality?: Pick<Seasonality, 'monthOfYear'> | undefined
    }
  | ({ kind: 'demand'; resource: string; fitted: Omit<Fitted, 'at'> } & Required<
      Pick<Demand, 'base' | 'rate' | 'alpha'>
    >)

/** Fits on files and measured series, in the worker thread, and their way into the plan. */
export interface Fits {
  /** @throws FIT_..., CSV_..., UNKNOWN_SERIES */
  growth(input: { series: SeriesSource; keepOutliers: boolean }, signal?: AbortSignal): Promise<GrowthFit>
  /** @throws UNKNOWN_RESOURCE, NO_SUPPLY, NO_PLAN, and as growth */
  demand(
    input: { resource: string; driver: SeriesSource; measured: SeriesSource },
    signal?: AbortSignal,
  ): Promise<PairedFit>
  usl(input: { text: string } | { points: LoadPoint[] }): {
    reading: LoadTestReading | null
    fit: UslFit | null
    refused: ReturnType<typeof problemOf> | null
  }
  /** One edit of the plan. @throws UNKNOWN_DRIVER, UNKNOWN_RESOURCE, NO_PLAN */
  apply(fit: FitToApply): { reason: string }
}

interface Dependencies {
  metrics: Pick<Metrics, 'slice'>
  simulator: Pick<Simulator, 'work'>
  editing: Pick<Editing, 'editNow'>
  plan: () => Plan
  now: () => number
}

/** As many points of a measured series as a fit can use. */
const SLICES = 2000

export function createFits({ metrics, simulator, editing, plan, now }: Dependencies): Fits {
  const read = (source: SeriesSource): { values: CsvReading['values']; ratio: boolean } => {
    if ('values' in source) return { values: source.values, ratio: false }
    if ('csv' in source) return { values: readCsv(source.csv).values, ratio: false }
    const slices = metrics.slice({ ...source, widthPx: SLICES })
    const slice = slices[0]
    const values = slice?.at.flatMap((at, i) => {
      const value = slice.avg[i]
      return value === null || value === undefined ? [] : [{ at, value }]
    })
    if (!slice || !values || values.length === 0) throw unknownSeries(source.metric)
    return { values, ratio: slice.series.unit === 'ratio' }
  }

  return {
    growth: async ({ series, keepOutliers }, signal) =>
      simulator.work('fitGrowth', { samples: read(series).values, keepOutliers }, signal),
    async demand({ resource, driver, measured }, signal) {
      const present = plan()
      const demand = resourceOf(present, resource)
      const asked = read(measured)
      const supply = asked.ratio ? supplyOf(present, demand) : 1
      const y = asked.values.map(({ at, value }) => ({ at, value: value * supply }))
      const { pairs, bucketMs } = pairByTime(read(driver).values, y)
      const fit = await simulator.work('fitDemand', { pairs }, signal)
      const { linearError, curvedError } = fit.shape
      const times = pairs.map((pair) => pair.at)
      return {
        fit: {
          ...fit,
          shape: { ...fit.shape, linearError: numberOrNull(linearError), curvedError: numberOrNull(curvedError) },
        },
        pairs,
        from: Math.min(...times),
        to: Math.max(...times),
        bucketMs,
        scaled: { by: supply, supply: asked.ratio },
      }
    },
    usl(input) {
      const reading = 'text' in input ? readLoadTests(input.text) : null
      const points = 'text' in input ? (reading?.runs ?? []) : input.points
      try {
        return { reading, fit: fitUsl(points), refused: null }
      } catch (error) {
        return { reading, fit: null, refused: problemOf(error) }
      }
    },
    apply(fit) {
      const present = plan()
      const fitted: Fitted = { ...fit.fitted, at: now() }
      const edit = fit.kind === 'growth' ? growthEdit(present, fit, fitted) : demandEdit(present, fit, fitted)
      return { reason: editing.editNow(edit.edit, edit.reason).reason }
    },
  }
}

const numberOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null)

function growthEdit(
  plan: Plan,
  fit: Extract<FitToApply, { kind: 'growth' }>,
  fitted: Fitted,
): { edit: Edit; reason: string } {
  const primary = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  const driver = fit.driver === undefined ? primary : plan.drivers.find((one) => one.id === fit.driver)
  if (!driver)
    throw unknownOf(
      'driver',
      fit.driver ?? '',
      plan.drivers.map((one) => one.id),
    )
  const growth: Growth = { ...fit.growth, fitted }
  const ownPath = driver === primary && driver.growth === undefined ? ['growth'] : ['drivers', driver.id, 'growth']
  const edits: Edit[] = [{ op: 'set', path: ownPath, value: growth }]
  if (fit.present !== undefined) edits.push({ op: 'set', path: ['drivers', driver.id, 'present'], value: fit.present })
  if (fit.seasonality?.monthOfYear) {
    edits.push({
      op: 'set',
      path: ['seasonality'],
      value: { ...plan.seasonality, monthOfYear: fit.seasonality.monthOfYear },
    })
  }
  return { edit: { op: 'all', edits }, reason: `Growth of ${driver.name} fitted on ${fitted.source}` }
}

function demandEdit(
  plan: Plan,
  fit: Extract<FitToApply, { kind: 'demand' }>,
  fitted: Fitted,
): { edit: Edit; reason: string } {
  const demand = resourceOf(plan, fit.resource)
  const day = (at: number) => new Date(at).toISOString().slice(0, 10)
  const set = (key: string, value: unknown): Edit => ({ op: 'set', path: ['demand', demand.resource, key], value })
  const edits = [
    set('base', fit.base),
    set('rate', fit.rate),
    set('fitted', fitted),
    set(
      'assumed',
      `fitted on ${fitted.n} measurements from ${day(fitted.from)} to ${day(fitted.to)}, ${fitted.source}`,
    ),
  ]
  if (fit.alpha !== (demand.alpha ?? 1)) edits.push(set('alpha', fit.alpha))
  return { edit: { op: 'all', edits }, reason: `Demand for ${demand.name} fitted on ${fitted.source}` }
}

function resourceOf(plan: Plan, resource: string): Demand {
  const demand = plan.demand.find((one) => one.resource === resource)
  if (demand) return demand
  throw unknownOf(
    'resource',
    resource,
    plan.demand.map((one) => one.resource),
  )
}

function supplyOf(plan: Plan, demand: Demand): number {
  const stage = plan.stages.find((one) => one.id === plan.stage)
  const supply = stage?.supply[demand.resource]
  if (supply !== undefined && supply > 0) return supply
  throw new HeadroomError({
    code: 'NO_SUPPLY',
    fact: `What was measured is a share, and the present stage, ${stage?.name ?? plan.stage}, states no supply of ${demand.name} to take it of.`,
    fix: `State the stage's supply of ${demand.name} in Plan, or choose a series in its own unit.`,
    field: 'resource',
    value: demand.resource,
  })
}

function unknownOf(kind: 'driver' | 'resource', id: string, known: string[]): HeadroomError {
  const near = nearest(id, known)
  return new HeadroomError({
    code: `UNKNOWN_${kind.toUpperCase()}`,
    fact: `The plan has no ${kind} "${id}".`,
    fix:
      known.length === 0
        ? 'It has none at all; add one to the plan first.'
        : `${near ? `Did you mean "${near}"? ` : ''}Choose one of: ${known.join(', ')}.`,
    field: kind,
    value: id,
  })
}

function unknownSeries(metric: string): HeadroomError {
  return new HeadroomError({
    code: 'UNKNOWN_SERIES',
    fact: `Nothing was measured of "${metric}" on this server in the window.`,
    fix: 'Choose another series, or a longer window.',
    field: 'metric',
    value: metric,
  })
}
