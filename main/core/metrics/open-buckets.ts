import type { Columns } from './block-codec.ts'
import { joined, type RolledUp, rollUp } from './rollup.ts'

/** The newest buckets of a series by level: what is not on disk yet of each. */
export type OpenBuckets = ReadonlyMap<number, RolledUp>

/**
 * What the buckets that samples still come into lack on disk. A bucket is written when the next one begins, with its first
 * sample, instead of once a sample and level: three of four writes of a round. What a crash takes from memory is computed
 * anew from the samples, which are all on disk.
 */
export class OpenBucketTable {
  readonly #levels: readonly number[]
  readonly #read: (series: number) => { newest: number | null; samples(from: number): Columns }
  readonly #stored: (level: number, series: number, at: number) => RolledUp | null
  readonly #open = new Map<number, Map<number, RolledUp>>()
  /** Series whose newest bucket on disk may lack what was in memory when an earlier process ended. */
  readonly #unsure: Set<number>

  constructor(given: {
    levels: readonly number[]
    /** Series that were there before this process. */
    unsure: Iterable<number>
    read(series: number): { newest: number | null; samples(from: number): Columns }
    stored(level: number, series: number, at: number): RolledUp | null
  }) {
    this.#levels = given.levels
    this.#read = (series) => given.read(series)
    this.#stored = (level, series, at) => given.stored(level, series, at)
    this.#unsure = new Set(given.unsure)
  }

  /** Series whose newest buckets nobody has asked for since they were told as unsure. */
  get unsure(): readonly number[] {
    return [...this.#unsure]
  }

  /** Series that have something which is not on disk, as far as it is known. */
  get open(): readonly number[] {
    return [...this.#open.keys()]
  }

  of(series: number): OpenBuckets {
    if (this.#unsure.delete(series)) this.#compute(series)
    return this.#open.get(series) ?? NONE
  }

  /** Takes in a sample that is on disk by now; buckets before its own are on disk too. */
  add(series: number, at: number, value: number): void {
    const buckets = this.#open.get(series) ?? new Map<number, RolledUp>()
    this.#open.set(series, buckets)
    for (const level of this.#levels) {
      const start = at - (at % level)
      const one = buckets.get(level)
      if (one === undefined || one.at < start)
        buckets.set(level, { at: start, n: 1, min: value, max: value, sum: value, last: value })
      else if (one.at === start) {
        one.n += 1
        if (value < one.min) one.min = value
        if (value > one.max) one.max = value
        one.sum += value
        one.last = value
      }
    }
  }

  /** What was open is on disk. */
  written(series: number): void {
    this.#open.delete(series)
  }

  /** A transaction that wrote buckets of the series was rolled back. */
  rolledBack(series: number): void {
    this.#open.delete(series)
    this.#unsure.add(series)
  }

  /** Least and greatest of a bucket join without harm to themselves, so that only counts and sums are told as differences. */
  #compute(series: number): void {
    const { newest, samples } = this.#read(series)
    if (newest === null) return
    for (const level of this.#levels) {
      const start = newest - (newest % level)
      const whole = rollUp(samples(start), level).at(-1)
      if (whole === undefined || whole.at !== start) continue
      const there = this.#stored(level, series, start)
      if (there !== null && there.n >= whole.n) continue
      const buckets = this.#open.get(series) ?? new Map<number, RolledUp>()
      buckets.set(level, { ...whole, n: whole.n - (there?.n ?? 0), sum: whole.sum - (there?.sum ?? 0) })
      this.#open.set(series, buckets)
    }
  }
}

const NONE: OpenBuckets = new Map()

/** Rows in order of time, with what is open joined to the one that begins with it. */
export function withOpen(rows: readonly RolledUp[], open: RolledUp | undefined): readonly RolledUp[] {
  if (open === undefined) return rows
  const at = rows.findIndex((row) => row.at >= open.at)
  if (at < 0) return [...rows, open]
  const there = rows[at] as RolledUp
  if (there.at > open.at) return [...rows.slice(0, at), open, ...rows.slice(at)]
  return [...rows.slice(0, at), joined(there, open), ...rows.slice(at + 1)]
}
