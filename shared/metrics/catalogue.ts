import type { Unit } from '../model/metric.ts'

/** What a metric is. `decimals` is the precision it is stored with; `labels` names what tells its series apart. */
export interface MetricFacts {
  unit: Unit
  words: string
  decimals: number
  labels: readonly string[]
  /** True for a name that no probe fills by itself: an own metric or an import does. */
  byOperator: boolean
}

const fact = (unit: Unit, words: string, labels: readonly string[] = [], byOperator = false): MetricFacts => ({
  unit,
  words,
  labels,
  byOperator,
  decimals: DECIMALS[unit],
})

/** One whose unit is stored too coarsely for it: a replica that is 0.4 s behind is not in step. */
const finer = (decimals: number, of: MetricFacts): MetricFacts => ({ ...of, decimals })

/** Finer than any threshold is written, and coarse enough that a day of samples packs into kilobytes. */
const DECIMALS: Record<Unit, number> = {
  ratio: 4,
  bytes: 0,
  bytes_per_second: 0,
  count: 2,
  seconds: 0,
  milliseconds: 1,
  per_second: 2,
  load: 2,
}

/** Every metric that the product names. Ratios are 0..1; of containers' CPU, 1 is one core. */
export const METRICS: Readonly<Record<string, MetricFacts>> = {
  cpu_used_ratio: fact('ratio', 'CPU'),
  cpu_steal_ratio: fact('ratio', 'CPU steal'),
  cpu_iowait_ratio: fact('ratio', 'CPU wait for disks'),
  cpu_core_used_ratio: fact('ratio', 'CPU of core', ['core']),
  cpu_cores: fact('count', 'CPU cores'),
  load1: fact('load', 'Load, 1 minute'),
  load5: fact('load', 'Load, 5 minutes'),
  load15: fact('load', 'Load, 15 minutes'),
  processes: fact('count', 'Processes', ['state']),
  pressure_ratio: fact('ratio', 'Time stalled', ['resource', 'kind']),
  memory_used_ratio: fact('ratio', 'Memory'),
  memory_total_bytes: fact('bytes', 'Memory, total'),
  memory_available_bytes: fact('bytes', 'Memory available'),
  swap_used_ratio: fact('ratio', 'Swap'),
  swap_used_bytes: fact('bytes', 'Swap in use'),
  swap_in_pages_per_second: fact('per_second', 'Pages swapped in'),
  swap_out_pages_per_second: fact('per_second', 'Pages swapped out'),
  major_faults_per_second: fact('per_second', 'Major page faults'),
  oom_kills: fact('count', 'Processes killed for want of memory'),
  oom_kills_since_boot: fact('count', 'Processes killed for want of memory since boot'),
  disk_used_ratio: fact('ratio', 'Disk', ['mount']),
  disk_total_bytes: fact('bytes', 'Disk, total', ['mount']),
  disk_free_bytes: fact('bytes', 'Disk free', ['mount']),
  inode_used_ratio: fact('ratio', 'Inodes', ['mount']),
  disk_read_bytes_per_second: fact('bytes_per_second', 'Disk reads', ['device']),
  disk_write_bytes_per_second: fact('bytes_per_second', 'Disk writes', ['device']),
  disk_reads_per_second: fact('per_second', 'Disk read operations', ['device']),
  disk_writes_per_second: fact('per_second', 'Disk write operations', ['device']),
  disk_busy_ratio: fact('ratio', 'Disk busy', ['device']),
  disk_queue_length: fact('count', 'Disk queue', ['device']),
  network_receive_bytes_per_second: fact('bytes_per_second', 'Network in', ['device']),
  network_transmit_bytes_per_second: fact('bytes_per_second', 'Network out', ['device']),
  network_errors_per_second: fact('per_second', 'Network errors and drops', ['device', 'direction']),
  tcp_connections: fact('count', 'TCP connections', ['state']),
  file_handles_open: fact('count', 'Open files'),
  file_handles_used_ratio: fact('ratio', 'Open files of those allowed'),
  uptime_seconds: fact('seconds', 'Uptime'),
  clock_offset_seconds: fact('seconds', 'Clock ahead of this computer'),
  systemd_units_failed: fact('count', 'Failed units'),
  systemd_unit_failed: fact('count', 'Failed unit', ['unit']),
  docker_containers: fact('count', 'Containers', ['state']),
  docker_container_cpu_ratio: fact('ratio', 'Container CPU, in cores', ['name']),
  docker_container_memory_bytes: fact('bytes', 'Container memory', ['name']),
  docker_container_memory_used_ratio: fact('ratio', 'Container memory of its limit', ['name']),
  docker_container_restarts: fact('count', 'Container restarts', ['name']),
  docker_service_replicas_running: fact('count', 'Replicas running', ['service']),
  docker_service_replicas_wanted: fact('count', 'Replicas wanted', ['service']),
  postgres_connections: fact('count', 'Database connections', ['state']),
  postgres_connections_total: fact('count', 'Database connections'),
  postgres_connections_max: fact('count', 'Database connections allowed'),
  postgres_connections_used_ratio: fact('ratio', 'Database connections'),
  postgres_database_size_bytes: fact('bytes', 'Database size', ['database']),
  postgres_oldest_transaction_seconds: finer(1, fact('seconds', 'Oldest transaction')),
  postgres_longest_query_seconds: finer(1, fact('seconds', 'Longest running query')),
  postgres_locks_waiting: fact('count', 'Locks waited for'),
  postgres_cache_hit_ratio: fact('ratio', 'Database cache hits'),
  postgres_commits_per_second: fact('per_second', 'Commits'),
  postgres_rollbacks_per_second: fact('per_second', 'Rollbacks'),
  postgres_deadlocks: fact('count', 'Deadlocks'),
  postgres_temp_bytes_per_second: fact('bytes_per_second', 'Database temporary files'),
  postgres_wal_bytes_per_second: fact('bytes_per_second', 'Write-ahead log'),
  postgres_standby_lag_seconds: finer(1, fact('seconds', 'Standby behind its primary')),
  postgres_standby_lag_bytes: fact('bytes', 'Standby: log to replay'),
  postgres_replica_lag_seconds: finer(3, fact('seconds', 'Replica behind', ['replica'])),
  postgres_replica_lag_bytes: fact('bytes', 'Replica: log to replay', ['replica']),
  postgres_xid_age_ratio: fact('ratio', 'Transaction ids used before a forced vacuum'),
  postgres_dead_rows: fact('count', 'Dead rows'),
  postgres_vacuum_age_seconds: fact('seconds', 'Longest without vacuum'),
  postgres_statement_mean_ms: fact('milliseconds', 'Statement, mean time', ['statement']),
  postgres_statement_load: fact('load', 'Statement, sessions busy with it', ['statement']),
  redis_memory_used_bytes: fact('bytes', 'Redis memory', ['service']),
  redis_memory_used_ratio: fact('ratio', 'Redis memory of its limit', ['service']),
  redis_clients: fact('count', 'Redis clients', ['service']),
  redis_clients_used_ratio: fact('ratio', 'Redis clients of those allowed', ['service']),
  redis_clients_blocked: fact('count', 'Redis clients waiting', ['service']),
  redis_clients_rejected: fact('count', 'Redis clients turned away', ['service']),
  redis_evicted_per_second: fact('per_second', 'Redis keys evicted', ['service']),
  redis_hit_ratio: fact('ratio', 'Redis hits', ['service']),
  redis_operations_per_second: fact('per_second', 'Redis operations', ['service']),
  redis_replicas: fact('count', 'Redis replicas', ['service']),
  redis_replication_up: fact('count', 'Redis replication up', ['service']),
  redis_replication_lag_seconds: fact('seconds', 'Redis: last word of its primary', ['service']),
  redis_save_failed: fact('count', 'Redis: last save failed', ['service']),
  queue_length: fact('count', 'Queue length', ['service', 'queue']),
  pgbouncer_clients_active: fact('count', 'PgBouncer clients active', ['service', 'database', 'user']),
  pgbouncer_clients_waiting: fact('count', 'PgBouncer clients waiting', ['service', 'database', 'user']),
  pgbouncer_servers_active: fact('count', 'PgBouncer servers active', ['service', 'database', 'user']),
  pgbouncer_servers_idle: fact('count', 'PgBouncer servers idle', ['service', 'database', 'user']),
  pgbouncer_wait_ms: fact('milliseconds', 'PgBouncer: longest wait now', ['service', 'database', 'user']),
  pgbouncer_clients_used_ratio: fact('ratio', 'PgBouncer clients of those allowed', ['service']),
  pgbouncer_queries_per_second: fact('per_second', 'PgBouncer queries', ['service', 'database']),
  pgbouncer_transactions_per_second: fact('per_second', 'PgBouncer transactions', ['service', 'database']),
  pgbouncer_query_mean_ms: fact('milliseconds', 'PgBouncer query, mean time', ['service', 'database']),
  pgbouncer_wait_mean_ms: fact('milliseconds', 'PgBouncer wait, mean of a transaction', ['service', 'database']),
  http_response_ms: fact('milliseconds', 'Time to first byte', ['url', 'from']),
  http_response_p50_ms: fact('milliseconds', 'Response time p50', ['url', 'from']),
  http_response_p95_ms: fact('milliseconds', 'Response time p95', ['url', 'from']),
  http_status: fact('count', 'HTTP status', ['url', 'from']),
  http_up: fact('count', 'HTTP check right', ['url', 'from']),
  http_error_ratio: fact('ratio', 'Error rate', ['url', 'from']),
  http_requests_per_second: fact('per_second', 'Requests', [], true),
  tls_left_seconds: fact('seconds', 'Certificate, time left', ['endpoint', 'from']),
  tls_trusted: fact('count', 'Certificate trusted', ['endpoint', 'from']),
  kubernetes_nodes: fact('count', 'Nodes', ['state']),
  kubernetes_pods: fact('count', 'Pods', ['phase']),
  kubernetes_pods_pending: fact('count', 'Pods pending'),
  kubernetes_pods_failing: fact('count', 'Pods that cannot start'),
  kubernetes_restarts: fact('count', 'Pod restarts'),
  kubernetes_cpu_requested_ratio: fact('ratio', 'CPU requested of what can be given'),
  kubernetes_memory_requested_ratio: fact('ratio', 'Memory requested of what can be given'),
  kubernetes_pods_used_ratio: fact('ratio', 'Pods of those the nodes take'),
  probe_duration_ms: fact('milliseconds', 'Duration of the probe'),
  probe_cpu_ms: fact('milliseconds', 'CPU time of the probe'),
}

/** A value with the precision its metric is stored with; `unit` is of one that is not in the catalogue. */
export function storedValue(metric: string, value: number, unit?: Unit): number {
  const decimals = METRICS[metric]?.decimals ?? (unit ? OWN_DECIMALS[unit] : 4)
  const scale = 10 ** decimals
  const rounded = Math.round(value * scale) / scale
  // A value too large to be scaled has no decimals to lose.
  if (!Number.isFinite(rounded)) return value
  return Object.is(rounded, -0) ? 0 : rounded
}

/** An own metric may be finer than the product's: half a second, a hundredth of a cent. */
const OWN_DECIMALS: Record<Unit, number> = {
  ...DECIMALS,
  count: 4,
  seconds: 3,
  milliseconds: 3,
  per_second: 4,
  load: 4,
}
