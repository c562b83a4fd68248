import { METRICS } from '../../../../shared/metrics/catalogue.ts'
import { expand, promDuration, sourcesWith } from '../../../../shared/metrics/promql.ts'
import type { BackfillSource } from '../../../../shared/model/backfill.ts'
import { HeadroomError, problemOf } from '../../../../shared/model/problem.ts'
import {
  type PrometheusCheck,
  type PrometheusSettings,
  PrometheusSettingsSchema,
} from '../../../../shared/model/prometheus.ts'
import { Secret } from '../../../../shared/model/secret.ts'
import type { Environment } from '../../environment.ts'
import type { EventHub } from '../../events.ts'
import type { Hosts } from '../../hosts/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import type { Part } from '../backfill/parts.ts'
import { prometheusParts } from '../backfill/prometheus-parts.ts'
import type { SeriesSource } from '../series-source.ts'
import { PrometheusClient } from './client.ts'
import { valuesOf } from './host-values.ts'
import { PrometheusSource } from './source.ts'

/** The workspace's Prometheus: its settings, looking at it, and reading series from it. */
export interface Prometheus {
  settings(): PrometheusSettings
  hasSecret(): Promise<boolean>
  /** `secret`: undefined keeps the one on file, null forgets it. Throws what a first look at the server throws. */
  save(settings: PrometheusSettings, secret?: string | null): Promise<void>
  check(settings: PrometheusSettings, secret?: string | null): Promise<PrometheusCheck>
  isEngine(): boolean
  readonly source: SeriesSource & Pick<PrometheusSource, 'status'>
  isSet(): boolean
  parts(hostId: string, source: Extract<BackfillSource, { kind: 'prometheus' }>, signal: AbortSignal): Promise<Part[]>
}

export interface PrometheusDependencies {
  workspace: Pick<Workspace, 'setting' | 'saveSetting'>
  hosts: Pick<Hosts, 'list' | 'get' | 'tunnel' | 'secrets'>
  environment: Pick<Environment, 'now'>
  events: Pick<EventHub, 'emit'>
  everyMs(): number
}

const SETTINGS = 'prometheus'
const SECRET = 'prometheus/workspace'
const DAY_MS = 86_400_000
const NONE = PrometheusSettingsSchema.parse({})

