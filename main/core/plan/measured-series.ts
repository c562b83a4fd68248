import { HOUR_MS, parseDuration } from '../../../shared/format/duration.ts'
import type { Host } from '../../../shared/model/host.ts'
import type { Labels } from '../../../shared/model/metric.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { MeasuredSeries } from '../../../shared/planning/judge.ts'
import type { Metrics } from '../metrics/index.ts'

interface Source {
  plan: Plan
  now: number
  metrics: Pick<Metrics, 'samples' | 'latest'>
  hosts: readonly Host[]
  /** The longest sustain time of what else is judged. */
  longestMs?: number
}

/**
 * The series lookup of one verdict. Samples go back an hour beyond the longest sustain time of the present stage, so that a
 * rule can also say since when it holds; each metric is read once. Series of hosts that are gone are left out. Of a metric that
 * nothing was measured of in all that time the last value there was stands alone, so that a rule can say how old it is.
 */
export function measuredSeries({ plan, now, metrics, hosts, longestMs = 0 }: Source) {
  const stage = plan.stages.find((one) => one.id === plan.stage)
  const sustains = [...(stage?.limits ?? []), ...(stage?.triggers ?? [])].map((rule) => parseDuration(rule.for))
  const from = now - Math.max(longestMs, ...sustains) - HOUR_MS
  const names = new Map(hosts.map((host) => [host.id, host.name]))
  const read = new Map<string, MeasuredSeries[]>()
  const lastOf = (metric: string, labels: Labels): MeasuredSeries[] =>
    metrics.latest().flatMap(({ series, at, value }) => {
      const hostName = names.get(series.hostId)
      const isMeant =
        series.metric === metric && Object.entries(labels).every(([name, wanted]) => series.labels[name] === wanted)
      if (!isMeant || hostName === undefined || at > now) return []
      return [
        { hostId: series.hostId, hostName, metric, labels: series.labels, unit: series.unit, samples: [{ at, value }] },
      ]
    })
  return (metric: string, labels: Labels | undefined): MeasuredSeries[] => {
    const key = JSON.stringify([metric, labels ?? {}])
    let found = read.get(key)
    if (!found) {
      found = metrics.samples({ metric, labels, from, to: now }).flatMap(({ series, samples }) => {
        const hostName = names.get(series.hostId)
        return hostName === undefined || samples.length === 0
          ? []
          : [{ hostId: series.hostId, hostName, metric, labels: series.labels, unit: series.unit, samples }]
      })
      if (found.length === 0) found = lastOf(metric, labels ?? {})
      read.set(key, found)
    }
    return found
  }
}
