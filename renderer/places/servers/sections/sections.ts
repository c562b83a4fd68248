import type { Latest } from '../../../../shared/model/metric.ts'
import { type ChartSpec, isOwn } from '../chart-specs.ts'

/** The parts of a server's page, in order. Each holds the charts whose first metric begins like that. */
const BY_METRIC: readonly (readonly [SectionId, RegExp])[] = [
  ['disks', /^(disk|inode)_/],
  ['network', /^(network|tcp)_/],
  ['docker', /^docker_/],
  ['postgres', /^postgres_/],
  ['redis', /^(redis|queue)_/],
  ['pgbouncer', /^pgbouncer_/],
  ['web', /^(http|tls)_/],
  ['kubernetes', /^kubernetes_/],
  ['units', /^systemd_/],
  ['probe', /^(probe|clock)_/],
]
export const SECTION_IDS = [
  'system',
  'disks',
  'network',
  'docker',
  'postgres',
  'redis',
  'pgbouncer',
  'web',
  'kubernetes',
  'units',
  'own',
  'probe',
] as const
export type SectionId = (typeof SECTION_IDS)[number]

/** What a round says it did not find, by the part of the page where one looks for it. */
const NOT_FOUND: readonly (readonly [SectionId, RegExp])[] = [
  ['docker', /^(docker|containers)/],
  ['postgres', /^(postgres|pg_)/],
  ['redis', /^redis/],
  ['pgbouncer', /^pgbouncer/],
  ['web', /^(http|tls)/],
  ['kubernetes', /^(kubernetes|k3s|kubectl)/],
  ['units', /^systemd/],
  ['disks', /^df/],
  ['network', /^(network|tcp)/],
]

export function sectionOf(metric: string): SectionId {
  if (isOwn(metric)) return 'own'
  return BY_METRIC.find(([, pattern]) => pattern.test(metric))?.[0] ?? 'system'
}

export interface Section {
  id: SectionId
  charts: ChartSpec[]
  /** As the round tells it: "docker: no docker command". */
  notFound: string[]
  /** What the operator set up and the round had no answer of: "Cache: it refuses the password". That is a fault. */
  silent: string[]
}

/** A service that the operator set up, by the name under which a round tells of it. */
export interface Expected {
  name: string
  section: SectionId
}

const SECTION_OF_KIND: ReadonlyMap<string, SectionId> = new Map([
  ['redis', 'redis'],
  ['pgbouncer', 'pgbouncer'],
  ['http', 'web'],
  ['tls', 'web'],
  ['kubernetes', 'kubernetes'],
  ['own', 'own'],
])

/** What a host is set up to be asked, by where one looks for it on its page. */
export function expectedOf(services: readonly { name: string; kind: string }[], asksPostgres: boolean): Expected[] {
  const own = services.map(({ name, kind }): Expected => ({ name, section: SECTION_OF_KIND.get(kind) ?? 'system' }))
  return asksPostgres ? [{ name: 'postgres', section: 'postgres' }, ...own] : own
}

/** The parts that have something to show or to say. */
export function sectionsOf(
  charts: readonly ChartSpec[],
  notFound: readonly string[],
  expected: readonly Expected[] = [],
): Section[] {
  const wanted = (text: string) => expected.find(({ name }) => text.startsWith(`${name}: `))
  const whose = (text: string) => NOT_FOUND.find(([, pattern]) => pattern.test(text))?.[0] ?? 'system'
  const missing = notFound.filter((text) => wanted(text) === undefined)
  return SECTION_IDS.map((id) => ({
    id,
    charts: charts.filter((spec) => sectionOf(spec.lines[0]?.metric ?? '') === id),
    notFound: missing.filter((text) => whose(text) === id),
    silent: notFound.filter((text) => wanted(text)?.section === id),
  })).filter((section) => section.charts.length + section.notFound.length + section.silent.length > 0)
}

/** A table of what is there now: a row for each combination of the labels `by`, a column for each metric. */
export interface TableSpec {
  id: TableId
  section: SectionId
  by: readonly string[]
  metrics: readonly string[]
  /** Metrics that are 1 or 0: right or wrong. */
  flags?: readonly string[]
}

