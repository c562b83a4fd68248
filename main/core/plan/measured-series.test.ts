import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/format/duration.ts'
import { judge } from '../../../shared/planning/judge.ts'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { testPlan } from '../../../test/fixtures/plan.ts'
import { localSource } from '../metrics/series-source.ts'
import { SampleStore } from '../metrics/store.ts'
import { openWorkspace, type Workspace } from '../workspace/index.ts'
import { createLevels } from './addition.ts'
import { createJudging, type Judgeable, type Judging } from './measured-series.ts'

const START = Date.UTC(2026, 0, 1)
let environment: TestEnvironment
let workspace: Workspace
let store: SampleStore
let everyMs: number
let hosts: { id: string; name: string }[]
let conditions: Judgeable[]
let judging: Judging
/** How often samples were read from the store. */
let reads: number

const begin = () => {
  environment = testEnvironment({ at: START })
  workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
  store = new SampleStore(workspace.metrics)
  everyMs = 15_000
  hosts = [
    { id: 'a', name: 'web-1' },
    { id: 'b', name: 'web-2' },
  ]
  conditions = [
    { condition: { metric: 'cpu_used_ratio', op: '>', value: 0.8 }, sustainMs: 5 * MINUTE_MS },
    { condition: { metric: 'cpu_used_ratio', op: '<', value: 0.3, across: 'all' }, sustainMs: HOUR_MS },
  ]
  reads = 0
  judging = judgingOf()
}
const end = () => {
  workspace.close()
  environment.dispose()
}
beforeEach(begin)
afterEach(end)

const judgingOf = (): Judging => {
  const source = localSource(store, environment.now, () => everyMs)
  const readings: typeof source.readings = (query) =>
    source.readings(query).map((one) => ({
      ...one,
      samples: () => {
        reads += 1
        return one.samples()
      },
    }))
  return createJudging({ readings, latest: (hostId, only) => source.latest(hostId, only) }, environment.elapsed)
}
const record = (hostId: string, value: number, at = environment.now()) =>
  store.record(hostId, at, [{ metric: 'cpu_used_ratio', labels: {}, value }])
const sourceNow = () => ({ now: environment.now(), hosts: hosts as never, conditions })
const found = (by: Judging) => {
  const series = by.series(sourceNow())
  const evidence = { now: environment.now(), expectedIntervalMs: everyMs, drivers: [], needs: {}, series }
  return conditions.map(({ condition, sustainMs }) => judge(condition, sustainMs, evidence))
}
/** What is kept says what reading everything anew says. */
const expectAsAnew = () => expect(found(judging)).toEqual(found(judgingOf()))
const states = () => found(judging).map(({ state }) => state)

const measureFor = (ms: number, value: number) => {
  for (let past = 0; past < ms; past += everyMs) {
    environment.clock.advance(everyMs)
    for (const { id } of hosts) record(id, value)
  }
}

describe('what is kept of a series', () => {
  it('answers without reading it again while nothing of it changes, and time alone makes it too old', () => {
    measureFor(10 * MINUTE_MS, 0.9)
    expect(states()).toEqual(['fired', 'clear'])
    const before = reads
    environment.clock.advance(10_000)
    expect(states()).toEqual(['fired', 'clear'])
    expect(reads).toBe(before)
    environment.clock.advance(10 * MINUTE_MS)
    expect(states()).toEqual(['unknown', 'unknown'])
    expect(reads).toBe(before)
    expectAsAnew()
  })
  it('goes with a new reading of that series, and only of that one', () => {
    measureFor(10 * MINUTE_MS, 0.9)
    expect(states()[0]).toBe('fired')
    const before = reads
    environment.clock.advance(everyMs)
    record('a', 0.1)
    expect(found(judging)[0]?.series.map(({ hostName, observed }) => [hostName, observed])).toEqual([
      ['web-2', 0.9],
      ['web-1', 0.1],
    ])
    expect(reads - before).toBe(1)
    expectAsAnew()
  })
  it('goes with samples that come late, and with history that is brought in', () => {
    measureFor(10 * MINUTE_MS, 0.9)
    expect(states()[0]).toBe('fired')
    for (const id of ['a', 'b']) record(id, 0.1, environment.now() - MINUTE_MS + 1)
    expect(states()[0]).toBe('pending')
    expectAsAnew()
    const series = store.ensureSeries('c', 'cpu_used_ratio', {})
    hosts.push({ id: 'c', name: 'web-3' })
    const at = Float64Array.from({ length: 40 }, (_, i) => environment.now() - (39 - i) * everyMs)
    store.fill(series, { at: at.subarray(30), value: new Float64Array(10).fill(0.95) }, environment.now())
    expect(states()[0]).toBe('pending')
    store.fill(series, { at: at.subarray(0, 30), value: new Float64Array(30).fill(0.95) }, environment.now())
    expect(states()[0]).toBe('fired')
    expectAsAnew()
  })
  it('goes with the server, also where its numbers are given to another', () => {
    measureFor(10 * MINUTE_MS, 0.9)
    expect(states()[0]).toBe('fired')
    store.forget('a')
    store.forget('b')
    expect(states()[0]).toBe('unknown')
    record('b', 0.1)
    record('a', 0.1)
    expect(states()[0]).toBe('clear')
    expectAsAnew()
    hosts = [{ id: 'b', name: 'renamed' }]
    expect(found(judging)[0]?.fact).toContain('renamed')
    expectAsAnew()
  })
  it('is asked anew by another threshold, another time, and another interval', () => {
    measureFor(3 * HOUR_MS, 0.9)
    expect(states()[0]).toBe('fired')
    conditions = [{ condition: { metric: 'cpu_used_ratio', op: '>', value: 0.95 }, sustainMs: 5 * MINUTE_MS }]
    expect(states()).toEqual(['clear'])
    conditions = [{ condition: { metric: 'cpu_used_ratio', op: '>', value: 0.8 }, sustainMs: 2 * HOUR_MS }]
    expect(states()).toEqual(['fired'])
    expectAsAnew()
    environment.clock.advance(2 * MINUTE_MS)
    expect(states()).toEqual(['unknown'])
    everyMs = 60_000
    expect(states()).toEqual(['fired'])
    expectAsAnew()
  })
})

