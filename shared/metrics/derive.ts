import type { Labels } from '../model/metric.ts'
import { storedValue } from './catalogue.ts'
import type { ProbeOutput, Reading } from './probe-output.ts'

/** One value of a metric in the catalogue. */
export interface DerivedSample {
  metric: string
  labels: Labels
  value: number
}

/**
 * Metrics from raw readings. Rates need the previous round of the same host: without one, after a restart of the host,
 * and where a counter went back, there is no rate, never a wrong one. Time between rounds is the host's own uptime, so
 * neither clock of the two machines matters.
 */
export function deriveSamples(previous: ProbeOutput | null, current: ProbeOutput): DerivedSample[] {
  const now = new Readings(current)
  const before = previous === null ? null : new Readings(previous)
  const elapsed = secondsBetween(before, now)
  const earlier = elapsed === null ? null : before
  const samples = [
    ...cpu(earlier, now),
    ...memory(now),
    ...disks(now),
    ...network(earlier, now, elapsed),
    ...containers(earlier, now, elapsed),
    ...postgres(now),
  ]
  if (current.durationMs !== null && Number.isFinite(current.durationMs))
    samples.push(sample('probe_duration_ms', current.durationMs))
  return samples.map((each) => ({ ...each, value: storedValue(each.metric, each.value) }))
}

/** The readings of one round by key. */
class Readings {
  readonly #byKey = new Map<string, Reading[]>()
  constructor(output: ProbeOutput) {
    for (const reading of output.readings) {
      const list = this.#byKey.get(reading.key)
      if (list) list.push(reading)
      else this.#byKey.set(reading.key, [reading])
    }
  }
  all(key: string): readonly Reading[] {
    return this.#byKey.get(key) ?? []
  }
  value(key: string, labels: Labels = {}): number | null {
    const found = this.all(key).find((reading) => Object.entries(labels).every(([k, v]) => reading.labels[k] === v))
    return found?.value ?? null
  }
  /** The distinct values of a label, in the order they came. */
  names(key: string, label: string): string[] {
    return [...new Set(this.all(key).flatMap((reading) => reading.labels[label] ?? []))]
  }
}

function sample(metric: string, value: number, labels: Labels = {}): DerivedSample {
  return { metric, labels, value }
}

/** Null where there is no earlier round or the host has been restarted since. */
function secondsBetween(before: Readings | null, now: Readings): number | null {
  const from = before?.value('uptime_seconds') ?? null
  const to = now.value('uptime_seconds')
  return from === null || to === null || to <= from ? null : to - from
}

const clamp = (ratio: number) => Math.min(1, Math.max(0, ratio))

/** Used is all that is neither idle nor waiting for a disk; stolen time counts as used, since it cannot be had. */
function cpu(before: Readings | null, now: Readings): DerivedSample[] {
  const samples: DerivedSample[] = []
  const cores = now.value('cpu_cores')
  if (cores !== null) samples.push(sample('cpu_cores', cores))
  for (const name of ['load1', 'load5', 'load15']) {
    const load = now.value(name)
    if (load !== null) samples.push(sample(name, load))
  }
  const uptime = now.value('uptime_seconds')
  if (uptime !== null) samples.push(sample('uptime_seconds', uptime))
  if (before === null) return samples

  const spent = new Map<string, number>()
  for (const { labels, value } of now.all('cpu_ticks')) {
    const mode = labels.mode ?? ''
    const earlier = before.value('cpu_ticks', { mode })
    if (earlier === null) return samples
    // The kernel lets idle and iowait go back by a little (proc(5)); that is no reset.
    spent.set(mode, Math.max(0, value - earlier))
  }
  const total = [...spent.values()].reduce((sum, ticks) => sum + ticks, 0)
  if (total <= 0) return samples
  const share = (mode: string) => clamp((spent.get(mode) ?? 0) / total)
  samples.push(
    sample('cpu_used_ratio', clamp(1 - share('idle') - share('iowait'))),
    sample('cpu_steal_ratio', share('steal')),
    sample('cpu_iowait_ratio', share('iowait')),
  )
  return samples
}

