import type { Readings } from './rate-memory.ts'
import { clamp, type DerivedSample, sample, share } from './sample.ts'

/** The kernel counts disk sectors of 512 bytes, whatever the device has (Documentation/admin-guide/iostats.rst). */
const SECTOR_BYTES = 512

export function host(now: Readings, at: number | null): DerivedSample[] {
  return [
    ...cpu(now),
    ...cores(now),
    ...pressure(now),
    ...memory(now),
    ...filesystems(now),
    ...diskIo(now),
    ...network(now),
    ...handles(now),
    ...units(now),
    ...clock(now, at),
  ]
}

/** Used is all that is neither idle nor waiting for a disk; stolen time counts as used, since it cannot be had. */
function cpu(now: Readings): DerivedSample[] {
  const samples = [
    ...sample('cpu_cores', now.value('cpu_cores') || null),
    ...['load1', 'load5', 'load15'].flatMap((name) => sample(name, now.value(name))),
    ...sample('uptime_seconds', now.value('uptime_seconds')),
    ...now.all('processes').flatMap(({ labels, value }) => sample('processes', value, labels)),
  ]
  const spent = new Map<string, number>()
  for (const { labels, value } of now.all('cpu_ticks')) {
    const earlier = now.earlier('cpu_ticks', labels)
    if (earlier === null) return samples
    // The kernel lets idle and iowait go back by a little (proc(5)); that is no reset.
    if (value < earlier && labels.mode !== 'idle' && labels.mode !== 'iowait') return samples
    spent.set(labels.mode ?? '', Math.max(0, value - earlier))
  }
  const total = [...spent.values()].reduce((sum, ticks) => sum + ticks, 0)
  if (total <= 0) return samples
  const part = (mode: string) => clamp((spent.get(mode) ?? 0) / total)
  samples.push(
    ...sample('cpu_used_ratio', clamp(1 - part('idle') - part('iowait'))),
    ...sample('cpu_steal_ratio', part('steal')),
    ...sample('cpu_iowait_ratio', part('iowait')),
  )
  return samples
}

function cores(now: Readings): DerivedSample[] {
  return now.names('core_ticks', 'core').flatMap((core) => {
    const total = now.growth('core_ticks', { core, kind: 'total' })
    const labels = { core, kind: 'unused' }
    const [unused, earlier] = [now.value('core_ticks', labels), now.earlier('core_ticks', labels)]
    if (total === null || total.by <= 0 || unused === null || earlier === null) return []
    return sample('cpu_core_used_ratio', clamp(1 - Math.max(0, unused - earlier) / total.by), { core })
  })
}

/** The share of time in which some, or all, that could run waited for a resource (Documentation/accounting/psi.rst). */
function pressure(now: Readings): DerivedSample[] {
  return now.all('pressure_usec').flatMap(({ labels }) => {
    const stalled = now.perSecond('pressure_usec', labels)
    return sample('pressure_ratio', stalled === null ? null : clamp(stalled / 1e6), labels)
  })
}

function memory(now: Readings): DerivedSample[] {
  const samples: DerivedSample[] = []
  const kib = (kind: string) => now.value('memory_kib', { kind })
  const total = kib('total')
  const available = kib('available') ?? availableOfOldKernel(now)
  if (total !== null && total > 0 && available !== null)
    samples.push(
      ...sample('memory_total_bytes', total * 1024),
      ...sample('memory_available_bytes', Math.min(available, total) * 1024),
      ...sample('memory_used_ratio', clamp(1 - available / total)),
    )
  const swap = now.value('swap_kib', { kind: 'total' })
  const free = now.value('swap_kib', { kind: 'free' })
  if (swap !== null && free !== null && free <= swap) {
    samples.push(...sample('swap_used_bytes', (swap - free) * 1024))
    if (swap > 0) samples.push(...sample('swap_used_ratio', clamp(1 - free / swap)))
  }
  samples.push(
    ...sample('swap_in_pages_per_second', now.perSecond('swap_pages', { direction: 'in' })),
    ...sample('swap_out_pages_per_second', now.perSecond('swap_pages', { direction: 'out' })),
    ...sample('major_faults_per_second', now.perSecond('major_faults')),
    ...sample('oom_kills', now.growth('oom_kills')?.by ?? null),
    ...sample('oom_kills_since_boot', now.value('oom_kills')),
  )
  return samples
}

