import { rankOf } from './bands.ts'
import { sortRun } from './sort-run.ts'

/** The value of a path, given its group and its driver; within a group it never falls, or never rises, with the driver. */
export type FigureOf = (group: number, x: number) => number
type Three = [number, number, number]

/**
 * The paths of a month in groups of equal circumstances (stage held, events that happen), each in order of its driver. Most
 * figures of a month are then a monotone function of the driver within each group, and the band of such a figure is found
 * by selection from a few sorted lists: the same values as from sorting the figure itself, without computing it on every path.
 */
export interface MonthOrder {
  /** P10, P50 and P90 of a figure, each the value of some path (nearest rank). */
  band(figureOf: FigureOf, rises: boolean): Three
  /** The smallest driver value of any path. */
  least: number
}

export function monthOrder(count: number): (groupOf: Uint32Array, groups: number, drivers: Float64Array) => MonthOrder {
  const values = new Float64Array(count)
  const scratch = new Float64Array(count)

  return (groupOf, groups, drivers) => {
    const starts = new Int32Array(groups + 1)
    for (let path = 0; path < count; path += 1) {
      const next = (groupOf[path] as number) + 1
      starts[next] = (starts[next] as number) + 1
    }
    const filled: number[] = []
    for (let group = 0; group < groups; group += 1) {
      if ((starts[group + 1] as number) > 0) filled.push(group)
      starts[group + 1] = (starts[group + 1] as number) + (starts[group] as number)
    }
    if (filled.length === 1) values.set(drivers)
    else {
      const next = starts.slice(0, groups)
      for (let path = 0; path < count; path += 1) {
        const group = groupOf[path] as number
        const at = next[group] as number
        values[at] = drivers[path] as number
        next[group] = at + 1
      }
    }
    const runs = filled.map((group) => ({ group, from: starts[group] as number, to: starts[group + 1] as number }))
    for (const { from, to } of runs) sortRun(values, from, to, scratch)
    const lengths = runs.map((run) => run.to - run.from)
    return {
      least: runs.reduce((least, run) => Math.min(least, values[run.from] as number), Number.POSITIVE_INFINITY),
      band(figureOf, rises) {
        const at = (run: number, index: number): number => {
          const { group, from, to } = runs[run] as (typeof runs)[number]
          return figureOf(group, values[rises ? from + index : to - 1 - index] as number)
        }
        const pick = (share: number): number =>
          runs.length === 1 ? at(0, rankOf(share, count)) : selectFromRuns(lengths, rankOf(share, count), at)
        return [pick(0.1), pick(0.5), pick(0.9)]
      },
    }
  }
}

/** Room for the selection's bounds, used again by each call: one selection is finished before the next begins. */
let bounds = { low: new Int32Array(8), high: new Int32Array(8), notLess: new Int32Array(8), more: new Int32Array(8) }

/**
 * The rank-th smallest (from 0) of several lists in rising order. Each round takes an element of the longest list left as
 * pivot, at the place where the rank lies if the lists are alike, and drops all on its wrong side.
 */
export function selectFromRuns(
  lengths: readonly number[],
  rank: number,
  valueAt: (run: number, index: number) => number,
): number {
  const runs = lengths.length
  if (bounds.low.length < runs) {
    const room = () => new Int32Array(2 * runs)
    bounds = { low: room(), high: room(), notLess: room(), more: room() }
  }
  const { low, high, notLess, more } = bounds
  for (let run = 0; run < runs; run += 1) {
    low[run] = 0
    high[run] = lengths[run] as number
  }
  let below = 0
  for (;;) {
    let longest = 0
    let left = 0
    for (let run = 0; run < runs; run += 1) {
      const size = (high[run] as number) - (low[run] as number)
      left += size
      if (size > (high[longest] as number) - (low[longest] as number)) longest = run
    }
    const size = (high[longest] as number) - (low[longest] as number)
    const place = Math.min(size - 1, Math.floor((size * (rank - below)) / left))
    const pivot = valueAt(longest, (low[longest] as number) + place)
    let less = 0
    let notMore = 0
    for (let run = 0; run < runs; run += 1) {
      const from = low[run] as number
      const to = high[run] as number
      const own = run === longest ? from + place : -1
      const first =
        own >= 0 && (own === from || valueAt(run, own - 1) < pivot)
          ? own
          : partitionPoint(valueAt, run, from, own >= 0 ? own : to, pivot, false)
      const after = own >= 0 ? own + 1 : first
      const last =
        after >= to || valueAt(run, after) > pivot ? after : partitionPoint(valueAt, run, after + 1, to, pivot, true)
      notLess[run] = first
      more[run] = last
      less += first - from
      notMore += last - from
    }
    if (rank - below < less) for (let run = 0; run < runs; run += 1) high[run] = notLess[run] as number
    else if (rank - below < notMore) return pivot
    else {
      below += notMore
      for (let run = 0; run < runs; run += 1) low[run] = more[run] as number
    }
  }
}

/** The first index whose value is not less than the pivot, or, with `past`, that is more than it. */
function partitionPoint(
  valueAt: (run: number, index: number) => number,
  run: number,
  from: number,
  to: number,
  pivot: number,
  past: boolean,
): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >> 1
    const value = valueAt(run, middle)
    if (past ? value > pivot : !(value < pivot)) high = middle
    else low = middle + 1
  }
  return low
}
