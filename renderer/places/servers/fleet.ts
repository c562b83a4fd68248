import type { Host } from '../../../shared/model/host.ts'
import type { Latest } from '../../../shared/model/metric.ts'

/** A server with the newest values of what the fleet table shows; undefined where nothing was measured. */
export interface FleetRow {
  host: Host
  cpu: number | undefined
  memory: number | undefined
  disk: { mount: string; used: number } | undefined
  load: number | undefined
  cores: number | undefined
  /** Epoch ms of the newest sample; the store knows it also of servers not reached since the start. */
  sampledAt: number | null
}

/** The newest values by host, picked out of one pass over them all. */
export function fleetOf(hosts: readonly Host[], latest: readonly Latest[]): FleetRow[] {
  const rows = new Map<string, FleetRow>()
  for (const host of hosts)
    rows.set(host.id, {
      host,
      cpu: undefined,
      memory: undefined,
      disk: undefined,
      load: undefined,
      cores: undefined,
      sampledAt: host.lastSampleAt,
    })
  for (const { series, value, at } of latest) {
    const row = rows.get(series.hostId)
    if (!row) continue
    row.sampledAt = Math.max(at, row.sampledAt ?? 0)
    if (series.metric === 'cpu_used_ratio') row.cpu = value
    else if (series.metric === 'memory_used_ratio') row.memory = value
    else if (series.metric === 'load1') row.load = value
    else if (series.metric === 'cpu_cores') row.cores = value
    else if (series.metric === 'disk_used_ratio' && (row.disk === undefined || value > row.disk.used))
      row.disk = { mount: series.labels.mount ?? '/', used: value }
  }
  return [...rows.values()]
}
