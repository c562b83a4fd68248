import type { Labels } from '../model/metric.ts'

/** Whose metrics an expression reads. */
export type Exporter = 'node_exporter' | 'cadvisor' | 'postgres_exporter' | 'redis_exporter' | 'application'

/**
 * How a metric is read from a Prometheus-compatible server. In `expr`, `$host` stands for the label that names the host,
 * `$where` for further matchers, `$window` for the window of rates. `labels` gives each of our labels its Prometheus label;
 * `fixed` are labels that all of its series have.
 */
export interface PromqlSource {
  metric: string
  exporter: Exporter
  expr: string
  labels: Labels
  fixed: Labels
}

export interface PromqlTerms {
  host: string
  /** Matchers without braces, such as `job="node"`; empty for none. */
  where: string
  /** A PromQL duration, such as `5m`. */
  window: string
}

const of =
  (exporter: Exporter) =>
  (metric: string, expr: string, labels: Labels = {}, fixed: Labels = {}): PromqlSource => ({
    metric,
    exporter,
    expr,
    labels,
    fixed,
  })
const node = of('node_exporter')
const cadvisor = of('cadvisor')
const postgres = of('postgres_exporter')
const redis = of('redis_exporter')
const application = of('application')

const DISK = 'fstype!~"tmpfs|overlay|squashfs|ramfs|iso9660|nsfs|fuse.*",$where'
const LINK = 'device!~"lo|(veth|docker|br-|virbr|cni|flannel|cali|tun|tap|ifb|dummy).*",$where'
const BLOCK = 'device!~"(loop|ram|zram|fd|sr)[0-9].*",$where'
const mount = { mount: 'mountpoint' }
const device = { device: 'device' }
const REDIS = { service: 'redis' }

const max = (name: string, matchers = '$where', by = '') => `max by ($host${by}) (${name}{${matchers}})`
const rate = (name: string, matchers = '$where', by = '') => `sum by ($host${by}) (rate(${name}{${matchers}}[$window]))`