it('keeps the level of a series until it changes, and drops it with the quarter of an hour', async () => {
  let slices = 0
  const source = localSource(store, environment.now, () => everyMs)
  const levels = createLevels(
    {
      versions: (metric) => source.versions(metric),
      slice: (query) => {
        slices += 1
        return source.slice(query)
      },
    },
    environment.elapsed,
  )
  const plan = testPlan()
  const anew = () => createLevels(source, environment.elapsed).of({ ...sourceNow(), plan })
  measureFor(8 * MINUTE_MS, 0.5)
  await levels.ahead({ ...sourceNow(), plan })
  expect(slices).toBe(2)
  expect(levels.of({ ...sourceNow(), plan }).map(({ hostName, value }) => [hostName, value])).toEqual([
    ['web-1', 0.5],
    ['web-2', 0.5],
  ])
  expect(slices).toBe(2)
  environment.clock.advance(everyMs)
  record('a', 0.9)
  expect(levels.of({ ...sourceNow(), plan })).toEqual(anew())
  expect(slices).toBe(3)
  environment.clock.advance(15 * MINUTE_MS)
  expect(levels.of({ ...sourceNow(), plan })).toEqual(anew())
  expect(slices).toBe(5)
})

it('finds ahead, in parts, all that is asked afterwards', async () => {
  measureFor(10 * MINUTE_MS, 0.9)
  await judging.ahead({ ...sourceNow(), expectedIntervalMs: everyMs })
  const before = reads
  expect(before).toBeGreaterThan(0)
  expectAsAnew()
  found(judging)
  expect(states()).toEqual(['fired', 'clear'])
  // `expectAsAnew` reads each series of the two servers once.
  expect(reads - before).toBe(2)
})

it('says what reading anew says, whatever is measured, brought in or set back', () => {
  const seconds = (max: number) => fc.integer({ min: 1, max })
  const event = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('sample' as const),
        id: fc.constantFrom('a', 'b'),
        value: fc.double({ min: 0, max: 1, noNaN: true }),
        after: seconds(60),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('back' as const), by: seconds(1800) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), by: seconds(7200) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), id: fc.constantFrom('a', 'b') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('history' as const), by: seconds(3600) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('prune' as const), by: seconds(20 * (DAY_MS / 1000)) }) },
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      end()
      begin()
      for (const one of events) {
        if (one.kind === 'sample') {
          environment.clock.advance(one.after * 1000)
          record(one.id, one.value)
        } else if (one.kind === 'back') environment.clock.advance(-one.by * 1000)
        else if (one.kind === 'pass') environment.clock.advance(one.by * 1000)
        else if (one.kind === 'forget') store.forget(one.id)
        else if (one.kind === 'prune') {
          environment.clock.advance(one.by * 1000)
          store.prune(environment.now())
        } else {
          const to = environment.now() - one.by * 1000
          const at = Float64Array.from({ length: 20 }, (_, i) => to - (19 - i) * everyMs)
          store.fill(
            store.ensureSeries('a', 'cpu_used_ratio', {}),
            { at, value: new Float64Array(20).fill(0.9) },
            environment.now(),
          )
        }
        const lasting = (all: ReturnType<typeof found>) =>
          // Since when it holds may be told from further back where it was found earlier.
          all.map(({ heldMs: _, fact: _fact, why: _why, ...rest }) => rest)
        expect(lasting(found(judging))).toEqual(lasting(found(judgingOf())))
      }
    }),
    { numRuns: 40 },
  )
})
