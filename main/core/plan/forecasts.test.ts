import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CoreEvent } from '../../../shared/contract/contract.ts'
import { DAY_MS, HOUR_MS } from '../../../shared/format/duration.ts'
import type { Host } from '../../../shared/model/host.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { failure } from '../../../test/fixtures/hosts.ts'
import { testPlan } from '../../../test/fixtures/plan.ts'
import { sliceSeries } from '../metrics/slice.ts'
import { SampleStore } from '../metrics/store.ts'
import { openWorkspace, type Workspace } from '../workspace/index.ts'
import { createForecaster } from './forecaster.ts'
import { createForecasts, type Forecasts } from './forecasts.ts'

// Each forecast is up to a second of work, and a busy machine takes its time.
vi.setConfig({ testTimeout: 90_000 })

let environment: TestEnvironment
let workspace: Workspace
let store: SampleStore
let forecasts: Forecasts
let told: CoreEvent[]
let plan: Plan | null
let hosts: Host[]
let quiet: Promise<void>

const open = (): Forecasts =>
  createForecasts({
    database: workspace.app,
    hosts: { list: () => hosts },
    metrics: {
      series: (hostId) => store.series(hostId),
      slice: ({ hostId, metric, labels, from, to, widthPx }) =>
        store
          .matching(metric, labels, hostId)
          .map((one) => sliceSeries(store, one, { from, to, widthPx, now: environment.now(), everyMs: 15_000 })),
    },
    environment,
    events: { emit: (event) => told.push(event) },
    quiet: { come: () => quiet },
    plan: () => plan,
  })

/** A value each hour over the last so many days. */
function measure(metric: string, days: number, value: (day: number) => number, labels: Record<string, string> = {}) {
  const end = environment.now()
  workspace.metrics.transaction(() => {
    for (let at = end - days * DAY_MS; at < end; at += HOUR_MS)
      store.record('h1', at, [{ metric, labels, value: value((at - end) / DAY_MS) }])
  })()
}

beforeEach(() => {
  environment = testEnvironment()
  workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
  store = new SampleStore(workspace.metrics)
  told = []
  quiet = Promise.resolve()
  plan = null
  hosts = [{ id: 'h1', name: 'db-1' } as Host]
  forecasts = open()
})
afterEach(async () => {
  await forecasts.close()
  workspace.close()
  environment.dispose()
})

const query = { hostId: 'h1', op: '>=', level: 0.8 } as const
const disk = (day: number): number => 0.6 + 0.002 * day + 0.001 * Math.sin(day * 20)

describe('the forecast of a measured series', () => {
  it('has a dated runway to the value asked for, from hours in steps that suit its length', async () => {
    measure('disk_used_ratio', 100, disk, { mount: '/' })
    const [one] = await forecasts.series({ ...query, metric: 'disk_used_ratio', threshold: 0.66 })
    expect(one).toMatchObject({ hostName: 'db-1', unit: 'ratio', labels: { mount: '/' } })
    if (one?.result.kind !== 'forecast') throw new Error('no forecast')
    expect(one.result.sampling).toMatchObject({ intervalMs: 4 * HOUR_MS, steps: 600, coverage: 1 })
    expect(one.runways[0]?.words).toMatch(/^Disk \/ on db-1 reaches 66% in (29|30|31) days \(80%: \d+ to \d+\)\.$/)
    expect(one.history.at.length).toBeGreaterThan(100)
  })
  it('looks as far as is asked, in finer steps', async () => {
    measure('cpu_used_ratio', 40, (day) => 0.4 + 0.2 * Math.sin(2 * Math.PI * day))
    const [one] = await forecasts.series({ ...query, metric: 'cpu_used_ratio', horizonDays: 3 })
    if (one?.result.kind !== 'forecast') throw new Error('no forecast')
    expect(one.result.sampling.intervalMs).toBe(HOUR_MS)
    expect(one.result.seasons).toContain(24)
    expect(one.result.point).toHaveLength(72)
  })
  it('is too short in words where little was measured', async () => {
    measure('load1', 0.3, () => 1)
    const [one] = await forecasts.series({ ...query, metric: 'load1', threshold: 4 })
    expect(one?.result).toMatchObject({ kind: 'too-short' })
    expect(one?.runways[0]).toMatchObject({ runway: null, words: expect.stringContaining('Too short to forecast') })
  })
  it('names what there is when the metric or its labels are unknown', async () => {
    measure('disk_used_ratio', 1, disk, { mount: '/' })
    const wrong = await failure(forecasts.series({ ...query, metric: 'disk_used_rate' }))
    expect(wrong).toMatchObject({ code: 'UNKNOWN_SERIES', problem: { field: 'metric' } })
    expect(wrong.message).toContain('Did you mean "disk_used_ratio"?')
    const label = await failure(forecasts.series({ ...query, metric: 'disk_used_ratio', labels: { mount: '/x' } }))
    expect(label).toMatchObject({ code: 'UNKNOWN_SERIES', problem: { field: 'labels' } })
  })
})

