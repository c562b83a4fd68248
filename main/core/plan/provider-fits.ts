import { DAY_MS } from '../../../shared/format/duration.ts'
import { nearest } from '../../../shared/format/nearest.ts'
import type { Host } from '../../../shared/model/host.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Load } from '../../../shared/model/provider-fit.ts'
import { declaredLoad } from '../../../shared/planning/declared-load.ts'
import { type Means, measuredLoad, type ServerMeans } from '../../../shared/planning/measured-load.ts'
import type { Metrics } from '../metrics/index.ts'

/** Whose load is asked for: one server by its id, all servers together, or a stage by what the plan declares. */
export type LoadSubject =
  | { kind: 'server'; hostId: string; windowDays: number }
  | { kind: 'all'; windowDays: number }
  | { kind: 'stage'; stage: string; drivers?: Record<string, number> | undefined }

interface Source {
  subject: LoadSubject
  plan(): Plan
  hosts: readonly Host[]
  metrics: Pick<Metrics, 'slice'>
  now: number
}

/** Means to a window: a quarter of an hour in a week, two hours in ninety days. */
const MEANS = 1080

/** @throws HOST_NOT_FOUND, NO_SERVERS, UNKNOWN_STAGE, UNKNOWN_DRIVER, NO_PLAN */
export function loadOf({ subject, plan, hosts, metrics, now }: Source): Load {
  if (subject.kind === 'stage') return declaredOf(plan(), subject.stage, subject.drivers ?? {})
  const { windowDays } = subject
  const meanMs = (windowDays * DAY_MS) / Math.min(MEANS, windowDays * 96)
  const to = Math.ceil(now / meanMs) * meanMs
  const window = { from: to - windowDays * DAY_MS, to, widthPx: Math.round((windowDays * DAY_MS) / meanMs) }
  const chosen = subject.kind === 'all' ? hosts : hosts.filter(({ id }) => id === subject.hostId)
  const [first] = chosen
  if (!first) throw subject.kind === 'all' ? noServers() : noHost(subject.hostId)
  const servers = chosen.map((host) => meansOf(host, metrics, window))
  return measuredLoad(servers, subject.kind === 'all' ? 'All servers' : first.name, { days: windowDays, meanMs })
}

function meansOf(
  host: Host,
  metrics: Pick<Metrics, 'slice'>,
  window: { from: number; to: number; widthPx: number },
): ServerMeans {
  // A point stands where its first sample does; servers are added up by the stretch that it is of.
  const read = (metric: string) =>
    metrics.slice({ hostId: host.id, metric, ...window }).map(({ series, bucketMs, at, avg }) => ({
      series,
      means: { at: at.map((time) => Math.floor((time - window.from) / bucketMs)), values: avg } satisfies Means,
    }))
  const one = (metric: string): Means | null =>
    read(metric).find(({ means }) => means.values.some((value) => value !== null))?.means ?? null // prettier-ignore
  const newest = (means: Means | null | undefined): number | null =>
    means?.values.findLast((value) => value !== null) ?? null // prettier-ignore
  const totals = new Map(read('disk_total_bytes').map(({ series, means }) => [series.labels.mount, newest(means)]))
  return {
    name: host.name,
    cpuRatio: one('cpu_used_ratio'),
    cores: newest(one('cpu_cores')),
    ramRatio: one('memory_used_ratio'),
    ramBytes: newest(one('memory_total_bytes')),
    disks: read('disk_used_ratio').flatMap(({ series, means }) => {
      const totalBytes = totals.get(series.labels.mount)
      return totalBytes == null ? [] : [{ usedRatio: means, totalBytes }]
    }),
    transmit: read('network_transmit_bytes_per_second').map(({ means }) => means),
    connections: one('postgres_connections_total'),
  }
}

function declaredOf(plan: Plan, id: string, drivers: Record<string, number>): Load {
  const stage = plan.stages.find((one) => one.id === id)
  if (!stage) {
    const ids = plan.stages.map((one) => one.id)
    const near = nearest(id, ids)
    throw new HeadroomError({
      code: 'UNKNOWN_STAGE',
      fact: `The plan has no stage "${id}".`,
      fix: `${near ? `Did you mean "${near}"? ` : ''}Choose one of: ${ids.join(', ')}.`,
      field: 'stage',
      value: id,
    })
  }
  const known = plan.drivers.map((one) => one.id)
  const stray = Object.keys(drivers).find((one) => !known.includes(one))
  if (stray !== undefined)
    throw new HeadroomError({
      code: 'UNKNOWN_DRIVER',
      fact: `The plan has no driver "${stray}".`,
      fix: `Choose one of: ${known.join(', ')}.`,
      field: 'drivers',
      value: stray,
    })
  return declaredLoad(plan, stage.name, drivers)
}

function noHost(id: string): HeadroomError {
  return new HeadroomError({
    code: 'HOST_NOT_FOUND',
    fact: 'There is no such server.',
    fix: 'Choose one of the servers in the list.',
    field: 'hostId',
    value: id,
  })
}

function noServers(): HeadroomError {
  return new HeadroomError({
    code: 'NO_SERVERS',
    fact: 'No server is watched yet, so no load was measured.',
    fix: 'Add a server in Servers, or choose a stage: its demand is taken from the plan.',
  })
}
