import * as z from 'zod'
import type { DerivedSample } from '../../../shared/metrics/derive.ts'
import type { Host } from '../../../shared/model/host.ts'
import type { Sample, Series, SeriesSlice } from '../../../shared/model/metric.ts'
import { problemOf } from '../../../shared/model/problem.ts'
import { Secret } from '../../../shared/model/secret.ts'
import type { Service, ServiceOffer, ServiceTrial } from '../../../shared/model/service.ts'
import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { Hosts } from '../hosts/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { type Backfill, createBackfill } from './backfill/index.ts'
import { Checker } from './checker.ts'
import { Findings } from './findings.ts'
import { FirstReadings } from './first-readings.ts'
import { offersOf } from './offers.ts'
import { pause } from './pause.ts'
import { Probe } from './probe.ts'
import { createPrometheus, type Prometheus } from './prometheus/index.ts'
import { Recorder } from './recorder.ts'
import { Rounds } from './rounds.ts'
import { Schedule } from './schedule.ts'
import { localSource, type SamplesQuery, type SeriesSource, type SliceQuery } from './series-source.ts'
import { type HostRound, SampleStore } from './store.ts'
import { tryService } from './trial.ts'
import { VouchedClock } from './vouched-clock.ts'

export type { SamplesQuery, SliceQuery } from './series-source.ts'

/** What a host's last round took and did not find. `cpuMs` is null where its kernel does not tell. */
export interface LastRound {
  at: number
  probeMs: number
  cpuMs: number | null
  notFound: string[]
}

/** What one round brought. `samples` counts the values stored; `notFound` names what the host does not have. */
export interface Round extends LastRound {
  samples: number
}

export interface Metrics {
  /** Starts measuring every host at the set interval. */
  start(): void
  /**
   * Measures one host now; joins the round under way where there is one. A host's first round in this session is two, a
   * second apart, since rates need two readings. Throws what the probe throws.
   */
  collect(hostId: string): Promise<Round>
  /** The last round of a host, from before this session too; null when there was none. */
  round(hostId: string): LastRound | null
  /** Asks one service of a host now and stores nothing. Without a secret the kept one is used. */
  tryService(hostId: string, service: Service, secret: string | null): Promise<ServiceTrial>
  /** What a host was seen to run and nothing asks yet. */
  offers(hostId: string): ServiceOffer[]
  series(hostId: string): Series[]
  latest: SeriesSource['latest']
  newest: SeriesSource['newest']
  slice(query: SliceQuery): SeriesSlice[]
  samples(query: SamplesQuery): { series: Series; samples: Sample[] }[]
  readings: SeriesSource['readings']
  versions: SeriesSource['versions']
  /**
   * Runs reading work until all that it read was there: at once on the local store, after the answers came where series are
   * read from Prometheus. Throws what stood in the way.
   */
  complete: SeriesSource['complete']
  readonly backfill: Backfill
  readonly prometheus: Prometheus
  everyMs(): number
  setEvery(ms: number): void
  close(): Promise<void>
}

export interface MetricsDependencies {
  workspace: Workspace
  hosts: Pick<
    Hosts,
    | 'list'
    | 'get'
    | 'run'
    | 'script'
    | 'ask'
    | 'dropIdle'
    | 'services'
    | 'secrets'
    | 'tunnel'
    | 'noteSample'
    | 'noteFailure'
    | 'noteEarlierSample'
  >
  environment: Environment
  events: EventHub
  /** What a sample server would measure at a time; null for a real one. */
  sampleRound?: (host: Host, at: number) => DerivedSample[] | null
  /** Starts this process again, which sets a damaged metrics.db right; absent where nobody would. */
  restart?: (() => void) | undefined
}

const EVERY = 'collectEveryMs'
const DEFAULT_EVERY_MS = 15_000
/** Long enough for the CPU's counters, which tick a hundred times a second and core, to tell one percent. */
const BETWEEN_READINGS_MS = 1_000
const PRUNE_EVERY_MS = 3_600_000
/** Between the parts of pruning, in which whatever waits gets its turn. */
const PRUNE_PAUSE_MS = 20
/** The timer looks again at least this often, so that new hosts and a clock that jumped are seen. */
const LONGEST_WAIT_MS = 1_000
/** Looks that are further apart than this had this computer asleep between them, or its clock set: either makes links suspect. */
const SLEPT_MS = 20_000