describe('the runways of the fleet', () => {
  it('are not begun before it is quiet, unless somebody waits for them', async () => {
    plan = testPlan()
    measure('disk_used_ratio', 100, disk, { mount: '/' })
    let come = () => {}
    quiet = new Promise((resolve) => {
      come = resolve
    })
    await forecasts.runways({ wait: false })
    expect((await forecasts.series({ ...query, metric: 'disk_used_ratio' })).length).toBe(1)
    expect(told).toEqual([])
    come()
    await vi.waitFor(() => expect(told).toEqual([{ kind: 'forecasts' }]))

    quiet = new Promise(() => {})
    forecasts.forget('h1')
    expect(await forecasts.runways({ wait: true })).toMatchObject({
      pending: 0,
      runways: [{ metric: 'disk_used_ratio' }],
    })
  })
  it('are made in the background, told of, and nearest first', async () => {
    plan = testPlan()
    measure('disk_used_ratio', 100, disk, { mount: '/' })
    measure('memory_used_ratio', 100, (day) => 0.7 + 0.002 * day)
    const before = await forecasts.runways({ wait: false })
    expect(before).toMatchObject({ runways: [], pending: 2 })
    const after = await forecasts.runways({ wait: true })
    expect(after.pending).toBe(0)
    expect(told).toEqual([{ kind: 'forecasts' }])
    expect(after.runways.map((one) => [one.metric, one.origin, one.severity])).toEqual([
      ['memory_used_ratio', 'limit', 'warning'],
      ['disk_used_ratio', 'full', 'critical'],
      ['memory_used_ratio', 'limit', 'critical'],
    ])
    expect(after.runways[0]?.runway).toMatchObject({ kind: 'dated' })
    expect(forecasts.known()).toEqual(after.runways)
    expect(await forecasts.runways({ wait: false, most: 1 })).toMatchObject({
      runways: [{ metric: 'memory_used_ratio' }],
      left: 2,
    })
    // What is counted is counted anew for another plan, another name, another time, and without what was dropped.
    const counted = forecasts.known()
    expect(forecasts.known()).toBe(counted)
    environment.clock.advance(11_000)
    expect(forecasts.known()).not.toBe(counted)
    plan = null
    expect(forecasts.known().map(({ origin }) => origin)).toEqual(['full'])
    const [first] = hosts
    hosts = first ? [{ ...first, name: 'db-2' }] : []
    expect(forecasts.known()[0]?.words).toContain('db-2')
    forecasts.forget('h1')
    expect(forecasts.known()).toEqual([])
  })
  it('are told of one server alone, and of the trigger that leads to a stage first', async () => {
    const up = (id: string, value: number) => ({
      ...{ id, name: id, direction: 'up' as const, when: { metric: 'memory_used_ratio', op: '>' as const, value } },
      for: '5m',
    })
    plan = testPlan()
    const [small, ...others] = plan.stages
    if (!small) throw new Error('the plan of tests has stages')
    plan = {
      ...plan,
      stages: [{ ...small, triggers: [up('late', 0.78), up('soon', 0.75), up('passed', 0.1)] }, ...others],
    }
    expect(forecasts.arrivals()).toEqual([])
    measure('memory_used_ratio', 100, (day) => 0.7 + 0.002 * day)
    measure('disk_used_ratio', 100, disk, { mount: '/' })
    hosts = [...hosts, { id: 'h2', name: 'db-2' } as Host]
    const { runways } = await forecasts.runways({ wait: true })
    expect(await forecasts.runways({ wait: false, hostId: 'h1' })).toMatchObject({ runways, left: 0 })
    expect(await forecasts.runways({ wait: false, hostId: 'h1', most: 1 })).toMatchObject({ left: runways.length - 1 })
    expect((await forecasts.runways({ wait: false, hostId: 'h2' })).runways).toEqual([])
    expect(forecasts.arrivals().map(({ id, toStage }) => [id, toStage])).toEqual([['soon', 'medium']])
  })
  it('are there again at once after a restart, from what was kept', async () => {
    measure('disk_used_ratio', 100, disk, { mount: '/' })
    const made = await forecasts.runways({ wait: true })
    await forecasts.close()
    forecasts = open()
    expect(forecasts.known()).toEqual(made.runways)
  })
})

describe('kept forecasts', () => {
  it('are scored on what came, and only the newest of a day is kept beside its first', async () => {
    measure('disk_used_ratio', 100, disk, { mount: '/' })
    await forecasts.series({ ...query, metric: 'disk_used_ratio' })
    expect(forecasts.backtests({ limit: 10 })).toMatchObject([
      { hostName: 'db-1', passed: 0, inside: 0, cameMae: null },
    ])
    environment.clock.advance(5 * DAY_MS)
    const grown = (day: number): number => disk(day + 5)
    measure('disk_used_ratio', 5, grown, { mount: '/' })
    const [scored] = forecasts.backtests({ hostId: 'h1', metric: 'disk_used_ratio', limit: 10 })
    expect(scored?.passed).toBe(30)
    expect(scored?.inside).toBeGreaterThan(15)
    expect(scored?.cameMae as number).toBeLessThan(scored?.naiveMae as number)
    for (let round = 0; round < 4; round += 1) {
      await forecasts.series({ ...query, metric: 'disk_used_ratio' })
      environment.clock.advance(2 * HOUR_MS)
    }
    // The first, the first of this day, and the newest.
    expect(forecasts.backtests({ limit: 10 })).toHaveLength(3)
    expect(forecasts.backtests({ metric: 'load1', limit: 10 })).toEqual([])
  })
})

describe('the forecaster', () => {
  it('refuses after it is closed, and fails what it was at', async () => {
    const forecaster = createForecaster()
    const input = { value: Array.from({ length: 2000 }, (_, i) => Math.sin(i)) }
    const running = forecaster.make(input, { horizon: 100 })
    const outcome = expect(running).rejects.toThrowError(HeadroomError)
    await forecaster.close()
    await outcome
    expect((await failure(forecaster.make(input, { horizon: 1 }))).code).toBe('FORECAST_STOPPED')
  })
  it('gives what the same call gives without a thread', async () => {
    const { forecastFully } = await import('./forecast-engine.ts')
    const forecaster = createForecaster()
    const input = { value: Array.from({ length: 120 }, (_, i) => Math.sin(i / 3) + i / 50) }
    expect(await forecaster.make(input, { horizon: 12 })).toEqual(forecastFully(input, { horizon: 12 }))
    await forecaster.close()
  })
})
