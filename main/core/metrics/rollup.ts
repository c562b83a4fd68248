import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Columns } from './block-codec.ts'
import { VarintReader, VarintWriter } from './varint.ts'

/** A rollup bucket beginning at `at`. */
export interface RolledUp {
  at: number
  n: number
  min: number
  max: number
  sum: number
  last: number
}

/** Buckets of a level from samples in order of time. */
export function rollUp({ at, value }: Columns, level: number): RolledUp[] {
  const buckets: RolledUp[] = []
  let current: RolledUp | null = null
  let end = Number.NEGATIVE_INFINITY
  for (let i = 0; i < at.length; i += 1) {
    const time = at[i] as number
    const one = value[i] as number
    if (current === null || time >= end) {
      const start = time - (time % level)
      end = start + level
      current = { at: start, n: 1, min: one, max: one, sum: one, last: one }
      buckets.push(current)
      continue
    }
    current.n += 1
    if (one < current.min) current.min = one
    if (one > current.max) current.max = one
    current.sum += one
    current.last = one
  }
  return buckets
}

/** Two parts of the same bucket as one; `later` has its last value. */
export function joined(earlier: RolledUp, later: RolledUp): RolledUp {
  return {
    at: earlier.at,
    n: earlier.n + later.n,
    min: Math.min(earlier.min, later.min),
    max: Math.max(earlier.max, later.max),
    sum: earlier.sum + later.sum,
    last: later.last,
  }
}

/** Both lists in order of time; buckets that are in both are joined. */
export function merged(a: readonly RolledUp[], b: readonly RolledUp[]): RolledUp[] {
  if (a.length === 0) return [...b]
  if (b.length === 0) return [...a]
  const all: RolledUp[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const [one, other] = [a[i], b[j]]
    if (one && other && one.at === other.at) {
      all.push(joined(one, other))
      i += 1
      j += 1
    } else if (one && (!other || one.at < other.at)) {
      all.push(one)
      i += 1
    } else {
      all.push(other as RolledUp)
      j += 1
    }
  }
  return all
}

const MAX_DECIMALS = 9
const FLOATS = 15
const WHOLE_LIMIT = 2 ** 51
const writer = new VarintWriter()

/**
 * Packs buckets in order of time. A sum of decimals is kept to the decimals of its parts, which is what the sum is but for the
 * noise of adding doubles.
 */
export function packBuckets(buckets: readonly RolledUp[], level: number): Buffer {
  writer.clear()
  let lastAt = 0
  let lastN = 0
  for (const { at, n } of buckets) {
    const step = at / level
    writer.unsigned(step - lastAt)
    lastAt = step
    writer.signed(n - lastN)
    lastN = n
  }
  const decimals = decimalsOf(buckets)
  writer.unsigned(decimals ?? FLOATS)
  if (decimals === null) {
    const floats = Float64Array.from(buckets.flatMap(({ min, max, sum, last }) => [min, max, sum, last]))
    writer.append(new Uint8Array(floats.buffer))
  } else {
    const scale = 10 ** decimals
    const whole = (value: number) => Math.round(value * scale)
    // Column by column: neighbours of a kind are alike. Greatest and last are told from the least, the sum from its middle.
    let before = 0
    for (const { min } of buckets) {
      writer.signed(whole(min) - before)
      before = whole(min)
    }
    for (const { min, max } of buckets) writer.unsigned(whole(max) - whole(min))
    for (const { min, last } of buckets) writer.unsigned(whole(last) - whole(min))
    for (const { n, min, max, sum } of buckets) writer.signed(whole(sum) - middle(n, whole(min), whole(max)))
  }
  return deflateRawSync(writer.bytes())
}

export function unpackBuckets(data: Buffer, count: number, level: number): RolledUp[] {
  const reader = new VarintReader(inflateRawSync(data))
  const buckets: RolledUp[] = new Array(count)
  let step = 0
  let n = 0
  for (let i = 0; i < count; i += 1) {
    step += reader.unsigned()
    n += reader.signed()
    buckets[i] = { at: step * level, n, min: 0, max: 0, sum: 0, last: 0 }
  }
  const decimals = reader.unsigned()
  if (decimals === FLOATS) {
    for (const bucket of buckets) {
      const [min, max, sum, last] = reader.floats(4) as unknown as [number, number, number, number]
      Object.assign(bucket, { min, max, sum, last })
    }
    return buckets
  }
  const scale = 10 ** decimals
  let least = 0
  for (const bucket of buckets) {
    least += reader.signed()
    bucket.min = least
  }
  for (const bucket of buckets) bucket.max = bucket.min + reader.unsigned()
  for (const bucket of buckets) bucket.last = (bucket.min + reader.unsigned()) / scale
  for (const bucket of buckets) {
    bucket.sum = (middle(bucket.n, bucket.min, bucket.max) + reader.signed()) / scale
    bucket.min /= scale
    bucket.max /= scale
  }
  return buckets
}

function middle(n: number, min: number, max: number): number {
  return Math.floor((n * (min + max)) / 2)
}

/** The decimals that carry least, greatest and last exactly; null where none do, or where sums would not be exact. */
function decimalsOf(buckets: readonly RolledUp[]): number | null {
  for (let decimals = 0; decimals <= MAX_DECIMALS; decimals += 1) {
    const scale = 10 ** decimals
    const carries = (value: number) => Math.round(value * scale) / scale === value
    if (!buckets.every(({ min, max, last }) => carries(min) && carries(max) && carries(last))) continue
    const isSmall = (value: number) => Math.abs(value * scale) < WHOLE_LIMIT
    const inside = buckets.every(
      ({ n, min, max, sum, last }) =>
        min <= last && last <= max && isSmall(n * Math.max(Math.abs(min), Math.abs(max))) && isSmall(sum),
    )
    return inside ? decimals : null
  }
  return null
}
