import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CoreEvent } from '../../../shared/contract/contract.ts'
import { type Assumptions, AssumptionsSchema } from '../../../shared/model/scenario.ts'
import { cheapestPath } from '../../../shared/planning/cheapest-path.ts'
import { compareScenarios } from '../../../shared/planning/compare.ts'
import { costModel } from '../../../shared/planning/cost-model.ts'
import { sensitivity } from '../../../shared/planning/sensitivity.ts'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { testPlan } from '../../../test/fixtures/plan.ts'
import { EventHub } from '../events.ts'
import { openWorkspace, type Workspace } from '../workspace/index.ts'
import { savePlan } from './plan-store.ts'
import { createScenarios, type Scenarios } from './scenarios.ts'
import { createSimulator, type Simulator } from './simulator.ts'

let environment: TestEnvironment
let workspace: Workspace
let simulator: Simulator
let scenarios: Scenarios
let told: CoreEvent[]
const plan = testPlan()
const noPrice = () => null
const costsOf = ({ levers, tax, rates }: Assumptions) => costModel(plan, noPrice, { levers, tax, rates })

const assume = (parts: Record<string, unknown> = {}): Assumptions =>
  AssumptionsSchema.parse({
    present: 1000,
    growth: { monthlyRate: 0.1, deviation: 0.1 },
    months: 12,
    paths: 200,
    ...parts,
  })

beforeEach(() => {
  told = []
  environment = testEnvironment()
  workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
  simulator = createSimulator()
  const events = new EventHub()
  events.listen((event) => told.push(event))
  savePlan(workspace.app, plan, 'a test', environment.now())
  scenarios = createScenarios({
    database: workspace.app,
    environment,
    events,
    simulator,
    plan: () => plan,
    prices: () => [],
  })
})
afterEach(async () => {
  await simulator.close()
  workspace.close()
  environment.dispose()
})

it('tells the windows of every change', () => {
  const id = scenarios.save({ name: 'A', assumptions: assume() })
  scenarios.rename(id, 'B')
  scenarios.duplicate(id)
  scenarios.remove(id)
  scenarios.restore(id)
  scenarios.reorder([id])
  expect(told).toEqual(new Array(6).fill({ kind: 'scenarios' }))
  expect(scenarios.list().scenarios.map((one) => one.name)).toEqual(['B', 'B 2'])
})

it('computes in the worker what the pure functions compute, dated from now', async () => {
  const start = environment.now()
  const inputs = [
    { key: 'a', name: 'A', assumptions: assume() },
    { key: 'b', name: 'B', assumptions: assume({ policy: { kind: 'stay' } }) },
  ]
  const dated = inputs.map((one) => ({ ...one, assumptions: { ...one.assumptions, start } }))
  const [first] = dated as [(typeof dated)[0]]
  const ranges = { present: { low: 900, high: 1100 } }
  expect(await scenarios.compare({ scenarios: inputs, base: 'b' })).toEqual(
    compareScenarios(plan, dated, costsOf, { base: 'b' }),
  )
  expect(await scenarios.cheapestPath({ assumptions: assume(), hourlyRateMinor: 5000 })).toEqual(
    cheapestPath(plan, costsOf(first.assumptions), first.assumptions, { hourlyRateMinor: 5000 }),
  )
  expect(await scenarios.sensitivity({ assumptions: assume(), ranges })).toEqual(
    sensitivity({ plan, assumptions: first.assumptions, priceOf: noPrice }, { stated: ranges }),
  )
  expect(scenarios.yearly()).toBeNull()
})

it('moves what was fitted over its own interval', async () => {
  const fitted = { n: 24, from: 0, to: 1, rateLow: 0.07, rateHigh: 0.16, source: 'users.csv' }
  const growth = { monthlyRate: 0.1, deviation: 0.1, fitted }
  const { rows } = await scenarios.sensitivity({ assumptions: assume({ growth }) })
  expect(rows.find((row) => row.id === 'growth-rate')).toMatchObject({ origin: 'fitted', low: 0.07, high: 0.16 })
})

it('ends a comparison that is no longer wanted, and passes refusals of the worker on', async () => {
  const cancel = new AbortController()
  const huge = assume({ months: 120, paths: 100_000 })
  const running = scenarios.compare(
    { scenarios: [1, 2, 3].map((key) => ({ key: `s${key}`, name: `S${key}`, assumptions: huge })) },
    cancel.signal,
  )
  cancel.abort()
  const code = (expected: string) => expect.objectContaining({ problem: expect.objectContaining({ code: expected }) })
  await expect(running).rejects.toThrowError(code('SIMULATION_CANCELLED'))
  await expect(scenarios.compare({ scenarios: [] })).rejects.toThrowError(code('SCENARIOS_NONE'))
  await expect(
    scenarios.sensitivity({ assumptions: assume(), ranges: { moon: { low: 0, high: 1 } } }),
  ).rejects.toThrowError(code('SENSITIVITY_UNKNOWN'))
})
