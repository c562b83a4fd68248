import { DAY_MS, HOUR_MS } from '../../format/duration.ts'
import type { Sampling } from './model.ts'

/** A season is believed when it recurs at least this often. */
const CYCLES_LEAST = 3
/** One of the clock or calendar already from this many, where it is plain to see. */
const CYCLES_PLAIN = 2.2
const CORRELATION_PLAIN = 0.6
/** A season that explains all but this share of the variance leaves nothing for another. */
const REST_LEAST = 0.005
/** The share of variance, beyond trend, that a season must explain, and the correlation one season apart. */
const STRENGTH_LEAST = 0.25
const CORRELATION_LEAST = 0.25

/**
 * The seasons of an evenly spaced series in steps, at most two, shortest first. Hours, days, weeks and years are tried where
 * the interval makes them whole steps; without one of those, the peak of the autocorrelation.
 */
export function findSeasons(values: readonly number[], sampling: Pick<Sampling, 'intervalMs' | 'step'>): number[] {
  const calendar = calendarSeasons(sampling)
  const fitting = calendar.filter((period) => values.length >= CYCLES_LEAST * period)
  const found: number[] = []
  let rest = values
  for (const period of calendar.filter((one) => values.length >= CYCLES_PLAIN * one)) {
    if (found.length === 2 || spread(rest) <= REST_LEAST * spread(values)) break
    if (!isSeasonal(rest, period, fitting.includes(period))) continue
    // A week that only repeats its days is no season of its own.
    found.push(period)
    rest = withoutSeason(rest, period)
  }
  if (found.length > 0) return found
  // A year of months or quarters stays a season to be tried even where it hardly shows.
  if (sampling.step === 'month' || sampling.step === 'quarter') return fitting
  const period = strongestLag(values)
  if (period === null || !isSeasonal(values, period)) return []
  // Values without times: what recurs each day may recur each week as well.
  const week = 7 * period
  if (values.length < CYCLES_LEAST * week) return [period]
  const left = withoutSeason(values, period)
  return spread(left) > REST_LEAST * spread(values) && isSeasonal(left, week) ? [period, week] : [period]
}

export function calendarSeasons({ intervalMs, step }: Pick<Sampling, 'intervalMs' | 'step'>): number[] {
  if (step === 'month') return [12]
  if (step === 'quarter') return [4]
  if (step !== 'fixed') return []
  const year = 365.25 * DAY_MS
  const periods = [HOUR_MS, DAY_MS, 7 * DAY_MS].flatMap((length) => {
    const steps = length / intervalMs
    return steps >= 4 && steps <= 2016 && Number.isInteger(steps) ? [steps] : []
  })
  const yearly = Math.round(year / intervalMs)
  return yearly >= 4 && yearly <= 366 ? [...periods.filter((one) => one < yearly), yearly] : periods
}

function isSeasonal(values: readonly number[], period: number, often = true): boolean {
  const plain = withoutTrend(values, period)
  const least = often ? CORRELATION_LEAST : CORRELATION_PLAIN
  return correlation(plain, period) > least && strength(plain, period) > STRENGTH_LEAST
}

/** 1 - var(remainder) / var(season + remainder), as of STL (Wang, Smith and Hyndman 2006), less what chance would explain. */
function strength(plain: readonly number[], period: number): number {
  const profile = profileOf(plain, period)
  let total = 0
  let rest = 0
  for (let i = 0; i < plain.length; i += 1) {
    const one = plain[i] as number
    total += one * one
    rest += (one - (profile[i % period] as number)) ** 2
  }
  if (total === 0) return 0
  const free = plain.length - period
  return free <= 0 ? 0 : 1 - rest / free / (total / (plain.length - 1))
}

/** Sum of squares around the mean. */
function spread(values: readonly number[]): number {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length
  return values.reduce((sum, one) => sum + (one - mean) ** 2, 0)
}

/** Mean of each phase, counted from the first value. */
function profileOf(plain: readonly number[], period: number): number[] {
  const sums = Array.from({ length: period }, () => 0)
  const counts = Array.from({ length: period }, () => 0)
  for (let i = 0; i < plain.length; i += 1) {
    sums[i % period] = (sums[i % period] as number) + (plain[i] as number)
    counts[i % period] = (counts[i % period] as number) + 1
  }
  return sums.map((sum, phase) => sum / (counts[phase] as number))
}

/** Less a centred mean over one period, so that a trend is not taken for a season. */
function withoutTrend(values: readonly number[], period: number): number[] {
  const sums = [0]
  for (const value of values) sums.push((sums.at(-1) as number) + value)
  const half = Math.floor(period / 2)
  return values.map((value, i) => {
    const reach = Math.min(i, values.length - 1 - i, half)
    const [from, to] = reach === half ? [i - half, i + half + 1] : edge(i, values.length, half)
    return value - ((sums[to] as number) - (sums[from] as number)) / (to - from)
  })
}

function edge(i: number, length: number, half: number): [number, number] {
  const width = Math.min(length, 2 * half + 1)
  const from = Math.max(0, Math.min(i - half, length - width))
  return [from, from + width]
}

function withoutSeason(values: readonly number[], period: number): number[] {
  const profile = profileOf(withoutTrend(values, period), period)
  return values.map((value, i) => value - (profile[i % period] as number))
}

function correlation(plain: readonly number[], lag: number): number {
  let [above, below] = [0, 0]
  const mean = plain.reduce((sum, one) => sum + one, 0) / plain.length
  for (let i = 0; i < plain.length; i += 1) {
    const one = (plain[i] as number) - mean
    below += one * one
    if (i >= lag) above += one * ((plain[i - lag] as number) - mean)
  }
  // The shorter sum at a long lag would read as less correlation than there is.
  return below === 0 ? 0 : (above / below) * (plain.length / (plain.length - lag))
}

/** The shortest lag, from 4 steps to a fourth of the length, whose autocorrelation peaks nearly as high as the highest. */
function strongestLag(values: readonly number[]): number | null {
  const longest = Math.min(Math.floor(values.length / 4), 400)
  const plain = withoutTrend(values, Math.max(8, Math.floor(values.length / 3)))
  const lags = Array.from({ length: longest + 2 }, (_, lag) => (lag < values.length ? correlation(plain, lag) : 0))
  const peaks: number[] = []
  let wentDown = false
  for (let lag = 2; lag <= longest; lag += 1) {
    const here = lags[lag] as number
    if (here < 0.5 * (lags[1] as number)) wentDown = true
    const isPeak = here > (lags[lag - 1] as number) && here >= (lags[lag + 1] as number)
    if (wentDown && lag >= 4 && isPeak && here > 0.4) peaks.push(lag)
  }
  const highest = Math.max(...peaks.map((lag) => lags[lag] as number))
  return peaks.find((lag) => (lags[lag] as number) >= 0.8 * highest) ?? null
}
