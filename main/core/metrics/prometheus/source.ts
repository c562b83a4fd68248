import { METRICS, storedValue } from '../../../../shared/metrics/catalogue.ts'
import { expand, hostMatcher, type PromqlSource, promDuration, sourcesWith } from '../../../../shared/metrics/promql.ts'
import type { Host } from '../../../../shared/model/host.ts'
import type { Labels, Latest, Sample, Series, SeriesSlice } from '../../../../shared/model/metric.ts'
import { HeadroomError, type Problem, problemOf } from '../../../../shared/model/problem.ts'
import type { PrometheusSettings } from '../../../../shared/model/prometheus.ts'
import type { Columns } from '../block-codec.ts'
import type { Reading, SamplesQuery, SeriesSource, SliceQuery } from '../series-source.ts'
import { Answers } from './answers.ts'
import type { PrometheusClient, Result } from './client.ts'
import { valuesOf } from './host-values.ts'
import { labelsOf } from './labels.ts'
import { rateWindow, scrapeInterval } from './scrape-interval.ts'

interface Dependencies {
  client(): PrometheusClient
  settings(): PrometheusSettings
  hosts: { list(): Host[] }
  now(): number
  everyMs(): number
}

const MINUTE_MS = 60_000
const DAY_MS = 1440 * MINUTE_MS
/** Before longer stretches are asked for, it is looked where the server's memory begins. */
const LONG_MS = 20 * DAY_MS
/** Which hosts a server knows changes rarely. */
const VALUES_FRESH_MS = 5 * MINUTE_MS
/** Servers answer several questions side by side; many more at once only wait in their queue. */
const AT_ONCE = 6
/** Judging looks at no more points of a series than this; of longer times, at the least and greatest of each step. */
const MOST_JUDGED = 2_000
/** Peaks of one scrape are seen as long as a question takes no more looks at a series than this; longer ones are looked at as often. */
const MOST_LOOKS = 60_000

interface Found {
  hostId: string
  labels: Labels
  columns: Columns
}

