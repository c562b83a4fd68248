import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Service } from '../model/service.ts'
import { type DerivedSample, deriveSamples, type RateMemory, remember } from './derive.ts'
import { parseProbe } from './probe-output.ts'

/** Rates over many rounds: resets, reboots, clocks that jump, rounds and parts that were missed. */
const round = (uptime: number, lines: string, boot = 'b1') =>
  parseProbe(
    `headroom_probe 2\nuptime_seconds ${uptime}\nboot{id="${boot}"} 1\n${lines}\nprobe_end{milliseconds="1"} 1\n`,
  )
const find = (samples: readonly DerivedSample[], metric: string) => samples.find((one) => one.metric === metric)?.value
const received = (bytes: number) => `network_bytes{device="eth0",direction="receive"} ${bytes}`
const RECEIVED = 'network_receive_bytes_per_second'

describe('rates', () => {
  test('are what a true counter says, whatever rounds are missed and whenever the host boots or the counter begins anew', () => {
    const step = fc.record({
      seconds: fc.integer({ min: 1, max: 500 }),
      bytes: fc.integer({ min: 0, max: 1_000_000 }),
      event: fc.constantFrom('none', 'none', 'none', 'missed', 'boot', 'reset'),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 40 }), (steps) => {
        let memory: RateMemory | null = null
        let [uptime, counter, boot, since, sinceSeconds] = [1000, 5000, 0, null as number | null, 0]
        for (const { seconds, bytes, event } of steps) {
          if (event === 'boot') [uptime, counter, since, boot] = [0, 0, null, boot + 1]
          if (event === 'reset') [counter, since] = [0, null]
          uptime += seconds
          counter += bytes
          if (since !== null) [since, sinceSeconds] = [since + bytes, sinceSeconds + seconds]
          if (event === 'missed') continue
          const output = round(uptime, received(counter), `b${boot}`)
          const rate = find(deriveSamples(memory, output), RECEIVED)
          if (since !== null) expect(rate).toBeCloseTo(since / sinceSeconds, -0.5)
          // A counter that began anew may have passed what it was: then what is told is less than what was, never more.
          else if (rate !== undefined) expect(rate).toBeLessThanOrEqual(counter)
          memory = remember(memory, output)
          ;[since, sinceSeconds] = [0, 0]
        }
      }),
    )
  })
  test('a boot with a longer uptime than the last reading’s is told by the boot id', () => {
    const memory = remember(null, round(10, received(100)))
    expect(find(deriveSamples(memory, round(500, received(90_000), 'b2')), RECEIVED)).toBeUndefined()
    expect(find(deriveSamples(memory, round(500, received(90_100))), RECEIVED)).toBe(184)
  })
  test('neither clock matters: only the clock offset is told', () => {
    const memory = remember(null, round(10, received(0)))
    const now = round(20, `${received(1000)}\nboot_time_seconds 1000000`)
    const near = deriveSamples(memory, now, { at: 1_000_020_000, services: [] })
    const dayOff = deriveSamples(memory, now, { at: 1_000_020_000 - 86_400_000, services: [] })
    expect([find(near, RECEIVED), find(dayOff, RECEIVED)]).toEqual([100, 100])
    expect([find(near, 'clock_offset_seconds'), find(dayOff, 'clock_offset_seconds')]).toEqual([0, 86_400])
  })
  test('a part that is asked less often keeps its last reading, and its rate spans the rounds between', () => {
    const statement = (calls: number, ms: number) =>
      `postgres_max_connections 10\npostgres_statement{statement="1 select",kind="calls"} ${calls}\npostgres_statement{statement="1 select",kind="total_ms"} ${ms}`
    let memory = remember(null, round(0.5, statement(10, 1000)))
    for (const uptime of [15, 30, 45]) memory = remember(memory, round(uptime, 'load1 1'))
    const samples = deriveSamples(memory, round(60.5, statement(30, 4000)))
    expect(find(samples, 'postgres_statement_mean_ms')).toBe(150)
    expect(find(samples, 'postgres_statement_load')).toBe(0.05)
  })
  test('a container made anew under its name begins anew', () => {
    const used = (id: string, usec: number) => `container_cpu_usec{name="web",id="${id}"} ${usec}`
    const memory = remember(null, round(10, used('aaa', 1_000_000)))
    expect(find(deriveSamples(memory, round(20, used('aaa', 6_000_000))), 'docker_container_cpu_ratio')).toBe(0.5)
    expect(find(deriveSamples(memory, round(20, used('bbb', 6_000_000))), 'docker_container_cpu_ratio')).toBeUndefined()
  })
  test('a server that was restarted gives no rate, even when its counters have passed what they were', () => {
    const redis: Service = {
      ...{ kind: 'redis', id: 'c', name: 'C', via: 'host', address: 'x', port: 1, lists: [] },
    }
    const lines = (up: number, commands: number) =>
      `redis{service="c",key="used_memory"} 1\nredis{service="c",key="uptime_in_seconds"} ${up}\nredis{service="c",key="total_commands_processed"} ${commands}`
    const memory = remember(null, round(10, lines(100, 50)))
    const context = { at: 0, services: [redis] }
    expect(find(deriveSamples(memory, round(20, lines(110, 150)), context), 'redis_operations_per_second')).toBe(10)
    expect(
      find(deriveSamples(memory, round(20, lines(5, 150)), context), 'redis_operations_per_second'),
    ).toBeUndefined()
    const postgres = (start: number) =>
      `postgres_max_connections 10\npostgres_start_seconds ${start}\npostgres_activity{kind="commits"} ${start * 100}`
    const before = remember(null, round(10, postgres(1)))
    expect(find(deriveSamples(before, round(20, postgres(2))), 'postgres_commits_per_second')).toBeUndefined()
  })
  test('a unit that failed no longer is told once more, as none; OOM kills are those since the round before', () => {
    const failed = 'systemd_units_failed 1\nsystemd_unit_failed{unit="a.service"} 1\noom_kills 3'
    const memory = remember(null, round(10, failed))
    const samples = deriveSamples(memory, round(20, 'systemd_units_failed 0\noom_kills 5'))
    expect(find(samples, 'systemd_unit_failed')).toBe(0)
    expect([find(samples, 'oom_kills'), find(samples, 'oom_kills_since_boot')]).toEqual([2, 5])
  })
  test('disks, pressure and cores as iostat, PSI and top have them', () => {
    const at = (n: number) =>
      [
        `disk_io{device="sda",kind="reads"} ${n * 100}`,
        `disk_io{device="sda",kind="read_sectors"} ${n * 2048}`,
        `disk_io{device="sda",kind="writes"} ${n * 50}`,
        `disk_io{device="sda",kind="write_sectors"} ${n * 4096}`,
        `disk_io{device="sda",kind="busy_ms"} ${n * 2500}`,
        `disk_io{device="sda",kind="waiting_ms"} ${n * 30_000}`,
        `pressure_usec{resource="io",kind="full"} ${n * 1_000_000}`,
        `core_ticks{core="0",kind="total"} ${n * 1000}`,
        `core_ticks{core="0",kind="unused"} ${n * 250}`,
      ].join('\n')
    const samples = deriveSamples(remember(null, round(10, at(1))), round(20, at(2)))
    expect(find(samples, 'disk_reads_per_second')).toBe(10)
    expect(find(samples, 'disk_read_bytes_per_second')).toBe(Math.round((2048 * 512) / 10))
    expect(find(samples, 'disk_write_bytes_per_second')).toBe(Math.round((4096 * 512) / 10))
    expect(find(samples, 'disk_busy_ratio')).toBe(0.25)
    expect(find(samples, 'disk_queue_length')).toBe(3)
    expect(find(samples, 'pressure_ratio')).toBe(0.1)
    expect(find(samples, 'cpu_core_used_ratio')).toBe(0.75)
  })
})