export const TABLES = [
  {
    id: 'disks',
    section: 'disks',
    by: ['mount'],
    metrics: ['disk_used_ratio', 'disk_free_bytes', 'disk_total_bytes', 'inode_used_ratio'],
  },
  {
    id: 'services',
    section: 'docker',
    by: ['service'],
    metrics: ['docker_service_replicas_running', 'docker_service_replicas_wanted'],
  },
  {
    id: 'containers',
    section: 'docker',
    by: ['name'],
    metrics: [
      'docker_container_cpu_ratio',
      'docker_container_memory_bytes',
      'docker_container_memory_used_ratio',
      'docker_container_restarts',
    ],
  },
  { id: 'sessions', section: 'postgres', by: ['state'], metrics: ['postgres_connections'] },
  { id: 'databases', section: 'postgres', by: ['database'], metrics: ['postgres_database_size_bytes'] },
  {
    id: 'statements',
    section: 'postgres',
    by: ['statement'],
    metrics: ['postgres_statement_mean_ms', 'postgres_statement_load'],
  },
  {
    id: 'replicas',
    section: 'postgres',
    by: ['replica'],
    metrics: ['postgres_replica_lag_seconds', 'postgres_replica_lag_bytes'],
  },
  {
    id: 'redis',
    section: 'redis',
    by: ['service'],
    metrics: [
      'redis_memory_used_bytes',
      'redis_memory_used_ratio',
      'redis_clients',
      'redis_clients_blocked',
      'redis_operations_per_second',
      'redis_hit_ratio',
      'redis_evicted_per_second',
      'redis_replicas',
    ],
  },
  {
    id: 'pools',
    section: 'pgbouncer',
    by: ['database', 'user'],
    metrics: [
      'pgbouncer_clients_active',
      'pgbouncer_clients_waiting',
      'pgbouncer_servers_active',
      'pgbouncer_servers_idle',
      'pgbouncer_wait_ms',
    ],
  },
  {
    id: 'checks',
    section: 'web',
    by: ['url', 'from'],
    metrics: ['http_up', 'http_status', 'http_response_ms', 'http_response_p95_ms', 'http_error_ratio'],
    flags: ['http_up'],
  },
  {
    id: 'certificates',
    section: 'web',
    by: ['endpoint', 'from'],
    metrics: ['tls_left_seconds', 'tls_trusted'],
    flags: ['tls_trusted'],
  },
  { id: 'nodes', section: 'kubernetes', by: ['state'], metrics: ['kubernetes_nodes'] },
  { id: 'units', section: 'units', by: ['unit'], metrics: ['systemd_unit_failed'], flags: ['systemd_unit_failed'] },
] as const satisfies readonly (Omit<TableSpec, 'id'> & { id: string })[]
export type TableId = (typeof TABLES)[number]['id']

export interface TableRow {
  key: string
  labels: string[]
  values: (number | undefined)[]
}

/** Older than this beside the server's newest sample, a container, unit or statement is gone. */
const GONE_AFTER_MS = 300_000

/** The rows of a table that are measured now, highest first by the first column that is no flag. */
export function tableRows(spec: TableSpec, latest: readonly Latest[]): TableRow[] {
  const newest = latest.reduce((most, { at }) => Math.max(most, at), 0)
  const rows = new Map<string, TableRow>()
  for (const { series, at, value } of latest) {
    const column = spec.metrics.indexOf(series.metric)
    if (column < 0 || at < newest - GONE_AFTER_MS) continue
    const labels = spec.by.map((name) => series.labels[name] ?? '')
    const key = JSON.stringify(labels)
    const row = rows.get(key) ?? { key, labels, values: spec.metrics.map(() => undefined) }
    row.values[column] = value
    rows.set(key, row)
  }
  const first = spec.metrics.findIndex((metric) => !spec.flags?.includes(metric))
  return [...rows.values()].sort(
    (a, b) => (b.values[first] ?? -1) - (a.values[first] ?? -1) || a.key.localeCompare(b.key),
  )
}
