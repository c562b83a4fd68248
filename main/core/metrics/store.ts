import { z } from 'zod'
import { METRICS } from '../../../shared/metrics/catalogue.ts'
import type { DerivedSample } from '../../../shared/metrics/derive.ts'
import {
  type Labels,
  LabelsSchema,
  type Latest,
  type Sample,
  type Series,
  UnitSchema,
} from '../../../shared/model/metric.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import { decodeBlock, encodeBlock } from './block-codec.ts'
import { RAW_KEPT_MS, ROLLUPS, SEAL_AT } from './retention.ts'

const SeriesRow = z.object({
  id: z.number(),
  host_id: z.string(),
  metric: z.string(),
  labels: z.string(),
  unit: UnitSchema,
})
const SampleRow = z.object({ at: z.number(), value: z.number() })
const BlockRow = z.object({ n: z.number(), codec: z.number(), data: z.instanceof(Buffer) })

/** A rollup bucket beginning at `at`. */
export interface RolledUp {
  at: number
  n: number
  min: number
  max: number
  sum: number
}
const RolledUpRow = z.object({ at: z.number(), n: z.number(), min: z.number(), max: z.number(), sum: z.number() })

/** Samples on disk: the newest as rows, the older ones in sealed blocks, and rollups of both. */
export class SampleStore {
  readonly #database: WritableDatabase
  readonly #known = new Map<string, Series>()
  readonly #headCounts = new Map<number, number>()
  readonly #latest = new Map<number, Sample>()
  readonly #statements

