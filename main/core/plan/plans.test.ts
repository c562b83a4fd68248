import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CoreEvent } from '../../../shared/contract/contract.ts'
import type { Host } from '../../../shared/model/host.ts'
import type { Labels, Latest, Sample, Unit } from '../../../shared/model/metric.ts'
import { AssumptionsSchema } from '../../../shared/model/scenario.ts'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { NO_METRICS } from '../../../test/fixtures/no-metrics.ts'
import { EventHub } from '../events.ts'
import { Quiet } from '../quiet.ts'
import { openWorkspace, type Workspace } from '../workspace/index.ts'
import { createPlans, type Plans } from './index.ts'

const MINUTE = 60_000
let environment: TestEnvironment
let workspace: Workspace
let plans: Plans
let told: CoreEvent[]
/** The stored series: a steady value every 10 s for the last so many minutes. */
let measured: { metric: string; value: number; minutes: number; hostId: string; unit: Unit }[]
let gone: Latest[] = []

const host: Host = {
  id: 'h1',
  name: 'vps1',
  kind: 'local',
  address: 'localhost',
  port: null,
  user: null,
  authKind: 'none',
  keyPath: null,
  postgres: null,
  createdAt: 0,
  state: 'up',
  lastSampleAt: null,
  problem: null,
}

function makePlans(): Plans {
  const events = new EventHub()
  events.listen((event) => told.push(event))
  return createPlans({
    workspace,
    environment,
    events,
    quiet: new Quiet(() => environment.elapsed()),
    hosts: { list: () => [host] },
    metrics: {
      ...NO_METRICS,
      latest: () => gone,
      readings: ({ metric, from, to }: { metric: string; labels?: Labels; from: number; to: number }) =>
        measured
          .filter((one) => one.metric === metric)
          .map(({ value, minutes, hostId, unit }, id) => {
            const samples: Sample[] = []
            for (let at = to - minutes * MINUTE; at <= to; at += 10_000) if (at >= from) samples.push({ at, value })
            const series = { id, hostId, metric, labels: {}, unit }
            return { series, version: null, newestAt: samples.at(-1)?.at ?? null, samples: () => samples }
          }),
    },
  })
}

beforeEach(() => {
  told = []
  gone = []
  measured = []
  environment = testEnvironment()
  workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
  plans = makePlans()
})
afterEach(async () => {
  await plans.close()
  workspace.close()
  environment.dispose()
})
const problem = (code: string, parts: Record<string, unknown> = {}) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, ...parts }) })

describe('choosing', () => {
  it('has no plan at first, and says so where one is needed', async () => {
    expect(plans.current()).toBeNull()
    const noPlan = problem('NO_PLAN', { fix: expect.stringContaining('Choose a blueprint') })
    expect(() => plans.verdict()).toThrowError(noPlan)
    expect(() => plans.state({ stage: 'mvp' })).toThrowError(noPlan)
    expect(() => plans.exportYaml()).toThrowError(noPlan)
    const assumptions = AssumptionsSchema.parse({
      present: 1,
      growth: { kind: 'exponential', monthlyRate: 0, deviation: 0 },
      months: 1,
    })
    await expect(plans.simulate(assumptions)).rejects.toThrowError(noPlan)
  })

  it('makes a blueprint the plan, tells the windows, and still has it after the workspace was closed', () => {
    plans.choose('pareto')
    expect(told).toEqual([{ kind: 'plan', revision: 1 }])
    expect(plans.current()?.plan.id).toBe('pareto')
    workspace.close()
    workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
    plans = makePlans()
    expect(plans.current()?.plan.stage).toBe('mvp')
    expect(plans.current()?.costs.map((cost) => cost.stage)).toEqual(plans.current()?.plan.stages.map((one) => one.id))
  })

  it('names the blueprints there are when the one asked for is not among them', () => {
    expect(() => plans.choose('paretto')).toThrowError(
      problem('NO_BLUEPRINT', { value: 'paretto', fix: expect.stringMatching(/Did you mean "pareto".*tenant-guide/) }),
    )
    expect(plans.current()).toBeNull()
  })
})

