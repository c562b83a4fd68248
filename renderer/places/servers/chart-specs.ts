import { METRICS } from '../../../shared/metrics/catalogue.ts'
import type { Labels, Series, Unit } from '../../../shared/model/metric.ts'
import { metricWords } from '../../../shared/planning/metric-words.ts'
import type servers from './words.ts'

export type MetricWord = keyof typeof servers.metrics

/** A chart of a server page: which metrics share it and how their lines are called. */
export interface ChartSpec {
  id: string
  /** Null for an own metric, which has a heading of its own. */
  title: MetricWord | null
  heading?: string
  unit: Unit
  /** States in which there was nothing all the time are not drawn. */
  states?: boolean
  lines: readonly {
    metric: string
    name: (labels: Labels, word: (key: MetricWord, values: Labels) => string) => string
  }[]
}

const labelled = (label: string) => (labels: Labels) => labels[label] ?? '?'
const worded =
  (key: MetricWord) =>
  (labels: Labels, word: (key: MetricWord, values: Labels) => string): string =>
    word(key, labels)

/** Who asked a web address or a certificate, as the label `from` says. */
export const isAsker = (from: string): from is 'laptop' | 'host' => from === 'laptop' || from === 'host'

/** A Swarm task as people know it, "web.1": its id of 25 letters is another one with each deployment. */
export const containerName = (name: string): string => name.replace(/^(.+\.\d+)\.[a-z0-9]{25}$/, '$1')
const container = (labels: Labels) => containerName(labels.name ?? '?')

/** A statement's label begins with its id, which tells alike beginnings apart and says nothing to a reader. */
const statement = ({ statement: text = '?' }: Labels) => {
  const words = text.replace(/^-?\d+ /, '')
  return words.length > LEGEND_MOST ? `${words.slice(0, LEGEND_MOST).trimEnd()}…` : words
}
const LEGEND_MOST = 36

const chart = (
  id: string,
  title: MetricWord,
  unit: Unit,
  lines: readonly (readonly [string, ChartSpec['lines'][number]['name']])[],
): ChartSpec => ({ id, title, unit, lines: lines.map(([metric, name]) => ({ metric, name })) })

