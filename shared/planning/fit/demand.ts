import { power } from '../elementary.ts'
import { refusal } from './refusal.ts'
import { median, quantile, quantileOfSorted, robustDeviation, sorted, varianceInflation } from './statistics.ts'
import { theilSen } from './theil-sen.ts'

/** A driver's value and what a resource was asked for at the same time, in the order they were measured. */
export interface DemandPair {
  x: number
  y: number
}

export interface DemandInterval {
  low: number
  high: number
}

/** demand(x) = base + rate * x^alpha with 95% intervals, and how well it holds. */
export interface DemandFit {
  base: number
  rate: number
  alpha: number
  baseInterval: DemandInterval
  rateInterval: DemandInterval
  /** Robust standard deviation of the measured demand about the line. */
  spread: number
  /** 1 - (spread about the line / spread of the demand)^2, of robust deviations; 1 is a perfect line. */
  explained: number
  n: number
  /** The middle 98% of the driver's values. */
  driver: DemandInterval
  /** Why alpha is what it is, with the error of each shape tried. */
  shape: { linearError: number; curvedError: number; curvedAlpha: number; tried: boolean }
  /** True when the line through the points would start under zero, so that it was drawn through the origin instead. */
  throughOrigin: boolean
  /** How much wider the intervals were made because neighbours are alike: 1 not at all. */
  inflation: number
  /** The line with its 95% interval and the band that holds about 80% of single measurements, from no driver to the largest. */
  line: { x: number; y: number; low: number; high: number; bandLow: number; bandHigh: number }[]
}

/** Fewer pairs give an interval too wide to plan on. */
export const LEAST_PAIRS = 8
/** The driver's middle 90% must span at least this share of its median, or slope and base cannot be told apart. */
export const LEAST_VARIATION = 0.1
/** A curve is only asked for where the driver's range is wide and pairs are many, and kept where it is this much better. */
const CURVE_FROM_PAIRS = 30
const CURVE_FROM_RATIO = 3
const CURVE_GAIN = 0.75
const LINE_POINTS = 60
const CONFIDENCE = 0.95

/**
 * Fits a resource's demand on a driver by Theil-Sen, so that up to a quarter of wild measurements do not move it. Alpha is
 * 1 unless a power is clearly better: the driver must span a factor of 3, there must be 30 pairs, and the mean absolute
 * error on held-out fifths of the driver's range must fall by a quarter or more. A line that would start under zero is drawn
 * through the origin. The rate's interval is Sen's, widened by the likeness of neighbouring residuals; the base's adds
 * the uncertainty of the line's height to what the slope does over the way from the median driver to zero.
 * @throws FIT_TOO_FEW_POINTS, FIT_DRIVER_STEADY, FIT_NO_RELATION, FIT_BAD_POINT
 */
