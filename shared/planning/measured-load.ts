import type { Load, LoadResource, LoadValue } from '../model/provider-fit.ts'
import { LOAD_RESOURCES } from '../model/provider-fit.ts'
import { WORDS } from './declared-load.ts'

/** Means of one series over a window, in time order; null where nothing was measured. All series of a window share their times. */
export interface Means {
  at: readonly number[]
  values: readonly (number | null)[]
}

/** The series of a server that its load is made of. What it has several of, such as disks, is a list. */
export interface ServerMeans {
  name: string
  cpuRatio: Means | null
  cores: number | null
  ramRatio: Means | null
  ramBytes: number | null
  disks: readonly { usedRatio: Means; totalBytes: number }[]
  transmit: readonly Means[]
  connections: Means | null
}

const SECONDS_A_MONTH = 730 * 3600
const METRICS: Readonly<Record<LoadResource, string>> = {
  cores: 'cpu_used_ratio x cpu_cores',
  ram: 'memory_used_ratio x memory_total_bytes',
  disk: 'disk_used_ratio x disk_total_bytes, all mounts',
  traffic: 'network_transmit_bytes_per_second, all devices',
  connections: 'postgres_connections_total',
}

/** The value under which a share of the values lies: the smallest of them that at least that share is not above. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}

/**
 * The load of servers over a window, as if one carried it all. CPU, memory and connections: what is used at the same time is
 * added up, and 95% of those sums lie under the value. Disk: each mount's fullest, since a disk fills. Traffic: the mean rate,
 * for a month of 730 hours, since it is billed by volume.
 */
export function measuredLoad(
  servers: readonly ServerMeans[],
  name: string,
  window: { days: number; meanMs: number },
): Load {
  const parts: Record<LoadResource, { value: number; at: number } | null> = {
    cores: peak(servers.map(({ cpuRatio, cores }) => scaled(cpuRatio, cores))),
    ram: peak(servers.map(({ ramRatio, ramBytes }) => scaled(ramRatio, ramBytes))),
    disk: summed(
      servers.map(({ disks }) => disks),
      ({ usedRatio, totalBytes }) => {
        const values = present(usedRatio)
        return values.length === 0
          ? null
          : { value: Math.max(quantile(values, 0.95), values.at(-1) ?? 0) * totalBytes, at: values.length }
      },
    ),
    traffic: summed(
      servers.map(({ transmit }) => transmit),
      (means) => {
        const values = present(means)
        const sum = values.reduce((a, b) => a + b, 0)
        return values.length === 0 ? null : { value: (sum / values.length) * SECONDS_A_MONTH, at: values.length }
      },
    ),
    connections: peak(servers.map(({ connections }) => connections).filter((one) => one !== null)),
  }
  const whole = Math.max(1, Math.floor((window.days * 86_400_000) / window.meanMs))
  const resources = Object.fromEntries(
    LOAD_RESOURCES.map((one): [LoadResource, LoadValue | null] => {
      const part = parts[one]
      if (part === null) return [one, null]
      return [
        one,
        {
          value: part.value,
          statistic: one === 'traffic' ? 'mean' : one === 'disk' ? 'fullest' : 'p95',
          source: METRICS[one],
          means: part.at,
          meanMs: window.meanMs,
          coverage: Math.min(1, part.at / whole),
        },
      ]
    }),
  ) as Load['resources']
  return {
    ...{ name, measured: true, windowDays: window.days, resources },
    missing: LOAD_RESOURCES.filter((one) => resources[one] === null).map((resource) => ({
      resource,
      fact: `${METRICS[resource]} has no value ${servers.length > 1 ? 'on every server' : `on ${name}`} in the last ${window.days} days, so ${WORDS[resource]} cannot be compared.`,
      fix:
        resource === 'connections'
          ? 'Let the probe ask PostgreSQL on the server, in Servers.'
          : 'Collect for a while, or choose a longer window.',
    })),
  }
}

const present = ({ values }: Means): number[] => values.filter((value) => value !== null)

function scaled(means: Means | null, by: number | null): Means | null {
  return means === null || by === null
    ? null
    : { at: means.at, values: means.values.map((value) => (value === null ? null : value * by)) } // prettier-ignore
}

/** The p95 of the sums over the servers, at the times that all of them have; null when one has no series, or no time is common. */
function peak(series: readonly (Means | null)[]): { value: number; at: number } | null {
  if (series.length === 0) return null
  const sums = new Map<number, { sum: number; count: number }>()
  for (const means of series) {
    if (means === null) return null
    for (const [index, at] of means.at.entries()) {
      const value = means.values[index]
      if (value === null || value === undefined) continue
      const so = sums.get(at)
      if (so) {
        so.sum += value
        so.count += 1
      } else sums.set(at, { sum: value, count: 1 })
    }
  }
  const common = [...sums.values()].filter(({ count }) => count === series.length).map(({ sum }) => sum)
  return common.length === 0 ? null : { value: quantile(common, 0.95), at: common.length }
}

/** The sum over all parts of all servers; null when a server has none that was measured. */
function summed<T>(
  servers: readonly (readonly T[])[],
  read: (part: T) => { value: number; at: number } | null,
): { value: number; at: number } | null {
  if (servers.length === 0) return null
  let value = 0
  let at = Infinity
  for (const parts of servers) {
    const found = parts.map(read).filter((one) => one !== null)
    if (found.length === 0) return null
    for (const one of found) {
      value += one.value
      at = Math.min(at, one.at)
    }
  }
  return { value, at }
}
