/** The index of the time nearest to `at`, in times that go up; null in an empty list, or where `at` is outside of them. */
export function nearestIndex(times: readonly number[], at: number): number | null {
  const [first, last] = [times[0], times.at(-1)]
  if (first === undefined || last === undefined || at < first || at > last) return null
  let low = 0
  let high = times.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] as number) < at) low = middle + 1
    else high = middle
  }
  const before = times[low - 1]
  return before !== undefined && at - before <= (times[low] as number) - at ? low - 1 : low
}