/** Series as a Prometheus-compatible server has them, under our names. Nothing of it is stored. */
export class PrometheusSource implements SeriesSource {
  readonly #dependencies: Dependencies
  readonly #answers: Answers
  /** Ids that views tell series apart by; they hold for this session. */
  readonly #series = new Map<string, Series>()
  readonly #warnings = new Map<string, readonly string[]>()
  #problem: Problem | null = null
  #readAt: number | null = null
  #free = AT_ONCE
  readonly #queue: (() => void)[] = []

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#answers = new Answers(dependencies.now)
  }

  complete<T>(work: () => T | Promise<T>): Promise<T> {
    return this.#answers.complete(work)
  }

  /** After the settings changed, nothing that was read before holds any more. */
  forget(): void {
    this.#answers.clear()
    this.#series.clear()
    this.#warnings.clear()
    this.#problem = null
    this.#readAt = null
    this.#scraped = null
    this.#ownersNow = null
  }

  status(): { problem: Problem | null; warnings: string[]; readAt: number | null } {
    return { problem: this.#problem, warnings: [...new Set([...this.#warnings.values()].flat())], readAt: this.#readAt }
  }

  series(hostId: string): Series[] {
    // The newest values tell which series there are; those that were seen before and are silent now stay listed.
    this.latest()
    return [...this.#series.values()].filter((series) => series.hostId === hostId)
  }

  latest(hostId?: string, only?: ReadonlySet<string>): Latest[] {
    const { everyMs } = this.#dependencies
    const all = this.#answers.read('latest', everyMs() / 2, () => this.#latestOfAll()) ?? []
    if (hostId === undefined && only === undefined) return all
    return all.filter(
      ({ series }) => (hostId === undefined || series.hostId === hostId) && (only?.has(series.metric) ?? true),
    )
  }

  newest(): ReadonlyMap<string, number> {
    const newest = new Map<string, number>()
    for (const { series, at } of this.latest())
      newest.set(series.hostId, Math.max(at, newest.get(series.hostId) ?? Number.NEGATIVE_INFINITY))
    return newest
  }

  slice(query: SliceQuery): SeriesSlice[] {
    const source = this.#sourceOf(query.metric)
    if (!source) return []
    const { everyMs } = this.#dependencies
    const bucketMs = Math.max(1, Math.ceil((query.to - query.from) / query.widthPx))
    // Whole steps from a grid, so that charts of the same width share their answers.
    const stepMs = Math.max(1000, Math.ceil(Math.max(bucketMs, everyMs()) / 1000) * 1000)
    const from = Math.floor(query.from / stepMs) * stepMs
    const to = Math.ceil(query.to / stepMs) * stepMs
    const key = `slice ${query.hostId} ${query.metric} ${from} ${to} ${stepMs}`
    const found = this.#answers.read(key, Math.max(everyMs() / 2, stepMs / 2), () =>
      this.#bands(source, query.hostId, { from, to, stepMs }),
    )
    return (found ?? []).flatMap((one) => {
      const series = this.#known(one.hostId, source.metric, one.labels)
      return series.hostId === query.hostId && carries(series.labels, query.labels)
        ? [{ series, bucketMs: stepMs, ...withGaps(one, stepMs, Math.max(everyMs(), stepMs)) }]
        : []
    })
  }

  samples({ metric, labels, hostId: wanted, from, to }: SamplesQuery): { series: Series; samples: Sample[] }[] {
    const source = this.#sourceOf(metric)
    if (!source) return []
    const { everyMs } = this.#dependencies
    const stepMs = Math.ceil(Math.max(everyMs(), (to - from) / MOST_JUDGED) / 1000) * 1000
    const key = `samples ${metric} ${Math.ceil((to - from) / stepMs)} ${stepMs}`
    const end = Math.floor(to / 1000) * 1000
    const found = this.#answers.read(key, everyMs() / 2, () =>
      this.#bands(source, null, { from: end - Math.floor((to - from) / stepMs) * stepMs, to: end, stepMs }),
    )
    return (found ?? []).flatMap(({ hostId, labels: own, at, min, max }) => {
      const series = this.#known(hostId, metric, own)
      if ((wanted !== undefined && wanted !== hostId) || !carries(series.labels, labels)) return []
      // Of a step with a least and a greatest value both are told, so that "every sample above" means the same.
      const samples = at.flatMap((time, i): Sample[] => {
        const [low, high] = [min[i] as number, max[i] as number]
        return low === high
          ? [{ at: time, value: low }]
          : [
              { at: time - Math.floor(stepMs / 2), value: low },
              { at: time, value: high },
            ]
      })
      return [{ series, samples }]
    })
  }

  readings(query: SamplesQuery): Reading[] {
    return this.samples(query).map(({ series, samples }) => ({
      series,
      version: null,
      newestAt: samples.at(-1)?.at ?? null,
      samples: () => samples,
    }))
  }

  versions(): null {
    return null
  }

  #sourceOf(metric: string): PromqlSource | undefined {
    return this.#sources().find((source) => source.metric === metric)
  }

  #sources(): PromqlSource[] {
    return sourcesWith(this.#dependencies.settings().expressions)
  }

  async #latestOfAll(): Promise<Latest[]> {
    const { now } = this.#dependencies
    const answers = await Promise.all(
      this.#sources().map(async (source) => {
        const found = await this.#ask(source, null, (client, expr) => client.instant(expr, now()))
        return found.map((one) => ({ source, ...one }))
      }),
    )
    return answers.flat().flatMap(({ source, hostId, labels, columns }) => {
      const [at, value] = [columns.at[0], columns.value[0]]
      if (at === undefined || value === undefined) return []
      return [{ series: this.#known(hostId, source.metric, labels), at, value: storedValue(source.metric, value) }]
    })
  }

  /** Least, greatest and mean by step; up to the step that a server asks its targets in, these are the value itself. */
  async #bands(
    source: PromqlSource,
    hostId: string | null,
    asked: { from: number; to: number; stepMs: number },
  ): Promise<Band[]> {
    const { stepMs } = asked
    const from = asked.to - asked.from > LONG_MS ? await this.#firstAfter(source, hostId, asked) : asked.from
    if (from === null) return []
    const range = { ...asked, from }
    // Where this fails, the question itself does too, and tells why.
    const scrapeMs = await this.#scrapeMs(this.#dependencies.client()).catch(() => MINUTE_MS)
    const everyMs = stepMs <= scrapeMs ? 0 : Math.max(scrapeMs, Math.ceil((range.to - from) / MOST_LOOKS))
    const ask = (wrap: (expr: string) => string) =>
      this.#ask(source, hostId, (client, expr) => client.range(wrap(expr), range), everyMs)
    const round = (value: number) => storedValue(source.metric, value)
    if (everyMs === 0)
      return (await ask((expr) => expr)).map(({ hostId: id, labels, columns }) => {
        const value = [...columns.value].map(round)
        return { hostId: id, labels, at: [...columns.at], min: value, max: value, avg: value }
      })
    const width = promDuration(stepMs)
    const every = promDuration(everyMs)
    const over = (of: string) => ask((expr) => `${of}_over_time((${expr})[${width}:${every}])`)
    const [avg, min, max] = await Promise.all([over('avg'), over('min'), over('max')])
    const byKey = (all: Found[]) => new Map(all.map((one) => [keyOf(one.hostId, '', one.labels), points(one.columns)]))
    const [least, greatest] = [byKey(min), byKey(max)]
    return avg.map(({ hostId: id, labels, columns }) => {
      const key = keyOf(id, '', labels)
      const at = [...columns.at]
      const mean = [...columns.value].map(round)
      const of = (all: Map<string, Map<number, number>>) =>
        at.map((time, i) => round(all.get(key)?.get(time) ?? (mean[i] as number)))
      // A point tells of the step that ends with it: it stands in its middle.
      return {
        hostId: id,
        labels,
        at: at.map((time) => time - stepMs / 2),
        min: of(least),
        max: of(greatest),
        avg: mean,
      }
    })
  }

  /** Where the past of a source begins, on the step's grid: a server that keeps a fortnight is not asked for years. */
  async #firstAfter(
    source: PromqlSource,
    hostId: string | null,
    { from, to, stepMs }: { from: number; to: number; stepMs: number },
  ): Promise<number | null> {
    const found = await this.#ask(source, hostId, (client, expr) =>
      client.range(`max_over_time((${expr})[${promDuration(DAY_MS)}:1h])`, { from, to, stepMs: DAY_MS }),
    )
    if (found.length === 0) return null
    const first = Math.min(...found.map(({ columns }) => columns.at[0] ?? to)) - DAY_MS
    return from + Math.max(0, Math.floor((first - from) / stepMs) * stepMs)
  }

  /** Asks for a source's series, of one host or of all that are listed here. */
  async #ask(
    source: PromqlSource,
    hostId: string | null,
    ask: (client: PrometheusClient, expr: string) => Promise<Result>,
    everyMs = 0,
  ): Promise<Found[]> {
    await this.#turn()
    try {
      const client = this.#dependencies.client()
      const hostLabel = client.server.hostLabel
      const owners = await this.#owners(client)
      const values = [...owners].filter(([, id]) => hostId === null || id === hostId).map(([value]) => value)
      if (values.length === 0) return []
      const matchers = hostId === null ? '' : hostMatcher(hostLabel, values)
      const where = [client.server.where, matchers].filter((one) => one).join(',')
      const { series, warnings } = await ask(
        client,
        expand(source.expr, {
          host: hostLabel,
          where,
          window: promDuration(rateWindow(await this.#scrapeMs(client), everyMs)),
        }),
      )
      this.#warnings.set(source.metric, warnings)
      this.#problem = null
      this.#readAt = this.#dependencies.now()
      const found = new Map<string, Found>()
      for (const { labels: given, at, value } of series) {
        const owner = owners.get(given[hostLabel] ?? '')
        if (owner === undefined) continue
        const labels = labelsOf(source, given)
        const key = keyOf(owner, source.metric, labels)
        const known = found.get(key)
        if (!known || known.columns.at.length < at.length)
          found.set(key, { hostId: owner, labels, columns: { at, value } })
      }
      return [...found.values()]
    } catch (error) {
      const problem = problemOf(error)
      // An expression that the server refuses is its own metric's matter; the others are read all the same.
      if (error instanceof HeadroomError && problem.code === 'PROMETHEUS_QUERY') {
        this.#warnings.set(source.metric, [`${source.metric}: ${problem.fact}`])
        return []
      }
      this.#problem = problem
      throw error
    } finally {
      this.#queue.shift()?.()
      this.#free += 1
    }
  }

  #scraped: Promise<number> | null = null

  #scrapeMs(client: PrometheusClient): Promise<number> {
    if (this.#scraped === null) {
      const asked = scrapeInterval(client, [], client.server.where)
      asked.catch(() => {
        if (this.#scraped === asked) this.#scraped = null
      })
      this.#scraped = asked
    }
    return this.#scraped
  }

  #ownersAt = Number.NEGATIVE_INFINITY
  #ownersNow: Promise<readonly string[]> | null = null

  /** Which host each value of the host label speaks of. */
  async #owners(client: PrometheusClient): Promise<Map<string, string>> {
    const { now, settings, hosts } = this.#dependencies
    if (this.#ownersNow === null || now() - this.#ownersAt > VALUES_FRESH_MS) {
      this.#ownersAt = now()
      const asked = client.hostValues(now())
      asked.catch(() => {
        if (this.#ownersNow === asked) this.#ownersNow = null
      })
      this.#ownersNow = asked
    }
    const values = await this.#ownersNow
    const { names } = settings()
    return new Map(
      hosts.list().flatMap((host) => valuesOf(host, values, names).map((value) => [value, host.id] as const)),
    )
  }

  async #turn(): Promise<void> {
    while (this.#free <= 0) await new Promise<void>((resolve) => this.#queue.push(resolve))
    this.#free -= 1
  }

  #known(hostId: string, metric: string, labels: Labels): Series {
    const key = keyOf(hostId, metric, labels)
    const known = this.#series.get(key)
    if (known) return known
    const unit = METRICS[metric]?.unit ?? 'count'
    const series: Series = { id: this.#series.size + 1, hostId, metric, labels, unit }
    this.#series.set(key, series)
    return series
  }
}

interface Band {
  hostId: string
  labels: Labels
  at: number[]
  min: number[]
  max: number[]
  avg: number[]
}

function keyOf(hostId: string, metric: string, labels: Labels): string {
  return JSON.stringify([hostId, metric, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))])
}

function points({ at, value }: Columns): Map<number, number> {
  return new Map(Array.from(at, (time, i) => [time, value[i] as number]))
}

function carries(labels: Labels, wanted: Labels | undefined): boolean {
  return Object.entries(wanted ?? {}).every(([name, value]) => labels[name] === value)
}

/** A null point in the first missing step of each gap, as the local store's slices have. */
function withGaps({ at, min, max, avg }: Band, stepMs: number, everyMs: number) {
  const out = {
    at: [] as number[],
    min: [] as (number | null)[],
    max: [] as (number | null)[],
    avg: [] as (number | null)[],
  }
  for (const [i, time] of at.entries()) {
    const before = at[i - 1]
    if (before !== undefined && time - before > 2.5 * everyMs) {
      out.at.push(before + stepMs)
      out.min.push(null)
      out.max.push(null)
      out.avg.push(null)
    }
    out.at.push(time)
    out.min.push(min[i] as number)
    out.max.push(max[i] as number)
    out.avg.push(avg[i] as number)
  }
  return out
}