/** The exporters' usual names. Each expression keeps `$host` and the Prometheus labels of `labels`, and nothing else. */
export const PROMQL: readonly PromqlSource[] = [
  node(
    'cpu_used_ratio',
    `1 - ${rate('node_cpu_seconds_total', 'mode=~"idle|iowait",$where')} / ${rate('node_cpu_seconds_total')}`,
  ),
  node(
    'cpu_steal_ratio',
    `${rate('node_cpu_seconds_total', 'mode="steal",$where')} / ${rate('node_cpu_seconds_total')}`,
  ),
  node(
    'cpu_iowait_ratio',
    `${rate('node_cpu_seconds_total', 'mode="iowait",$where')} / ${rate('node_cpu_seconds_total')}`,
  ),
  node('cpu_cores', 'count by ($host) (node_cpu_seconds_total{mode="idle",$where})'),
  node('load1', max('node_load1')),
  node('load5', max('node_load5')),
  node('load15', max('node_load15')),
  node('memory_used_ratio', `1 - ${max('node_memory_MemAvailable_bytes')} / ${max('node_memory_MemTotal_bytes')}`),
  node('memory_total_bytes', max('node_memory_MemTotal_bytes')),
  node('memory_available_bytes', max('node_memory_MemAvailable_bytes')),
  node('swap_used_bytes', `${max('node_memory_SwapTotal_bytes')} - ${max('node_memory_SwapFree_bytes')}`),
  node('swap_used_ratio', `1 - ${max('node_memory_SwapFree_bytes')} / (${max('node_memory_SwapTotal_bytes')} > 0)`),
  node(
    'disk_used_ratio',
    `1 - ${max('node_filesystem_avail_bytes', DISK, ', mountpoint')} / ((${max('node_filesystem_size_bytes', DISK, ', mountpoint')} - ${max('node_filesystem_free_bytes', DISK, ', mountpoint')} + ${max('node_filesystem_avail_bytes', DISK, ', mountpoint')}) > 0)`,
    mount,
  ),
  node('disk_total_bytes', max('node_filesystem_size_bytes', DISK, ', mountpoint'), mount),
  node('disk_free_bytes', max('node_filesystem_avail_bytes', DISK, ', mountpoint'), mount),
  node(
    'inode_used_ratio',
    `1 - ${max('node_filesystem_files_free', DISK, ', mountpoint')} / (${max('node_filesystem_files', DISK, ', mountpoint')} > 0)`,
    mount,
  ),
  node('disk_read_bytes_per_second', rate('node_disk_read_bytes_total', BLOCK, ', device'), device),
  node('disk_write_bytes_per_second', rate('node_disk_written_bytes_total', BLOCK, ', device'), device),
  node('disk_reads_per_second', rate('node_disk_reads_completed_total', BLOCK, ', device'), device),
  node('disk_writes_per_second', rate('node_disk_writes_completed_total', BLOCK, ', device'), device),
  node('disk_busy_ratio', `clamp_max(${rate('node_disk_io_time_seconds_total', BLOCK, ', device')}, 1)`, device),
  node('network_receive_bytes_per_second', rate('node_network_receive_bytes_total', LINK, ', device'), device),
  node('network_transmit_bytes_per_second', rate('node_network_transmit_bytes_total', LINK, ', device'), device),
  node('uptime_seconds', `max by ($host) (node_time_seconds{$where} - node_boot_time_seconds{$where})`),
  node('file_handles_open', max('node_filefd_allocated')),
  node('file_handles_used_ratio', `${max('node_filefd_allocated')} / ${max('node_filefd_maximum')}`),
  node('systemd_units_failed', 'sum by ($host) (node_systemd_unit_state{state="failed",$where})'),
  cadvisor('docker_container_cpu_ratio', rate('container_cpu_usage_seconds_total', 'name!="",$where', ', name'), {
    name: 'name',
  }),
  cadvisor('docker_container_memory_bytes', max('container_memory_working_set_bytes', 'name!="",$where', ', name'), {
    name: 'name',
  }),
  postgres('postgres_connections', 'sum by ($host, state) (pg_stat_activity_count{$where})', { state: 'state' }),
  postgres('postgres_connections_total', 'sum by ($host) (pg_stat_activity_count{$where})'),
  postgres('postgres_connections_max', max('pg_settings_max_connections')),
  postgres(
    'postgres_connections_used_ratio',
    `sum by ($host) (pg_stat_activity_count{$where}) / ${max('pg_settings_max_connections')}`,
  ),
  postgres('postgres_database_size_bytes', max('pg_database_size_bytes', 'datname!~"template.*",$where', ', datname'), {
    database: 'datname',
  }),
  postgres('postgres_commits_per_second', rate('pg_stat_database_xact_commit')),
  postgres('postgres_rollbacks_per_second', rate('pg_stat_database_xact_rollback')),
  postgres(
    'postgres_cache_hit_ratio',
    `${rate('pg_stat_database_blks_hit')} / (${rate('pg_stat_database_blks_hit')} + ${rate('pg_stat_database_blks_read')} > 0)`,
  ),
  postgres('postgres_oldest_transaction_seconds', max('pg_stat_activity_max_tx_duration')),
  postgres('postgres_standby_lag_seconds', max('pg_replication_lag')),
  redis('redis_memory_used_bytes', max('redis_memory_used_bytes'), {}, REDIS),
  redis(
    'redis_memory_used_ratio',
    `${max('redis_memory_used_bytes')} / (${max('redis_memory_max_bytes')} > 0)`,
    {},
    REDIS,
  ),
  redis('redis_clients', max('redis_connected_clients'), {}, REDIS),
  redis('redis_evicted_per_second', rate('redis_evicted_keys_total'), {}, REDIS),
  redis(
    'redis_hit_ratio',
    `${rate('redis_keyspace_hits_total')} / (${rate('redis_keyspace_hits_total')} + ${rate('redis_keyspace_misses_total')} > 0)`,
    {},
    REDIS,
  ),
  redis('redis_operations_per_second', rate('redis_commands_processed_total'), {}, REDIS),
  application('http_requests_per_second', rate('http_requests_total')),
  application(
    'http_error_ratio',
    `${rate('http_requests_total', 'status=~"5..",$where')} / ${rate('http_requests_total')}`,
  ),
  application(
    'http_response_p95_ms',
    `1000 * histogram_quantile(0.95, ${rate('http_request_duration_seconds_bucket', '$where', ', le')})`,
  ),
  application('queue_length', max('celery_queue_length')),
]

/** The expressions in force: the usual ones, but where the operator wrote another. An empty text leaves a metric out. */
export function sourcesWith(changed: Readonly<Record<string, string>>): PromqlSource[] {
  const known = PROMQL.flatMap((source) => {
    const expr = changed[source.metric]
    if (expr === undefined) return [source]
    return expr.trim() === '' ? [] : [{ ...source, expr: expr.trim() }]
  })
  const added = Object.entries(changed).flatMap(([metric, expr]) =>
    expr.trim() === '' || PROMQL.some((source) => source.metric === metric)
      ? []
      : [{ metric, exporter: 'application' as const, expr: expr.trim(), labels: {}, fixed: {} }],
  )
  return [...known, ...added]
}

/** An expression on given terms. */
export function expand(expr: string, { host, where, window }: PromqlTerms): string {
  return expr
    .replaceAll('$host', host)
    .replaceAll(/,?\$where/g, (found) => (where === '' ? '' : found.startsWith(',') ? `,${where}` : where))
    .replaceAll('$window', window)
}

/** The matcher of one host by the values that speak of it, whatever port its exporters have. */
export function hostMatcher(label: string, values: readonly string[]): string {
  const bare = values.map((value) => value.replace(/:\d+$/, '').replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  const names = [...new Set(bare)]
  return `${label}=~${quoted(`${names.length === 1 ? names[0] : `(${names.join('|')})`}(:[0-9]+)?`)}`
}

/** A PromQL string: double quotes, with Go's escapes. */
export function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}

/** Milliseconds as a PromQL duration. */
export function promDuration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000))
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`
  if (seconds % 3600 === 0) return `${seconds / 3600}h`
  if (seconds % 60 === 0) return `${seconds / 60}m`
  return `${seconds}s`
}