export function fitDemand(pairs: readonly DemandPair[]): DemandFit {
  check(pairs)
  const xs = pairs.map((pair) => pair.x)
  const ys = pairs.map((pair) => pair.y)
  const shape = chooseAlpha(xs, ys)
  const alpha = shape.tried && shape.curvedError < CURVE_GAIN * shape.linearError ? shape.curvedAlpha : 1
  const zs = xs.map((x) => power(x, alpha))

  const first = theilSen(zs, ys, CONFIDENCE)
  const inflation = varianceInflation(zs.map((z, i) => (ys[i] as number) - first.slope * z))
  const line = theilSen(zs, ys, CONFIDENCE, inflation)
  if (line.low <= 0) throw noRelation(line, pairs.length)

  const throughOrigin = line.intercept < 0
  const middle = median(zs)
  const ratios = throughOrigin ? ratiosOf(zs, ys) : null
  const rate = ratios ? quantileOfSorted(ratios, 0.5) : line.slope
  const base = throughOrigin ? 0 : line.intercept
  const residuals = zs.map((z, i) => (ys[i] as number) - base - rate * z)
  const height = medianInterval(residuals, inflation)
  const rateInterval = ratios ? ratioInterval(ratios, inflation) : { low: line.low, high: line.high }
  const spread = robustDeviation(residuals)
  const wholeSpread = robustDeviation(ys)

  /** The line's own interval at z: the height's and the slope's uncertainty, which meet at the median driver. */
  const lineAt = (z: number) => {
    const y = base + rate * z
    if (throughOrigin) return { y, low: rateInterval.low * z, high: rateInterval.high * z }
    const far = z - middle
    const up = (far > 0 ? rateInterval.high - rate : rateInterval.low - rate) * far
    const down = (far > 0 ? rate - rateInterval.low : rate - rateInterval.high) * far
    return { y, low: y - Math.hypot(height.low, down), high: y + Math.hypot(height.high, up) }
  }
  const atZero = lineAt(0)
  const inOrder = sorted(residuals)
  const below = quantileOfSorted(inOrder, 0.1)
  const above = quantileOfSorted(inOrder, 0.9)
  const top = Math.max(...xs)
  return {
    base,
    rate,
    alpha,
    baseInterval: throughOrigin
      ? { low: 0, high: 0 }
      : { low: Math.max(0, atZero.low), high: Math.max(base, atZero.high) },
    rateInterval,
    spread,
    explained: wholeSpread > 0 ? Math.max(0, 1 - (spread / wholeSpread) ** 2) : 1,
    n: pairs.length,
    driver: { low: quantile(xs, 0.01), high: quantile(xs, 0.99) },
    shape,
    throughOrigin,
    inflation,
    line: Array.from({ length: LINE_POINTS + 1 }, (_, i) => {
      const x = (top * i) / LINE_POINTS
      const at = lineAt(power(x, alpha))
      return { x, ...at, low: Math.max(0, at.low), bandLow: Math.max(0, at.y + below), bandHigh: at.y + above }
    }),
  }
}

function check(pairs: readonly DemandPair[]): void {
  const bad = pairs.findIndex((pair) => !(Number.isFinite(pair.x) && Number.isFinite(pair.y) && pair.x >= 0))
  if (bad >= 0) {
    const { x, y } = pairs[bad] as DemandPair
    throw refusal(
      'FIT_BAD_POINT',
      `Pair ${bad + 1} of ${pairs.length} (driver ${x}, demand ${y}) is no measurement: a driver is a number of 0 or more.`,
      'Leave it out, or choose the right columns.',
      { value: `${x}, ${y}` },
    )
  }
  if (pairs.length < LEAST_PAIRS) {
    throw refusal(
      'FIT_TOO_FEW_POINTS',
      `The driver and the resource were measured together at ${pairs.length === 1 ? '1 time' : `${pairs.length} times`}; a fit needs ${LEAST_PAIRS} or more.`,
      'Take a longer window, or a driver file with more rows.',
      { details: { points: String(pairs.length), needed: String(LEAST_PAIRS) } },
    )
  }
  const xs = pairs.map((pair) => pair.x)
  const low = quantile(xs, 0.05)
  const high = quantile(xs, 0.95)
  const variation = (high - low) / Math.max(median(xs), Number.MIN_VALUE)
  if (high - low === 0 || variation < LEAST_VARIATION) {
    throw refusal(
      'FIT_DRIVER_STEADY',
      `The driver hardly varied: its middle 90% lies between ${round(low)} and ${round(high)}, ${percent(variation)} of its median; what one more asks for cannot be told apart from what is asked for anyway.`,
      `Take a window in which it varied by ${percent(LEAST_VARIATION)} or more (a day and a night, a campaign), or run a load test.`,
      {
        details: {
          low: round(low),
          high: round(high),
          variation: percent(variation),
          needed: percent(LEAST_VARIATION),
        },
      },
    )
  }
}

function noRelation(line: { slope: number; low: number; high: number }, n: number): Error {
  const details = { rate: round(line.slope), low: round(line.low), high: round(line.high), pairs: String(n) }
  const interval = `${round(line.low)} to ${round(line.high)}`
  if (line.high < 0) {
    return refusal(
      'FIT_NO_RELATION',
      `The demand falls while the driver grows: ${round(line.slope)} per unit (95%: ${interval}).`,
      'The two are probably not each other’s cause. Choose another driver or resource, or check that both are in the same time zone.',
      { details },
    )
  }
  return refusal(
    'FIT_NO_RELATION',
    `The demand cannot be told to grow with the driver: the rate is ${round(line.slope)} per unit, but its 95% interval, ${interval}, includes zero.`,
    'Choose another driver for this resource, or a longer window. If the resource is asked for whatever the driver does, declare it as base with a rate of 0.',
    { details },
  )
}

