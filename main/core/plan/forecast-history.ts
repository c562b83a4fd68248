import { DAY_MS, HOUR_MS } from '../../../shared/format/duration.ts'
import type { Series, Unit } from '../../../shared/model/metric.ts'
import type { ForecastInput } from '../../../shared/planning/forecast/model.ts'
import type { Metrics } from '../metrics/index.ts'

const MINUTE_MS = 60_000
/** The furthest that is looked back. */
const BACK_MS = 3 * 365 * DAY_MS
/** Steps by how far the history reaches: fine enough for its seasons, coarse enough for about 1,500 steps. */
const STEPS: readonly { from: number; stepMs: number }[] = [
  { from: 240 * DAY_MS, stepMs: DAY_MS },
  { from: 60 * DAY_MS, stepMs: 4 * HOUR_MS },
  { from: 4 * DAY_MS, stepMs: HOUR_MS },
  { from: 6 * HOUR_MS, stepMs: 15 * MINUTE_MS },
  { from: 0, stepMs: MINUTE_MS },
]
const STEPS_MOST = 1_500

export interface History {
  input: Extract<ForecastInput, { at: readonly number[] }>
  stepMs: number
  /** How many steps make the horizon. */
  horizon: number
}

type Source = Pick<Metrics, 'slice'>
type One = Pick<Series, 'hostId' | 'metric' | 'labels'>

/**
 * A series' own past as means by step, newest whole step last. The step follows from how long the past is; where a horizon
 * is asked for, it is the finest whose STEPS_MOST steps are twice that long. Without one the horizon is half of the past.
 */
export function historyOf(metrics: Source, series: One, now: number, horizonMs?: number): History {
  const span = spanOf(metrics, series, now)
  const natural = STEPS.find(({ from }) => span >= from)?.stepMs ?? MINUTE_MS
  const wanted = horizonMs === undefined ? natural : finestFor(horizonMs, natural)
  // Whole steps only: the one under way would read as lower or higher than it will be.
  const to = Math.floor(now / wanted) * wanted
  const from = Math.max(to - STEPS_MOST * wanted, Math.floor((now - span) / wanted) * wanted)
  const means = meansOf(metrics, series, from, to, wanted)
  return {
    input: { at: [...means.keys()], value: [...means.values()] },
    stepMs: wanted,
    horizon: Math.max(1, horizonMs === undefined ? Math.floor(means.size / 2) : Math.ceil(horizonMs / wanted)),
  }
}

/** How far back the series reaches: from the hours first, and where it is younger than a day or two from minutes. */
function spanOf(metrics: Source, series: One, now: number): number {
  const first = (back: number, stepMs: number): number | undefined =>
    meansOf(metrics, series, Math.floor((now - back) / stepMs) * stepMs, now, stepMs)
      .keys()
      .next().value
  const byHour = first(BACK_MS, HOUR_MS)
  if (byHour === undefined || now - byHour > 2 * DAY_MS) return now - (byHour ?? now)
  return now - (first(2 * DAY_MS + HOUR_MS, MINUTE_MS) ?? byHour)
}

function finestFor(horizonMs: number, natural: number): number {
  const fitting = STEPS.toReversed().find(({ stepMs }) => (STEPS_MOST / 2) * stepMs >= horizonMs)?.stepMs ?? DAY_MS
  // Finer than what the length asks for costs seasons; a quarter-hour forecast of a day is of use all the same.
  return fitting < natural ? Math.max(fitting, Math.min(natural, HOUR_MS)) : fitting
}

/** Means by step, by the time a step begins. */
export function meansOf(metrics: Source, series: One, from: number, to: number, stepMs: number): Map<number, number> {
  const widthPx = Math.max(1, Math.round((to - from) / stepMs))
  const { hostId, metric, labels } = series
  const slices = metrics.slice({ hostId, metric, labels, from, to: from + widthPx * stepMs, widthPx })
  const slice = slices.find((one) => sameLabels(one.series.labels, labels))
  const means = new Map<number, number>()
  for (const [i, at] of slice?.at.entries() ?? []) {
    const value = slice?.avg[i]
    const step = from + Math.floor((at - from) / stepMs) * stepMs
    if (value !== null && value !== undefined && step < to) means.set(step, value)
  }
  return means
}

export function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}

/** What a value of a metric can never pass. CPU of containers is in cores, so its ratio has no top. */
export function boundsOf(metric: string, unit: Unit): readonly [number, number] {
  return [0, unit === 'ratio' && metric !== 'docker_container_cpu_ratio' ? 1 : Number.POSITIVE_INFINITY]
}
