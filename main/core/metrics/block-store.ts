import * as z from 'zod'
import type { WritableDatabase } from '../workspace/index.ts'
import { type Columns, decodeBlock, encodeBlock } from './block-codec.ts'
import { Clocks } from './clocks.ts'
import { BLOCK_MOST } from './retention.ts'

const BlockRow = z.object({
  key: z.bigint(),
  n: z.bigint().transform(Number),
  codec: z.bigint().transform(Number),
  clock_id: z.bigint().transform(Number).nullable(),
  data: z.instanceof(Buffer),
})
/** Keys of a series' blocks: series * 2^34 + the first second; past what a double holds for large series, hence bigint. */
const SERIES_WIDTH = 2n ** 34n

/** Sealed runs of samples. Blocks of a series do not overlap, but where an earlier release met a clock that was set back. */
export class BlockStore {
  readonly #statements
  readonly #clocks: Clocks

  constructor(database: WritableDatabase) {
    this.#clocks = new Clocks(database)
    this.#statements = prepare(database)
  }

  /** Samples from `from` up to and with `to`, by block, in order of the blocks' beginnings. */
  read(series: number, from: number, to: number): Columns[] {
    const parts: Columns[] = []
    for (const row of this.#rows(series, from, to)) {
      const part = within(this.#decode(row), from, to)
      if (part.at.length > 0) parts.push(part)
    }
    return parts
  }

  /** Writes samples in order of time as blocks of at most BLOCK_MOST. Blocks in their way, and small neighbours, are rewritten with them. */
  write(series: number, samples: Columns): void {
    const { columns, keys } = this.#withNeighbours(series, samples)
    for (const key of keys) this.#statements.drop.run(key)
    const { at, value } = columns
    const parts = Math.ceil(at.length / BLOCK_MOST)
    // Even parts: 1,000 samples are two blocks of 500 rather than one of 960 and a crumb.
    for (let part = 0; part < parts; part += 1) {
      const [from, to] = [Math.floor((part * at.length) / parts), Math.floor(((part + 1) * at.length) / parts)]
      this.#insert(series, at.subarray(from, to), value.subarray(from, to))
    }
  }

  prune(series: number, before: number): void {
    this.#statements.dropOld.run(...keysOf(series), before)
  }

  pruneClocks(before: number): void {
    this.#clocks.prune(before)
  }

  rolledBack(): void {
    this.#clocks.forgetCached()
  }

  #rows(series: number, from: number, to: number): z.infer<typeof BlockRow>[] {
    const [first] = keysOf(series)
    const begin = first + second(from)
    // The block that begins before `from` may reach into the range; the ones before it end before it begins.
    const before = z.bigint().nullable().parse(this.#statements.lastBefore.get(first, begin))
    const end = first + second(to)
    return this.#statements.between
      .all(before ?? first, end, BigInt(Math.floor(from)), BigInt(Math.ceil(to)))
      .map((row) => BlockRow.parse(row))
  }

  #decode({ codec, data, n, clock_id }: z.infer<typeof BlockRow>): Columns {
    return decodeBlock({ codec, data }, n, clock_id === null ? undefined : this.#clocks.times(clock_id))
  }

  #insert(series: number, at: Float64Array, value: Float64Array): void {
    const clock = this.#clocks.idFor(at)
    const { codec, data } = encodeBlock({ at, value }, clock !== null)
    let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
    for (const one of value) {
      if (one < min) min = one
      if (one > max) max = one
      sum += one
    }
    const [from, to] = [at[0] as number, at.at(-1) as number]
    const [first] = keysOf(series)
    let key = first + second(from)
    while (this.#statements.isTaken.get(key) !== undefined) key += 1n
    this.#statements.insert.run({
      key,
      series: BigInt(series),
      from: BigInt(from),
      to: BigInt(to),
      n: BigInt(at.length),
      min,
      max,
      sum,
      codec: BigInt(codec),
      clock: clock === null ? null : BigInt(clock),
      data,
    })
  }

  #withNeighbours(series: number, samples: Columns): { columns: Columns; keys: bigint[] } {
    const [from, to] = [samples.at[0] as number, samples.at.at(-1) as number]
    const rows = this.#rows(series, from, to)
    const [first, last] = keysOf(series)
    const start = rows[0]?.key ?? first + second(from)
    const end = rows.at(-1)?.key ?? first + second(to)
    for (const row of [
      this.#statements.neighbourBefore.get(first, start),
      this.#statements.neighbourAfter.get(end, last),
    ]) {
      const block = BlockRow.optional().parse(row)
      if (block && block.n + samples.at.length <= BLOCK_MOST && !rows.some(({ key }) => key === block.key))
        rows.push(block)
    }
    if (rows.length === 0) return { columns: samples, keys: [] }
    const parts = rows.map((row) => this.#decode(row))
    return { columns: inOrder([...parts, samples]), keys: rows.map(({ key }) => key) }
  }
}

