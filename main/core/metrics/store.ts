import * as z from 'zod'
import { METRICS } from '../../../shared/metrics/catalogue.ts'
import type { DerivedSample } from '../../../shared/metrics/derive.ts'
import {
  type Labels,
  LabelsSchema,
  type Latest,
  type Sample,
  type Series,
  type Unit,
  UnitSchema,
} from '../../../shared/model/metric.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import type { Columns } from './block-codec.ts'
import { BlockStore, inOrder } from './block-store.ts'
import { type Filled, unknownOnes, usualStep } from './fill.ts'
import { RAW_KEPT_MS, ROLLUPS, SEAL_AT } from './retention.ts'
import { type BucketColumns, type RolledUp, rollUp } from './rollup.ts'
import { RollupStore } from './rollup-store.ts'

const SeriesRow = z.object({
  id: z.number(),
  host_id: z.string(),
  metric: z.string(),
  labels: z.string(),
  unit: UnitSchema,
})
const NewestRow = z.object({ id: z.number(), at: z.number(), value: z.number() })
const CountRow = z.object({ id: z.number(), n: z.number() })
const ClosedRow = z.object({ unsure: z.string() })
const UnsureIds = z.array(z.number())
const HOUR_MS = 3_600_000
/** Series that one transaction of pruning looks at: some ten milliseconds. */
const PRUNED_AT_ONCE = 200

/** What a host was measured to have at one time. */
export interface HostRound {
  hostId: string
  at: number
  measured: readonly DerivedSample[]
}

/** Samples on disk: the newest as rows, the older ones in sealed blocks, and rollups of both. */
export class SampleStore {
  readonly #database: WritableDatabase
  readonly #known = new Map<string, Series>()
  readonly #byId = new Map<number, Series>()
  readonly #ofHost = new Map<string, Map<string, Series>>()
  readonly #ofMetric = new Map<string, Set<Series>>()
  /** The time of the round of each host that came last. */
  readonly #newestOf = new Map<string, number>()
  /** The same by what needs no sorting: labels come in the same order from round to round. */
  readonly #shapes = new Map<string, Map<string, Series>>()
  readonly #headCounts = new Map<number, number>()
  readonly #latest = new Map<number, Sample>()
  /** What came last, where the clock was put back since `#latest` came. */
  readonly #lastCome = new Map<number, Sample>()
  /** Numbers of writes, by the series whose samples changed with them. */
  readonly #versions = new Map<number, number>()
  #writes = 0
  readonly #statements
  /** The last one to have it open said how it left it, and nothing was stored since. */
  #isClosed = false
  readonly #blocks: BlockStore
  readonly #rollups: RollupStore

