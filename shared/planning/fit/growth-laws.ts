import { exp, ln } from '../elementary.ts'
import { quantile, varianceInflation } from './statistics.ts'
import { theilSen } from './theil-sen.ts'

export const LAWS = ['exponential', 'linear', 'logistic'] as const
export type LawName = (typeof LAWS)[number]

/** A law fitted on points (t in months, v > 0). `rate` is the log growth a month, or what a month adds for `linear`. */
export interface LawFit {
  name: LawName
  rate: number
  /** Sen's 95% interval of `rate`. */
  low: number
  high: number
  /** Of a logistic only. */
  ceiling: number | null
  at(t: number): number
}

/** How many free parameters a law has, for information criteria. */
export const PARAMETERS: Record<LawName, number> = { exponential: 2, linear: 2, logistic: 3 }

/** A ceiling above this many times the largest value cannot be told from none. */
const HIGHEST_CEILING = 8

/**
 * Fits one law robustly; null where the points do not show it (a logistic that does not bend, or falls).
 *
 * exponential: Theil-Sen on ln v. linear: Theil-Sen on v. logistic: v = K / (1 + e^-(r t + c)); for a ceiling K,
 * ln(v / (K - v)) is a line in t, which Theil-Sen fits; K is the one with the least absolute error in ln v.
 */
export function fitLaw(name: LawName, t: readonly number[], v: readonly number[]): LawFit | null {
  if (name === 'logistic') return fitLogistic(t, v)
  const y = name === 'linear' ? v : v.map(ln)
  const first = theilSen(t, y)
  const { slope, intercept, low, high } = theilSen(
    t,
    y,
    0.95,
    varianceInflation(y.map((value, i) => value - first.slope * (t[i] as number))),
  )
  const line = (time: number) => intercept + slope * time
  return { name, rate: slope, low, high, ceiling: null, at: name === 'linear' ? line : (time) => exp(line(time)) }
}

function fitLogistic(t: readonly number[], v: readonly number[]): LawFit | null {
  const top = Math.max(...v)
  const lowest = ln(quantile(v, 0.75) * 1.001)
  const highest = ln(top * HIGHEST_CEILING)
  let best: { fit: LawFit; error: number; at: number } | null = null
  const consider = (logCeiling: number) => {
    const fit = logisticUnder(exp(logCeiling), t, v)
    if (!fit) return
    const error = absoluteError(fit, t, v)
    if (!best || error < best.error) best = { fit, error, at: logCeiling }
  }
  const steps = 40
  const width = (highest - lowest) / steps
  for (let i = 0; i <= steps; i += 1) consider(lowest + i * width)
  // Narrowed about the best so far until the ceiling stands still.
  for (let reach = width; reach > 1e-9; reach /= 2) {
    const centre = (best as { at: number } | null)?.at
    if (centre === undefined) return null
    consider(centre - reach / 2)
    consider(centre + reach / 2)
  }
  const found = best as { fit: LawFit; at: number } | null
  return found && found.at < highest - width / 2 ? found.fit : null
}

function logisticUnder(ceiling: number, t: readonly number[], v: readonly number[]): LawFit | null {
  const inside = v.flatMap((value, i) => (value < 0.985 * ceiling ? [i] : []))
  if (inside.length < 5) return null
  const times = inside.map((i) => t[i] as number)
  const line = theilSen(
    times,
    inside.map((i) => ln((v[i] as number) / (ceiling - (v[i] as number)))),
  )
  if (!(line.slope > 0)) return null
  const { slope, intercept, low, high } = line
  return {
    name: 'logistic',
    rate: slope,
    low,
    high,
    ceiling,
    at: (time) => ceiling / (1 + exp(-(intercept + slope * time))),
  }
}

/** Mean absolute error in ln v; what a law foretells under zero counts as a thousandth of the value. */
export function absoluteError(fit: LawFit, t: readonly number[], v: readonly number[]): number {
  return t.reduce((sum, time, i) => sum + Math.abs(logError(fit, time, v[i] as number)), 0) / t.length
}

/** ln(v / foretold). */
export function logError(fit: LawFit, time: number, value: number): number {
  return ln(value / Math.max(fit.at(time), value * 1e-3))
}
