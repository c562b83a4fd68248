import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { openWorkspace, type Workspace } from '../workspace/index.ts'
import { ROLLUPS } from './retention.ts'
import { rollUp } from './rollup.ts'
import { SampleStore } from './store.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = Date.UTC(2026, 5, 15, 12)
let environment: TestEnvironment
let workspace: Workspace
let store: SampleStore

beforeEach(() => {
  environment = testEnvironment()
  workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
  store = new SampleStore(workspace.metrics)
})
afterEach(() => {
  workspace.close()
  environment.dispose()
})

const cpu = (hostId = 'h') => store.ensureSeries(hostId, 'cpu_used_ratio', {})
const columns = (pairs: readonly (readonly [number, number])[]) => ({
  at: Float64Array.from(pairs, ([at]) => at),
  value: Float64Array.from(pairs, ([, value]) => value),
})
const every = (stepMs: number, from: number, n: number, value: (i: number) => number) =>
  columns(Array.from({ length: n }, (_, i) => [from + i * stepMs, value(i)] as const))
const record = (at: number, value: number) => store.record('h', at, [{ metric: 'cpu_used_ratio', labels: {}, value }])

describe('filling in from elsewhere', () => {
  test('a week of samples is there at once, in another life too, with its newest value', () => {
    const step = 15_000
    const n = (7 * DAY) / step
    const filled = store.fill(
      cpu(),
      every(step, NOW - n * step, n, (i) => (i % 997) / 1000),
      NOW,
    )
    // The samples of the hour that the retention cuts are rollups only; they count as stored.
    expect(filled).toEqual({ stored: n, dropped: 0 })
    const again = new SampleStore(workspace.metrics)
    const samples = again.raw(cpu().id, NOW - DAY, NOW)
    expect(samples).toHaveLength(DAY / step)
    expect(again.latest('h')[0]).toMatchObject({ at: NOW - step, value: ((n - 1) % 997) / 1000 })
  })
  test('what was measured is never overwritten: only the holes are filled', () => {
    for (let i = 0; i < 240; i += 1) if (i < 80 || i >= 160) record(NOW - 240 * 15_000 + i * 15_000, 0.5)
    const tenMinutes = every(600_000, NOW - 24 * 600_000, 24, () => 0.9)
    const filled = store.fill(cpu(), tenMinutes, NOW)
    const samples = store.raw(cpu().id, 0, NOW)
    const measured = samples.filter(({ value }) => value === 0.5)
    expect(measured).toHaveLength(160)
    expect(filled.stored).toBe(samples.length - 160)
    for (const { at } of samples.filter(({ value }) => value === 0.9))
      expect(measured.every((one) => Math.abs(one.at - at) >= 300_000)).toBe(true)
    expect(filled.dropped).toBeGreaterThan(0)
  })
  test('the same again brings nothing, neither samples nor rollups', () => {
    const month = every(600_000, NOW - 30 * DAY, 30 * 144, (i) => (i % 100) / 100)
    expect(store.fill(cpu(), month, NOW)).toEqual({ stored: month.at.length, dropped: 0 })
    const before = ROLLUPS.map(({ level }) => store.rolledUp(level, cpu().id, 0, NOW))
    expect(store.fill(cpu(), month, NOW)).toEqual({ stored: 0, dropped: month.at.length })
    expect(ROLLUPS.map(({ level }) => store.rolledUp(level, cpu().id, 0, NOW))).toEqual(before)
  })
  test('what is older than samples are kept is there by the hour, with least and greatest', () => {
    store.fill(
      cpu(),
      every(600_000, NOW - 30 * DAY, 30 * 144, (i) => (i % 6) / 10),
      NOW,
    )
    expect(store.raw(cpu().id, 0, NOW - 8 * DAY)).toEqual([])
    const hours = store.rolledUp(HOUR, cpu().id, NOW - 30 * DAY, NOW - 8 * DAY)
    expect(hours.length).toBe(22 * 24 + 1)
    expect(hours[5]).toMatchObject({ n: 6, min: 0, max: 0.5 })
  })
  test('what came out of order, twice or not as a number is put right', () => {
    const filled = store.fill(
      cpu(),
      columns([
        [NOW - 1000, 0.3],
        [NOW - 3000, 0.1],
        [NOW - 2000, Number.NaN],
        [NOW - 3000, 0.7],
        [NOW - 4000, 0.2],
      ]),
      NOW,
      0,
    )
    expect(filled).toEqual({ stored: 3, dropped: 2 })
    expect(store.raw(cpu().id, 0, NOW).map(({ value }) => value)).toEqual([0.2, 0.1, 0.3])
  })
  test('older samples go into the blocks that are there, and blocks do not overlap', () => {
    for (let i = 0; i < 2000; i += 1) record(NOW - 2 * DAY + i * 15_000, 0.5)
    store.fill(
      cpu(),
      every(60_000, NOW - 3 * DAY, 3 * 1440, () => 0.25),
      NOW,
      60_000,
    )
    const spans = workspace.metrics
      .prepare('SELECT from_at, to_at, n FROM block ORDER BY key')
      .raw()
      .all() as number[][]
    for (const [i, span] of spans.entries())
      if (i > 0) expect(span[0]).toBeGreaterThan((spans[i - 1] as number[])[1] as number)
    const samples = store.raw(cpu().id, 0, NOW)
    expect(samples.filter(({ value }) => value === 0.5)).toHaveLength(2000)
    expect(samples.every(({ at }, i) => i === 0 || at > (samples[i - 1]?.at ?? 0))).toBe(true)
  })
  test('rounds go on after it, and seal as ever', () => {
    store.fill(
      cpu(),
      every(60_000, NOW - DAY, 1440, () => 0.25),
      NOW,
    )
    for (let i = 0; i < 1000; i += 1) record(NOW + i * 15_000, 0.5)
    expect(new SampleStore(workspace.metrics).raw(cpu().id, 0, NOW + DAY)).toHaveLength(2440)
  })
  test('an import that fails half way leaves nothing behind', () => {
    workspace.metrics.exec(`
      CREATE TRIGGER refuse BEFORE INSERT ON rollup BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`)
    expect(() =>
      store.fill(
        cpu(),
        every(15_000, NOW - DAY, 5760, () => 0.5),
        NOW,
      ),
    ).toThrow(/disk is full/)
    workspace.metrics.exec('DROP TRIGGER refuse')
    expect(store.raw(cpu().id, 0, NOW)).toEqual([])
    expect(
      store.fill(
        cpu(),
        every(15_000, NOW - DAY, 5760, () => 0.5),
        NOW,
      ).stored,
    ).toBe(5760)
    expect(new SampleStore(workspace.metrics).raw(cpu().id, 0, NOW)).toHaveLength(5760)
  })
  test('series that were measured in the same rounds share their times', () => {
    const jitter = (i: number) => (Math.imul(i + 1, 0x9e3779b1) >>> 0) % 900
    for (const hostId of ['a', 'b', 'c', 'd']) {
      const at = Float64Array.from({ length: 960 }, (_, i) => NOW - DAY + i * 15_000 + jitter(i))
      store.fill(cpu(hostId), { at, value: at.map((_, i) => i / 1000) }, NOW)
    }
    // The newest sample of each is a row, so the block is one shorter than what was filled.
    expect(workspace.metrics.prepare('SELECT count(*) FROM clock').pluck().get()).toBe(1)
    expect(store.raw(cpu('d').id, 0, NOW)).toHaveLength(960)
  })
  test('buckets of another server fill the levels where there are none', () => {
    record(NOW, 0.5)
    const bucket = (at: number) => ({ at, n: 60, min: 0.1, max: 0.9, sum: 30, last: 0.4 })
    const hour = NOW - (NOW % HOUR)
    const given = [bucket(hour - 400 * HOUR), bucket(hour - 399 * HOUR), bucket(hour)]
    expect(store.fillBuckets(cpu(), HOUR, given)).toEqual({ stored: 2, dropped: 1 })
    expect(store.rolledUp(HOUR, cpu().id, 0, NOW).map(({ n }) => n)).toEqual([60, 60, 1])
  })
  test('in whatever order rounds and imports come, the rollups are those of the samples', () => {
    const step = fc.record({
      kind: fc.constantFrom('record', 'fill'),
      from: fc.integer({ min: 0, max: 40 * 240 }),
      n: fc.integer({ min: 1, max: 300 }),
      everyMs: fc.constantFrom(15_000, 60_000, 600_000),
    })
    let host = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        host += 1
        const hostId = `p${host}`
        for (const [index, { kind, from, n, everyMs }] of steps.entries()) {
          const samples = every(everyMs, NOW - 2 * DAY + from * 15_000, n, (i) => (i % 10_000) / 10_000)
          if (kind === 'fill') store.fill(cpu(hostId), samples, NOW)
          // Rounds are never of exactly the same millisecond as anything else.
          else
            for (const [i, at] of samples.at.entries())
              store.record(hostId, at + 1 + index, [
                { metric: 'cpu_used_ratio', labels: {}, value: samples.value[i] as number },
              ])
        }
        const all = store.columns(cpu(hostId).id, 0, NOW + 9 * DAY)
        expect([...all.at].every((at, i) => i === 0 || at > (all.at[i - 1] as number))).toBe(true)
        for (const { level } of ROLLUPS) {
          const stored = store.rolledUp(level, cpu(hostId).id, 0, NOW + 9 * DAY)
          const counted = rollUp(all, level)
          expect(stored.map(({ at, n, min, max }) => [at, n, min, max])).toEqual(
            counted.map(({ at, n, min, max }) => [at, n, min, max]),
          )
          for (const [i, { sum }] of counted.entries()) expect(stored[i]?.sum).toBeCloseTo(sum, 8)
        }
      }),
      { numRuns: 40 },
    )
  })
})
