/** The rank-th smallest value (from 0) of values[from..to], reordering that part: Hoare's selection. */
function select(values: Float64Array, from: number, to: number, rank: number): number {
  let low = from
  let high = to
  while (low < high) {
    const pivot = values[rank] as number
    let i = low
    let j = high
    while (i <= j) {
      while ((values[i] as number) < pivot) i += 1
      while (pivot < (values[j] as number)) j -= 1
      if (i <= j) {
        const swap = values[i] as number
        values[i] = values[j] as number
        values[j] = swap
        i += 1
        j -= 1
      }
    }
    if (j < rank) low = i
    if (rank < i) high = j
  }
  return values[rank] as number
}

/** The rank from 0 that a share of n ordered values ends at: the inverse of the empirical distribution (nearest rank). */
export const rankOf = (share: number, n: number): number => Math.max(0, Math.ceil(share * n) - 1)

const BUCKETS_MOST = 2048
const SHARES = [0.1, 0.5, 0.9] as const
/** Used again by each call: none begins before the one before it has ended. */
const counts = new Int32Array(BUCKETS_MOST)
/** By bucket: 0 where it holds no asked rank, else a number of its own from 1. */
const marks = new Uint8Array(BUCKETS_MOST)
const nextOf = new Int32Array(SHARES.length + 1)
let parts = new Float64Array(64)

/**
 * P10, P50 and P90 of the values, each one of them and none interpolated: a cost between two stages' costs is nobody's
 * cost. Leaves `values` as they are; they must be finite. A histogram finds the three small parts that hold the ranks, in
 * passes without unforeseeable branches; only those parts are searched.
 */
export function tenFiftyNinety(values: Float64Array): [number, number, number] {
  const n = values.length
  let min = values[0] as number
  let max = min
  for (let i = 1; i < n; i += 1) {
    const value = values[i] as number
    if (value < min) min = value
    if (value > max) max = value
  }
  const buckets = Math.min(BUCKETS_MOST, Math.max(64, n >> 2))
  const scale = (buckets - 1) / (max - min)
  if (max === min || !(scale > 0) || scale === Number.POSITIVE_INFINITY) return selectThree(values)

  counts.fill(0, 0, buckets)
  for (let i = 0; i < n; i += 1) {
    const bucket = (((values[i] as number) - min) * scale) | 0
    counts[bucket] = (counts[bucket] as number) + 1
  }
  let bucket = 0
  let below = 0
  let filled = 0
  let kinds = 0
  const found: { bucket: number; rank: number; from: number; to: number }[] = []
  for (const share of SHARES) {
    const rank = rankOf(share, n)
    while (below + (counts[bucket] as number) <= rank) {
      below += counts[bucket] as number
      bucket += 1
    }
    if (marks[bucket] === 0) {
      kinds += 1
      marks[bucket] = kinds
      nextOf[kinds] = filled
      filled += counts[bucket] as number
    }
    const from = filled - (counts[bucket] as number)
    found.push({ bucket, rank: from + rank - below, from, to: filled - 1 })
  }
  if (parts.length < filled) parts = new Float64Array(2 * filled)
  gather(values, min, scale)
  for (const one of found) marks[one.bucket] = 0
  const [p10, p50, p90] = found.map(({ rank, from, to }) => select(parts, from, to, rank))
  return [p10 as number, p50 as number, p90 as number]
}

/** Puts the values of marked buckets side by side into `parts`, each bucket's from `nextOf` its mark. */
function gather(values: Float64Array, min: number, scale: number): void {
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number
    const mark = marks[((value - min) * scale) | 0] as number
    if (mark === 0) continue
    const at = nextOf[mark] as number
    parts[at] = value
    nextOf[mark] = at + 1
  }
}

/** P10, P50 and P90 of values that stand for several paths each, by nearest rank. */
export function weightedTenFiftyNinety(values: readonly number[], counts: readonly number[]): [number, number, number] {
  const order = [...values.keys()].sort((a, b) => (values[a] as number) - (values[b] as number))
  const n = counts.reduce((sum, count) => sum + count, 0)
  const at = (share: number): number => {
    const rank = rankOf(share, n)
    let below = 0
    for (const index of order) {
      below += counts[index] as number
      if (below > rank) return values[index] as number
    }
    return values[order.at(-1) as number] as number
  }
  return [at(0.1), at(0.5), at(0.9)]
}

/** The same by selection alone, for values too close together or too far apart for a histogram. */
function selectThree(values: Float64Array): [number, number, number] {
  const n = values.length
  if (values.every((value) => value === values[0]))
    return [values[0] as number, values[0] as number, values[0] as number]
  const copy = values.slice()
  const at = (share: number): number => select(copy, 0, n - 1, rankOf(share, n))
  return [at(0.1), at(0.5), at(0.9)]
}
