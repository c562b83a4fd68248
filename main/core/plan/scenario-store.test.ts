import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Plan } from '../../../shared/model/plan.ts'
import { type Assumptions, AssumptionsSchema } from '../../../shared/model/scenario.ts'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { stage, testPlan } from '../../../test/fixtures/plan.ts'
import { openWorkspace, type Workspace } from '../workspace/index.ts'
import { createScenarioStore, type ScenarioStore } from './scenario-store.ts'

let environment: TestEnvironment
let workspace: Workspace
let plan: Plan | null
let store: ScenarioStore

const assume = (parts: Partial<Assumptions> = {}): Assumptions =>
  AssumptionsSchema.parse({ present: 1000, growth: { monthlyRate: 0.1, deviation: 0.05 }, months: 24, ...parts })
const open = () => {
  workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
  store = createScenarioStore({
    database: workspace.app,
    plan: () => plan,
    now: environment.now,
    newId: environment.newId,
  })
}
const problem = (code: string, parts: Record<string, unknown> = {}) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, ...parts }) })
const names = () => store.list().scenarios.map((one) => one.name)
const save = (name: string, parts?: Partial<Assumptions>) => store.save({ name, assumptions: assume(parts) })

beforeEach(() => {
  environment = testEnvironment()
  plan = testPlan()
  open()
})
afterEach(() => {
  workspace.close()
  environment.dispose()
})

it('keeps scenarios over a restart, with what they assume and the plan they were made for', () => {
  const id = save('Cautious', { present: 500, levers: { yearly: { discount: 0.1 } } })
  workspace.close()
  open()
  expect(store.list()).toEqual({
    damaged: [],
    scenarios: [
      {
        id,
        name: 'Cautious',
        assumptions: assume({ present: 500, levers: { yearly: { discount: 0.1 } } }),
        plan: 'test',
        planName: 'Test plan',
        savedAt: environment.now(),
        gone: [],
      },
    ],
  })
})

it('saves over one by its id, and refuses a name that another has, whatever its case', () => {
  const id = save('Cautious')
  save('Bold')
  store.save({ id, name: ' Careful ', assumptions: assume({ months: 12 }) })
  expect(store.list().scenarios[0]).toMatchObject({ id, name: 'Careful', assumptions: { months: 12 } })
  store.save({ id, name: 'careful', assumptions: assume() })
  const taken = problem('SCENARIO_NAME_TAKEN', { field: 'name', fact: 'There is a scenario "Bold" already.' })
  expect(() => save('BOLD')).toThrowError(taken)
  expect(() => store.save({ id, name: 'Bold', assumptions: assume() })).toThrowError(taken)
  expect(() => store.rename(id, 'bold')).toThrowError(taken)
  expect(names()).toEqual(['careful', 'Bold'])
})

it('puts a copy behind the original, under a name of its own', () => {
  const id = save('A')
  save('B')
  store.duplicate(id)
  store.duplicate(id)
  expect(names()).toEqual(['A', 'A 3', 'A 2', 'B'])
})

it('brings a removed one back to its place, under a new name where the old one was taken', () => {
  save('A')
  const id = save('B')
  save('C')
  store.remove(id)
  expect(names()).toEqual(['A', 'C'])
  store.restore(id)
  expect(names()).toEqual(['A', 'B', 'C'])
  store.remove(id)
  save('b')
  store.restore(id)
  expect(names()).toEqual(['A', 'B 2', 'C', 'b'])
})

it('reorders: the named ones first, the others as they were', () => {
  const [a, b, c] = [save('A'), save('B'), save('C')]
  store.reorder([c, a])
  expect(names()).toEqual(['C', 'A', 'B'])
  store.reorder([b])
  expect(names()).toEqual(['B', 'C', 'A'])
})

it.each([
  ['save', () => store.save({ id: 's-1', name: 'A', assumptions: assume() })],
  ['rename', () => store.rename('s-1', 'A')],
  ['duplicate', () => store.duplicate('s-1')],
  ['remove', () => store.remove('s-1')],
  ['restore', () => store.restore('s-1')],
  ['reorder', () => store.reorder(['s-1'])],
])('%s says that there is no such scenario', (_, act) => {
  expect(act).toThrowError(problem('SCENARIO_UNKNOWN', { field: 'id', value: 's-1' }))
})

it('changes nothing when a reorder names one that is not there', () => {
  const [a, b] = [save('A'), save('B')]
  expect(() => store.reorder([b, 'nobody', a])).toThrowError(problem('SCENARIO_UNKNOWN'))
  expect(names()).toEqual(['A', 'B'])
})

describe('when the plan changes', () => {
  it('says which stages are gone, and keeps the scenario as it was saved', () => {
    const moves = [{ month: 6, stage: 'large' }]
    save('Big', { policy: { kind: 'fixed', moves } })
    plan = testPlan({ id: 'other', stages: [stage('small', 2, 20), stage('medium', 8, 100)] })
    const [kept] = store.list().scenarios
    expect(kept?.assumptions.policy).toEqual({ kind: 'fixed', moves })
    expect(kept).toMatchObject({ plan: 'test', gone: [{ field: 'policy.moves.0.stage', value: 'large' }] })
    plan = null
    expect(store.list().scenarios[0]?.gone).toEqual([])
    expect(() => save('Another')).toThrowError(problem('NO_PLAN'))
  })

  it('lists one that cannot be read any more as damaged, beside the others; it can still be removed', () => {
    const id = save('Old')
    save('New')
    workspace.app.prepare("UPDATE scenario SET body = '{}' WHERE id = ?").run(id)
    expect(names()).toEqual(['New'])
    expect(store.list().damaged).toEqual([{ id, name: 'Old' }])
    store.remove(id)
    expect(store.list().damaged).toEqual([])
  })
})
