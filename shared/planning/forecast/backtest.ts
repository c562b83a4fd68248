import type { Candidate } from './model.ts'

/** One origin of the backtest: what each candidate said of the steps after it, against what came. */
export interface Fold {
  /** Steps known at the origin. */
  origin: number
  /** What came; null where it was not measured. */
  actual: (number | null)[]
  /** By candidate id. */
  predicted: Map<string, readonly number[]>
}

export interface Backtest {
  folds: Fold[]
  /** The error that MASE divides by: in-sample mean absolute error of repeating the last season (Hyndman and Koehler 2006). */
  scale: number
}

/** The most origins with the full horizon, and the further ones nearer to the end whose horizon is cut. */
const ORIGINS_MOST = 12
/** More points than this are not worked through: the origins become fewer. */
const WORK_MOST = 16_000

/** The fewest known steps from which anything is forecast. */
export function historyLeast(seasons: readonly number[]): number {
  const period = seasons.at(-1) ?? 1
  return period > 1 ? Math.max(8, Math.ceil(1.5 * period)) : 8
}

/** Origins spread over the series, the last one a whole horizon before its end, then some closer to the end. */
export function originsOf(length: number, horizon: number, seasons: readonly number[]): number[] {
  const last = length - horizon
  const first = Math.min(last, Math.max(historyLeast(seasons), Math.floor(length / 3)))
  const most = Math.max(6, Math.min(ORIGINS_MOST, Math.floor(WORK_MOST / length)))
  const count = Math.min(most, last - first + 1)
  const origins = Array.from({ length: count }, (_, i) =>
    count === 1 ? last : Math.round(first + ((last - first) * i) / (count - 1)),
  )
  for (const share of [0.5, 0.25]) {
    const origin = length - Math.round(horizon * share)
    if (origin < length && origin > (origins.at(-1) as number)) origins.push(origin)
  }
  return [...new Set(origins)]
}

/** Runs every candidate from every origin. One that fails or answers with nonsense is left out of that fold. */
export function backtest(
  values: readonly number[],
  observed: readonly boolean[],
  horizon: number,
  seasons: readonly number[],
  candidates: readonly Candidate[],
): Backtest {
  const folds = originsOf(values.length, horizon, seasons).map((origin): Fold => {
    const history = values.slice(0, origin)
    const steps = Math.min(horizon, values.length - origin)
    const predicted = new Map<string, readonly number[]>()
    for (const candidate of candidates) {
      const path = predictSafely(candidate, history, steps, seasons)
      if (path) predicted.set(candidate.id, path)
    }
    const actual = Array.from({ length: steps }, (_, i) =>
      observed[origin + i] ? (values[origin + i] as number) : null,
    )
    return { origin, actual, predicted }
  })
  return { folds, scale: naiveScale(values, seasons.at(-1) ?? 1) }
}

/** The candidate's path, or null where it does not fit, fails, or runs far out of all that was seen. */
export function predictSafely(
  candidate: Candidate,
  history: readonly number[],
  horizon: number,
  seasons: readonly number[],
): readonly number[] | null {
  if (!candidate.fits(history.length, seasons)) return null
  try {
    const path = candidate.predict(history, horizon, seasons)
    if (path.length < horizon || !path.every(Number.isFinite)) return null
    const [low, high] = extent(history)
    const room = 20 * (high - low) + 1e-9 * Math.max(Math.abs(low), Math.abs(high))
    return path.every((one) => one >= low - room && one <= high + room) ? path : null
  } catch {
    // The libraries throw on series they cannot fit; such a candidate just takes no part.
    return null
  }
}

export function naiveScale(values: readonly number[], period: number): number {
  for (const lag of period > 1 && values.length > period ? [period, 1] : [1]) {
    let sum = 0
    for (let i = lag; i < values.length; i += 1) sum += Math.abs((values[i] as number) - (values[i - lag] as number))
    if (sum > 0) return sum / (values.length - lag)
  }
  return 0
}

/** Mean absolute error of a path over the measured steps; null where there is none. */
export function meanAbsoluteError(path: readonly number[], actual: readonly (number | null)[]): number | null {
  let [sum, count] = [0, 0]
  for (let i = 0; i < actual.length; i += 1) {
    const one = actual[i]
    if (one === null || one === undefined) continue
    sum += Math.abs(one - (path[i] as number))
    count += 1
  }
  return count === 0 ? null : sum / count
}

export function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return [low, high]
}
