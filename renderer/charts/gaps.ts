/** A stretch in which nothing was measured: epoch milliseconds. */
export interface Gap {
  from: number
  to: number
}

/** The stretches in which every series is null, where the series share their times. */
export function gapsOf(series: readonly { at: readonly number[]; avg: readonly (number | null)[] }[]): Gap[] {
  const first = series[0]
  if (!first || series.some((other) => other.at.length !== first.at.length)) return []
  const gaps: Gap[] = []
  let open: number | null = null
  first.at.forEach((at, index) => {
    const empty = series.every((one) => one.avg[index] === null || one.avg[index] === undefined)
    if (empty && open === null) open = index
    if (!empty && open !== null) {
      gaps.push({ from: first.at[Math.max(0, open - 1)] ?? at, to: at })
      open = null
    }
  })
  const last = first.at.at(-1)
  if (open !== null && last !== undefined) gaps.push({ from: first.at[Math.max(0, open - 1)] ?? last, to: last })
  return gaps
}
