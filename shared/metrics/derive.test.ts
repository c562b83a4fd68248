import { describe, expect, test } from 'vitest'
import { type DerivedSample, deriveSamples, remember } from './derive.ts'
import { parseProbe } from './probe-output.ts'

const ticks = (user: number, idle: number, iowait: number, steal: number) =>
  `cpu_ticks{mode="user"} ${user}\ncpu_ticks{mode="idle"} ${idle}\ncpu_ticks{mode="iowait"} ${iowait}\ncpu_ticks{mode="steal"} ${steal}`
const reading = (uptime: number, lines: string) =>
  parseProbe(`headroom_probe 1\nuptime_seconds ${uptime}\n${lines}\nprobe_end{milliseconds="40"} 1\n`)
const find = (measured: DerivedSample[], metric: string, labels = {}) =>
  measured.find((one) => one.metric === metric && JSON.stringify(one.labels) === JSON.stringify(labels))?.value

describe('from counters to metrics', () => {
  test('CPU shares are of the time between two readings; waiting for disks is not use', () => {
    const before = reading(100, ticks(1000, 5000, 100, 10))
    const values = deriveSamples(remember(null, before), reading(110, ticks(1600, 5300, 150, 60)))
    expect(find(values, 'cpu_used_ratio')).toBeCloseTo(0.65)
    expect(find(values, 'cpu_iowait_ratio')).toBeCloseTo(0.05)
    expect(find(values, 'cpu_steal_ratio')).toBeCloseTo(0.05)
  })
  test('the first round has no rates', () => {
    const values = deriveSamples(
      null,
      reading(100, `${ticks(1, 2, 3, 4)}\nnetwork_bytes{device="eth0",direction="receive"} 5`),
    )
    expect(find(values, 'cpu_used_ratio')).toBeUndefined()
    expect(find(values, 'network_receive_bytes_per_second', { device: 'eth0' })).toBeUndefined()
    expect(find(values, 'uptime_seconds')).toBe(100)
  })
  test('a host that booted in between gives no rates, whatever its counters say', () => {
    const before = reading(100, ticks(10, 20, 0, 0))
    expect(
      find(deriveSamples(remember(null, before), reading(5, ticks(50, 60, 0, 0))), 'cpu_used_ratio'),
    ).toBeUndefined()
  })
  test('a missed round loses nothing: the rate is over the longer time', () => {
    const bytes = (n: number) => `network_bytes{device="eth0",direction="receive"} ${n}`
    const values = deriveSamples(remember(null, reading(100, bytes(1000))), reading(130, bytes(31_000)))
    expect(find(values, 'network_receive_bytes_per_second', { device: 'eth0' })).toBe(1000)
  })
  test('a device counter that went backwards is left out', () => {
    const bytes = (n: number) => `network_bytes{device="eth0",direction="transmit"} ${n}`
    const values = deriveSamples(remember(null, reading(100, bytes(1000))), reading(110, bytes(5)))
    expect(find(values, 'network_transmit_bytes_per_second', { device: 'eth0' })).toBeUndefined()
  })
  test('memory counts what is available as free, and adds it up where the kernel does not state it', () => {
    const newer = reading(1, 'memory_kib{kind="total"} 1000\nmemory_kib{kind="available"} 400')
    expect(find(deriveSamples(null, newer), 'memory_used_ratio')).toBeCloseTo(0.6)
    const old = reading(
      1,
      'memory_kib{kind="total"} 1000\nmemory_kib{kind="free"} 100\nmemory_kib{kind="buffers"} 50\nmemory_kib{kind="cached"} 150',
    )
    expect(find(deriveSamples(null, old), 'memory_used_ratio')).toBeCloseTo(0.7)
  })
  test('a host without swap has no swap ratio, and zero bytes of it', () => {
    const values = deriveSamples(null, reading(1, 'swap_kib{kind="total"} 0\nswap_kib{kind="free"} 0'))
    expect(find(values, 'swap_used_ratio')).toBeUndefined()
    expect(find(values, 'swap_used_bytes')).toBe(0)
  })
  test('a disk is as full as df says: blocks reserved for root are not free', () => {
    const lines = ['total 1000', 'used 600', 'available 200'].map((pair) => {
      const [kind, value] = pair.split(' ')
      return `disk_kib{mount="/",kind="${kind}"} ${value}`
    })
    const values = deriveSamples(null, reading(1, lines.join('\n')))
    expect(find(values, 'disk_used_ratio', { mount: '/' })).toBeCloseTo(0.75)
  })
  test('connections are judged against max_connections; no PostgreSQL gives nothing rather than zero', () => {
    const lines =
      'postgres_connections{state="active"} 3\npostgres_connections{state="idle"} 5\npostgres_max_connections 100'
    const values = deriveSamples(null, reading(1, lines))
    expect(find(values, 'postgres_connections_total')).toBe(8)
    expect(find(values, 'postgres_connections_used_ratio')).toBeCloseTo(0.08)
    expect(deriveSamples(null, reading(1, 'load1 1')).filter(({ metric }) => metric.startsWith('postgres'))).toEqual([])
  })
  test('a state of connections that no session is in any more is zero, not its last value', () => {
    const values = deriveSamples(null, reading(1, 'postgres_connections{state="idle"} 5\npostgres_max_connections 100'))
    expect(find(values, 'postgres_connections', { state: 'active' })).toBe(0)
    expect(find(values, 'postgres_connections', { state: 'idle' })).toBe(5)
    expect(find(values, 'postgres_connections_total')).toBe(5)
  })
})
