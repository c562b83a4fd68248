import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { openWorkspace, type Workspace } from '../workspace/index.ts'
import { history } from './history.ts'
import { sliceSeries } from './slice.ts'
import { SampleStore } from './store.ts'

const START = Date.UTC(2026, 0, 1)
const EVERY = 15_000
const DAY = 86_400_000
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

const cpu = (value: number) => [{ metric: 'cpu_used_ratio', labels: {}, value }]
function fill(rounds: number, value: (i: number) => number, skip: (i: number) => boolean = () => false): void {
  for (let i = 0; i < rounds; i += 1) if (!skip(i)) store.record('h', START + i * EVERY, cpu(value(i)))
}
const only = () => {
  const series = store.series('h')[0]
  if (!series) throw new Error('no series')
  return series
}
const window = (from: number, to: number, widthPx: number, now = to) => ({ from, to, widthPx, now, everyMs: EVERY })

describe('the sample store', () => {
  test('gives back what was recorded, over the seam of sealed blocks, in another process life too', () => {
    fill(1200, (i) => i / 10_000)
    const blocks = workspace.metrics.prepare('SELECT sum(n) AS n FROM block').pluck().get()
    expect(blocks).toBeGreaterThanOrEqual(900)
    const reopened = new SampleStore(workspace.metrics)
    const samples = reopened.raw(only().id, START, START + 1200 * EVERY)
    expect(samples.map((sample) => sample.value)).toEqual(Array.from({ length: 1200 }, (_, i) => i / 10_000))
    expect(reopened.latest('h')[0]).toMatchObject({ at: START + 1199 * EVERY, value: 1199 / 10_000 })
  })
  test('the newest value is known right after sealing and opening again', () => {
    fill(480, (i) => i)
    expect(new SampleStore(workspace.metrics).latest('h')[0]).toMatchObject({ value: 479 })
  })
  test('the newest value is the one that came last, after a clock that was put back too, and what is ahead stays', () => {
    store.record('h', START + DAY, cpu(0.9))
    store.record('h', START, cpu(0.2))
    expect(store.latest('h')).toMatchObject([{ at: START, value: 0.2 }])
    store.record('h', START + EVERY, cpu(0.3))
    expect(store.latest('h')).toMatchObject([{ at: START + EVERY, value: 0.3 }])
    store.record('h', START + 2 * DAY, cpu(0.4))
    expect(store.latest('h')).toMatchObject([{ at: START + 2 * DAY, value: 0.4 }])
    expect(store.raw(only().id, START, START + 2 * DAY).map(({ value }) => value)).toEqual([0.2, 0.3, 0.9, 0.4])
  })
  test('a series is a metric with its labels, in whatever order they are given', () => {
    store.record('h', START, [{ metric: 'disk_used_ratio', labels: { mount: '/' }, value: 0.5 }])
    store.record('h', START + 1, [{ metric: 'disk_used_ratio', labels: { mount: '/srv' }, value: 0.6 }])
    expect(store.matching('disk_used_ratio', { mount: '/srv' })).toHaveLength(1)
    expect(store.matching('disk_used_ratio', undefined)).toHaveLength(2)
    expect(store.matching('disk_used_ratio', undefined, 'other')).toHaveLength(0)
  })
  test('newest values of some metrics, and when a host was last heard of, are found without the others', () => {
    store.record('h', START, [...cpu(0.5), { metric: 'load1', labels: {}, value: 3 }])
    store.record('other', START + 5, cpu(0.7))
    expect(store.latest(undefined, new Set(['cpu_used_ratio'])).map(({ value }) => value)).toEqual([0.5, 0.7])
    expect(store.latest('h', new Set(['load1', 'none'])).map(({ value }) => value)).toEqual([3])
    const heard = [
      ['h', START],
      ['other', START + 5],
    ]
    expect([...store.newest()]).toEqual(heard)
    expect([...new SampleStore(workspace.metrics).newest()]).toEqual(heard)
    store.forgetOthers(['other'])
    expect([...store.newest().keys()]).toEqual(['other'])
    expect(store.latest(undefined, new Set(['load1', 'cpu_used_ratio'])).map(({ series }) => series.hostId)).toEqual([
      'other',
    ])
  })
  test('pruning goes in parts, between which samples come in', () => {
    const old = START - 8 * DAY
    const many = (at: number) =>
      store.record(
        'h',
        at,
        Array.from({ length: 450 }, (_, i) => ({ metric: 'disk_used_ratio', labels: { mount: `/${i}` }, value: 0.5 })),
      )
    many(old)
    const parts = store.prunes(START)
    expect(parts.next().done).toBe(false)
    many(START)
    let count = 1
    for (const _ of parts) count += 1
    expect(count).toBe(3)
    const left = workspace.metrics.prepare('SELECT min(at), max(at), count(*) FROM head').raw().get()
    expect(left).toEqual([START, START, 450])
  })
  test('a round that fails leaves nothing behind, and the next one works', () => {
    expect(() => store.record('h', START, [...cpu(0.5), { metric: 'no_such_metric', labels: {}, value: 1 }])).toThrow()
    expect(store.latest('h')).toEqual([])
    expect(store.record('h', START, cpu(0.5))).toBe(1)
    expect(store.latest('h')).toHaveLength(1)
  })
  test('a host that is forgotten takes its samples along', () => {
    fill(600, () => 1)
    store.forget('h')
    for (const table of ['series', 'head', 'block', 'rollup'])
      expect(workspace.metrics.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(0)
  })
  test('pruning keeps seven days of samples, and the rollups of what went before them', () => {
    const now = START + 10 * DAY
    store.record('h', START, cpu(0.1))
    store.record('h', now - DAY, cpu(0.2))
    store.prune(now)
    expect(store.raw(only().id, 0, now).map(({ value }) => value)).toEqual([0.2])
    expect(store.rolledUp(900_000, only().id, START, START)).toMatchObject([{ n: 1, max: 0.1 }])
  })
  test('pruning drops whole blocks that are too old, and every level at its own age', () => {
    fill(600, () => 0.5)
    const count = (table: string) => workspace.metrics.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
    expect(count('block')).toBe(1)
    store.prune(START + 100 * DAY)
    expect([count('block'), count('head')]).toEqual([0, 0])
    expect(store.rolledUp(60_000, only().id, 0, START + DAY)).toEqual([])
    expect(store.rolledUp(900_000, only().id, 0, START + DAY)).toHaveLength(10)
    store.prune(START + 6 * 365 * DAY)
    expect(count('rollup')).toBe(0)
  })
  test('a value of a moment that has one counts once, in the rollups too', () => {
    expect(store.record('h', START, cpu(0.5))).toBe(1)
    expect(store.record('h', START, cpu(0.9))).toBe(0)
    expect(store.rolledUp(3_600_000, only().id, START, START)).toMatchObject([{ n: 1, sum: 0.5 }])
  })
  test('a clock that was set back costs no sample, and they are still given in order', () => {
    fill(480, () => 0.1)
    for (let i = 0; i < 481; i += 1) store.record('h', START + i * EVERY + 1, cpu(0.2))
    expect(workspace.metrics.prepare('SELECT sum(n) FROM block').pluck().get()).toBe(958)
    const samples = store.raw(only().id, START, START + DAY)
    expect(samples).toHaveLength(961)
    expect(samples.map(({ at }) => at)).toEqual(samples.map(({ at }) => at).toSorted((a, b) => a - b))
  })
  test('series of hosts that are gone go, the others stay', () => {
    store.record('gone', START, cpu(0.1))
    store.record('here', START, cpu(0.2))
    store.forgetOthers(['here'])
    expect(store.series().map(({ hostId }) => hostId)).toEqual(['here'])
    expect(new SampleStore(workspace.metrics).series().map(({ hostId }) => hostId)).toEqual(['here'])
  })
})

describe('slices for a chart', () => {
  test('are never more points than pixels, and keep the peaks', () => {
    fill(5760, (i) => (i === 3000 ? 0.99 : 0.2))
    const slice = sliceSeries(store, only(), window(START, START + DAY, 300))
    expect(slice.at.length).toBeLessThanOrEqual(300)
    expect(Math.max(...slice.max.map((value) => value ?? 0))).toBe(0.99)
    expect(slice.avg.every((value) => value !== null)).toBe(true)
  })
  test('a gap is one null point between two values; a single missed round is none', () => {
    fill(
      200,
      () => 0.5,
      (i) => i === 50 || (i > 100 && i < 140),
    )
    const slice = sliceSeries(store, only(), window(START, START + 200 * EVERY, 1000))
    expect(slice.avg.filter((value) => value === null)).toHaveLength(1)
    const gap = slice.at[slice.avg.indexOf(null)] ?? 0
    expect(gap).toBeGreaterThan(START + 100 * EVERY)
    expect(gap).toBeLessThan(START + 140 * EVERY)
  })
  test('a sleep is a gap too where there is hardly anything else, and a first minute of what is asked once a minute is none', () => {
    for (const at of [0, 20 * 60_000]) store.record('h', START + at, cpu(0.5))
    expect(sliceSeries(store, only(), window(START, START + 3_600_000, 1000)).avg.map((one) => one === null)).toEqual([
      ...[false, true, false],
    ])
    for (const at of [0, 60_000]) store.record('other', START + at, cpu(0.5))
    const [other] = store.series('other')
    if (other === undefined) throw new Error('no series')
    expect(sliceSeries(store, other, window(START, START + 3_600_000, 1000)).avg).not.toContain(null)
  })
  test('what was measured at a longer interval than the present one is no row of gaps', () => {
    for (let i = 0; i < 100; i += 1) store.record('h', START + i * 60_000, cpu(0.5))
    const slice = sliceSeries(store, only(), window(START, START + 100 * 60_000, 1000))
    expect(slice.at).toHaveLength(100)
    expect(slice.avg).not.toContain(null)
  })
  test('wide ranges are read from rollups and agree with the samples', () => {
    fill(960, (i) => (i % 4) / 4)
    const slice = sliceSeries(store, only(), window(START, START + 960 * EVERY, 20))
    expect(slice.avg.every((value) => Math.abs((value ?? 0) - 0.375) < 1e-9)).toBe(true)
    expect(slice.min.every((value) => value === 0)).toBe(true)
    expect(slice.max.every((value) => value === 0.75)).toBe(true)
  })
})

describe('history for judging', () => {
  test('time whose samples are dropped is told by its rollups, with least and greatest value', () => {
    fill(40, (i) => (i % 4) / 10)
    const now = START + 9 * DAY
    store.prune(now)
    const samples = history(store, only().id, START, now, now)
    expect(samples).toHaveLength(40)
    expect(samples.slice(0, 2).map(({ value }) => value)).toEqual([0, 0.3])
    expect(samples.every((sample, i) => i === 0 || sample.at > (samples[i - 1]?.at ?? 0))).toBe(true)
  })
})
