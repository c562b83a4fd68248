import type { Comparison, Pair } from '../model/comparison.ts'

/** What 80% of the values lie between, and their middle. */
export interface Range {
  p10: number
  p50: number
  p90: number
}

/**
 * P10, P50 and P90 of differences, so that those of the opposite differences are exactly the opposite ones: the outer two
 * are the values as far from either end, and the middle of an even number is the mean of the two in the middle.
 */
export function rangeOfDifferences(differences: Float64Array): Range {
  const sorted = differences.slice().sort()
  const n = sorted.length
  const tail = Math.max(0, Math.ceil(0.1 * n) - 1)
  const at = (index: number): number => sorted[index] as number
  // Adding zero makes a negative zero a plain one.
  return { p10: at(tail) + 0, p50: (at((n - 1) >> 1) + at(n >> 1)) / 2 + 0, p90: at(n - 1 - tail) + 0 }
}

/** Sums of money of two scenarios on the same paths: cumulative cost by month, column by column. */
export interface Cumulative {
  months: number
  paths: number
  /** total[month][path]: minor units spent up to and with the month. */
  total: readonly Float64Array[]
}

export interface BreakEven {
  /** Share of paths on which the one that was dearer first is the cheaper one at some later month. */
  share: number
  /** The first such month; null where it does not come within the horizon on that share of paths. */
  month: { p10: number | null; p50: number | null; p90: number | null }
  /** Which is cheaper before: 'a', 'b', or null when neither ever is, by the most paths. */
  cheaperFirst: 'a' | 'b' | null
}

const NEVER = 32767

/**
 * The month in which what has been spent on `a` and on `b` changes places, path by path: the paths of both come from one
 * seed, so a difference is due to the scenarios and not to chance. A path starts with the one that is cheaper in the first
 * month in which they differ, and breaks even in the first month in which it is the dearer one.
 */
export function breakEven(a: Cumulative, b: Cumulative): BreakEven {
  const months = Math.min(a.months, b.months)
  const paths = Math.min(a.paths, b.paths)
  const first = new Int8Array(paths)
  const crossed = new Int16Array(paths).fill(NEVER)
  for (let month = 0; month < months; month += 1) {
    const left = a.total[month] as Float64Array
    const right = b.total[month] as Float64Array
    for (let path = 0; path < paths; path += 1) {
      const sign = Math.sign((left[path] as number) - (right[path] as number))
      if (sign === 0) continue
      if (first[path] === 0) first[path] = sign
      else if (sign !== first[path] && crossed[path] === NEVER) crossed[path] = month
    }
  }
  let share = 0
  let lead = 0
  for (let path = 0; path < paths; path += 1) {
    if (crossed[path] !== NEVER) share += 1
    lead += first[path] as number
  }
  const sorted = crossed.sort()
  const at = (part: number): number | null => {
    const month = sorted[Math.max(0, Math.ceil(part * paths) - 1)] as number
    return month === NEVER ? null : month
  }
  return {
    share: share / paths,
    month: { p10: at(0.1), p50: at(0.5), p90: at(0.9) },
    cheaperFirst: lead < 0 ? 'a' : lead > 0 ? 'b' : null,
  }
}

/** The pair of two scenarios seen from `a`, whichever way it is listed; null for one and the same. */
export function pairFrom(comparison: Comparison, a: string, b: string): Pair | null {
  const straight = comparison.pairs.find((pair) => pair.a === a && pair.b === b)
  if (straight) return straight
  const turned = comparison.pairs.find((pair) => pair.a === b && pair.b === a)
  if (!turned) return null
  const { total, breakEven: even } = turned
  return {
    a,
    b,
    total: { p10: 0 - total.p90, p50: 0 - total.p50, p90: 0 - total.p10 },
    cheaper: turned.dearer,
    dearer: turned.cheaper,
    breakEven: { ...even, cheaperFirst: even.cheaperFirst && (even.cheaperFirst === 'a' ? 'b' : 'a') },
  }
}