  constructor(database: WritableDatabase) {
    this.#database = database
    this.#statements = prepare(database)
    for (const row of this.#statements.allSeries.all()) this.#remember(seriesOf(row))
    for (const row of this.#statements.headCounts.all()) {
      const { id, n } = z.object({ id: z.number(), n: z.number() }).parse(row)
      this.#headCounts.set(id, n)
    }
    for (const row of this.#statements.newest.all()) {
      const { id, ...sample } = SampleRow.extend({ id: z.number() }).parse(row)
      this.#latest.set(id, sample)
    }
  }

  /** One round of a host, in one transaction: all of it is on disk afterwards, or none. Returns the number of values stored. */
  record(hostId: string, at: number, measured: readonly DerivedSample[]): number {
    const usable = measured.filter(({ value }) => Number.isFinite(value))
    const stored: [Series, Sample][] = []
    this.#database.transaction(() => {
      for (const { metric, labels, value } of usable) {
        const series =
          this.#known.get(keyOf(hostId, metric, labelText(labels))) ?? this.#addSeries(hostId, metric, labels)
        // A second value of the same millisecond must not count twice in the rollups.
        if (this.#statements.insertHead.run(series.id, at, value).changes === 0) continue
        for (const { level } of ROLLUPS)
          this.#statements.rollUp.run({ level, series: series.id, at: at - (at % level), value })
        stored.push([series, { at, value }])
      }
    })()
    for (const [series, sample] of stored) {
      this.#remember(series)
      this.#latest.set(series.id, sample)
      const count = (this.#headCounts.get(series.id) ?? 0) + 1
      this.#headCounts.set(series.id, count)
      if (count >= SEAL_AT) this.#seal(series.id)
    }
    return stored.length
  }

  series(hostId?: string): Series[] {
    return [...this.#known.values()].filter((series) => hostId === undefined || series.hostId === hostId)
  }

  /** Series of a metric that carry all of the labels. */
  matching(metric: string, labels: Labels | undefined, hostId?: string): Series[] {
    return this.series(hostId).filter(
      (series) =>
        series.metric === metric &&
        Object.entries(labels ?? {}).every(([name, value]) => series.labels[name] === value),
    )
  }

  latest(hostId?: string): Latest[] {
    return this.series(hostId).flatMap((series) => {
      const sample = this.#latest.get(series.id)
      return sample ? [{ series, ...sample }] : []
    })
  }

  /** Raw samples from `from` up to and with `to`, in order of time. */
  raw(seriesId: number, from: number, to: number): Sample[] {
    const samples: Sample[] = []
    for (const row of this.#statements.blocks.all({ series: seriesId, from, to })) {
      const { n, codec, data } = BlockRow.parse(row)
      for (const sample of decodeBlock({ codec, data }, n))
        if (sample.at >= from && sample.at <= to) samples.push(sample)
    }
    for (const row of this.#statements.head.all({ series: seriesId, from, to })) samples.push(SampleRow.parse(row))
    // Blocks and head overlap where the clock was set back.
    const inOrder = samples.every((sample, i) => i === 0 || (samples[i - 1] as Sample).at <= sample.at)
    return inOrder ? samples : samples.sort((a, b) => a.at - b.at)
  }

  rolledUp(level: number, seriesId: number, from: number, to: number): RolledUp[] {
    return this.#statements.rollups
      .all({ level, series: seriesId, from: from - (from % level), to })
      .map((row) => RolledUpRow.parse(row))
  }

  /** Drops what is older than its retention. */
  prune(now: number): void {
    this.#database.transaction(() => {
      this.#statements.dropHead.run(now - RAW_KEPT_MS)
      for (const { id } of this.#known.values()) {
        this.#statements.dropBlocks.run(id, now - RAW_KEPT_MS)
        for (const { level, keptMs } of ROLLUPS) this.#statements.dropRollups.run(id, level, now - keptMs)
      }
    })()
    for (const row of this.#statements.headCounts.all()) {
      const { id, n } = z.object({ id: z.number(), n: z.number() }).parse(row)
      this.#headCounts.set(id, n)
    }
  }

  /** Drops every series of hosts that are not in the list any more. */
  forgetOthers(hostIds: readonly string[]): void {
    const gone = new Set(this.series().flatMap(({ hostId }) => (hostIds.includes(hostId) ? [] : [hostId])))
    for (const hostId of gone) this.forget(hostId)
  }

  /** Drops every series of a host that was removed. */
  forget(hostId: string): void {
    this.#statements.forget.run(hostId)
    for (const [key, series] of this.#known) {
      if (series.hostId !== hostId) continue
      this.#known.delete(key)
      this.#latest.delete(series.id)
      this.#headCounts.delete(series.id)
    }
  }

  #seal(seriesId: number): void {
    // The newest stays a row, so that it is found at once when the workspace is opened again.
    const samples = this.#statements.wholeHead
      .all(seriesId)
      .map((row) => SampleRow.parse(row))
      .slice(0, -1)
    const first = samples[0]
    const last = samples.at(-1)
    if (!first || !last) return
    const { codec, data } = encodeBlock(samples)
    const values = samples.map((sample) => sample.value)
    this.#database.transaction(() => {
      this.#statements.insertBlock.run({
        series: seriesId,
        second: this.#freeSecond(seriesId, Math.floor(first.at / 1000)),
        from: first.at,
        to: last.at,
        n: samples.length,
        min: Math.min(...values),
        max: Math.max(...values),
        sum: values.reduce((sum, value) => sum + value, 0),
        codec,
        data,
      })
      this.#statements.clearHead.run(seriesId, last.at)
    })()
    this.#headCounts.set(seriesId, 1)
  }

  /** The key of a block only needs to be its own: it moves on where a clock that was set back makes two begin alike. */
  #freeSecond(series: number, second: number): number {
    let free = second
    while (this.#statements.blockAt.get({ series, second: free }) !== undefined) free += 1
    return free
  }

  /** Not remembered before its transaction is done, so that one rolled back leaves no series that is not on disk. */
  #addSeries(hostId: string, metric: string, labels: Labels): Series {
    const unit = METRICS[metric]?.unit
    if (!unit) throw new RangeError(`${metric} is not in the catalogue`)
    return seriesOf(this.#statements.addSeries.get({ host: hostId, metric, labels: labelText(labels), unit }))
  }

  #remember(series: Series): void {
    this.#known.set(keyOf(series.hostId, series.metric, labelText(series.labels)), series)
  }
}

