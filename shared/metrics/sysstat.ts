import * as z from 'zod'
import type { Labels } from '../model/metric.ts'
import { METRICS, storedValue } from './catalogue.ts'

/** Samples of one series out of an archive: times in epoch milliseconds, each the end of the interval it tells of. */
export interface ArchiveSeries {
  metric: string
  labels: Labels
  at: number[]
  value: number[]
}

/** What one day's archive holds. `intervalMs` is the usual interval; `skipped` counts records without a readable time. */
export interface Archive {
  host: string
  from: number | null
  to: number | null
  intervalMs: number
  records: number
  skipped: number
  series: ArchiveSeries[]
}

const number = z.number()
const maybe = z.number().optional()
// Parts that a version of sysstat does not have are absent; parts that are not understood are passed over, not guessed.
const RecordSchema = z.object({
  timestamp: z.object({ date: z.string(), time: z.string(), interval: z.number() }),
  'cpu-load': z
    .array(z.object({ cpu: z.string(), iowait: number, steal: maybe, idle: number }))
    .optional()
    .catch(undefined),
  memory: z
    .object({
      memfree: maybe,
      avail: maybe,
      memused: maybe,
      'memused-percent': maybe,
      buffers: maybe,
      cached: maybe,
      slab: maybe,
      swpfree: maybe,
      swpused: maybe,
    })
    .optional()
    .catch(undefined),
  queue: z.object({ 'ldavg-1': maybe, 'ldavg-5': maybe, 'ldavg-15': maybe }).optional().catch(undefined),
  disk: z
    .array(
      z.object({
        'disk-device': z.string(),
        rd_sec: maybe,
        wr_sec: maybe,
        rkB: maybe,
        wkB: maybe,
        'util-percent': maybe,
      }),
    )
    .optional()
    .catch(undefined),
  network: z
    .object({ 'net-dev': z.array(z.object({ iface: z.string(), rxkB: number, txkB: number })).optional() })
    .optional()
    .catch(undefined),
  filesystems: z
    .array(z.object({ mountpoint: z.string().optional(), '%ufsused': maybe, '%Iused': maybe }))
    .optional()
    .catch(undefined),
})
type ArchiveRecord = z.infer<typeof RecordSchema>

const DocumentSchema = z.object({
  sysstat: z.object({
    hosts: z.array(z.object({ nodename: z.string().default(''), statistics: z.array(z.unknown()).default([]) })).min(1),
  }),
})

/** The same virtual links and file systems that the probe passes over. */
const VIRTUAL_LINK = /^(lo|veth|docker|br-|virbr|cni|flannel|cali|tun|tap|ifb|dummy)/
const VIRTUAL_DISK = /^(loop|ram|zram|fd|sr)\d/
const VIRTUAL_MOUNT = /^\/(proc|sys|dev|run|snap|var\/lib\/(docker|containerd|kubelet))(\/|$)/

/**
 * Reads what `sadf -j` prints of one archive, of any version since 10. Percentages become ratios and kB become bytes; memory
 * is told as the probe tells it, from what is available. Throws SyntaxError or ZodError for what is no such document.
 */
export function readArchive(text: string): Archive {
  const [host] = DocumentSchema.parse(JSON.parse(text)).sysstat.hosts as [{ nodename: string; statistics: unknown[] }]
  const series = new Map<string, ArchiveSeries>()
  const intervals: number[] = []
  let from: number | null = null
  let to: number | null = null
  let skipped = 0
  for (const one of host.statistics) {
    const record = RecordSchema.safeParse(one)
    const at = record.success ? timeOf(record.data) : null
    if (!record.success || at === null) {
      // A restart of the host is a record of its own kind.
      if (!isRestart(one)) skipped += 1
      continue
    }
    intervals.push(record.data.timestamp.interval * 1000)
    from = from === null ? at : Math.min(from, at)
    to = to === null ? at : Math.max(to, at)
    const put = (metric: string, value: number | undefined, labels: Labels = {}) => {
      if (value === undefined || !Number.isFinite(value) || !METRICS[metric]) return
      const key = `${metric} ${JSON.stringify(labels)}`
      let found = series.get(key)
      if (!found) {
        found = { metric, labels, at: [], value: [] }
        series.set(key, found)
      }
      found.at.push(at)
      found.value.push(storedValue(metric, value))
    }
    cpu(record.data, put)
    memory(record.data, put)
    load(record.data, put)
    disks(record.data, put)
    network(record.data, put)
    filesystems(record.data, put)
  }
  intervals.sort((a, b) => a - b)
  const intervalMs = intervals[Math.floor(intervals.length / 2)] ?? 0
  return { host: host.nodename, from, to, intervalMs, records: intervals.length, skipped, series: [...series.values()] }
}

