/** Several lists in rising order. */
export interface Runs {
  lengths: readonly number[]
  valueAt(run: number, index: number): number
}

/** Room for the selection's bounds, used again by each call: one selection is finished before the next begins. */
let bounds = { low: new Int32Array(8), high: new Int32Array(8), notLess: new Int32Array(8), more: new Int32Array(8) }

function wholeRuns(lengths: readonly number[]): typeof bounds {
  const runs = lengths.length
  if (bounds.low.length < runs) {
    const room = () => new Int32Array(2 * runs)
    bounds = { low: room(), high: room(), notLess: room(), more: room() }
  }
  for (let run = 0; run < runs; run += 1) {
    bounds.low[run] = 0
    bounds.high[run] = lengths[run] as number
  }
  return bounds
}

/**
 * The rank-th smallest (from 0) of several lists in rising order. Each round takes an element of the longest list left as
 * pivot, at the place where the rank lies if the lists are alike, and drops all on its wrong side.
 */
export function selectFromRuns({ lengths, valueAt }: Runs, rank: number): number {
  const runs = lengths.length
  const { low, high, notLess, more } = wholeRuns(lengths)
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

/** So far a cut may lie off before the search by values takes over: rounding moves it by one, equal values by more. */
const ASTRAY = 3

/**
 * The same where `cutAt` tells about where a value stands in a list: the first index in [low, high) not less than it, give
 * or take rounding. Each round then looks at one value only, and the value found is proved by its neighbours in every list;
 * null where that fails, as among many equal values.
 */
export function selectByCuts(
  { lengths, valueAt }: Runs,
  rank: number,
  cutAt: (run: number, value: number, low: number, high: number) => number,
): number | null {
  const runs = lengths.length
  const { low, high, notLess: cut } = wholeRuns(lengths)
  let below = 0
  for (;;) {
    let longest = 0
    let left = 0
    for (let run = 0; run < runs; run += 1) {
      const size = (high[run] as number) - (low[run] as number)
      left += size
      if (size > (high[longest] as number) - (low[longest] as number)) longest = run
    }
    if (left === 0) return null
    const from = low[longest] as number
    const size = (high[longest] as number) - from
    const place = from + Math.min(size - 1, Math.floor((size * (rank - below)) / left))
    const pivot = valueAt(longest, place)
    let less = place - from
    for (let run = 0; run < runs; run += 1) {
      if (run === longest) cut[run] = place
      else {
        cut[run] = cutAt(run, pivot, low[run] as number, high[run] as number)
        less += (cut[run] as number) - (low[run] as number)
      }
    }
    if (rank - below < less) for (let run = 0; run < runs; run += 1) high[run] = cut[run] as number
    else if (rank - below === less) return isRanked({ lengths, valueAt }, cut, pivot, rank) ? pivot : null
    else {
      below += less + 1
      for (let run = 0; run < runs; run += 1) low[run] = cut[run] as number
      low[longest] = place + 1
    }
  }
}

/** Whether `value` is the rank-th of the lists, which stand at about `cut` with it; false also where they stand further off. */
function isRanked({ lengths, valueAt }: Runs, cut: Int32Array, value: number, rank: number): boolean {
  let less = 0
  let notMore = 0
  for (let run = 0; run < lengths.length; run += 1) {
    const length = lengths[run] as number
    const near = cut[run] as number
    let first = near
    while (first > 0 && !(valueAt(run, first - 1) < value)) {
      first -= 1
      if (near - first > ASTRAY) return false
    }
    while (first < length && valueAt(run, first) < value) {
      first += 1
      if (first - near > ASTRAY) return false
    }
    let after = first
    while (after < length && !(valueAt(run, after) > value)) {
      after += 1
      if (after - first > ASTRAY) return false
    }
    less += first
    notMore += after
  }
  return less <= rank && rank < notMore
}
