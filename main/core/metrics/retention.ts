const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long samples are kept as they came. */
export const RAW_KEPT_MS = 7 * DAY

/** A level of rollups: width of a bucket, how long it is kept, and whether it is stored at all. */
export interface RollupLevel {
  level: number
  keptMs: number
  /** False: kept as long as the samples, and computed from them, which is as quick as reading rows and takes no room. */
  stored: boolean
}

/**
 * The rollup levels, fine to coarse. Quarters of an hour serve the longest sustain times of the rules (two months) with room
 * to spare.
 */
export const ROLLUPS: readonly RollupLevel[] = [
  { level: MINUTE, keptMs: RAW_KEPT_MS, stored: false },
  { level: 15 * MINUTE, keptMs: 180 * DAY, stored: true },
  { level: HOUR, keptMs: 5 * 365 * DAY, stored: true },
]

/** A series' head rows become a block when there are this many. */
export const SEAL_AT = 480
/** Blocks that are written in bulk have this many samples. */
export const BLOCK_MOST = 960
/** Rollup rows are packed when there are this many, into chunks of at most CHUNK_MOST. */
export const CHUNK_AT = 8
export const CHUNK_MOST = 192
