import type { Unit } from '../model/metric.ts'

/** What a metric is. `decimals` is the precision it is stored with; `labels` names what tells its series apart. */
export interface MetricFacts {
  unit: Unit
  words: string
  decimals: number
  labels: readonly string[]
  /** False for a name that plans may use but nothing collects yet. */
  collected: boolean
}

const fact = (unit: Unit, words: string, labels: readonly string[] = [], collected = true): MetricFacts => ({
  unit,
  words,
  labels,
  collected,
  decimals: DECIMALS[unit],
})

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
  cpu_cores: fact('count', 'CPU cores'),
  load1: fact('load', 'Load, 1 minute'),
  load5: fact('load', 'Load, 5 minutes'),
  load15: fact('load', 'Load, 15 minutes'),
  memory_used_ratio: fact('ratio', 'Memory'),
  memory_total_bytes: fact('bytes', 'Memory, total'),
  memory_available_bytes: fact('bytes', 'Memory available'),
  swap_used_ratio: fact('ratio', 'Swap'),
  swap_used_bytes: fact('bytes', 'Swap'),
  disk_used_ratio: fact('ratio', 'Disk', ['mount']),
  disk_total_bytes: fact('bytes', 'Disk, total', ['mount']),
  disk_free_bytes: fact('bytes', 'Disk free', ['mount']),
  inode_used_ratio: fact('ratio', 'Inodes', ['mount']),
  network_receive_bytes_per_second: fact('bytes_per_second', 'Network in', ['device']),
  network_transmit_bytes_per_second: fact('bytes_per_second', 'Network out', ['device']),
  uptime_seconds: fact('seconds', 'Uptime'),
  docker_containers: fact('count', 'Containers', ['state']),
  docker_container_cpu_ratio: fact('ratio', 'Container CPU, in cores', ['name']),
  docker_container_memory_bytes: fact('bytes', 'Container memory', ['name']),
  docker_service_replicas_running: fact('count', 'Replicas running', ['service']),
  docker_service_replicas_wanted: fact('count', 'Replicas wanted', ['service']),
  postgres_connections: fact('count', 'Database connections', ['state']),
  postgres_connections_total: fact('count', 'Database connections'),
  postgres_connections_max: fact('count', 'Database connections allowed'),
  postgres_connections_used_ratio: fact('ratio', 'Database connections'),
  postgres_database_size_bytes: fact('bytes', 'Database size', ['database']),
  probe_duration_ms: fact('milliseconds', 'Duration of the probe'),
  http_response_p95_ms: fact('milliseconds', 'Response time p95', ['url'], false),
  http_requests_per_second: fact('per_second', 'Requests', [], false),
  http_error_ratio: fact('ratio', 'Error rate', [], false),
  queue_length: fact('count', 'Queue length', ['queue'], false),
  redis_memory_used_ratio: fact('ratio', 'Redis memory', [], false),
}

/** A value with the precision its metric is stored with. */
export function storedValue(metric: string, value: number): number {
  const decimals = METRICS[metric]?.decimals ?? 4
  const scale = 10 ** decimals
  const rounded = Math.round(value * scale) / scale
  return Object.is(rounded, -0) ? 0 : rounded
}