/** Parts as one, in order of time. Parts that follow each other are only put together; of equal times both stay. */
export function inOrder(parts: readonly Columns[]): Columns {
  if (parts.length === 1) return parts[0] as Columns
  const sorted = [...parts].sort((a, b) => (a.at[0] ?? 0) - (b.at[0] ?? 0))
  const length = sorted.reduce((sum, part) => sum + part.at.length, 0)
  const at = new Float64Array(length)
  const value = new Float64Array(length)
  let filled = 0
  let overlaps = false
  for (const part of sorted) {
    if (filled > 0 && (part.at[0] ?? 0) < (at[filled - 1] as number)) overlaps = true
    at.set(part.at, filled)
    value.set(part.value, filled)
    filled += part.at.length
  }
  if (!overlaps) return { at, value }
  const order = Array.from({ length }, (_, i) => i).sort((a, b) => (at[a] as number) - (at[b] as number))
  return {
    at: Float64Array.from(order, (i) => at[i] as number),
    value: Float64Array.from(order, (i) => value[i] as number),
  }
}

/** The samples from `from` up to and with `to`. */
export function within({ at, value }: Columns, from: number, to: number): Columns {
  let first = 0
  let end = at.length
  while (first < end && (at[first] as number) < from) first += 1
  while (end > first && (at[end - 1] as number) > to) end -= 1
  return first === 0 && end === at.length
    ? { at, value }
    : { at: at.subarray(first, end), value: value.subarray(first, end) }
}

function keysOf(series: number): [bigint, bigint] {
  const first = BigInt(series) * SERIES_WIDTH
  return [first, first + SERIES_WIDTH - 1n]
}

function second(at: number): bigint {
  const bounded = Math.min(Math.max(0, Math.floor(at / 1000)), 2 ** 34 - 1)
  return BigInt(bounded)
}

function prepare(database: WritableDatabase) {
  const columns = 'key, n, codec, clock_id, data'
  const all = (sql: string) => database.prepare(sql).safeIntegers()
  return {
    lastBefore: all('SELECT max(key) FROM block WHERE key BETWEEN ? AND ?').pluck(),
    between: all(`SELECT ${columns} FROM block WHERE key BETWEEN ? AND ? AND to_at >= ? AND from_at <= ? ORDER BY key`),
    neighbourBefore: all(`SELECT ${columns} FROM block WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT 1`),
    neighbourAfter: all(`SELECT ${columns} FROM block WHERE key > ? AND key <= ? ORDER BY key LIMIT 1`),
    isTaken: all('SELECT 1 FROM block WHERE key = ?'),
    insert: database.prepare(`
      INSERT INTO block (key, series_id, from_at, to_at, n, min, max, sum, codec, clock_id, data)
      VALUES (@key, @series, @from, @to, @n, @min, @max, @sum, @codec, @clock, @data)`),
    drop: database.prepare('DELETE FROM block WHERE key = ?'),
    dropOld: database.prepare('DELETE FROM block WHERE key BETWEEN ? AND ? AND to_at < ?'),
  }
}