export const CHARTS: readonly ChartSpec[] = [
  {
    id: 'cpu',
    title: 'cpu',
    unit: 'ratio',
    lines: [
      { metric: 'cpu_used_ratio', name: worded('cpuUsed') },
      { metric: 'cpu_iowait_ratio', name: worded('cpuWait') },
      { metric: 'cpu_steal_ratio', name: worded('cpuSteal') },
    ],
  },
  { id: 'memory', title: 'memory', unit: 'ratio', lines: [{ metric: 'memory_used_ratio', name: worded('used') }] },
  {
    id: 'load',
    title: 'load',
    unit: 'load',
    lines: [
      { metric: 'load1', name: worded('load1') },
      { metric: 'load5', name: worded('load5') },
      { metric: 'load15', name: worded('load15') },
    ],
  },
  { id: 'disk', title: 'disk', unit: 'ratio', lines: [{ metric: 'disk_used_ratio', name: labelled('mount') }] },
  {
    id: 'network',
    title: 'network',
    unit: 'bytes_per_second',
    lines: [
      { metric: 'network_receive_bytes_per_second', name: worded('received') },
      { metric: 'network_transmit_bytes_per_second', name: worded('sent') },
    ],
  },
  { id: 'swap', title: 'swap', unit: 'ratio', lines: [{ metric: 'swap_used_ratio', name: worded('used') }] },
  {
    id: 'postgres',
    title: 'connections',
    unit: 'count',
    lines: [
      { metric: 'postgres_connections_total', name: worded('total') },
      { metric: 'postgres_connections', name: labelled('state') },
      { metric: 'postgres_connections_max', name: worded('max') },
    ],
  },
  {
    id: 'postgres-used',
    title: 'connectionsUsed',
    unit: 'ratio',
    lines: [{ metric: 'postgres_connections_used_ratio', name: worded('used') }],
  },
  {
    id: 'postgres-size',
    title: 'databaseSize',
    unit: 'bytes',
    lines: [{ metric: 'postgres_database_size_bytes', name: labelled('database') }],
  },
  {
    id: 'docker',
    title: 'dockerState',
    unit: 'count',
    states: true,
    lines: [{ metric: 'docker_containers', name: labelled('state') }],
  },
  {
    id: 'docker-cpu',
    title: 'dockerCpu',
    unit: 'ratio',
    lines: [{ metric: 'docker_container_cpu_ratio', name: container }],
  },
  {
    id: 'docker-memory',
    title: 'dockerMemory',
    unit: 'bytes',
    lines: [{ metric: 'docker_container_memory_bytes', name: container }],
  },
  {
    id: 'replicas',
    title: 'replicas',
    unit: 'count',
    lines: [
      { metric: 'docker_service_replicas_running', name: worded('running') },
      { metric: 'docker_service_replicas_wanted', name: worded('wanted') },
    ],
  },
  { id: 'inodes', title: 'inodes', unit: 'ratio', lines: [{ metric: 'inode_used_ratio', name: labelled('mount') }] },
  chart('docker-limit', 'dockerLimit', 'ratio', [['docker_container_memory_used_ratio', container]]),
  chart('docker-restarts', 'restarts', 'count', [['docker_container_restarts', container]]),
  chart('postgres-transactions', 'transactions', 'per_second', [
    ['postgres_commits_per_second', worded('commits')],
    ['postgres_rollbacks_per_second', worded('rollbacks')],
  ]),
  chart('postgres-cache', 'cacheHits', 'ratio', [['postgres_cache_hit_ratio', worded('cacheHits')]]),
  chart('postgres-ages', 'ages', 'seconds', [
    ['postgres_oldest_transaction_seconds', worded('oldestTransaction')],
    ['postgres_longest_query_seconds', worded('longestQuery')],
  ]),
  chart('postgres-locks', 'locks', 'count', [
    ['postgres_locks_waiting', worded('locksWaiting')],
    ['postgres_deadlocks', worded('deadlocks')],
  ]),
  chart('postgres-log', 'wal', 'bytes_per_second', [
    ['postgres_wal_bytes_per_second', worded('walWritten')],
    ['postgres_temp_bytes_per_second', worded('tempFiles')],
  ]),
  chart('postgres-lag', 'lag', 'seconds', [
    ['postgres_replica_lag_seconds', labelled('replica')],
    ['postgres_standby_lag_seconds', worded('standby')],
  ]),
  chart('postgres-statements', 'statements', 'milliseconds', [['postgres_statement_mean_ms', statement]]),
  chart('postgres-dead', 'deadRows', 'count', [['postgres_dead_rows', worded('deadRows')]]),
  chart('postgres-xids', 'xids', 'ratio', [['postgres_xid_age_ratio', worded('xids')]]),
  chart('redis-memory', 'redisMemory', 'ratio', [['redis_memory_used_ratio', labelled('service')]]),
  chart('redis-clients', 'redisClients', 'count', [
    ['redis_clients', labelled('service')],
    ['redis_clients_blocked', worded('blocked')],
  ]),
  chart('redis-operations', 'redisOps', 'per_second', [
    ['redis_operations_per_second', labelled('service')],
    ['redis_evicted_per_second', worded('evicted')],
  ]),
  chart('redis-hits', 'redisHits', 'ratio', [['redis_hit_ratio', labelled('service')]]),
  chart('queues', 'queues', 'count', [['queue_length', labelled('queue')]]),
  chart('pgbouncer', 'pools', 'count', [
    ['pgbouncer_clients_active', worded('poolActive')],
    ['pgbouncer_clients_waiting', worded('poolWaiting')],
  ]),
  chart('pgbouncer-waits', 'poolWait', 'milliseconds', [
    ['pgbouncer_wait_mean_ms', worded('waitMean')],
    ['pgbouncer_query_mean_ms', worded('queryMean')],
  ]),
  chart('http', 'http', 'milliseconds', [
    ['http_response_p50_ms', worded('p50')],
    ['http_response_p95_ms', worded('p95')],
    ['http_response_ms', worded('firstByte')],
  ]),
  chart('http-errors', 'httpErrors', 'ratio', [['http_error_ratio', worded('checkOf')]]),
  chart('tls', 'tls', 'seconds', [['tls_left_seconds', worded('endpointOf')]]),
  chart('pods', 'pods', 'count', [['kubernetes_pods', labelled('phase')]]),
  chart('requests', 'requests', 'ratio', [
    ['kubernetes_cpu_requested_ratio', worded('cpuWord')],
    ['kubernetes_memory_requested_ratio', worded('memoryWord')],
    ['kubernetes_pods_used_ratio', worded('podsWord')],
  ]),
  chart('cores', 'cores', 'ratio', [['cpu_core_used_ratio', worded('core')]]),
  chart('pressure', 'pressure', 'ratio', [['pressure_ratio', worded('pressureOf')]]),
  chart('disk-bytes', 'diskBytes', 'bytes_per_second', [
    ['disk_read_bytes_per_second', worded('diskRead')],
    ['disk_write_bytes_per_second', worded('diskWritten')],
  ]),
  chart('disk-busy', 'diskBusy', 'ratio', [['disk_busy_ratio', labelled('device')]]),
  chart('disk-operations', 'diskOps', 'per_second', [
    ['disk_reads_per_second', worded('diskRead')],
    ['disk_writes_per_second', worded('diskWritten')],
  ]),
  chart('network-errors', 'networkErrors', 'per_second', [['network_errors_per_second', worded('errorsOf')]]),
  chart('tcp', 'tcp', 'count', [['tcp_connections', labelled('state')]]),
  chart('files', 'files', 'count', [['file_handles_open', worded('files')]]),
  chart('oom', 'oom', 'count', [['oom_kills', worded('oom')]]),
  chart('units', 'units', 'count', [['systemd_units_failed', worded('units')]]),
  chart('probe', 'probeCost', 'milliseconds', [
    ['probe_cpu_ms', worded('cpuTime')],
    ['probe_duration_ms', worded('duration')],
  ]),
]

/** Facts that hardly change: they stand in tiles and tables. */
export const UNDRAWN: readonly string[] = [
  'cpu_cores',
  'memory_total_bytes',
  'disk_total_bytes',
  'uptime_seconds',
  'systemd_unit_failed',
]

/** The charts for which this server has at least one series; what no chart was made for gets one under its own name. */
export function chartsFor(series: readonly Series[]): ChartSpec[] {
  const stored = new Map(series.map((one) => [one.metric, one]))
  const known = CHARTS.map((one) => ({ ...one, lines: one.lines.filter((line) => stored.has(line.metric)) }))
  const drawn = new Set([...known.flatMap(({ lines }) => lines.map(({ metric }) => metric)), ...UNDRAWN])
  const others = [...stored.values()].filter(({ metric }) => !drawn.has(metric))
  return [...known.filter(({ lines }) => lines.length > 0), ...others.map(plainChart)]
}

function plainChart({ metric, unit }: Series): ChartSpec {
  const words = metricWords(metric)
  const name = (labels: Labels) => Object.values(labels).join(' ') || words
  return { id: `own-${metric}`, title: null, heading: words, unit, lines: [{ metric, name }] }
}

/** True for a metric of the operator's own, or one that an import brought. */
export function isOwn(metric: string): boolean {
  return METRICS[metric]?.byOperator ?? true
}
