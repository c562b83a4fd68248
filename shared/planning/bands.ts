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

/**
 * P10, P50 and P90 of the values, each one of them and none interpolated: a cost between two stages' costs is nobody's
 * cost. Reorders `values`. They must not hold NaN.
 */
export function tenFiftyNinety(values: Float64Array): [number, number, number] {
  const n = values.length
  const middle = rankOf(0.5, n)
  const p50 = select(values, 0, n - 1, middle)
  // What lies left of the middle is now no greater and right of it no less, so each half is searched alone.
  return [select(values, 0, middle, rankOf(0.1, n)), p50, select(values, middle, n - 1, rankOf(0.9, n))]
}
