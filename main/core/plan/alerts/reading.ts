import { silenceOf } from '../../../../shared/alerts/silence.ts'
import type { PartRun } from '../../../../shared/alerts/together.ts'
import { usualInterval } from '../../../../shared/metrics/usual-interval.ts'
import type { AlertRule, AlertTest, Standing } from '../../../../shared/model/alert.ts'
import type { Labels, Latest, Sample, Series } from '../../../../shared/model/metric.ts'
import { compare } from '../../../../shared/planning/judge-series.ts'
import type { Environment } from '../../environment.ts'
import type { KeptStanding } from './alert-store.ts'
import { seriesKey, standingKey } from './series-key.ts'

const HOUR_MS = 3_600_000
/** A series that was silent for longer when a rule first sees it is not watched by that rule. */
const LEFT_BEHIND_MS = 24 * HOUR_MS

/** How samples are read. `complete` runs reading work until all that it read was there. */
export interface ReadMetrics {
  latest(hostId?: string, only?: ReadonlySet<string>): Latest[]
  samples(query: {
    metric: string
    labels?: Labels | undefined
    hostId?: string | undefined
    from: number
    to: number
  }): { series: Series; samples: Sample[] }[]
  everyMs(): number
  complete?<T>(work: () => T | Promise<T>): Promise<T>
}

/** One rule on one series, as it is now. */
export interface Read {
  rule: AlertRule
  latest: Latest
  hostName: string
  series: string
  samples: readonly Sample[] | null
  /** The series of the rule's further conditions; none where samples are not needed. */
  also: readonly AlsoRead[]
}

/** A series that a further condition of a rule speaks of. */
export interface AlsoSeries {
  series: Series
  hostName: string
  samples: readonly Sample[]
  intervalMs: number
}
export type AlsoRead = PartRun & { series: readonly AlsoSeries[] }

interface ReadingDependencies {
  metrics: ReadMetrics
  rules(): AlertRule[]
  hostNames(): ReadonlyMap<string, string>
  standings: ReadonlyMap<string, KeptStanding>
  environment: Pick<Environment, 'elapsed'>
}

/** So long a part of reading holds the engine, before others get their turn. */
const PART_MS = 8

/**
 * Everything that rules speak of, with samples where they are needed, read in parts: a first look at a large fleet reads
 * thousands of windows. Changes nothing, so that it may run again.
 */
export async function readAll(from: ReadingDependencies, now: number): Promise<Read[]> {
  const { metrics, hostNames, rules, standings, environment } = from
  let began = environment.elapsed()
  const names = hostNames()
  const byMetric = new Map<string, Latest[]>()
  const enabled = rules().filter(({ voice }) => voice.enabled)
  for (const one of metrics.latest(undefined, new Set(enabled.map(({ test }) => test.metric)))) {
    const list = byMetric.get(one.series.metric)
    if (list) list.push(one)
    else byMetric.set(one.series.metric, [one])
  }
  const found: Read[] = []
  for (const rule of enabled) {
    for (const latest of byMetric.get(rule.test.metric) ?? []) {
      const hostName = names.get(latest.series.hostId)
      if (hostName === undefined || !speaksOf(rule, latest)) continue
      const series = seriesKey(latest.series)
      const kept = standings.get(standingKey(rule.id, series))
      if (!kept && now - latest.at > LEFT_BEHIND_MS) continue
      const needed = samplesFor(metrics, rule, latest, kept?.standing, now)
      if (needed === null) {
        found.push({ rule, latest, hostName, series, samples: null, also: [] })
        continue
      }
      const also = alsoFor(metrics, rule.test, latest.series.hostId, { from: needed.from, to: now }, names)
      found.push({ rule, latest, hostName, series, samples: needed.samples, also })
      if (environment.elapsed() - began < PART_MS) continue
      await new Promise((resume) => setImmediate(resume))
      began = environment.elapsed()
    }
  }
  return found
}

/** The samples that must be judged, with the windows before them; null where the newest value tells enough. */
function samplesFor(
  metrics: ReadMetrics,
  { test }: AlertRule,
  latest: Latest,
  standing: Standing | undefined,
  now: number,
): { from: number; samples: readonly Sample[] } | null {
  const everyMs = metrics.everyMs()
  const judgedAt = standing?.judgedAt ?? latest.at - 1
  if (standing !== undefined) {
    const isNext = latest.at <= now && latest.at > judgedAt && latest.at - judgedAt <= 1.5 * everyMs
    if (isNext && standing.state === 'ok' && !compare(latest.value, test.op, test.threshold)) return null
    const isIdle = latest.at <= judgedAt
    if (isIdle && (standing.state === 'unknown' || now - judgedAt <= silenceOf(test, everyMs))) return null
  }
  const from = Math.min(judgedAt, now) - spanOf(test)
  const { metric, labels, hostId } = latest.series
  const key = seriesKey(latest.series)
  const all = metrics.samples({ metric, labels, hostId, from, to: now })
  return { from, samples: all.find(({ series }) => seriesKey(series) === key)?.samples ?? [] }
}

/** How far before the first sample to be judged its windows reach back. */
export const spanOf = (test: Pick<AlertTest, 'forMs' | 'clearForMs'>): number =>
  Math.max(test.forMs, test.clearForMs, HOUR_MS)

/** The series of a rule's further conditions, as seen from the server whose series is judged. */
export function alsoFor(
  metrics: ReadMetrics,
  test: AlertTest,
  hostId: string,
  span: { from: number; to: number },
  names: ReadonlyMap<string, string>,
): AlsoRead[] {
  return test.also.map((part) => ({
    part,
    series: metrics
      .samples({
        ...{ metric: part.metric, labels: part.labels, ...span },
        ...(part.on === 'server' ? { hostId } : {}),
      })
      .flatMap(({ series, samples }) => {
        const hostName = names.get(series.hostId)
        const isMeant =
          part.on === 'server'
            ? series.hostId === hostId
            : test.hostIds.length === 0 || test.hostIds.includes(series.hostId)
        if (hostName === undefined || !isMeant || samples.length === 0) return []
        return [{ series, hostName, samples, intervalMs: usualInterval(samples, metrics.everyMs()) }]
      }),
  }))
}

/** Whether a rule's test selects a series. */
export function speaksOf(
  { test }: AlertRule,
  { series }: { series: Pick<Series, 'hostId' | 'metric' | 'labels'> },
): boolean {
  if (series.metric !== test.metric) return false
  if (test.hostIds.length > 0 && !test.hostIds.includes(series.hostId)) return false
  return Object.entries(test.labels).every(([name, value]) => series.labels[name] === value)
}
