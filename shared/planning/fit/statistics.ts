import { exp } from '../elementary.ts'
import { normalQuantile } from '../random.ts'

/** Small statistics that the fits share. Arrays may be in any order and are not changed; an empty one gives NaN. */

export function sorted(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort()
}

/** The quantile at `share` (0..1) of values already sorted, linear between neighbours. */
export function quantileOfSorted(values: ArrayLike<number>, share: number): number {
  if (values.length === 0) return Number.NaN
  const position = Math.min(Math.max(share, 0), 1) * (values.length - 1)
  const below = Math.floor(position)
  const low = values[below] as number
  const high = values[Math.min(below + 1, values.length - 1)] as number
  return low + (high - low) * (position - below)
}

export function quantile(values: Iterable<number>, share: number): number {
  return quantileOfSorted(sorted(values), share)
}

export const median = (values: Iterable<number>): number => quantile(values, 0.5)

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The median absolute deviation times 1.4826, which for normal values is their standard deviation. */
export function robustDeviation(values: readonly number[]): number {
  const middle = median(values)
  return 1.4826 * median(values.map((value) => Math.abs(value - middle)))
}

/** Correlation of neighbours about the median, each value held within three robust deviations so that outliers do not hide it. */
export function neighbourCorrelation(values: readonly number[]): number {
  if (values.length < 4) return 0
  const middle = median(values)
  const spread = 3 * robustDeviation(values)
  const held = values.map((value) => Math.max(-spread, Math.min(spread, value - middle)))
  let product = 0
  let square = 0
  for (let i = 0; i < held.length; i += 1) {
    const value = held[i] as number
    square += value * value
    if (i > 0) product += value * (held[i - 1] as number)
  }
  return square === 0 ? 0 : product / square
}

/**
 * How much greater the variance of a level or slope is because neighbouring residuals are alike: (1 + r) / (1 - r) for a
 * first-order autoregression (Bartlett's formula), with r freed of its bias towards zero in short series (Kendall 1954),
 * times what Student's t at the remaining effective number of points adds to the normal's quantile. 1 where residuals are
 * many and not alike; at least six points are taken to be independent.
 */
export function varianceInflation(residuals: readonly number[]): number {
  const n = residuals.length
  const seen = neighbourCorrelation(residuals)
  // Within two standard errors of nothing, it is nothing.
  const r = seen < 2 / Math.sqrt(n) ? 0 : Math.min(0.98, seen + (1 + 4 * seen) / n)
  // Six independent points are left at least: beyond, ranks would run into slopes of neighbours, which say nothing.
  const inflation = Math.min((1 + r) / (1 - r), n / 6)
  if (r === 0) return 1
  const student = studentQuantile(0.975, Math.max(3, n / inflation - 2)) / normalQuantile(0.975)
  return inflation * student * student
}

/** Student's t quantile, by the Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5); good to 1% from 3 degrees of freedom. */
export function studentQuantile(p: number, degrees: number): number {
  if (degrees < 1) return Number.NaN
  const z = normalQuantile(p)
  const z2 = z * z
  if (degrees === 1) return Math.tan(Math.PI * (p - 0.5))
  if (degrees === 2) return (2 * p - 1) * Math.sqrt(2 / (4 * p * (1 - p)))
  const g1 = (z2 + 1) * z
  const g2 = ((5 * z2 + 16) * z2 + 3) * z
  const g3 = (((3 * z2 + 19) * z2 + 17) * z2 - 15) * z
  const g4 = ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) * z
  return z + g1 / (4 * degrees) + g2 / (96 * degrees ** 2) + g3 / (384 * degrees ** 3) + g4 / (92160 * degrees ** 4)
}

/** The chi-squared quantile by Wilson and Hilferty's cube; good to 1% from 3 degrees of freedom. */
export function chiSquaredQuantile(p: number, degrees: number): number {
  const part = 2 / (9 * degrees)
  const root = 1 - part + normalQuantile(p) * Math.sqrt(part)
  return degrees * Math.max(root, 0) ** 3
}

/** e^x - 1, without the loss of digits near 0 that the plain difference has. */
export function growthOfLog(x: number): number {
  return Math.abs(x) < 1e-5 ? x + (x * x) / 2 : exp(x) - 1
}