function memory(now: Readings): DerivedSample[] {
  const samples: DerivedSample[] = []
  const kib = (kind: string) => now.value('memory_kib', { kind })
  const total = kib('total')
  // Kernels before 3.14 do not estimate what is available.
  const available = kib('available') ?? (kib('free') ?? 0) + (kib('buffers') ?? 0) + (kib('cached') ?? 0)
  if (total !== null && total > 0) {
    samples.push(
      sample('memory_total_bytes', total * 1024),
      sample('memory_available_bytes', available * 1024),
      sample('memory_used_ratio', clamp(1 - available / total)),
    )
  }
  const swap = now.value('swap_kib', { kind: 'total' })
  const free = now.value('swap_kib', { kind: 'free' })
  if (swap !== null && free !== null) {
    samples.push(sample('swap_used_bytes', (swap - free) * 1024))
    if (swap > 0) samples.push(sample('swap_used_ratio', clamp(1 - free / swap)))
  }
  return samples
}

/** The ratio is df's own: used of what an ordinary user could use, without the blocks kept for root. */
function disks(now: Readings): DerivedSample[] {
  const samples: DerivedSample[] = []
  for (const mount of now.names('disk_kib', 'mount')) {
    const kib = (kind: string) => now.value('disk_kib', { mount, kind })
    const [total, used, available] = [kib('total'), kib('used'), kib('available')]
    if (total === null || used === null || available === null) continue
    samples.push(
      sample('disk_total_bytes', total * 1024, { mount }),
      sample('disk_free_bytes', available * 1024, { mount }),
    )
    if (used + available > 0) samples.push(sample('disk_used_ratio', clamp(used / (used + available)), { mount }))
  }
  for (const mount of now.names('inodes', 'mount')) {
    const total = now.value('inodes', { mount, kind: 'total' })
    const used = now.value('inodes', { mount, kind: 'used' })
    if (total !== null && used !== null && total > 0)
      samples.push(sample('inode_used_ratio', clamp(used / total), { mount }))
  }
  return samples
}

/** What a counter grew by, or null where it is new or went back. */
function growth(before: Readings, key: string, reading: Reading): number | null {
  const earlier = before.value(key, reading.labels)
  return earlier === null || reading.value < earlier ? null : reading.value - earlier
}

function network(before: Readings | null, now: Readings, elapsed: number | null): DerivedSample[] {
  if (before === null || elapsed === null) return []
  return now.all('network_bytes').flatMap((reading) => {
    const bytes = growth(before, 'network_bytes', reading)
    const { device = '', direction } = reading.labels
    return bytes === null ? [] : [sample(`network_${direction}_bytes_per_second`, bytes / elapsed, { device })]
  })
}

function containers(before: Readings | null, now: Readings, elapsed: number | null): DerivedSample[] {
  const samples: DerivedSample[] = []
  for (const { labels, value } of now.all('containers')) samples.push(sample('docker_containers', value, labels))
  for (const { labels, value } of now.all('container_memory_bytes'))
    samples.push(sample('docker_container_memory_bytes', value, labels))
  for (const { labels, value } of now.all('service_replicas'))
    samples.push(sample(`docker_service_replicas_${labels.kind}`, value, { service: labels.service ?? '' }))
  if (before === null || elapsed === null) return samples
  for (const reading of now.all('container_cpu_usec')) {
    const used = growth(before, 'container_cpu_usec', reading)
    if (used !== null) samples.push(sample('docker_container_cpu_ratio', used / 1e6 / elapsed, reading.labels))
  }
  return samples
}

function postgres(now: Readings): DerivedSample[] {
  const samples: DerivedSample[] = []
  for (const { labels, value } of now.all('postgres_database_bytes'))
    samples.push(sample('postgres_database_size_bytes', value, labels))
  const max = now.value('postgres_max_connections')
  if (max === null || max <= 0) return samples
  const states = now.all('postgres_connections')
  for (const { labels, value } of states) samples.push(sample('postgres_connections', value, labels))
  // The query names only the states that some session is in; a known one that is not named has none.
  for (const state of ['active', 'idle', 'idle in transaction'])
    if (!states.some(({ labels }) => labels.state === state)) samples.push(sample('postgres_connections', 0, { state }))
  const total = states.reduce((sum, { value }) => sum + value, 0)
  samples.push(
    sample('postgres_connections_total', total),
    sample('postgres_connections_max', max),
    sample('postgres_connections_used_ratio', total / max),
  )
  return samples
}
