import { storedValue } from '../../../../shared/metrics/catalogue.ts'
import { expand, hostMatcher, type PromqlSource, promDuration } from '../../../../shared/metrics/promql.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import type { Columns } from '../block-codec.ts'
import { MOST_POINTS, type PrometheusClient, type ResultSeries } from '../prometheus/client.ts'
import { labelsOf } from '../prometheus/labels.ts'
import { rateWindow, scrapeInterval } from '../prometheus/scrape-interval.ts'
import { RAW_KEPT_MS, ROLLUPS } from '../retention.ts'
import type { RolledUp } from '../rollup.ts'
import type { Brought, Part } from './parts.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

interface Ask {
  client: PrometheusClient
  sources: readonly PromqlSource[]
  /** The values of the host label that speak of this host. */
  values: readonly string[]
  now: number
  from: number
}

/**
 * A part for each metric and stretch of time. As long as samples are kept here, samples are asked for, as often as the server
 * has them; before that, least, greatest and mean of each bucket of the level that is kept so long. Stretches begin and end on
 * whole hours and have at most MOST_POINTS points.
 */
export async function prometheusParts(ask: Ask, signal: AbortSignal): Promise<Part[]> {
  const { client, sources, values, now, from } = ask
  const where = [client.server.where, hostMatcher(client.server.hostLabel, values)]
    .filter((one) => one !== '')
    .join(',')
  const scrapeMs = await scrapeInterval(client, values, where, signal)
  const onTerms = (source: PromqlSource, window: number) =>
    expand(source.expr, { host: client.server.hostLabel, where, window: promDuration(window) })
  const rawFrom = Math.ceil((now - RAW_KEPT_MS) / HOUR_MS) * HOUR_MS
  const parts: Part[] = []
  for (const source of sources) {
    for (const [begin, end] of stretches(Math.max(from, rawFrom), now, scrapeMs))
      parts.push({
        key: `${source.metric} ${begin} ${scrapeMs}`,
        words: source.metric,
        bytes: null,
        async read(stop) {
          const expr = onTerms(source, rateWindow(scrapeMs))
          return left(source, async () => {
            const { series } = await client.range(expr, { from: begin, to: end - 1, stepMs: scrapeMs }, stop)
            return once(series, source).map(({ labels, columns }): Brought => {
              const samples = { at: columns.at, value: columns.value.map((one) => storedValue(source.metric, one)) }
              return { kind: 'samples', metric: source.metric, labels, samples, stepMs: scrapeMs }
            })
          })
        },
      })
    for (const { level, keptMs } of ROLLUPS.filter(({ stored }) => stored)) {
      const keptFrom = Math.ceil((now - keptMs) / HOUR_MS) * HOUR_MS
      for (const [begin, end] of stretches(Math.max(from, keptFrom), rawFrom, level))
        parts.push({
          key: `${source.metric} ${begin} ${level}`,
          words: source.metric,
          bytes: null,
          read: (stop) =>
            left(source, () =>
              bucketsOf({ client, source, expr: onTerms(source, 5 * MINUTE_MS), level, begin, end }, stop),
            ),
        })
    }
  }
  return parts
}

function stretches(from: number, to: number, stepMs: number): [number, number][] {
  const width = Math.max(HOUR_MS, Math.floor(((MOST_POINTS - 1) * stepMs) / HOUR_MS) * HOUR_MS)
  const all: [number, number][] = []
  for (let begin = Math.ceil(from / HOUR_MS) * HOUR_MS; begin < to; begin += width)
    all.push([begin, Math.min(to, begin + width)])
  return all
}

async function bucketsOf(
  ask: { client: PrometheusClient; source: PromqlSource; expr: string; level: number; begin: number; end: number },
  signal: AbortSignal,
): Promise<Brought[]> {
  const { client, source, expr, level, begin, end } = ask
  const width = promDuration(level)
  const every = promDuration(Math.max(MINUTE_MS, level / 30))
  // A point at the end of a bucket looks back over all of it; the moment of its beginning belongs to the bucket before.
  const range = { from: begin + level - 1000, to: end - 1000, stepMs: level }
  const over = async (of: string) => {
    const { series } = await client.range(`${of}_over_time((${expr})[${width}:${every}])`, range, signal)
    return new Map(once(series, source).map((one) => [JSON.stringify(one.labels), one]))
  }
  const [count, min, max, avg] = [await over('count'), await over('min'), await over('max'), await over('avg')]
  return [...count].map(([key, { labels, columns }]): Brought => {
    const points = (of: typeof min) => {
      const found = of.get(key)?.columns
      return new Map(Array.from(found?.at ?? [], (at, i) => [at, found?.value[i] as number]))
    }
    const [least, greatest, mean] = [points(min), points(max), points(avg)]
    const round = (value: number) => storedValue(source.metric, value)
    const buckets = Array.from(columns.at).flatMap((at, i): RolledUp[] => {
      const [low, high, middle] = [least.get(at), greatest.get(at), mean.get(at)]
      const n = Math.round(columns.value[i] as number)
      if (low === undefined || high === undefined || middle === undefined || n < 1) return []
      // The server has no last value of a bucket; its mean is the best that can be said.
      const last = Math.min(round(high), Math.max(round(low), round(middle)))
      return [{ at: at + 1000 - level, n, min: round(low), max: round(high), sum: middle * n, last }]
    })
    return { kind: 'buckets', metric: source.metric, labels, level, buckets }
  })
}

/** Several of the host's exporters may tell of the same thing; the one with most to tell is taken. */
function once(
  series: readonly ResultSeries[],
  source: PromqlSource,
): { labels: Record<string, string>; columns: Columns }[] {
  const found = new Map<string, { labels: Record<string, string>; columns: Columns }>()
  for (const { labels: given, at, value } of series) {
    const labels = labelsOf(source, given)
    const key = JSON.stringify(labels)
    const known = found.get(key)
    if (!known || known.columns.at.length < at.length) found.set(key, { labels, columns: { at, value } })
  }
  return [...found.values()]
}

/** An expression that the server refuses leaves its metric out; what else goes wrong ends the job. */
async function left(source: PromqlSource, work: () => Promise<Brought[]>) {
  try {
    return { brought: await work(), bytes: 0 }
  } catch (error) {
    if (!(error instanceof HeadroomError) || error.code !== 'PROMETHEUS_QUERY') throw error
    return { brought: [], bytes: 0, notes: [`${source.metric}: ${error.problem.fact}`] }
  }
}
