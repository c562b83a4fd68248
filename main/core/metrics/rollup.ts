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

/** Buckets side by side, in order of time: quicker than one by one where there are thousands. */
export interface BucketColumns {
  at: Float64Array
  n: Float64Array
  min: Float64Array
  max: Float64Array
  sum: Float64Array
  last: Float64Array
}

export function emptyColumns(count: number): BucketColumns {
  const column = () => new Float64Array(count)
  return { at: column(), n: column(), min: column(), max: column(), sum: column(), last: column() }
}

export function bucketAt({ at, n, min, max, sum, last }: BucketColumns, i: number): RolledUp {
  const of = (column: Float64Array) => column[i] as number
  return { at: of(at), n: of(n), min: of(min), max: of(max), sum: of(sum), last: of(last) }
}

export function unpackBuckets(data: Buffer, count: number, level: number): RolledUp[] {
  const columns = emptyColumns(count)
  unpackInto(columns, 0, data, count, level)
  return Array.from(columns.at, (_, i) => bucketAt(columns, i))
}

/** Unpacks into columns, from `from` on. */
export function unpackInto(columns: BucketColumns, from: number, data: Buffer, count: number, level: number): void {
  const reader = new VarintReader(inflateRawSync(data))
  const end = from + count
  const { at, n, min, max, sum, last } = columns
  let step = 0
  let many = 0
  for (let i = from; i < end; i += 1) {
    step += reader.unsigned()
    many += reader.signed()
    at[i] = step * level
    n[i] = many
  }
  const decimals = reader.unsigned()
  if (decimals === FLOATS) {
    for (let i = from; i < end; i += 1) {
      const four = reader.floats(4)
      min[i] = four[0] as number
      max[i] = four[1] as number
      sum[i] = four[2] as number
      last[i] = four[3] as number
    }
    return
  }
  const scale = 10 ** decimals
  let least = 0
  for (let i = from; i < end; i += 1) {
    least += reader.signed()
    min[i] = least
  }
  for (let i = from; i < end; i += 1) max[i] = (min[i] as number) + reader.unsigned()
  for (let i = from; i < end; i += 1) last[i] = ((min[i] as number) + reader.unsigned()) / scale
  for (let i = from; i < end; i += 1) {
    const [low, high] = [min[i] as number, max[i] as number]
    sum[i] = (middle(n[i] as number, low, high) + reader.signed()) / scale
    min[i] = low / scale
    max[i] = high / scale
  }
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