/** Kernels before 3.14 do not estimate what is available. */
function availableOfOldKernel(now: Readings): number | null {
  const kib = (kind: string) => now.value('memory_kib', { kind })
  const free = kib('free')
  return free === null ? null : free + (kib('buffers') ?? 0) + (kib('cached') ?? 0)
}

/** The ratio is df's own: used of what an ordinary user could use, without the blocks kept for root. */
function filesystems(now: Readings): DerivedSample[] {
  const samples: DerivedSample[] = []
  for (const mount of now.names('disk_kib', 'mount')) {
    const kib = (kind: string) => now.value('disk_kib', { mount, kind })
    const [total, used, available] = [kib('total'), kib('used'), kib('available')]
    if (total === null || used === null || available === null) continue
    samples.push(
      ...sample('disk_total_bytes', total * 1024, { mount }),
      ...sample('disk_free_bytes', available * 1024, { mount }),
      ...sample('disk_used_ratio', share(used, used + available), { mount }),
    )
  }
  for (const mount of now.names('inodes', 'mount'))
    samples.push(
      ...sample(
        'inode_used_ratio',
        share(now.value('inodes', { mount, kind: 'used' }), now.value('inodes', { mount, kind: 'total' })),
        { mount },
      ),
    )
  return samples
}

function diskIo(now: Readings): DerivedSample[] {
  return now.names('disk_io', 'device').flatMap((device) => {
    const rate = (kind: string) => now.perSecond('disk_io', { device, kind })
    const scaled = (kind: string, by: number) => {
      const value = rate(kind)
      return value === null ? null : value * by
    }
    const busy = scaled('busy_ms', 1e-3)
    return [
      ...sample('disk_read_bytes_per_second', scaled('read_sectors', SECTOR_BYTES), { device }),
      ...sample('disk_write_bytes_per_second', scaled('write_sectors', SECTOR_BYTES), { device }),
      ...sample('disk_reads_per_second', rate('reads'), { device }),
      ...sample('disk_writes_per_second', rate('writes'), { device }),
      ...sample('disk_busy_ratio', busy === null ? null : clamp(busy), { device }),
      ...sample('disk_queue_length', scaled('waiting_ms', 1e-3), { device }),
    ]
  })
}

function network(now: Readings): DerivedSample[] {
  return [
    ...now.all('network_bytes').flatMap(({ labels }) => {
      const { device = '', direction } = labels
      if (direction !== 'receive' && direction !== 'transmit') return []
      return sample(`network_${direction}_bytes_per_second`, now.perSecond('network_bytes', labels), { device })
    }),
    ...now
      .all('network_errors')
      .flatMap(({ labels }) => sample('network_errors_per_second', now.perSecond('network_errors', labels), labels)),
  ]
}

function handles(now: Readings): DerivedSample[] {
  const open = now.value('file_handles', { kind: 'open' })
  return [
    ...sample('file_handles_open', open),
    ...sample('file_handles_used_ratio', share(open, now.value('file_handles', { kind: 'max' }))),
    ...now.all('tcp_states').flatMap(({ labels, value }) => sample('tcp_connections', value, labels)),
  ]
}

/** A unit that was failed at the last look and is no more is told once more, as none. */
function units(now: Readings): DerivedSample[] {
  const count = now.value('systemd_units_failed')
  if (count === null) return []
  const failed = now.names('systemd_unit_failed', 'unit')
  const over = now
    .earlierIds('systemd_unit_failed')
    .map((id) => id.slice(id.indexOf('\n') + 1))
    .filter((unit) => !failed.includes(unit))
  return [
    ...sample('systemd_units_failed', count),
    ...failed.flatMap((unit) => sample('systemd_unit_failed', 1, { unit })),
    ...over.flatMap((unit) => sample('systemd_unit_failed', 0, { unit })),
  ]
}

/** The kernel states when it booted by the host's clock, in whole seconds, so this is right to a second and the way there. */
function clock(now: Readings, at: number | null): DerivedSample[] {
  const [boot, uptime] = [now.value('boot_time_seconds'), now.value('uptime_seconds')]
  return boot === null || uptime === null || at === null
    ? []
    : sample('clock_offset_seconds', boot + uptime - at / 1000)
}
