const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long samples are kept as they came. */
export const RAW_KEPT_MS = 7 * DAY

/**
 * The rollup levels, fine to coarse: width of a bucket and how long it is kept. A rolled-up row takes about 45 bytes where a
 * sealed sample takes 2, so minutes, which only make week-wide charts quick, go when their samples go; quarters of an hour
 * serve the longest sustain times of the rules (two months) with room to spare.
 */
export const ROLLUPS: readonly { level: number; keptMs: number }[] = [
  { level: MINUTE, keptMs: 7 * DAY },
  { level: 15 * MINUTE, keptMs: 180 * DAY },
  { level: HOUR, keptMs: 5 * 365 * DAY },
]

/** A series' head rows become a block when there are this many. */
export const SEAL_AT = 480