describe('the state of today', () => {
  beforeEach(() => plans.choose('tenant-guide'))

  it('changes what is given and keeps the rest, as a new revision', () => {
    const before = plans.current()?.plan
    const other = before?.stages[1]?.id ?? ''
    plans.state({ stage: other, drivers: { tenants: 15 } })
    const after = plans.current()?.plan
    expect(after?.stage).toBe(other)
    expect(after?.drivers.map((one) => one.present)).toEqual([15, before?.drivers[1]?.present])
    expect(after?.stages).toEqual(before?.stages)
    const revisions = workspace.app.prepare('SELECT reason FROM plan_revision ORDER BY id').pluck().all()
    expect(revisions).toEqual([
      `Blueprint ${before?.name} chosen`,
      `Present stage changed from ${before?.stages[0]?.name} to ${before?.stages[1]?.name}; Present value of Tenants changed from ${before?.drivers[0]?.present} to 15`,
    ])
  })

  it.each([
    [{ stage: 'nowhere' }, 'UNKNOWN_STAGE', 'stage'],
    [{ drivers: { tenant: 5 } }, 'UNKNOWN_DRIVER', 'drivers.tenant'],
    [{ needs: { 'no-such-need': true } }, 'UNKNOWN_NEED', 'needs.no-such-need'],
    [{ applied: { nothing: true } }, 'UNKNOWN_OPTIMISATION', 'applied.nothing'],
    [{ drivers: { tenants: -1 } }, 'NEGATIVE_VALUE', 'drivers.tenants'],
    [{ drivers: { tenants: Number.NaN } }, 'NEGATIVE_VALUE', 'drivers.tenants'],
  ])('refuses %j with %s and keeps the plan', (change, code, field) => {
    const before = plans.current()
    expect(() => plans.state(change)).toThrowError(problem(code, { field }))
    expect(plans.current()).toEqual(before)
  })

  it('names the allowed ones', () => {
    expect(() => plans.state({ drivers: { tenant: 5 } })).toThrowError(
      problem('UNKNOWN_DRIVER', { fix: 'Did you mean "tenants"? Choose one of: tenants, concurrent-users.' }),
    )
  })
})

describe('as YAML', () => {
  it('exports what imports to the same plan', () => {
    for (const { plan } of plans.blueprints()) {
      plans.choose(plan.id)
      const yaml = plans.exportYaml()
      plans.importYaml(yaml, 'plan.yaml')
      expect(plans.current()?.plan).toEqual(plan)
    }
  })

  it('keeps the plan in force when the text is broken, and names the line', () => {
    plans.choose('pareto')
    const before = plans.current()
    expect(() => plans.importYaml('format: headroom/plan@1\nid: [', 'mine.yaml')).toThrowError(problem('YAML_INVALID'))
    expect(plans.current()).toEqual(before)
  })
})

it('refuses to go on with a stored plan that no longer fits, and says what to do', () => {
  plans.choose('pareto')
  workspace.app.prepare("UPDATE plan_revision SET body = '{}'").run()
  workspace.close()
  workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
  plans = makePlans()
  expect(() => plans.verdict()).toThrowError(problem('PLAN_DAMAGED'))
  plans.choose('pareto')
  expect(plans.verdict().kind).toBe('cannot-judge')
})

describe('the verdict on stored samples', () => {
  it('cannot judge without data, stays while calm, moves when the machine is full', () => {
    plans.choose('pareto')
    expect(plans.verdict().kind).toBe('cannot-judge')
    measured = [
      { metric: 'cpu_used_ratio', value: 0.3, minutes: 60, hostId: 'h1', unit: 'ratio' },
      { metric: 'memory_used_ratio', value: 0.5, minutes: 60, hostId: 'h1', unit: 'ratio' },
    ]
    const calm = plans.verdict()
    expect(calm.kind).toBe('stay')
    expect(calm.unknown).toContain('Response time p95: no data for Response time p95.')
    expect(calm.judgements.find((one) => one.id === 'cpu-warning')?.series).toEqual([
      {
        hostId: 'h1',
        hostName: 'vps1',
        metric: 'cpu_used_ratio',
        labels: {},
        observed: 0.3,
        observedAt: expect.any(Number),
      },
    ])
    measured = measured.map((one) => ({ ...one, value: 0.92 }))
    const full = plans.verdict()
    expect(full.judgements.find((one) => one.id === 'machine-full')?.state).toBe('fired')
    expect(['move', 'optimise']).toContain(full.kind)
  })

  it('says how old the last reading is where nothing newer was measured', () => {
    plans.choose('pareto')
    const series = { id: 1, hostId: 'h1', metric: 'cpu_used_ratio', labels: {}, unit: 'ratio' as const }
    const at = environment.now() - 3 * 24 * 60 * MINUTE
    gone = [
      { series, at, value: 0.5 },
      { series: { ...series, hostId: 'removed' }, at: at + 1, value: 0.5 },
    ]
    const verdict = plans.verdict()
    expect(verdict).toMatchObject({ kind: 'cannot-judge', readAt: at })
    expect(verdict.headline).toContain('the newest reading is 3 d old')
  })

  it('leaves out series of a host that is gone', () => {
    plans.choose('pareto')
    measured = [{ metric: 'cpu_used_ratio', value: 0.99, minutes: 60, hostId: 'removed', unit: 'ratio' }]
    expect(plans.verdict().kind).toBe('cannot-judge')
  })
})

it('simulates the plan in force in its worker', async () => {
  plans.choose('pareto')
  const assumptions = AssumptionsSchema.parse({
    present: 25_000,
    growth: { kind: 'exponential', monthlyRate: 0.1, deviation: 0.05 },
    months: 36,
    paths: 500,
  })
  const simulation = await plans.simulate(assumptions)
  expect(simulation.currency).toBe('EUR')
  expect(simulation.triggers.find((one) => one.id === 'users' && one.stage === 'mvp')?.month.p50).toBe(15)
})