type Put = (metric: string, value: number | undefined, labels?: Labels) => void

function isRestart(record: unknown): boolean {
  return (
    typeof record === 'object' && record !== null && ('boot' in record || 'restarts' in record || 'comments' in record)
  )
}

/** sadf writes UTC unless told otherwise, and is run with TZ=UTC besides. */
function timeOf({ timestamp: { date, time } }: ArchiveRecord): number | null {
  const match = /^(\d{4})-(\d\d)-(\d\d) (\d\d)[:-](\d\d)[:-](\d\d)$/.exec(`${date} ${time}`)
  if (!match) return null
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

const ratio = (percent: number): number => Math.min(1, Math.max(0, percent / 100))

function cpu({ 'cpu-load': all }: ArchiveRecord, put: Put): void {
  const total = all?.find((one) => one.cpu === 'all' || one.cpu === '-1')
  if (!total) return
  put('cpu_used_ratio', ratio(100 - total.idle - total.iowait))
  put('cpu_iowait_ratio', ratio(total.iowait))
  if (total.steal !== undefined) put('cpu_steal_ratio', ratio(total.steal))
}

function memory({ memory: one }: ArchiveRecord, put: Put): void {
  if (!one) return
  const total = totalMemory(one)
  const { memfree, buffers, cached } = one
  const available = one.avail ?? (memfree === undefined ? undefined : memfree + (buffers ?? 0) + (cached ?? 0))
  if (total !== null && total > 0 && available !== undefined) {
    put('memory_total_bytes', total * 1024)
    put('memory_available_bytes', available * 1024)
    put('memory_used_ratio', ratio(100 * (1 - available / total)))
  }
  if (one.swpfree !== undefined && one.swpused !== undefined) {
    put('swap_used_bytes', one.swpused * 1024)
    const swap = one.swpfree + one.swpused
    if (swap > 0) put('swap_used_ratio', ratio((100 * one.swpused) / swap))
  }
}

/**
 * The archive has no total. What counts as used changed between versions (all that is not free; without buffers and cache;
 * without slab besides), so the sum is taken of which the stated percentage is the share.
 */
function totalMemory(one: NonNullable<ArchiveRecord['memory']>): number | null {
  const { memfree, memused, 'memused-percent': percent } = one
  if (memfree === undefined || memused === undefined) return null
  const cache = (one.buffers ?? 0) + (one.cached ?? 0)
  const candidates = [memfree + memused, memfree + memused + cache, memfree + memused + cache + (one.slab ?? 0)]
  if (percent === undefined) return candidates[0] as number
  const off = (total: number) => Math.abs((100 * memused) / total - percent)
  const best = candidates.reduce((a, b) => (off(b) < off(a) ? b : a))
  // The percentage has two decimals; a sum that is further off is none of the known ones.
  return off(best) <= 0.02 ? best : null
}

function load({ queue }: ArchiveRecord, put: Put): void {
  put('load1', queue?.['ldavg-1'])
  put('load5', queue?.['ldavg-5'])
  put('load15', queue?.['ldavg-15'])
}

function disks({ disk }: ArchiveRecord, put: Put): void {
  for (const one of disk ?? []) {
    const device = one['disk-device']
    if (VIRTUAL_DISK.test(device)) continue
    const bytes = (kib: number | undefined, sectors: number | undefined) =>
      kib !== undefined ? kib * 1024 : sectors === undefined ? undefined : sectors * 512
    put('disk_read_bytes_per_second', bytes(one.rkB, one.rd_sec), { device })
    put('disk_write_bytes_per_second', bytes(one.wkB, one.wr_sec), { device })
    if (one['util-percent'] !== undefined) put('disk_busy_ratio', ratio(one['util-percent']), { device })
  }
}

function network({ network: all }: ArchiveRecord, put: Put): void {
  for (const { iface, rxkB, txkB } of all?.['net-dev'] ?? []) {
    if (VIRTUAL_LINK.test(iface)) continue
    put('network_receive_bytes_per_second', rxkB * 1024, { device: iface })
    put('network_transmit_bytes_per_second', txkB * 1024, { device: iface })
  }
}

/** `%ufsused` is df's own share: of what an ordinary user could use. */
function filesystems({ filesystems: all }: ArchiveRecord, put: Put): void {
  for (const one of all ?? []) {
    const mount = one.mountpoint
    if (mount === undefined || VIRTUAL_MOUNT.test(mount)) continue
    if (one['%ufsused'] !== undefined) put('disk_used_ratio', ratio(one['%ufsused']), { mount })
    if (one['%Iused'] !== undefined) put('inode_used_ratio', ratio(one['%Iused']), { mount })
  }
}
