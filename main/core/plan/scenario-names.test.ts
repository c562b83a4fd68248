import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CoreEvent } from '../../../shared/contract/contract.ts'
import type { Edit } from '../../../shared/model/edit.ts'
import { type Assumptions, AssumptionsSchema } from '../../../shared/model/scenario.ts'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { NO_METRICS } from '../../../test/fixtures/no-metrics.ts'
import { EventHub } from '../events.ts'
import { Quiet } from '../quiet.ts'
import { openWorkspace, type Workspace } from '../workspace/index.ts'
import { createPlans, type Plans } from './index.ts'

let environment: TestEnvironment
let workspace: Workspace
let plans: Plans
let told: CoreEvent[]

const assume = (parts: Record<string, unknown>): Assumptions =>
  AssumptionsSchema.parse({ present: 1000, growth: { monthlyRate: 0.1, deviation: 0.1 }, months: 12, ...parts })
const edit = (one: Edit) => plans.editing.edit({ base: plans.current()?.revision ?? 0, edit: one })
const rename = (from: string, to: string): Edit => ({ op: 'rename', path: ['stages', from], to })
const only = () => plans.scenarios.list().scenarios[0]
const startsFrom = () => only()?.assumptions.stage
const keep = (parts: Record<string, unknown> = { stage: 'mvp' }) =>
  plans.scenarios.save({ name: 'Kept', assumptions: assume(parts) })
const scenariosTold = () => told.filter((one) => one.kind === 'scenarios').length

beforeEach(() => {
  told = []
  environment = testEnvironment()
  workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
  const events = new EventHub()
  events.listen((event) => told.push(event))
  plans = createPlans({
    workspace,
    environment,
    events,
    quiet: new Quiet(() => environment.elapsed()),
    hosts: { list: () => [] },
    metrics: NO_METRICS,
  })
  plans.choose('pareto')
})
afterEach(async () => {
  await plans.close()
  workspace.close()
  environment.dispose()
})

it('a kept scenario follows the new name of a stage, there and back, and the windows hear of it', () => {
  keep({ stage: 'mvp', policy: { kind: 'fixed', moves: [{ month: 4, stage: 'mvp' }] } })
  const before = scenariosTold()
  edit(rename('mvp', 'one-vps'))
  expect(only()).toMatchObject({
    gone: [],
    assumptions: { stage: 'one-vps', policy: { kind: 'fixed', moves: [{ month: 4, stage: 'one-vps' }] } },
  })
  expect(scenariosTold()).toBe(before + 1)
  plans.editing.step('undo')
  expect(startsFrom()).toBe('mvp')
  plans.editing.step('redo')
  expect(startsFrom()).toBe('one-vps')
})

it('over several renames at once, when the history is gone through', () => {
  keep()
  const first = plans.current()?.revision ?? 0
  edit(rename('mvp', 'a'))
  const last = edit({ op: 'all', edits: [rename('a', 'b'), { op: 'set', path: ['stages', 'b', 'name'], value: 'B' }] })
  expect(startsFrom()).toBe('b')
  plans.editing.goTo(first)
  expect(startsFrom()).toBe('mvp')
  plans.editing.goTo(last.revision)
  expect(startsFrom()).toBe('b')
})

it('a removed scenario comes back under the names of today', () => {
  const id = keep()
  plans.scenarios.remove(id)
  edit(rename('mvp', 'one-vps'))
  plans.scenarios.restore(id)
  expect(startsFrom()).toBe('one-vps')
})

it('an edit that is refused renames nothing, neither in the plan nor in a scenario', () => {
  keep()
  const taken = plans.current()?.plan.stages[1]?.id ?? ''
  expect(() => edit({ op: 'all', edits: [rename('mvp', 'gone'), rename('gone', taken)] })).toThrowError(/taken/)
  expect(startsFrom()).toBe('mvp')
  expect(plans.current()?.plan.stages[0]?.id).toBe('mvp')
})

it('when the scenarios cannot be written, the plan is not renamed either', () => {
  keep()
  workspace.app.exec(
    `CREATE TRIGGER full BEFORE UPDATE OF body ON scenario BEGIN SELECT RAISE(ABORT, 'no room left'); END`,
  )
  const before = plans.current()
  expect(() => edit(rename('mvp', 'one-vps'))).toThrowError(/no room left/)
  expect(plans.current()).toEqual(before)
  workspace.app.exec('DROP TRIGGER full')
  edit(rename('mvp', 'one-vps'))
  expect(startsFrom()).toBe('one-vps')
})

it('scenarios of other plans keep their names, and edits that rename no stage tell no window', () => {
  keep()
  plans.choose('k3s-roadmap')
  plans.scenarios.save({ name: 'Other', assumptions: assume({ stage: 'mvp' }) })
  plans.choose('pareto')
  const before = scenariosTold()
  edit({ op: 'set', path: ['stages', 'mvp', 'name'], value: 'First' })
  expect(scenariosTold()).toBe(before)
  edit(rename('mvp', 'one-vps'))
  const stages = Object.fromEntries(plans.scenarios.list().scenarios.map((one) => [one.name, one.assumptions.stage]))
  expect(stages).toEqual({ Kept: 'one-vps', Other: 'mvp' })
})
