import { CheckWindow } from '../../../shared/metrics/check-window.ts'
import { type DerivedSample, deriveSamples, type RateMemory, remember, stored } from '../../../shared/metrics/derive.ts'
import type { ProbeOutput } from '../../../shared/metrics/probe-output.ts'
import type { Host } from '../../../shared/model/host.ts'
import { problemOf } from '../../../shared/model/problem.ts'
import type { Secret } from '../../../shared/model/secret.ts'
import { POSTGRES_SECRET, type Service } from '../../../shared/model/service.ts'
import type { Hosts } from '../hosts/index.ts'
import { Due } from './due.ts'
import type { Finding, Findings } from './findings.ts'
import { askKubernetes } from './kubernetes.ts'
import type { Probe } from './probe.ts'
import { askedOnHost, type ServiceSecrets } from './service-calls.ts'

export type AskedHosts = Pick<Hosts, 'get' | 'ask' | 'script' | 'services'>

/** What one round of a host gave, before it is stored. */
export interface Measured {
  samples: DerivedSample[]
  probeMs: number
  cpuMs: number | null
  notFound: string[]
}

/** What the next round needs of the ones before it. */
interface HostState {
  memory: RateMemory | null
  due: Due
  windows: Map<string, CheckWindow>
}

/** What only the dear parts look for, and so stays unfound until they look again. */
const OF_SLOW_PARTS = new Set(['systemd', 'docker swarm', 'pg_stat_statements', 'tcp states'])

/** Rounds of the probe: what is due, what it gave, what was not found. Stores nothing but findings. */
export class Rounds {
  readonly #hosts: AskedHosts
  readonly #probe: Probe
  readonly #findings: Findings
  readonly #now: () => number
  readonly #states = new Map<string, HostState>()

  constructor(hosts: AskedHosts, probe: Probe, findings: Findings, now: () => number) {
    this.#hosts = hosts
    this.#probe = probe
    this.#findings = findings
    this.#now = now
  }

  hasRun(hostId: string): boolean {
    return this.#states.get(hostId)?.memory != null
  }

  forget(hostId: string): void {
    this.#states.delete(hostId)
    this.#findings.forget(hostId)
  }

  known(): string[] {
    return [...this.#states.keys()]
  }

  /**
   * `all`: also what is not due yet, for a round that the operator asked for. `light`: without the dear parts, for a first
   * reading that another follows at once. Throws what the probe throws.
   */
  async measure(hostId: string, parts: 'all' | 'due' | 'light', signal: AbortSignal): Promise<Measured> {
    const host = this.#hosts.get(hostId)
    const state = this.#stateOf(hostId)
    const began = this.#now()
    const all = this.#hosts.services.list(hostId)
    const services = parts === 'all' ? all : state.due.services(all, began)
    const slow = parts === 'all' || (parts === 'due' && state.due.slow(began))
    const asked = services.filter(askedOnHost)
    const secrets = await this.#secretsOf(host, asked)
    const [output, cluster] = await Promise.all([
      this.#probe.run(this.#hosts, host, { services: asked, secrets, slow, only: false }, signal),
      this.#cluster(hostId, services, signal),
    ])
    // It may have been removed meanwhile; nothing of it must come back.
    this.#hosts.get(hostId)
    const at = this.#now()
    state.due.noteServices(
      services.filter((one) => one.kind === 'kubernetes' || askedOnHost(one)),
      began,
    )
    if (slow) state.due.noteSlow(began)
    const samples = [
      ...deriveSamples(state.memory, output, { at, services: asked }),
      ...stored([...checksOf(state, asked, output, at), ...cluster.samples]),
    ]
    state.memory = remember(state.memory, output)
    const notFound = [
      ...unfound(output, asked).map(({ what, why }) => ({ what: serviceName(all, what), why: saidOnce(why) })),
      ...cluster.notFound,
    ]
    this.#note(hostId, { at, output, notFound, services, all, slow })
    const finding = this.#findings.get(hostId)
    return {
      samples,
      probeMs: output.durationMs ?? 0,
      cpuMs: output.cpuMs,
      notFound: finding?.notFound.map(({ what, why }) => `${what}: ${why}`) ?? [],
    }
  }

  /** Asks one service, stored or not, and nothing else of the host. */
  async attempt(hostId: string, service: Service, secret: Secret | null, signal: AbortSignal): Promise<TrialReading> {
    const host = this.#hosts.get(hostId)
    const secrets = new Map(await this.#secretsOf(host, [service]))
    if (secret !== null) secrets.set(service.id, secret)
    const ask = { services: [service], secrets, slow: false, only: true }
    const first = await this.#probe.run(this.#hosts, host, ask, signal)
    const at = this.#now()
    const state: HostState = { memory: null, due: new Due(), windows: new Map() }
    const samples = [
      ...deriveSamples(null, first, { at, services: [service] }).filter(({ metric }) => !metric.startsWith('probe_')),
      ...stored(checksOf(state, [service], first, at)),
    ].filter(({ metric }) => !OF_THE_HOST.has(metric))
    const failed = first.readings.flatMap(({ key, labels }) => (key === 'http_failed' ? [labels.why ?? ''] : []))
    return {
      samples,
      problems: [
        ...unfound(first, [service]).map(({ what, why }) => (what === service.id ? why : `${what}: ${why}`)),
        ...failed,
      ],
    }
  }

  #stateOf(hostId: string): HostState {
    const known = this.#states.get(hostId)
    if (known) return known
    const made: HostState = { memory: null, due: new Due(), windows: new Map() }
    this.#states.set(hostId, made)
    return made
  }

  async #secretsOf(host: Host, services: readonly Service[]): Promise<ServiceSecrets> {
    const ids = [...(host.postgres === null ? [] : [POSTGRES_SECRET]), ...services.map(({ id }) => id)]
    const found = new Map<string, Secret>()
    for (const id of ids) {
      const secret = await this.#hosts.services.secret(host.id, id)
      if (secret !== null) found.set(id, secret)
    }
    return found
  }

