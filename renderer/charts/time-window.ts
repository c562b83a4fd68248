/** What a chart shows of time: epoch milliseconds, `from` before `to`. */
export interface TimeWindow {
  from: number
  to: number
}

/** The window moved by a share of its length; a negative one goes back in time. */
export function moved({ from, to }: TimeWindow, share: number): TimeWindow {
  const by = Math.round((to - from) * share)
  return { from: from + by, to: to + by }
}

/** The window made `factor` times as long, with the time at `anchor` (0 its start, 1 its end) staying where it is. */
export function stretched({ from, to }: TimeWindow, factor: number, anchor = 0.5): TimeWindow {
  const length = to - from
  const still = from + length * anchor
  return { from: Math.round(still - length * factor * anchor), to: Math.round(still + length * factor * (1 - anchor)) }
}
