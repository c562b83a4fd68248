import { expect, test } from 'vitest'
import { readArchive } from './sysstat.ts'

const document = (...statistics: unknown[]) => JSON.stringify({ sysstat: { hosts: [{ nodename: 'web', statistics }] } })
const stamp = (time: string) => ({ date: '2026-01-31', time, utc: 1, interval: 600 })
const AT = Date.UTC(2026, 0, 31, 10, 10, 1)
const firstOf = (text: string, metric: string, labels = {}) =>
  readArchive(text).series.find((one) => one.metric === metric && JSON.stringify(one.labels) === JSON.stringify(labels))
    ?.value[0]

/** As sysstat 10.1 on CentOS 7 writes it: nothing of what is available, used memory with its cache, sectors. */
const OLD = {
  timestamp: stamp('10:10:01'),
  'cpu-load': [{ cpu: 'all', user: 12.5, nice: 0, system: 2.5, iowait: 1, steal: 0, idle: 84 }],
  memory: {
    ...{ memfree: 1_000_000, memused: 3_000_000, 'memused-percent': 75, buffers: 200_000, cached: 1_800_000 },
    ...{ swpfree: 900, swpused: 100, 'swpused-percent': 10 },
  },
  queue: { 'runq-sz': 1, 'plist-sz': 200, 'ldavg-1': 0.12, 'ldavg-5': 0.2, 'ldavg-15': 0.3 },
  disk: [{ 'disk-device': 'vda', tps: 1.5, rd_sec: 8, wr_sec: 100, 'avgrq-sz': 50, 'util-percent': 2.5 }],
  network: {
    'net-dev': [
      { iface: 'eth0', rxpck: 1, txpck: 1, rxkB: 1.5, txkB: 2 },
      { iface: 'lo', rxpck: 1, txpck: 1, rxkB: 9, txkB: 9 },
    ],
  },
}

test('old versions are read with what they have', () => {
  const text = document(OLD)
  expect(firstOf(text, 'cpu_used_ratio')).toBe(0.15)
  expect(firstOf(text, 'memory_total_bytes')).toBe(4_000_000 * 1024)
  expect(firstOf(text, 'memory_used_ratio')).toBe(0.25)
  expect(firstOf(text, 'swap_used_ratio')).toBe(0.1)
  expect(firstOf(text, 'load1')).toBe(0.12)
  expect(firstOf(text, 'disk_read_bytes_per_second', { device: 'vda' })).toBe(8 * 512)
  expect(firstOf(text, 'disk_busy_ratio', { device: 'vda' })).toBe(0.025)
  expect(firstOf(text, 'network_receive_bytes_per_second', { device: 'eth0' })).toBe(1536)
  expect(firstOf(text, 'network_receive_bytes_per_second', { device: 'lo' })).toBeUndefined()
  expect(readArchive(text)).toMatchObject({
    host: 'web',
    from: AT,
    to: AT,
    intervalMs: 600_000,
    records: 1,
    skipped: 0,
  })
})
test('the total of memory is the sum of which the stated share is right, in each meaning of "used"', () => {
  const memory = (used: number, percent: number, more: object) =>
    document({
      timestamp: stamp('10:10:01'),
      memory: {
        memfree: 1000,
        avail: 2500,
        memused: used,
        'memused-percent': percent,
        buffers: 200,
        cached: 800,
        ...more,
      },
    })
  expect(firstOf(memory(3000, 75, {}), 'memory_total_bytes')).toBe(4000 * 1024)
  expect(firstOf(memory(2000, 50, {}), 'memory_total_bytes')).toBe(4000 * 1024)
  expect(firstOf(memory(1500, 37.5, { slab: 500 }), 'memory_total_bytes')).toBe(4000 * 1024)
  expect(firstOf(memory(1500, 12, {}), 'memory_total_bytes')).toBeUndefined()
})
test('a restart is no fault, and a record without a time is counted as left out', () => {
  const read = readArchive(
    document({ boot: { date: '2026-01-31' } }, OLD, { timestamp: { date: 'x', time: 'y', interval: 1 } }, 7),
  )
  expect(read).toMatchObject({ records: 1, skipped: 2 })
})
test('a part that is not as known is passed over, and the others are read', () => {
  const read = readArchive(document({ ...OLD, 'cpu-load': 'changed', disk: [{ name: 'vda' }] }))
  expect(read.series.map(({ metric }) => metric)).toContain('load1')
  expect(read.series.map(({ metric }) => metric)).not.toContain('cpu_used_ratio')
})
test('what is no archive is refused', () => {
  expect(() => readArchive('this is no archive')).toThrow()
  expect(() => readArchive('{}')).toThrow()
})
