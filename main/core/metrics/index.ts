import { z } from 'zod'
import { deriveSamples } from '../../../shared/metrics/derive.ts'
import type { ProbeOutput } from '../../../shared/metrics/probe-output.ts'
import type { Labels, Latest, Sample, Series, SeriesSlice } from '../../../shared/model/metric.ts'
import { problemOf } from '../../../shared/model/problem.ts'
import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { Hosts } from '../hosts/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { history } from './history.ts'
import { Probe } from './probe.ts'
import { Schedule } from './schedule.ts'
import { sliceSeries } from './slice.ts'
import { SampleStore } from './store.ts'

/** A question for a chart: the series of one metric of a host, in at most `widthPx` buckets from `from` up to `to`. */
export interface SliceQuery {
  hostId: string
  metric: string
  /** Only series that carry all of these labels. */
  labels?: Labels | undefined
  from: number
  to: number
  widthPx: number
}

/** A question for judging: every series of a metric, on every host, with its samples from `from` up to and with `to`. */
export interface SamplesQuery {
  metric: string
  labels?: Labels | undefined
  from: number
  to: number
}

/** What one round brought. `samples` counts the values stored; `notFound` names what the host does not have. */
export interface Round {
  at: number
  samples: number
  probeMs: number
  notFound: string[]
}

export interface Metrics {
  /** Starts measuring every host at the set interval. */
  start(): void
  /**
   * Measures one host now; joins the round under way where there is one. A host's first round in this session is two, a
   * second apart, since rates need two readings. Throws what the probe throws.
   */
  collect(hostId: string): Promise<Round>
  series(hostId: string): Series[]
  latest(hostId?: string): Latest[]
  slice(query: SliceQuery): SeriesSlice[]
  samples(query: SamplesQuery): { series: Series; samples: Sample[] }[]
  everyMs(): number
  setEvery(ms: number): void
  close(): Promise<void>
}

export interface MetricsDependencies {
  workspace: Workspace
  hosts: Pick<Hosts, 'list' | 'get' | 'script' | 'noteSample' | 'noteFailure'>
  environment: Environment
  events: EventHub
}

const EVERY = 'collectEveryMs'
const DEFAULT_EVERY_MS = 15_000
/** Long enough for the CPU's counters, which tick a hundred times a second and core, to tell one percent. */
const BETWEEN_READINGS_MS = 1_000
const PRUNE_EVERY_MS = 3_600_000
/** The timer looks again at least this often, so that new hosts and a clock that jumped are seen. */
const LONGEST_WAIT_MS = 1_000

export function createMetrics({ workspace, hosts, environment, events }: MetricsDependencies): Metrics {
  const store = new SampleStore(workspace.metrics)
  const probe = new Probe(environment.resources)
  const schedule = new Schedule()
  const readings = new Map<string, ProbeOutput>()
  const underWay = new Map<string, Promise<Round>>()
  const ending = new AbortController()
  let everyMs = workspace.setting(EVERY, z.number().int().min(1000), DEFAULT_EVERY_MS)
  let timer: NodeJS.Timeout | undefined
  let prunedAt = 0
  const { now, random } = environment

  const round = async (hostId: string): Promise<Round> => {
    try {
      const reading = await probe.run(hosts, hosts.get(hostId), ending.signal)
      // It may have been removed meanwhile; its series must not come back.
      hosts.get(hostId)
      const at = now()
      const values = deriveSamples(readings.get(hostId) ?? null, reading)
      readings.set(hostId, reading)
      const samples = store.record(hostId, at, values)
      hosts.noteSample(hostId, at)
      events.emit({ kind: 'samples', hostId, at })
      const notFound = reading.notFound.map(({ what, why }) => `${what}: ${why}`)
      return { at, samples, probeMs: reading.durationMs ?? 0, notFound }
    } catch (error) {
      if (!ending.signal.aborted && isListed(hostId)) hosts.noteFailure(hostId, problemOf(error))
      throw error
    }
  }
  const rounds = async (hostId: string): Promise<Round> => {
    const isFirst = !readings.has(hostId)
    const only = await round(hostId)
    if (!isFirst) return only
    await pause(BETWEEN_READINGS_MS, ending.signal)
    return ending.signal.aborted ? only : round(hostId)
  }
  const isListed = (hostId: string) => hosts.list().some((host) => host.id === hostId)
  const collect = (hostId: string): Promise<Round> => {
    const running = underWay.get(hostId)
    if (running) return running
    const started = rounds(hostId).finally(() => underWay.delete(hostId))
    underWay.set(hostId, started)
    return started
  }

  const forgetRemoved = () => {
    const ids = hosts.list().map((host) => host.id)
    for (const id of readings.keys()) if (!ids.includes(id)) readings.delete(id)
    store.forgetOthers(ids)
  }
  const stopListening = events.listen((event) => {
    if (event.kind === 'hosts') forgetRemoved()
  })

  const look = () => {
    if (ending.signal.aborted) return
    try {
      startWhatIsDue()
    } catch (error) {
      environment.log.error({ err: error }, 'the collector could not look at its hosts')
    }
    timer = setTimeout(look, Math.min(LONGEST_WAIT_MS, schedule.nextIn(now()) ?? LONGEST_WAIT_MS))
  }
  const startWhatIsDue = () => {
    const ids = hosts.list().map((host) => host.id)
    schedule.track(ids, now(), everyMs, random)
    for (const id of schedule.take(now())) {
      collect(id).then(
        () => schedule.ended(id, true, now(), everyMs, random),
        (error: unknown) => {
          environment.log.debug({ hostId: id, problem: problemOf(error) }, 'round failed')
          schedule.ended(id, false, now(), everyMs, random)
        },
      )
    }
    if (now() - prunedAt > PRUNE_EVERY_MS) {
      prunedAt = now()
      forgetRemoved()
      store.prune(now())
    }
  }

  return {
    start() {
      if (!timer) look()
    },
    collect,
    series: (hostId) => store.series(hostId),
    latest: (hostId) => store.latest(hostId),
    slice: ({ hostId, metric, labels, from, to, widthPx }) =>
      store
        .matching(metric, labels, hostId)
        .map((series) => sliceSeries(store, series, { from, to, widthPx, now: now(), everyMs })),
    samples: ({ metric, labels, from, to }) =>
      store.matching(metric, labels).map((series) => ({ series, samples: history(store, series.id, from, to, now()) })),
    everyMs: () => everyMs,
    setEvery(ms) {
      workspace.saveSetting(EVERY, ms)
      everyMs = ms
      schedule.restart(now(), everyMs, random)
      events.emit({ kind: 'settings' })
    },
    async close() {
      ending.abort()
      stopListening()
      clearTimeout(timer)
      await Promise.allSettled(underWay.values())
    },
  }
}

/** Ends early, and without an error, when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(end, ms)
    function end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      done()
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
  })
}