  constructor(database: WritableDatabase) {
    this.#database = database
    this.#statements = prepare(database)
    this.#blocks = new BlockStore(database)
    for (const row of this.#statements.allSeries.all()) this.#remember(seriesOf(row))
    for (const row of this.#statements.headCounts.all()) {
      const { id, n } = CountRow.parse(row)
      this.#headCounts.set(id, n)
    }
    for (const row of this.#statements.newest.all()) {
      const { id, ...sample } = NewestRow.parse(row)
      const series = this.#byId.get(id)
      if (series) this.#setNewer(series, sample)
    }
    this.#rollups = new RollupStore(database, {
      unsure: this.#unsure(),
      read: (id) => {
        const newest = this.#latest.get(id)?.at ?? null
        return { newest, samples: (from) => this.columns(id, from, newest ?? from) }
      },
    })
  }

  /** Writes what is in memory, so that the next start need not compute it. Nothing may be recorded after it. */
  close(): void {
    this.#database.transaction(() => {
      this.#statements.sayClosed.run(JSON.stringify(this.#rollups.flushAll()))
    })()
  }

  #unsure(): Iterable<number> {
    const said = this.#statements.closed.get()
    if (said === undefined) return this.#latest.keys()
    this.#isClosed = true
    return UnsureIds.parse(JSON.parse(ClosedRow.parse(said).unsure))
  }

  /** A transaction that stores something. With the first one it is no longer as it was closed. */
  #store<T>(work: () => T): T {
    const stored = this.#database.transaction(() => {
      if (this.#isClosed) this.#statements.forgetClosed.run()
      return work()
    })()
    this.#isClosed = false
    return stored
  }

  /** One round of a host, in one transaction: all of it is on disk afterwards, or none. Returns the number of values stored. */
  record(hostId: string, at: number, measured: readonly DerivedSample[]): number {
    return this.recordAll([{ hostId, at, measured }])[0] ?? 0
  }

  /** Rounds of several hosts in one transaction, at most one of each. Returns the numbers of values stored. */
  recordAll(rounds: readonly HostRound[]): number[] {
    const stored: [Series, Sample][][] = rounds.map(() => [])
    const late: [Series, Sample][] = []
    this.#store(() => {
      for (const [i, { hostId, at, measured }] of rounds.entries())
        for (const { metric, labels, value, unit } of measured) {
          if (!Number.isFinite(value)) continue
          const series = this.#find(hostId, metric, labels) ?? this.#addSeries(hostId, metric, labels, unit)
          // A second value of the same millisecond must not count twice in the rollups.
          if (this.#statements.insertHead.run(series.id, at, value).changes === 0) continue
          if (at < (this.#latest.get(series.id)?.at ?? at)) {
            this.#rollups.addLate(series.id, at, value)
            late.push([series, { at, value }])
          } else {
            this.#rollups.close(series.id, at)
            stored[i]?.push([series, { at, value }])
          }
        }
    })
    for (const [series] of [...late, ...stored.flat()]) this.#note(series.id)
    for (const [series, sample] of late) this.#lastCome.set(series.id, sample)
    for (const [{ hostId }, { at }] of [...late, ...stored.flat()]) this.#newestOf.set(hostId, at)
    for (const [series, sample] of stored.flat()) {
      this.#remember(series)
      this.#lastCome.delete(series.id)
      this.#latest.set(series.id, sample)
      this.#rollups.add(series.id, sample.at, sample.value)
    }
    for (const [series] of [...stored.flat(), ...late]) {
      const count = (this.#headCounts.get(series.id) ?? 0) + 1
      this.#headCounts.set(series.id, count)
      if (count >= SEAL_AT) this.#seal(series.id)
    }
    return stored.map((own, i) => own.length + late.filter(([{ hostId }]) => hostId === rounds[i]?.hostId).length)
  }

  series(hostId?: string): Series[] {
    return [...(hostId === undefined ? this.#known : (this.#ofHost.get(hostId) ?? new Map<string, Series>())).values()]
  }

  /** Series of a metric that carry all of the labels. */
  matching(metric: string, labels: Labels | undefined, hostId?: string): Series[] {
    const wanted = Object.entries(labels ?? {})
    const found: Series[] = []
    for (const series of hostId === undefined ? (this.#ofMetric.get(metric) ?? []) : this.series(hostId))
      if (series.metric === metric && wanted.every(([name, value]) => series.labels[name] === value)) found.push(series)
    return found
  }

  /**
   * The sample of each series that came last; with `only`, of these metrics. After the clock was put back that is not the one
   * of the latest time.
   */
  latest(hostId?: string, only?: ReadonlySet<string>): Latest[] {
    const found: Latest[] = []
    const take = (series: Series) => {
      const sample = this.#lastCome.get(series.id) ?? this.#latest.get(series.id)
      if (sample) found.push({ series, at: sample.at, value: sample.value })
    }
    if (hostId === undefined && only !== undefined)
      for (const metric of only) for (const series of this.#ofMetric.get(metric) ?? []) take(series)
    else for (const series of this.series(hostId)) if (only?.has(series.metric) ?? true) take(series)
    return found
  }

  /** Another number after every change of what is stored of a series, but for what grew too old. */
  version(seriesId: number): number {
    return this.#versions.get(seriesId) ?? 0
  }

  /** The time of the latest sample of a series, whichever came last; null where there is none. */
  newestAt(seriesId: number): number | null {
    return this.#latest.get(seriesId)?.at ?? null
  }

  /** The time of the samples of each host that came last. */
  newest(): ReadonlyMap<string, number> {
    return this.#newestOf
  }

  /** Raw samples from `from` up to and with `to`, in order of time. */
  raw(seriesId: number, from: number, to: number): Sample[] {
    const { at, value } = this.columns(seriesId, from, to)
    return Array.from(at, (time, i) => ({ at: time, value: value[i] as number }))
  }

  /** As `raw`, times and values side by side: quicker where there are many. */
  columns(seriesId: number, from: number, to: number): Columns {
    return inOrder([...this.#blocks.read(seriesId, from, to), this.#head(seriesId, from, to)])
  }

  /** The buckets of a level that overlap `from` to `to`. */
  rolledUp(level: number, seriesId: number, from: number, to: number): RolledUp[] {
    const first = from - (from % level)
    if (ROLLUPS.some((one) => one.level === level && one.stored)) return this.#rollups.read(level, seriesId, first, to)
    return rollUp(this.columns(seriesId, first, to - (to % level) + level - 1), level)
  }

  /** As `rolledUp`, of a stored level, side by side. */
  rolledUpColumns(level: number, seriesId: number, from: number, to: number): BucketColumns {
    return this.#rollups.columns(level, seriesId, from - (from % level), to)
  }

  /**
   * Takes in samples from elsewhere, in one transaction: what is younger than the samples' retention as samples, what is older
   * as rollups, each only where nothing is told yet (see fill.ts). `stepMs` is how long a sample stands for; by default the
   * usual distance between them.
   */
  fill(series: Series, samples: Columns, now: number, stepMs = usualStep(samples.at)): Filled {
    const given = samples.at.length
    let stored = 0
    try {
      this.#store(() => {
        // On a whole hour, so that no bucket is told of by both halves.
        const cut = Math.ceil((now - RAW_KEPT_MS) / HOUR_MS) * HOUR_MS
        const isOld = (at: number) => at < cut
        stored += this.#fillRollups(series.id, pick(samples, isOld))
        stored += this.#fillRaw(
          series,
          pick(samples, (at) => !isOld(at)),
          stepMs,
        )
      })
    } catch (error) {
      this.#blocks.rolledBack()
      this.#rollups.rolledBack(series.id)
      throw error
    } finally {
      this.#note(series.id)
    }
    return { stored, dropped: given - stored }
  }

  /** Takes in buckets of one level where there are none, such as another server's own means over an hour. */
  fillBuckets(series: Series, level: number, buckets: readonly RolledUp[]): Filled {
    try {
      const stored = this.#store(() => this.#fillLevel(series.id, level, buckets))
      return { stored, dropped: buckets.length - stored }
    } catch (error) {
      this.#rollups.rolledBack(series.id)
      throw error
    } finally {
      this.#note(series.id)
    }
  }

  /** The series of a host, metric and labels, made where there is none. RangeError for a metric outside the catalogue. */
  ensureSeries(hostId: string, metric: string, labels: Labels): Series {
    const known = this.#known.get(keyOf(hostId, metric, labelText(labels)))
    if (known) return known
    const series = this.#addSeries(hostId, metric, labels)
    this.#remember(series)
    return series
  }

  /** Times of the first and the last sample or bucket of any series of a host; null where nothing is stored. */
  reach(hostId: string): { from: number; to: number } | null {
    const ends = this.series(hostId).flatMap(({ id }) => {
      const last = this.#latest.get(id)?.at
      const first = this.#rollups.first(id)
      if (last === undefined || first === null) return []
      // A bucket begins up to an hour before its first sample.
      return [this.columns(id, first, first + HOUR_MS).at[0] ?? first, last]
    })
    return ends.length === 0 ? null : { from: Math.min(...ends), to: Math.max(...ends) }
  }

  /** Drops what is older than its retention. */
  prune(now: number): void {
    for (const _ of this.prunes(now));
  }

  /** The same in parts, each a short transaction of its own, for others to come between. */
  *prunes(now: number): Generator<void> {
    const all = [...this.#known.values()]
    for (let from = 0; from < all.length; from += PRUNED_AT_ONCE) {
      this.#database.transaction(() => {
        for (const { id } of all.slice(from, from + PRUNED_AT_ONCE)) this.#pruneOne(id, now)
      })()
      yield
    }
    this.#blocks.pruneClocks(now - RAW_KEPT_MS)
  }

  #pruneOne(id: number, now: number): void {
    const { changes } = this.#statements.dropHead.run(id, now - RAW_KEPT_MS)
    if (changes > 0) this.#headCounts.set(id, Math.max(0, (this.#headCounts.get(id) ?? 0) - changes))
    this.#blocks.prune(id, now - RAW_KEPT_MS)
    for (const { level, keptMs, stored } of ROLLUPS) if (stored) this.#rollups.prune(id, level, now - keptMs)
  }

  /** Drops every series of hosts that are not in the list any more. */
  forgetOthers(hostIds: readonly string[]): void {
    const there = new Set(hostIds)
    for (const hostId of [...this.#ofHost.keys()]) if (!there.has(hostId)) this.forget(hostId)
  }

  /** Drops every series of a host that was removed. */
  forget(hostId: string): void {
    this.#statements.forget.run(hostId)
    for (const [key, series] of this.#ofHost.get(hostId) ?? []) {
      this.#known.delete(key)
      this.#byId.delete(series.id)
      this.#ofMetric.get(series.metric)?.delete(series)
      this.#latest.delete(series.id)
      this.#lastCome.delete(series.id)
      this.#headCounts.delete(series.id)
      this.#rollups.forget(series.id)
      // Its number may be given to another one.
      this.#note(series.id)
    }
    this.#ofHost.delete(hostId)
    this.#newestOf.delete(hostId)
    this.#shapes.delete(hostId)
  }

  #note(seriesId: number): void {
    this.#writes += 1
    this.#versions.set(seriesId, this.#writes)
  }

  #seal(seriesId: number): void {
    // The newest stays a row, so that it is found at once when the workspace is opened again.
    const { at, value } = this.#head(seriesId, 0, Number.MAX_SAFE_INTEGER)
    const samples = { at: at.subarray(0, -1), value: value.subarray(0, -1) }
    const last = samples.at.at(-1)
    if (last === undefined) return
    try {
      this.#database.transaction(() => {
        this.#blocks.write(seriesId, samples)
        this.#statements.clearHead.run(seriesId, last)
        this.#rollups.pack(seriesId)
      })()
    } catch (error) {
      this.#blocks.rolledBack()
      throw error
    }
    this.#headCounts.set(seriesId, 1)
  }

  #head(seriesId: number, from: number, to: number): Columns {
    const rows = this.#statements.head.all({ series: seriesId, from, to }) as [number, number][]
    const at = new Float64Array(rows.length)
    const value = new Float64Array(rows.length)
    for (const [i, [time, one]] of rows.entries()) {
      at[i] = time
      value[i] = one
    }
    return { at, value }
  }

  #fillRaw(series: Series, samples: Columns, stepMs: number): number {
    const [first, last] = [samples.at[0], samples.at.at(-1)]
    if (first === undefined || last === undefined) return 0
    const [from, to] = samples.at.reduce(
      ([least, most], at) => [Math.min(least, at), Math.max(most, at)],
      [first, last],
    )
    const there = this.columns(series.id, from - stepMs, to + stepMs)
    const wanted = unknownOnes(samples, there.at, stepMs)
    if (wanted.at.length === 0) return 0
    const newest = { at: wanted.at.at(-1) as number, value: wanted.value.at(-1) as number }
    const isNewest = newest.at > (this.#latest.get(series.id)?.at ?? Number.NEGATIVE_INFINITY)
    const sealed = isNewest ? wanted.at.length - 1 : wanted.at.length
    if (sealed > 0)
      this.#blocks.write(series.id, { at: wanted.at.subarray(0, sealed), value: wanted.value.subarray(0, sealed) })
    if (isNewest) {
      // What is open counts as on disk from here on: the newest sample is another one.
      this.#rollups.flush(series.id)
      this.#statements.insertHead.run(series.id, newest.at, newest.value)
      this.#headCounts.set(series.id, (this.#headCounts.get(series.id) ?? 0) + 1)
      this.#setNewer(series, newest)
    }
    for (const { level, stored } of ROLLUPS) {
      if (!stored) continue
      // Samples of the buckets' whole width, so that a bucket that was measured in part is counted anew.
      const begin = (wanted.at[0] as number) - ((wanted.at[0] as number) % level)
      const end = newest.at - (newest.at % level) + level - 1
      const oldest = wanted.at[0] as number
      const all =
        there.at.length > 0
          ? this.columns(series.id, begin, end)
          : inOrder([this.columns(series.id, begin, oldest - 1), wanted, this.columns(series.id, newest.at + 1, end)])
      this.#rollups.replace(level, series.id, rollUp(all, level))
    }
    return wanted.at.length
  }

  #fillRollups(seriesId: number, samples: Columns): number {
    if (samples.at.length === 0) return 0
    const wanted = unknownOnes(samples, new Float64Array(0), 0)
    let most = 0
    for (const { level, stored } of ROLLUPS) {
      if (!stored) continue
      const buckets = rollUp(wanted, level)
      const told = this.#told(seriesId, level, buckets)
      this.#fillLevel(seriesId, level, buckets)
      most = Math.max(
        most,
        buckets.reduce((sum, { at, n }) => (told.has(at) ? sum : sum + n), 0),
      )
    }
    return most
  }

  #told(seriesId: number, level: number, buckets: readonly RolledUp[]): Set<number> {
    const [first, last] = [buckets[0], buckets.at(-1)]
    if (!first || !last) return new Set()
    return new Set(this.#rollups.read(level, seriesId, first.at, last.at).map(({ at }) => at))
  }

  /** A bucket that tells of something already is left as it is. */
  #fillLevel(seriesId: number, level: number, buckets: readonly RolledUp[]): number {
    const [first, last] = [buckets[0], buckets.at(-1)]
    if (!first || !last) return 0
    const there = this.#rollups.read(level, seriesId, first.at, last.at)
    const told = new Set(there.map(({ at }) => at))
    const fresh = buckets.filter(({ at }) => !told.has(at))
    if (fresh.length > 0)
      this.#rollups.replace(
        level,
        seriesId,
        [...there, ...fresh].sort((a, b) => a.at - b.at),
      )
    return fresh.length
  }

  /** Not remembered before its transaction is done, so that one rolled back leaves no series that is not on disk. */
  #addSeries(hostId: string, metric: string, labels: Labels, own?: Unit): Series {
    const unit = METRICS[metric]?.unit ?? own
    if (!unit) throw new RangeError(`${metric} is not in the catalogue and states no unit`)
    return seriesOf(this.#statements.addSeries.get({ host: hostId, metric, labels: labelText(labels), unit }))
  }

  #find(hostId: string, metric: string, labels: Labels): Series | undefined {
    const own = this.#shapes.get(hostId) ?? new Map<string, Series>()
    if (own.size === 0) this.#shapes.set(hostId, own)
    let shape = metric
    // With their lengths, so that no two sets of labels read alike.
    for (const name in labels) {
      const value = labels[name] as string
      shape += `\n${name.length} ${value.length} ${name}${value}`
    }
    let series = own.get(shape)
    if (series === undefined) {
      series = this.#known.get(keyOf(hostId, metric, labelText(labels)))
      if (series !== undefined) own.set(shape, series)
    }
    return series
  }

  #remember(series: Series): void {
    const before = this.#byId.get(series.id)
    if (before === series) return
    this.#byId.set(series.id, series)
    const key = keyOf(series.hostId, series.metric, labelText(series.labels))
    this.#known.set(key, series)
    const own = this.#ofHost.get(series.hostId) ?? new Map<string, Series>()
    this.#ofHost.set(series.hostId, own.set(key, series))
    const same = this.#ofMetric.get(series.metric) ?? new Set<Series>()
    if (before) same.delete(before)
    this.#ofMetric.set(series.metric, same.add(series))
  }

  #setNewer({ id, hostId }: Series, sample: Sample): void {
    this.#latest.set(id, sample)
    if (sample.at > (this.#newestOf.get(hostId) ?? Number.NEGATIVE_INFINITY)) this.#newestOf.set(hostId, sample.at)
  }
}

function pick({ at, value }: Columns, wanted: (at: number) => boolean): Columns {
  if (at.every(wanted)) return { at, value }
  const indices = Array.from(at.keys()).filter((i) => wanted(at[i] as number))
  return {
    at: Float64Array.from(indices, (i) => at[i] as number),
    value: Float64Array.from(indices, (i) => value[i] as number),
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
    clearHead: database.prepare('DELETE FROM head WHERE series_id = ? AND at <= ?'),
    head: database
      .prepare('SELECT at, value FROM head WHERE series_id = @series AND at BETWEEN @from AND @to ORDER BY at')
      .raw(),
    dropHead: database.prepare('DELETE FROM head WHERE series_id = ? AND at < CAST(? AS INTEGER)'),
    closed: database.prepare('SELECT unsure FROM closed'),
    forgetClosed: database.prepare('DELETE FROM closed'),
    sayClosed: database.prepare('INSERT OR REPLACE INTO closed (only, unsure) VALUES (1, ?)'),
    forget: database.prepare('DELETE FROM series WHERE host_id = ?'),
  }
}