/** The power whose Theil-Sen line foretells held-out stretches of the driver's range best, beside that of the straight line. */
function chooseAlpha(xs: readonly number[], ys: readonly number[]): DemandFit['shape'] {
  const low = quantile(xs, 0.02)
  const high = quantile(xs, 0.98)
  const wide = low <= 0 ? high > 0 : high / low >= CURVE_FROM_RATIO
  if (xs.length < CURVE_FROM_PAIRS || !wide) {
    return { linearError: Number.NaN, curvedError: Number.NaN, curvedAlpha: 1, tried: false }
  }
  const thin = thinned(xs, ys, 200)
  const errorAt = (alpha: number) => heldOutError(thin.xs, thin.ys, alpha)
  const linearError = errorAt(1)
  const scale = robustDeviation(ys)
  // A straight line that leaves nothing to explain needs no rival.
  if (linearError <= 1e-9 * scale) return { linearError, curvedError: linearError, curvedAlpha: 1, tried: true }
  let best = { alpha: 1, error: linearError }
  const tryAlpha = (alpha: number) => {
    const error = errorAt(alpha)
    if (error < best.error) best = { alpha, error }
  }
  for (let tenths = 3; tenths <= 20; tenths += 1) tryAlpha(tenths / 10)
  const coarse = best.alpha
  for (const twentieths of [-1, 1]) tryAlpha((coarse * 20 + twentieths) / 20)
  return { linearError, curvedError: best.error, curvedAlpha: best.alpha, tried: true }
}

/** Mean absolute error on each fifth of the driver's range, foretold from the other four; the ends test how it carries on. */
function heldOutError(xs: readonly number[], ys: readonly number[], alpha: number): number {
  const folds = 5
  const order = xs.map((_, i) => i).sort((a, b) => (xs[a] as number) - (xs[b] as number))
  let error = 0
  for (let fold = 0; fold < folds; fold += 1) {
    const from = Math.floor((fold * order.length) / folds)
    const to = Math.floor(((fold + 1) * order.length) / folds)
    const kept = order.filter((_, rank) => rank < from || rank >= to)
    const line = theilSen(
      kept.map((i) => power(xs[i] as number, alpha)),
      kept.map((i) => ys[i] as number),
    )
    for (const i of order.slice(from, to))
      error += Math.abs((ys[i] as number) - line.intercept - line.slope * power(xs[i] as number, alpha))
  }
  return error / order.length
}

/** At most `most` pairs, evenly taken over time. */
function thinned(xs: readonly number[], ys: readonly number[], most: number) {
  if (xs.length <= most) return { xs, ys }
  const at = Array.from({ length: most }, (_, i) => Math.floor((i * xs.length) / most))
  return { xs: at.map((i) => xs[i] as number), ys: at.map((i) => ys[i] as number) }
}

/** The distribution-free interval of a median: order statistics about the middle, as distances below and above it. */
function medianInterval(values: readonly number[], inflation: number): DemandInterval {
  const inOrder = sorted(values)
  const middle = quantileOfSorted(inOrder, 0.5)
  const reach = (0.5 * 1.96 * Math.sqrt(inflation)) / Math.sqrt(values.length)
  return {
    low: middle - quantileOfSorted(inOrder, 0.5 - reach),
    high: quantileOfSorted(inOrder, 0.5 + reach) - middle,
  }
}

function ratiosOf(zs: readonly number[], ys: readonly number[]): Float64Array {
  return sorted(zs.flatMap((z, i) => (z > 0 ? [(ys[i] as number) / z] : [])))
}

function ratioInterval(ratios: Float64Array, inflation: number): DemandInterval {
  const middle = quantileOfSorted(ratios, 0.5)
  const { low, high } = medianInterval([...ratios], inflation)
  return { low: Math.max(0, middle - low), high: middle + high }
}

const round = (value: number): string => String(Number(value.toPrecision(3)))
const percent = (value: number): string => `${Number((value * 100).toPrecision(2))}%`
