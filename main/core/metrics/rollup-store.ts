import * as z from 'zod'
import type { WritableDatabase } from '../workspace/index.ts'
import type { Columns } from './block-codec.ts'
import { OpenBucketTable, withOpen } from './open-buckets.ts'
import { CHUNK_AT, CHUNK_MOST, ROLLUPS, type RollupLevel } from './retention.ts'
import {
  type BucketColumns,
  bucketAt,
  emptyColumns,
  merged,
  packBuckets,
  type RolledUp,
  unpackBuckets,
  unpackInto,
} from './rollup.ts'

/**
 * The samples that rollups are of, as they are on disk. `unsure`: series there at the beginning whose newest buckets on disk may
 * lack what was in memory.
 */
export interface SamplesOf {
  unsure: Iterable<number>
  read(series: number): { newest: number | null; samples(from: number): Columns }
}

const RollupRow = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()])
const ChunkRow = z.object({ key: z.bigint(), n: z.bigint(), data: z.instanceof(Buffer) })
const LEVEL_WIDTH = 2n ** 34n
const SERIES_LEVELS = 16n

/**
 * The stored levels. The newest bucket of a series is in memory (open-buckets.ts); it becomes a row when the next begins, and
 * rows are packed, CHUNK_AT at a time.
 */
export class RollupStore {
  readonly #statements
  readonly #open: OpenBucketTable