export function createPrometheus(dependencies: PrometheusDependencies): Prometheus {
  const { workspace, hosts, environment, events, everyMs } = dependencies
  const { now } = environment
  let settings = workspace.setting(SETTINGS, PrometheusSettingsSchema, NONE)

  const clientOf = (from: PrometheusSettings, given?: string | null): PrometheusClient => {
    if (from.server === null) throw notSet()
    return new PrometheusClient({
      server: from.server,
      hosts,
      secret: async () =>
        given === undefined ? hosts.secrets.get(SECRET) : given === null ? null : new Secret('prometheus', given),
    })
  }
  const source = new PrometheusSource({
    client: () => clientOf(settings),
    settings: () => settings,
    hosts,
    now,
    everyMs,
  })

  const check = async (wanted: PrometheusSettings, given?: string | null): Promise<PrometheusCheck> => {
    const began = performance.now()
    const result: PrometheusCheck = {
      ...{ problem: null, version: null, values: [], hosts: [], metrics: [], warnings: [], tookMs: 0 },
    }
    try {
      const client = clientOf(wanted, given)
      result.version = await client.version()
      result.values = await client.hostValues(now())
      result.hosts = hosts.list().map((host) => {
        const found = valuesOf(host, result.values, wanted.names)
        return { hostId: host.id, name: host.name, value: found[0] ?? null }
      })
      if (result.values.length === 0) throw noSuchLabel(client.server.hostLabel)
      const { where, hostLabel } = client.server
      for (const { metric, expr } of sourcesWith(wanted.expressions)) {
        const text = expand(expr, { host: hostLabel, where, window: promDuration(300_000) })
        try {
          const { series, warnings } = await client.instant(`count by (${hostLabel}) (${text})`)
          const ofHosts = series.filter(({ labels }) => labels[hostLabel])
          const count = ofHosts.reduce((sum, { value: [n = 0] }) => sum + n, 0)
          result.metrics.push({ metric, series: count, problem: null })
          result.warnings.push(...warnings)
        } catch (error) {
          if (!(error instanceof HeadroomError) || error.code !== 'PROMETHEUS_QUERY') throw error
          result.metrics.push({ metric, series: 0, problem: { ...error.problem, field: metric } })
        }
      }
      if (result.metrics.every(({ series, problem }) => series === 0 && problem === null)) throw noMetrics(hostLabel)
      const refused = result.metrics.filter(({ problem }) => problem !== null)
      // Matchers that are wrong make every expression wrong.
      if (refused.length === result.metrics.length && refused[0]?.problem)
        result.problem = { ...refused[0].problem, field: 'where', value: where }
    } catch (error) {
      result.problem = problemOf(error)
    }
    return { ...result, warnings: [...new Set(result.warnings)], tookMs: performance.now() - began }
  }

  return {
    settings: () => settings,
    hasSecret: async () => (await hosts.secrets.get(SECRET)) !== null,
    async save(wanted, secret) {
      const { engine, server, expressions } = wanted
      if (engine === 'prometheus' && server === null) throw notSet()
      for (const metric of Object.keys(expressions)) if (!METRICS[metric]) throw unknownMetric(metric)
      // A server that nobody can reach is not made the engine of everything on the screen.
      if (engine === 'prometheus') {
        const client = clientOf(wanted, secret)
        const values = await client.hostValues(now())
        if (values.length === 0) throw noSuchLabel(client.server.hostLabel)
      }
      if (secret === null || server === null) await hosts.secrets.delete(SECRET)
      else if (secret !== undefined) await hosts.secrets.put(SECRET, secret)
      workspace.saveSetting(SETTINGS, wanted)
      settings = wanted
      source.forget()
      events.emit({ kind: 'settings' })
    },
    check,
    isEngine: () => settings.engine === 'prometheus' && settings.server !== null,
    source,
    isSet: () => settings.server !== null,
    async parts(hostId, { days, value }, signal) {
      const client = clientOf(settings)
      const host = hosts.get(hostId)
      const values = await client.hostValues(now(), signal)
      const names = value === undefined ? settings.names : { [hostId]: value }
      const found = valuesOf(host, values, names)
      if (found.length === 0) throw noHost(host.name, client.server.hostLabel, values, value)
      const from = now() - days * DAY_MS
      return prometheusParts(
        { client, sources: sourcesWith(settings.expressions), values: found, now: now(), from },
        signal,
      )
    },
  }
}

function notSet(): HeadroomError {
  return new HeadroomError({
    code: 'PROMETHEUS_NOT_SET',
    fact: 'The workspace has no Prometheus.',
    fix: 'Give its address in Settings.',
    field: 'server',
  })
}

function noSuchLabel(label: string): HeadroomError {
  return new HeadroomError({
    code: 'PROMETHEUS_LABEL',
    fact: `No series of the last hour has the label "${label}".`,
    fix: 'Choose the label that names the host: "instance" in most setups, "node" or "nodename" in others.',
    field: 'hostLabel',
    value: label,
  })
}

function noMetrics(label: string): HeadroomError {
  return new HeadroomError({
    code: 'PROMETHEUS_LABEL',
    fact: `None of the metrics that are read has the label "${label}".`,
    fix: 'Choose the label that names the host on them ("instance" in most setups), check the matchers, or write your own expressions.',
    field: 'hostLabel',
    value: label,
  })
}

function noHost(name: string, label: string, values: readonly string[], asked: string | undefined): HeadroomError {
  const some = values.slice(0, 8).join(', ')
  return new HeadroomError({
    code: 'PROMETHEUS_NO_HOST',
    fact: `No value of "${label}" is ${asked === undefined ? `the name or address of ${name}` : `"${asked}"`}.`,
    fix: `Say which it is${some === '' ? '' : `: ${some}${values.length > 8 ? ', and others' : ''}`}.`,
    field: 'value',
    value: asked ?? name,
  })
}

function unknownMetric(metric: string): HeadroomError {
  return new HeadroomError({
    code: 'UNKNOWN_METRIC',
    fact: `There is no metric "${metric}".`,
    fix: `Use one of: ${Object.keys(METRICS).sort().join(', ')}.`,
    field: 'expressions',
    value: metric,
  })
}
