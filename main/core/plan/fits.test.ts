import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SeriesSlice } from '../../../shared/model/metric.ts'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { NO_METRICS } from '../../../test/fixtures/no-metrics.ts'
import { EventHub } from '../events.ts'
import { Quiet } from '../quiet.ts'
import { openWorkspace, type Workspace } from '../workspace/index.ts'
import { createPlans, type Plans } from './index.ts'

const HOUR = 3_600_000
let environment: TestEnvironment
let workspace: Workspace
let plans: Plans
let measured: { at: number; value: number }[]

beforeEach(() => {
  environment = testEnvironment()
  measured = []
  workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
  plans = createPlans({
    workspace,
    environment,
    events: new EventHub(),
    quiet: new Quiet(() => environment.elapsed()),
    hosts: { list: () => [] },
    metrics: {
      ...NO_METRICS,
      slice: ({ metric, from, to }): SeriesSlice[] => {
        const inside = measured.filter(({ at }) => at >= from && at <= to)
        if (metric !== 'cpu_used_ratio' || inside.length === 0) return []
        const values = inside.map((one) => one.value)
        const series = { id: 1, hostId: 'h1', metric, labels: {}, unit: 'ratio' as const }
        return [{ series, bucketMs: 1, at: inside.map((one) => one.at), min: values, max: values, avg: values }]
      },
    },
  })
  plans.choose('pareto')
})
afterEach(async () => {
  await plans.close()
  workspace.close()
  environment.dispose()
})
const problem = (code: string, parts: Record<string, unknown> = {}) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, ...parts }) })
const monthly = Array.from({ length: 18 }, (_, i) => ({ at: Date.UTC(2024, i, 1), value: 1000 * 1.08 ** i }))
const chosen = () => {
  const plan = plans.current()?.plan
  if (!plan) throw new Error('a plan was chosen')
  return plan
}

describe('growth', () => {
  it('is fitted on a CSV in the worker thread, put into the plan with its interval, and undone', async () => {
    const csv = `month;users\n${monthly.map(({ at, value }) => `${new Date(at).toISOString().slice(0, 7)};${value.toFixed(1).replace('.', ',')}`).join('\n')}`
    const fit = await plans.fits.growth({ series: { csv, name: 'users.csv' }, keepOutliers: false })
    const law = fit.laws.find((one) => one.law === fit.chosen)
    if (!law) throw new Error('the chosen law is there')
    const before = chosen()
    const fitted = {
      n: fit.points.length,
      from: fit.from,
      to: fit.to,
      rateLow: law.interval.low,
      rateHigh: law.interval.high,
      source: 'users.csv',
    }
    const { reason } = plans.fits.apply({
      kind: 'growth',
      growth: law.growth,
      fitted,
      present: Math.round(law.present),
    })
    expect(reason).toMatch(/^Growth of .+ fitted on users\.csv$/)
    expect(chosen().growth).toMatchObject({
      kind: 'exponential',
      fitted: { n: 18, source: 'users.csv', at: environment.now() },
    })
    expect(chosen().growth).toMatchObject({ monthlyRate: expect.closeTo(0.079, 2) })
    expect((chosen().drivers.find((one) => one.primary) ?? chosen().drivers[0])?.present).toBe(Math.round(law.present))
    plans.editing.step('undo')
    expect(chosen()).toEqual(before)
  })

  it('refuses a driver that the plan does not have, and a series that nobody measured', async () => {
    const fitted = { n: 5, from: 0, to: 1, rateLow: 0, rateHigh: 1, source: 'x' }
    expect(() =>
      plans.fits.apply({
        kind: 'growth',
        driver: 'nobody',
        growth: { kind: 'linear', perMonth: 1, deviation: 0 },
        fitted,
      }),
    ).toThrowError(problem('UNKNOWN_DRIVER', { field: 'driver', value: 'nobody' }))
    await expect(
      plans.fits.growth({ series: { hostId: 'h1', metric: 'load1', from: 0, to: 1 }, keepOutliers: false }),
    ).rejects.toThrowError(problem('UNKNOWN_SERIES', { value: 'load1' }))
  })
})