export function createMetrics(dependencies: MetricsDependencies): Metrics {
  const { workspace, hosts, environment, events, restart, sampleRound = () => null } = dependencies
  const store = new SampleStore(workspace.metrics)
  const findings = new Findings(workspace.app)
  const probe = new Probe(environment.resources)
  const rounds = new Rounds(hosts, probe, findings, () => environment.now())
  const schedule = new Schedule()
  const underWay = new Map<string, Promise<Round>>()
  const ending = new AbortController()
  let everyMs = workspace.setting(EVERY, z.number().int().min(1000), DEFAULT_EVERY_MS)
  let timer: NodeJS.Timeout | undefined
  let prunedAt = 0
  let lookedAt: number | null = null
  const { now, random } = environment
  const newestOf = (times: Iterable<number>) => {
    const all = [...times]
    return all.length === 0 ? null : Math.max(...all)
  }
  const vouched = new VouchedClock(environment, newestOf(store.newest().values()))
  const local = localSource(store, now, () => everyMs)
  const prometheus = createPrometheus({ workspace, hosts, environment, events, everyMs: () => everyMs })
  const backfill = createBackfill({ store, workspace, hosts, environment, events, prometheus })
  const source = (): SeriesSource => (prometheus.isEngine() ? prometheus.source : local)

  /** True for a failure of our own disk or files, which is told as that and is no fault of the host that was measured. */
  const ofStorage = (error: unknown): boolean => {
    const trouble = workspace.explain(error)
    if (trouble === null) return false
    events.emit({ kind: 'backups' })
    if (trouble.again) restart?.()
    return true
  }
  const recorder = new Recorder((gathered) => {
    // What was removed meanwhile must not come back.
    const there = new Set(hosts.list().map(({ id }) => id))
    const stored = store.recordAll(gathered.filter(({ hostId }) => there.has(hostId)))
    findings.flush()
    return gathered.map(({ hostId }) => (there.has(hostId) ? (stored.shift() ?? 0) : 0))
  })
  const record = async (hostId: string, at: number, measured: HostRound['measured']): Promise<number> => {
    let samples: number
    try {
      samples = await recorder.add({ hostId, at, measured })
      workspace.recovered()
    } catch (error) {
      if (!ofStorage(error)) throw error
      return 0
    }
    events.emit({ kind: 'samples', hostId, at })
    return samples
  }
  const checker = new Checker({
    hosts,
    now,
    random,
    everyMs: () => everyMs,
    record,
    log: (error) => environment.log.error({ err: error }, 'a check from this computer failed'),
  })
  const round = async (hostId: string, parts: 'all' | 'due' | 'light'): Promise<Round> => {
    try {
      const { samples: values, ...measured } = await onceMore(
        () => rounds.measure(hostId, parts, ending.signal),
        ending.signal,
      )
      const at = now()
      hosts.noteSample(hostId, at)
      const samples = await record(hostId, at, values)
      return { at, ...measured, notFound: [...measured.notFound, ...checker.problems(hostId)], samples }
    } catch (error) {
      if (!ending.signal.aborted && !ofStorage(error) && isListed(hostId)) hosts.noteFailure(hostId, problemOf(error))
      throw error
    }
  }
  const first = new FirstReadings()
  const measure = async (hostId: string, everything: boolean): Promise<Round> => {
    const at = now()
    const made = sampleRound(hosts.get(hostId), at)
    if (made !== null) {
      hosts.noteSample(hostId, at)
      return { at, probeMs: 0, cpuMs: null, notFound: [], samples: await record(hostId, at, made) }
    }
    const parts = everything ? 'all' : 'due'
    if (rounds.hasRun(hostId)) return round(hostId, parts)
    const only = await first.read(() => round(hostId, 'light'))
    await pause(BETWEEN_READINGS_MS, ending.signal)
    await first.letPass(ending.signal)
    return ending.signal.aborted ? only : round(hostId, parts)
  }
  const isListed = (hostId: string) => hosts.list().some((host) => host.id === hostId)
  const collect = (hostId: string, everything = false): Promise<Round> => {
    const running = underWay.get(hostId)
    if (running) return running
    const started = measure(hostId, everything).finally(() => underWay.delete(hostId))
    underWay.set(hostId, started)
    return started
  }
  const newest = (hostId: string, metric: string) =>
    store.latest(hostId).find(({ series }) => series.metric === metric && Object.keys(series.labels).length === 0)

  /** When a host was last heard of, by a round of before or by history that was brought in. */
  const noteNewest = (hostId: string) => {
    const at = store.newest().get(hostId) ?? null
    if (at !== null) hosts.noteEarlierSample(hostId, at)
  }
  const forgetRemoved = () => {
    const ids = hosts.list().map((host) => host.id)
    for (const id of rounds.known()) if (!ids.includes(id)) rounds.forget(id)
    store.forgetOthers(ids)
  }
  const stopListening = events.listen((event) => {
    if (event.kind === 'hosts') forgetRemoved()
    if (event.kind === 'history') noteNewest(event.hostId)
  })

  const look = () => {
    if (ending.signal.aborted) return
    try {
      wakeUp()
      startWhatIsDue()
      checker.look()
    } catch (error) {
      environment.log.error({ err: error }, 'the collector could not look at its hosts')
    }
    timer = setTimeout(look, Math.min(LONGEST_WAIT_MS, schedule.nextIn(now()) ?? LONGEST_WAIT_MS))
  }
  const wakeUp = () => {
    const [before, at] = [lookedAt, now()]
    lookedAt = at
    if (before === null || Math.abs(at - before) < SLEPT_MS) return
    // A link that died meanwhile would only be noticed by its silence, host by host.
    schedule.woken(at, everyMs, random)
    hosts.dropIdle().catch((error: unknown) => environment.log.debug({ err: error }, 'links could not be dropped'))
  }
  const startWhatIsDue = () => {
    // What a server of its own collects is not measured a second time from here.
    const ids = prometheus.isEngine() ? [] : hosts.list().map((host) => host.id)
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
    const keptBy = vouched.now()
    if (Math.abs(now() - prunedAt) > PRUNE_EVERY_MS) {
      prunedAt = now()
      forgetRemoved()
      void prune(keptBy).catch((error: unknown) =>
        environment.log.error({ err: error }, 'old samples could not be dropped'),
      )
    }
  }
  const prune = async (keptBy: number) => {
    for (const _ of store.prunes(keptBy)) {
      await pause(PRUNE_PAUSE_MS, ending.signal)
      if (ending.signal.aborted) return
    }
  }

  for (const { id } of hosts.list()) noteNewest(id)

  return {
    start() {
      if (!timer) look()
    },
    async collect(hostId) {
      const [measured] = await Promise.all([collect(hostId, true), checker.checkNow(hostId)])
      return measured
    },
    round(hostId) {
      hosts.get(hostId)
      const duration = newest(hostId, 'probe_duration_ms')
      const finding = findings.get(hostId)
      if (duration === undefined || finding === null) return null
      const cpu = newest(hostId, 'probe_cpu_ms')
      return {
        at: duration.at,
        probeMs: duration.value,
        cpuMs: cpu?.at === duration.at ? cpu.value : null,
        notFound: [...finding.notFound.map(({ what, why }) => `${what}: ${why}`), ...checker.problems(hostId)],
      }
    },
    async tryService(hostId, service, given) {
      hosts.get(hostId)
      const secret = given === null ? await hosts.services.secret(hostId, service.id) : new Secret(service.name, given)
      return tryService({ hosts, rounds, now, signal: ending.signal }, hostId, service, secret)
    },
    offers: (hostId) => offersOf(hosts.get(hostId), hosts.services.list(hostId), findings.get(hostId)),
    series: (hostId) => source().series(hostId),
    latest: (hostId, only) => source().latest(hostId, only),
    newest: () => source().newest(),
    slice: (query) => source().slice(query),
    samples: (query) => source().samples(query),
    readings: (query) => source().readings(query),
    versions: (metric) => source().versions(metric),
    complete: (work) => source().complete(work),
    backfill,
    prometheus,
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
      await checker.close()
      await backfill.close()
      await Promise.allSettled(underWay.values())
      recorder.flush()
      try {
        store.close()
      } catch (error) {
        environment.log.warn(
          { err: error },
          'the newest rollups could not be written: they are computed at the next start',
        )
      }
    },
  }
}

/**
 * A round only reads, so one whose link was lost is made again over a new link: after sleep or a change of network the first
 * use of each kept link is what finds it dead.
 */
async function onceMore<T>(measure: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await measure()
  } catch (error) {
    if (signal.aborted || problemOf(error).code !== 'LINK_LOST') throw error
    return measure()
  }
}