function keyOf(hostId: string, metric: string, labels: string): string {
  return `${hostId}\n${metric}\n${labels}`
}

function labelText(labels: Labels): string {
  return JSON.stringify(Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))))
}

function seriesOf(row: unknown): Series {
  const { id, host_id, metric, labels, unit } = SeriesRow.parse(row)
  return { id, hostId: host_id, metric, labels: LabelsSchema.parse(JSON.parse(labels)), unit }
}

function prepare(database: WritableDatabase) {
  return {
    allSeries: database.prepare('SELECT id, host_id, metric, labels, unit FROM series ORDER BY id'),
    addSeries: database.prepare(`
      INSERT INTO series (host_id, metric, labels, unit) VALUES (@host, @metric, @labels, @unit)
      ON CONFLICT (host_id, metric, labels) DO UPDATE SET unit = excluded.unit
      RETURNING id, host_id, metric, labels, unit`),
    headCounts: database.prepare(
      'SELECT series.id AS id, count(head.at) AS n FROM series LEFT JOIN head ON head.series_id = series.id GROUP BY 1',
    ),
    newest: database.prepare(`
      SELECT series_id AS id, at, value FROM head AS one
      WHERE at = (SELECT max(at) FROM head WHERE series_id = one.series_id)`),
    insertHead: database.prepare(
      'INSERT INTO head (series_id, at, value) VALUES (?, CAST(? AS INTEGER), ?) ON CONFLICT DO NOTHING',
    ),
    rollUp: database.prepare(`
      INSERT INTO rollup (level, series_id, at, n, min, max, sum, last)
      VALUES (CAST(@level AS INTEGER), @series, CAST(@at AS INTEGER), 1, @value, @value, @value, @value)
      ON CONFLICT (level, series_id, at) DO UPDATE SET
        n = n + 1, min = min(min, excluded.min), max = max(max, excluded.max), sum = sum + excluded.sum, last = excluded.last`),
    wholeHead: database.prepare('SELECT at, value FROM head WHERE series_id = ? ORDER BY at'),
    clearHead: database.prepare('DELETE FROM head WHERE series_id = ? AND at <= ?'),
    insertBlock: database.prepare(`
      INSERT INTO block (key, series_id, from_at, to_at, n, min, max, sum, codec, data)
      VALUES (CAST(@series AS INTEGER) * 17179869184 + CAST(@second AS INTEGER), @series, CAST(@from AS INTEGER),
        CAST(@to AS INTEGER), CAST(@n AS INTEGER), @min, @max, @sum, CAST(@codec AS INTEGER), @data)`),
    blockAt: database.prepare(
      'SELECT 1 FROM block WHERE key = CAST(@series AS INTEGER) * 17179869184 + CAST(@second AS INTEGER)',
    ),
    blocks: database.prepare(`
      SELECT n, codec, data FROM block
      WHERE key BETWEEN CAST(@series AS INTEGER) * 17179869184 AND CAST(@series AS INTEGER) * 17179869184 + 17179869183
        AND to_at >= @from AND from_at <= @to ORDER BY key`),
    head: database.prepare(
      'SELECT at, value FROM head WHERE series_id = @series AND at BETWEEN @from AND @to ORDER BY at',
    ),
    rollups: database.prepare(`
      SELECT at, n, min, max, sum FROM rollup
      WHERE level = @level AND series_id = @series AND at BETWEEN @from AND @to ORDER BY at`),
    dropBlocks: database.prepare('DELETE FROM block WHERE series_id = ? AND to_at < ?'),
    dropHead: database.prepare('DELETE FROM head WHERE at < ?'),
    dropRollups: database.prepare('DELETE FROM rollup WHERE series_id = ? AND level = ? AND at < ?'),
    forget: database.prepare('DELETE FROM series WHERE host_id = ?'),
  }
}