  /** A cluster that does not answer is not found; the host's own round goes on. */
  async #cluster(
    hostId: string,
    services: readonly Service[],
    signal: AbortSignal,
  ): Promise<TrialReading & { notFound: Finding['notFound'] }> {
    const samples: DerivedSample[] = []
    const notFound: Finding['notFound'] = []
    for (const service of services) {
      if (service.kind !== 'kubernetes') continue
      try {
        samples.push(...(await askKubernetes(this.#hosts, hostId, service, signal)))
      } catch (error) {
        notFound.push({ what: service.name, why: problemOf(error).fact })
      }
    }
    return { samples, notFound, problems: [] }
  }

  /** What was looked for this time is told anew; of what was not, the last word stays. */
  #note(
    hostId: string,
    round: {
      at: number
      output: ProbeOutput
      notFound: Finding['notFound']
      services: readonly Service[]
      all: readonly Service[]
      slow: boolean
    },
  ): void {
    const before = this.#findings.get(hostId)
    const waiting = round.all.filter((one) => !round.services.includes(one)).map(({ name }) => name)
    const stays = (before?.notFound ?? []).filter(
      ({ what }) =>
        waiting.some((name) => what === name || what.startsWith(`${name} `)) ||
        (!round.slow &&
          OF_SLOW_PARTS.has(what) &&
          !round.notFound.some((one) => one.what === 'docker' || one.what === 'postgres')),
    )
    this.#findings.put(hostId, {
      at: round.at,
      notFound: [...round.notFound, ...stays],
      ports: round.slow
        ? round.output.readings.flatMap(({ key, labels }) => (key === 'listening' ? [Number(labels.port)] : []))
        : (before?.ports ?? []),
      kubernetes: round.slow
        ? round.output.readings.some(({ key }) => key === 'kubernetes_here')
        : (before?.kubernetes ?? false),
    })
  }
}

export interface TrialReading {
  samples: DerivedSample[]
  problems: string[]
}

/** What the probe tells of its host even when it is asked for a service only. */
const OF_THE_HOST = new Set(['uptime_seconds'])

/** What was not found, and own metrics whose line was no reading: the shell looks at a number less closely than the parser. */
function unfound(output: ProbeOutput, asked: readonly Service[]): ProbeOutput['notFound'] {
  const told = new Set(output.notFound.map(({ what }) => what))
  const silent = asked.filter(
    ({ kind, id }) =>
      kind === 'own' &&
      !told.has(id) &&
      !output.readings.some(({ key, labels }) => key === 'own' && labels.service === id),
  )
  return [...output.notFound, ...silent.map(({ id }) => ({ what: id, why: 'it printed no number' }))]
}

/** "cache list 0" of the probe is the first list of the service whose id is "cache". */
function serviceName(services: readonly Service[], what: string): string {
  const service = services.find(({ id }) => what === id || what.startsWith(`${id} `))
  if (service === undefined) return what
  const list = / list (\d+)$/.exec(what)?.[1]
  const key = list === undefined || service.kind !== 'redis' ? undefined : service.lists[Number(list)]
  return key === undefined ? service.name : `${service.name} ${key}`
}

/** A client that asks ten questions of a server that wants a password is told so ten times. */
function saidOnce(why: string): string {
  return why.replace(/^(.{4,}?)(?:\s+\1)+$/, '$1')
}

/** HTTP checks that the host made, each with its window. */
function checksOf(state: HostState, asked: readonly Service[], output: ProbeOutput, at: number): DerivedSample[] {
  return asked.flatMap((service) => {
    if (service.kind !== 'http') return []
    const value = (key: string, kind?: string) =>
      output.readings.find(
        (one) =>
          one.key === key && one.labels.service === service.id && (kind === undefined || one.labels.kind === kind),
      )
    const status = value('http_status')?.value ?? null
    const seconds = value('http_seconds', 'first byte')?.value ?? null
    const why = value('http_failed')?.labels.why ?? null
    if (status === null && why === null) return []
    const window = state.windows.get(service.id) ?? new CheckWindow()
    state.windows.set(service.id, window)
    window.add({ at, status, firstByteMs: seconds === null ? null : seconds * 1000, why })
    return window.samples(service, 'host')
  })
}