  constructor(database: WritableDatabase, samples: SamplesOf) {
    this.#statements = prepare(database)
    this.#open = new OpenBucketTable({
      levels: STORED.map(({ level }) => level),
      unsure: samples.unsure,
      read: samples.read,
      stored: (level, series, at) => {
        const columns = this.#columns(level, series, at, at, undefined)
        return columns.at.length === 0 ? null : bucketAt(columns, 0)
      },
    })
  }

  /** Writes what a sample ends: the buckets before its own. Within the sample's transaction, before `add`. */
  close(series: number, at: number): void {
    for (const [level, bucket] of this.#open.of(series))
      if (bucket.at < at - (at % level)) this.#writeRow(level, series, bucket)
  }

  /** A sample that is older than the newest of its series: its buckets are on disk. Within the sample's transaction. */
  addLate(series: number, at: number, value: number): void {
    for (const { level } of STORED)
      this.#writeRow(level, series, { at: at - (at % level), n: 1, min: value, max: value, sum: value, last: value })
  }

  /** One more sample in every level, after its transaction is done. */
  add(series: number, at: number, value: number): void {
    this.#open.add(series, at, value)
  }

  /** Writes what is in memory of a series. */
  flush(series: number): void {
    for (const [level, bucket] of this.#open.of(series)) this.#writeRow(level, series, bucket)
    this.#open.written(series)
  }

  /** Writes all that is in memory. Returns the series whose newest buckets may still lack something. */
  flushAll(): readonly number[] {
    for (const series of this.#open.open) this.flush(series)
    return this.#open.unsure
  }

  rolledBack(series: number): void {
    this.#open.rolledBack(series)
  }

  forget(series: number): void {
    this.#open.written(series)
  }

  #writeRow(level: number, series: number, { at, n, min, max, sum, last }: RolledUp): void {
    this.#statements.writeRow.run(level, series, at, n, min, max, sum, last)
  }

  /** Buckets that begin from `from` up to and with `to`. */
  read(level: number, series: number, from: number, to: number): RolledUp[] {
    const columns = this.columns(level, series, from, to)
    return Array.from(columns.at, (_, i) => bucketAt(columns, i))
  }

  /** As `read`, side by side. */
  columns(level: number, series: number, from: number, to: number): BucketColumns {
    const open = this.#open.of(series).get(level)
    return this.#columns(
      level,
      series,
      from,
      to,
      open !== undefined && open.at >= from && open.at <= to ? open : undefined,
    )
  }

  #columns(level: number, series: number, from: number, to: number, open: RolledUp | undefined): BucketColumns {
    const chunks = this.#chunks(level, series, from, to)
    const packed = emptyColumns(chunks.reduce((count, { n }) => count + Number(n), 0))
    let filled = 0
    for (const { n, data } of chunks) {
      unpackInto(packed, filled, data, Number(n), level)
      filled += Number(n)
    }
    const inside = cut(packed, from, to)
    const rows = withOpen(this.#rows(level, series, from, to), open)
    const end = inside.at.at(-1) ?? Number.NEGATIVE_INFINITY
    if (rows.length === 0) return inside
    // Rows are younger than what is packed, but where a sample came late.
    const isAfter = (rows[0] as RolledUp).at > end
    const all = isAfter
      ? rows
      : merged(
          Array.from(inside.at, (_, i) => bucketAt(inside, i)),
          rows,
        )
    return joinedColumns(isAfter ? inside : emptyColumns(0), all)
  }

  /** Puts these buckets, in order of time, in the place of all that begin in their span. */
  replace(level: number, series: number, buckets: readonly RolledUp[]): void {
    const [first, last] = [buckets[0], buckets.at(-1)]
    if (!first || !last) return
    this.flush(series)
    const touched = this.#chunks(level, series, first.at, last.at)
    const kept = touched
      .flatMap(({ n, data }) => unpackBuckets(data, Number(n), level))
      .filter(({ at }) => at < first.at || at > last.at)
    for (const { key } of touched) this.#statements.dropChunk.run(key)
    this.#statements.dropRows.run({ level, series, from: first.at, to: last.at })
    const all = merged(
      [...kept].sort((a, b) => a.at - b.at),
      buckets,
    )
    // The newest stay rows, so that live samples find them; the rest is packed at once.
    const rows = Math.min(all.length, all.length % CHUNK_AT || 1)
    const whole = all.length - rows
    this.#insertChunks(level, series, all.slice(0, whole))
    for (const bucket of all.slice(whole)) this.#statements.insertRow.run({ level, series, ...bucket })
  }

  /** Packs the rows of a series that no sample can change any more but one that comes late. */
  pack(series: number): void {
    for (const { level } of STORED) {
      const { n } = z.object({ n: z.number() }).parse(this.#statements.count.get({ level, series }))
      if (n <= CHUNK_AT) continue
      const rows = this.#rows(level, series, 0, Number.MAX_SAFE_INTEGER).slice(0, -1)
      const [first, last] = [rows[0], rows.at(-1)]
      if (!first || !last) continue
      const touched = this.#chunks(level, series, first.at, last.at)
      for (const { key } of touched) this.#statements.dropChunk.run(key)
      const packed = touched.flatMap((one) => unpackBuckets(one.data, Number(one.n), level))
      const all = merged(packed, rows)
      this.#statements.dropRows.run({ level, series, from: first.at, to: last.at })
      this.#insertChunks(level, series, all)
    }
  }

  /** Where a series begins; null where it has nothing. */
  first(series: number): number | null {
    const { level } = STORED.at(-1) as RollupLevel
    const row = this.#statements.firstRow.get({ level, series })
    const chunk = this.#statements.firstChunk.get(...keysOf(level, series))
    const found = [row, chunk, this.#open.of(series).get(level)?.at].flatMap((at) =>
      typeof at === 'number' ? [at] : [],
    )
    return found.length === 0 ? null : Math.min(...found)
  }

  prune(series: number, level: number, before: number): void {
    this.#statements.dropOldRows.run({ level, series, before })
    this.#statements.dropOldChunks.run(...keysOf(level, series), before)
  }

  #rows(level: number, series: number, from: number, to: number): RolledUp[] {
    return this.#statements.rows.all({ level, series, from, to }).map((row) => {
      const [at, n, min, max, sum, last] = RollupRow.parse(row)
      return { at, n, min, max, sum, last }
    })
  }

  #chunks(level: number, series: number, from: number, to: number): z.infer<typeof ChunkRow>[] {
    const whole = (at: number) => BigInt(Math.trunc(Math.min(Math.max(at, 0), Number.MAX_SAFE_INTEGER)))
    return this.#statements.chunks
      .all(...keysOf(level, series), whole(from), whole(to))
      .map((row) => ChunkRow.parse(row))
  }

  /** A chunk that ends right before and has room is written anew with them, so that chunks do not stay small. */
  #insertChunks(level: number, series: number, buckets: readonly RolledUp[]): void {
    const first = buckets[0]
    if (!first) return
    const [begin] = keysOf(level, series)
    const before = ChunkRow.optional().parse(
      this.#statements.chunkBefore.get(begin, begin + BigInt(Math.floor(first.at / 1000))),
    )
    let all = buckets
    if (before && Number(before.n) < CHUNK_MOST) {
      this.#statements.dropChunk.run(before.key)
      all = merged(unpackBuckets(before.data, Number(before.n), level), buckets)
    }
    for (let i = 0; i < all.length; i += CHUNK_MOST) this.#insertChunk(level, series, all.slice(i, i + CHUNK_MOST))
  }

  #insertChunk(level: number, series: number, buckets: readonly RolledUp[]): void {
    const [first, last] = [buckets[0] as RolledUp, buckets.at(-1) as RolledUp]
    const [begin] = keysOf(level, series)
    this.#statements.insertChunk.run({
      key: begin + BigInt(Math.floor(first.at / 1000)),
      series: BigInt(series),
      level: BigInt(level),
      from: BigInt(first.at),
      to: BigInt(last.at),
      n: BigInt(buckets.length),
      data: packBuckets(buckets, level),
    })
  }
}

