import { rankOf } from './bands.ts'
import { type Runs, selectByCuts, selectFromRuns } from './run-selection.ts'
import { sortRun } from './sort-run.ts'

/** The value of a path, given its group and its driver; within a group it never falls, or never rises, with the driver. */
export type FigureOf = (group: number, x: number) => number
/** About which driver value gives a group this figure: the inverse of FigureOf, to a few units in the last place. */
export type CutOf = (group: number, figure: number) => number
type Three = [number, number, number]

/**
 * The paths of a month in groups of equal circumstances (stage held, events that happen), each in order of its driver. Most
 * figures of a month are then a monotone function of the driver within each group, and the band of such a figure is found
 * by selection from a few sorted lists: the same values as from sorting the figure itself, without computing it on every path.
 */
export interface MonthOrder {
  /** P10, P50 and P90 of a figure, each the value of some path (nearest rank). `cutOf` saves time and changes no digit. */
  band(figureOf: FigureOf, rises: boolean, cutOf?: CutOf): Three
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
      band(figureOf, rises, cutOf) {
        const at = (run: number, index: number): number => {
          const { group, from, to } = runs[run] as (typeof runs)[number]
          return figureOf(group, values[rises ? from + index : to - 1 - index] as number)
        }
        const cutAt = (run: number, figure: number, low: number, high: number): number => {
          const { group, from, to } = runs[run] as (typeof runs)[number]
          const x = (cutOf as CutOf)(group, figure)
          return rises
            ? firstFrom(values, x, from + low, from + high) - from
            : to - firstAbove(values, x, to - high, to - low)
        }
        const lists: Runs = { lengths, valueAt: at }
        const pick = (share: number): number => {
          const rank = rankOf(share, count)
          if (runs.length === 1) return at(0, rank)
          return (cutOf && selectByCuts(lists, rank, cutAt)) ?? selectFromRuns(lists, rank)
        }
        return [pick(0.1), pick(0.5), pick(0.9)]
      },
    }
  }
}

/** The first place in sorted values[low..high) whose value is at least `x`. */
function firstFrom(values: Float64Array, x: number, low: number, high: number): number {
  let from = low
  let to = high
  while (from < to) {
    const middle = (from + to) >> 1
    if ((values[middle] as number) < x) from = middle + 1
    else to = middle
  }
  return from
}

/** The first place in sorted values[low..high) whose value is above `x`. */
function firstAbove(values: Float64Array, x: number, low: number, high: number): number {
  let from = low
  let to = high
  while (from < to) {
    const middle = (from + to) >> 1
    if ((values[middle] as number) <= x) from = middle + 1
    else to = middle
  }
  return from
}
