import { normalQuantile } from '../random.ts'
import { median } from './statistics.ts'

/** A line through points, in units of y and y per x. `low` and `high` hold the slope with the asked confidence. */
export interface TheilSen {
  slope: number
  intercept: number
  low: number
  high: number
}

/** Up to this many points every pair's slope is written down; beyond, slopes are counted instead (`kthSlope`). */
const ALL_PAIRS_UP_TO = 400

/**
 * Theil-Sen: the median of the slopes of all pairs of points that differ in x; the intercept is the median of
 * y - slope * x. Up to 29% of the points may be anything at all. The interval is Sen's (1968): the slopes whose ranks
 * lie C/2 to either side of the middle, with C the normal quantile times the standard deviation of Kendall's S, ties in x
 * and in y counted.
 *
 * `inflation` widens the interval where neighbouring residuals are alike (see varianceInflation). For many points the
 * ranks are found by bisection on the slope, counting inversions for each try, so that n points take O(n log n) time and
 * O(n) memory; the digits are those of all pairs to about 1e-12.
 * @returns NaN throughout when fewer than 2 points differ in x
 */
export function theilSen(x: ArrayLike<number>, y: ArrayLike<number>, confidence = 0.95, inflation = 1): TheilSen {
  const n = Math.min(x.length, y.length)
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => (x[a] as number) - (x[b] as number) || (y[a] as number) - (y[b] as number),
  )
  const xs = Float64Array.from(order, (i) => x[i] as number)
  const ys = Float64Array.from(order, (i) => y[i] as number)
  const tiesX = tieSizes(xs)
  const pairs = (n * (n - 1)) / 2 - tiesX.reduce((sum, size) => sum + (size * (size - 1)) / 2, 0)
  if (pairs < 1) return { slope: Number.NaN, intercept: Number.NaN, low: Number.NaN, high: Number.NaN }
  const slopeAt = n <= ALL_PAIRS_UP_TO ? allSlopes(xs, ys) : (rank: number) => kthSlope(xs, ys, rank)
  const slope = pairs % 2 === 1 ? slopeAt((pairs - 1) / 2) : (slopeAt(pairs / 2 - 1) + slopeAt(pairs / 2)) / 2
  const deviation = Math.sqrt(inflation * kendallVariance(n, tiesX, tieSizes(Float64Array.from(ys).sort())))
  const half = (normalQuantile(0.5 + confidence / 2) * deviation) / 2
  const rankLow = Math.max(0, Math.round(pairs / 2 - half) - 1)
  const rankHigh = Math.min(pairs - 1, Math.round(pairs / 2 + half))
  return {
    slope,
    intercept: median(xs.map((value, i) => (ys[i] as number) - slope * value)),
    low: Math.min(slope, slopeAt(rankLow)),
    high: Math.max(slope, slopeAt(rankHigh)),
  }
}

/** How often each value that is there more than once is there; `values` are sorted. */
function tieSizes(values: Float64Array): number[] {
  const sizes: number[] = []
  for (let i = 0; i < values.length; ) {
    let end = i + 1
    while (end < values.length && values[end] === values[i]) end += 1
    if (end - i > 1) sizes.push(end - i)
    i = end
  }
  return sizes
}

/** The variance of Kendall's S under no trend, with ties (Kendall, Rank Correlation Methods, 1970, formula 4.4). */
function kendallVariance(n: number, tiesX: readonly number[], tiesY: readonly number[]): number {
  const sum = (sizes: readonly number[], of: (size: number) => number) => sizes.reduce((all, t) => all + of(t), 0)
  const spread = (t: number) => t * (t - 1) * (2 * t + 5)
  const threes = (t: number) => t * (t - 1) * (t - 2)
  const twos = (t: number) => t * (t - 1)
  const first = (spread(n) - sum(tiesX, spread) - sum(tiesY, spread)) / 18
  const second = n > 2 ? (sum(tiesX, threes) * sum(tiesY, threes)) / (9 * n * (n - 1) * (n - 2)) : 0
  const third = (sum(tiesX, twos) * sum(tiesY, twos)) / (2 * n * (n - 1))
  return Math.max(0, first + second + third)
}

function allSlopes(xs: Float64Array, ys: Float64Array): (rank: number) => number {
  const slopes: number[] = []
  for (let i = 0; i < xs.length; i += 1) {
    for (let j = i + 1; j < xs.length; j += 1) {
      const dx = (xs[j] as number) - (xs[i] as number)
      if (dx > 0) slopes.push(((ys[j] as number) - (ys[i] as number)) / dx)
    }
  }
  const inOrder = Float64Array.from(slopes).sort()
  return (rank) => inOrder[rank] as number
}

/** The slope of the given rank (0 is the least) among all pairs, by bisection; xs are sorted, ties by y. */
function kthSlope(xs: Float64Array, ys: Float64Array, rank: number): number {
  let [low, high] = bounds(xs, ys)
  const residual = new Float64Array(xs.length)
  const spare = new Float64Array(xs.length)
  for (let step = 0; step < 200; step += 1) {
    const middle = low + (high - low) / 2
    if (!(middle > low && middle < high) || high - low <= 1e-15 * Math.max(Math.abs(low), Math.abs(high))) break
    for (let i = 0; i < xs.length; i += 1) residual[i] = (ys[i] as number) - middle * (xs[i] as number)
    if (slopesBelow(xs, residual, spare) > rank) high = middle
    else low = middle
  }
  return low + (high - low) / 2
}

/** Slopes of all pairs lie between the least and the greatest slope of neighbours with different x. */
function bounds(xs: Float64Array, ys: Float64Array): [number, number] {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  let groupX = xs[0] as number
  let groupLow = ys[0] as number
  let groupHigh = ys[0] as number
  for (let i = 1; i < xs.length; ) {
    const nextX = xs[i] as number
    if (nextX === groupX) {
      groupHigh = ys[i] as number
      i += 1
      continue
    }
    let end = i
    while (end + 1 < xs.length && xs[end + 1] === nextX) end += 1
    const dx = nextX - groupX
    low = Math.min(low, ((ys[i] as number) - groupHigh) / dx)
    high = Math.max(high, ((ys[end] as number) - groupLow) / dx)
    groupX = nextX
    groupLow = ys[i] as number
    groupHigh = ys[end] as number
    i = end + 1
  }
  // Opened a little, so that a slope at the very edge is inside.
  const margin = 1e-12 * Math.max(Math.abs(low), Math.abs(high), Number.MIN_VALUE)
  return [low - margin, high + margin]
}

/** Pairs whose residual falls with x have a slope below the one tried: inversions, by merge sort. Pairs of one x do not count. */
function slopesBelow(xs: Float64Array, residual: Float64Array, spare: Float64Array): number {
  // Within one x the residuals are put in rising order, so that they are no inversions.
  for (let i = 0; i < xs.length; ) {
    let end = i + 1
    while (end < xs.length && xs[end] === xs[i]) end += 1
    if (end - i > 1) residual.subarray(i, end).sort()
    i = end
  }
  let count = 0
  let from = residual
  let to = spare
  for (let width = 1; width < from.length; width *= 2) {
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(start + width, from.length)
      const end = Math.min(start + 2 * width, from.length)
      let left = start
      let right = middle
      for (let at = start; at < end; at += 1) {
        if (right >= end || (left < middle && (from[left] as number) <= (from[right] as number))) {
          to[at] = from[left] as number
          left += 1
        } else {
          to[at] = from[right] as number
          count += middle - left
          right += 1
        }
      }
    }
    const last = from
    from = to
    to = last
  }
  return count
}