const NAMES = ['at', 'n', 'min', 'max', 'sum', 'last'] as const

/** The buckets that begin from `from` up to and with `to`. */
function cut(columns: BucketColumns, from: number, to: number): BucketColumns {
  const { at } = columns
  let first = 0
  let end = at.length
  while (first < end && (at[first] as number) < from) first += 1
  while (end > first && (at[end - 1] as number) > to) end -= 1
  if (first === 0 && end === at.length) return columns
  return Object.fromEntries(NAMES.map((name) => [name, columns[name].subarray(first, end)])) as unknown as BucketColumns
}

function joinedColumns(columns: BucketColumns, rows: readonly RolledUp[]): BucketColumns {
  const before = columns.at.length
  const all = emptyColumns(before + rows.length)
  for (const name of NAMES) {
    all[name].set(columns[name])
    for (let i = 0; i < rows.length; i += 1) all[name][before + i] = (rows[i] as RolledUp)[name]
  }
  return all
}

const STORED = ROLLUPS.filter(({ stored }) => stored)

function keysOf(level: number, series: number): [bigint, bigint] {
  const place = BigInt(ROLLUPS.findIndex((one) => one.level === level))
  const first = (BigInt(series) * SERIES_LEVELS + place) * LEVEL_WIDTH
  return [first, first + LEVEL_WIDTH - 1n]
}

function prepare(database: WritableDatabase) {
  const ofSeries = 'series_id = @series AND level = @level'
  return {
    writeRow: database.prepare(`
      INSERT INTO rollup (level, series_id, at, n, min, max, sum, last)
      VALUES (CAST(? AS INTEGER), ?, CAST(? AS INTEGER), CAST(? AS INTEGER), ?, ?, ?, ?)
      ON CONFLICT (series_id, level, at) DO UPDATE SET
        n = n + excluded.n, min = min(min, excluded.min), max = max(max, excluded.max), sum = sum + excluded.sum,
        last = excluded.last`),
    insertRow: database.prepare(`
      INSERT INTO rollup (level, series_id, at, n, min, max, sum, last)
      VALUES (CAST(@level AS INTEGER), @series, CAST(@at AS INTEGER), CAST(@n AS INTEGER), @min, @max, @sum, @last)
      ON CONFLICT (series_id, level, at) DO UPDATE SET
        n = n + excluded.n, min = min(min, excluded.min), max = max(max, excluded.max), sum = sum + excluded.sum`),
    rows: database
      .prepare(`
        SELECT at, n, min, max, sum, last FROM rollup WHERE ${ofSeries} AND at BETWEEN @from AND @to ORDER BY at`)
      .raw(),
    firstRow: database.prepare(`SELECT min(at) FROM rollup WHERE ${ofSeries}`).pluck(),
    firstChunk: database.prepare('SELECT min(from_at) FROM rollup_chunk WHERE key BETWEEN ? AND ?').pluck(),
    count: database.prepare(`SELECT count(*) AS n FROM rollup WHERE ${ofSeries}`),
    dropRows: database.prepare(`DELETE FROM rollup WHERE ${ofSeries} AND at BETWEEN @from AND @to`),
    dropOldRows: database.prepare(`DELETE FROM rollup WHERE ${ofSeries} AND at < @before`),
    chunks: database
      .prepare(
        'SELECT key, n, data FROM rollup_chunk WHERE key BETWEEN ? AND ? AND to_at >= ? AND from_at <= ? ORDER BY key',
      )
      .safeIntegers(),
    chunkBefore: database
      .prepare('SELECT key, n, data FROM rollup_chunk WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT 1')
      .safeIntegers(),
    insertChunk: database.prepare(`
      INSERT INTO rollup_chunk (key, series_id, level, from_at, to_at, n, data)
      VALUES (@key, @series, @level, @from, @to, @n, @data)`),
    dropChunk: database.prepare('DELETE FROM rollup_chunk WHERE key = ?'),
    dropOldChunks: database.prepare('DELETE FROM rollup_chunk WHERE key BETWEEN ? AND ? AND to_at < ?'),
  }
}