describe('demand', () => {
  const hours = Array.from({ length: 72 }, (_, i) => ({
    at: Date.UTC(2026, 0, 1) + i * HOUR,
    users: 400 + 300 * Math.sin(i / 4),
  }))
  const driver = { name: 'users.csv', values: hours.map(({ at, users }) => ({ at, value: users })) }

  it('takes a measured ratio of the present stage’s supply and is put into the plan', async () => {
    const plan = chosen()
    const demand = plan.demand.find(
      (one) => (plan.stages.find((stage) => stage.id === plan.stage)?.supply[one.resource] ?? 0) > 0,
    )
    if (!demand) throw new Error('the stage supplies something')
    const supply = plan.stages.find((stage) => stage.id === plan.stage)?.supply[demand.resource] ?? 0
    measured = hours.map(({ at, users }) => ({ at, value: 0.1 + 0.0005 * users }))
    const paired = await plans.fits.demand({
      resource: demand.resource,
      driver,
      measured: { hostId: 'h1', metric: 'cpu_used_ratio', from: 0, to: Date.UTC(2027, 0, 1) },
    })
    expect(paired.scaled).toEqual({ by: supply, supply: true })
    expect(paired.fit.rate / supply).toBeCloseTo(0.0005, 8)
    expect(paired.fit.base / supply).toBeCloseTo(0.1, 6)
    plans.fits.apply({
      kind: 'demand',
      resource: demand.resource,
      base: paired.fit.base,
      rate: paired.fit.rate,
      alpha: paired.fit.alpha,
      fitted: { n: paired.fit.n, from: paired.from, to: paired.to, rateLow: 0, rateHigh: 1, source: 'vps1 CPU' },
    })
    const after = chosen().demand.find((one) => one.resource === demand.resource)
    expect(after).toMatchObject({
      rate: paired.fit.rate,
      base: paired.fit.base,
      assumed: expect.stringContaining('fitted on 72 measurements from 2026-01-01 to 2026-01-03'),
    })
    expect(after?.fitted?.source).toBe('vps1 CPU')
  })

  it('says that the two were never measured at the same time', async () => {
    const later = { name: 'cpu.csv', values: hours.map(({ at }) => ({ at: at + 900 * HOUR, value: 1 })) }
    const resource = chosen().demand[0]?.resource ?? ''
    await expect(plans.fits.demand({ resource, driver, measured: later })).rejects.toThrowError(
      problem('FIT_NO_OVERLAP', { fact: expect.stringMatching(/2026-01-01 00:00 to 2026-01-03 23:00 UTC/) }),
    )
    await expect(plans.fits.demand({ resource: 'nothing', driver, measured: later })).rejects.toThrowError(
      problem('UNKNOWN_RESOURCE'),
    )
  })

  it('cannot take a ratio of a supply that is not stated', async () => {
    const plan = chosen()
    const resource = plan.demand[0]?.resource ?? ''
    plans.editing.editNow({ op: 'set', path: ['stages', plan.stage, 'supply'], value: {} })
    measured = hours.map(({ at }) => ({ at, value: 0.5 }))
    await expect(
      plans.fits.demand({
        resource,
        driver,
        measured: { hostId: 'h1', metric: 'cpu_used_ratio', from: 0, to: Date.UTC(2027, 0, 1) },
      }),
    ).rejects.toThrowError(problem('NO_SUPPLY', { field: 'resource', value: resource }))
  })
})

describe('the scalability law', () => {
  it('gives the reading beside the refusal', () => {
    expect(plans.fits.usl({ text: '1 100\n2 190' })).toMatchObject({
      reading: { runs: [{ concurrency: 1 }, { concurrency: 2 }] },
      fit: null,
      refused: { code: 'FIT_TOO_FEW_POINTS' },
    })
    const points = [1, 2, 4, 8, 16].map((n) => ({ concurrency: n, throughput: (100 * n) / (1 + 0.05 * (n - 1)) }))
    expect(plans.fits.usl({ points }).fit?.sigma.value).toBeCloseTo(0.05, 6)
  })
})
