import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CoreEvent } from '../../../shared/contract/contract.ts'
import type { Edit, EditPath } from '../../../shared/model/edit.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { stageCosts } from '../../../shared/planning/cost.ts'
import { valueAt } from '../../../shared/planning/edit-plan.ts'
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
const price: EditPath = ['stages', 'mvp', 'lineItems', 'vps', 'price', 'amount']
const priced = (value: number): Edit => ({ op: 'set', path: price, value })

function open(): void {
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
}
async function reopen(): Promise<void> {
  await plans.close()
  workspace.close()
  open()
}
const now = () => {
  const current = plans.current()
  if (!current) throw new Error('there is no plan')
  return current
}
const amount = (plan: Plan = now().plan) => valueAt(plan, price)
const edit = (one: Edit) => plans.editing.edit({ base: now().revision, edit: one })
const problem = (code: string, parts: Record<string, unknown> = {}) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, ...parts }) })

beforeEach(() => {
  told = []
  environment = testEnvironment()
  open()
  plans.choose('pareto')
})
afterEach(async () => {
  await plans.close()
  workspace.close()
  environment.dispose()
})

describe('an edit', () => {
  it('makes a new revision with its reason, tells the windows, and gives only the costs that changed', () => {
    const before = now()
    const done = edit(priced(99))
    expect(done.reason).toBe('Price of VPS (Hetzner CPX31) in One VPS changed from 15 to 99')
    expect(done.revision).toBe(before.revision + 1)
    expect(told.at(-1)).toEqual({ kind: 'plan', revision: done.revision })
    const after = now()
    expect(after.undo).toBe(done.reason)
    const changed = after.costs.filter((cost, at) => JSON.stringify(cost) !== JSON.stringify(before.costs[at]))
    expect(changed.map((cost) => cost.stage)).toContain('mvp')
    expect(done.costs).toEqual(changed)
    expect(after.costs.map((cost) => cost.perMonthMinor)).toEqual(
      stageCosts(after.plan, () => null).map((cost) => cost.perMonthMinor),
    )
  })

  it('is refused when the plan was changed in another window, and changes nothing', () => {
    const base = now().revision
    edit(priced(20))
    expect(() => plans.editing.edit({ base, edit: priced(30) })).toThrowError(
      problem('PLAN_CHANGED_ELSEWHERE', { field: 'base', details: { revision: String(base + 1) } }),
    )
    expect(amount()).toBe(20)
  })

  it('is refused whole when it breaks a reference', () => {
    const before = now()
    const both: Edit = { op: 'all', edits: [priced(77), { op: 'set', path: ['stage'], value: 'nowhere' }] }
    expect(() => edit(both)).toThrowError(problem('EDIT_INVALID', { field: 'stage', value: 'nowhere' }))
    expect(now()).toEqual(before)
    expect(plans.editing.history()).toHaveLength(1)
  })

  it('is done once when it is sent twice, as after a lost line', () => {
    const base = now().revision
    const sent = { base, edit: priced(33), token: 'a-token-of-mine' }
    const first = plans.editing.edit(sent)
    expect(plans.editing.edit(sent)).toMatchObject({ revision: first.revision, reason: first.reason })
    expect(plans.editing.history()).toHaveLength(2)
  })

  it('that changes nothing makes no revision', () => {
    expect(edit(priced(15))).toMatchObject({ revision: now().revision, costs: [] })
    expect(plans.editing.history()).toHaveLength(1)
  })
})

describe('undo and redo', () => {
  it('go back and forth, over a restart too', async () => {
    edit(priced(20))
    edit(priced(30))
    const undone = plans.editing.step('undo')
    expect(undone.reason).toMatch(/from 20 to 30/)
    expect(undone.change).not.toBeNull()
    expect(amount()).toBe(20)
    await reopen()
    expect(amount()).toBe(20)
    expect(now()).toMatchObject({ undo: expect.stringMatching(/15 to 20/), redo: expect.stringMatching(/20 to 30/) })
    plans.editing.step('undo')
    expect(amount()).toBe(15)
    plans.editing.step('redo')
    expect(plans.editing.step('redo').reason).toMatch(/from 20 to 30/)
    expect(amount()).toBe(30)
    expect(() => plans.editing.step('redo')).toThrowError(problem('NOTHING_TO_REDO'))
  })

  it('lead over the choice of another plan, and end at the first', () => {
    plans.choose('tenant-guide')
    expect(plans.editing.step('undo')).toMatchObject({ change: null })
    expect(now().plan.id).toBe('pareto')
    expect(() => plans.editing.step('undo')).toThrowError(problem('NOTHING_TO_UNDO'))
    expect(now().undo).toBeNull()
  })

  it('a new edit after undo drops what could be done again, and its number is not used again', () => {
    const dropped = edit(priced(20)).revision
    plans.editing.step('undo')
    expect(edit(priced(40)).revision).toBe(dropped + 1)
    expect(now().redo).toBeNull()
    expect(plans.editing.history().map((one) => one.reason)).toEqual([
      expect.stringMatching(/15 to 40/),
      expect.stringMatching(/^Blueprint/),
    ])
    expect(() => plans.editing.edit({ base: dropped, edit: priced(1) })).toThrowError(problem('PLAN_CHANGED_ELSEWHERE'))
  })

  it('any revision of the history can be gone to', () => {
    const wanted = edit(priced(20)).revision
    edit(priced(30))
    edit(priced(40))
    plans.editing.goTo(wanted)
    expect(amount()).toBe(20)
    expect(plans.editing.history().map((one) => one.state)).toEqual(['undone', 'undone', 'present', 'past'])
    expect(() => plans.editing.goTo(999)).toThrowError(problem('NO_REVISION', { value: '999' }))
  })

  it('also for what is stated of today', () => {
    plans.state({ drivers: { mau: 60_000 } })
    expect(now().undo).toBe('Present value of Monthly active users changed from 25,000 to 60,000')
    plans.editing.step('undo')
    expect(now().plan.drivers[0]?.present).toBe(25_000)
  })
})

it('reads every kept revision from the few that are whole, keeps 200 of them and not many more', async () => {
  for (let count = 1; count <= 260; count += 1) edit(priced(count))
  const whole = workspace.app.prepare('SELECT count(*) FROM plan_revision WHERE body IS NOT NULL').pluck().get()
  expect(whole).toBeLessThanOrEqual(13)
  const history = plans.editing.history()
  expect(history.length).toBeGreaterThanOrEqual(200)
  expect(history.length).toBeLessThanOrEqual(230)
  await reopen()
  expect(amount()).toBe(260)
  const oldest = history.at(-1)?.revision as number
  for (const revision of [oldest, oldest + 1, oldest + 37]) {
    plans.editing.goTo(revision)
    // The first edit made revision 2.
    expect(amount()).toBe(revision - 1)
  }
})

it('makes an empty plan that can be edited at once', () => {
  plans.editing.create({ name: 'My shop 2', currency: 'USD' })
  expect(now().plan).toMatchObject({ id: 'my-shop-2', name: 'My shop 2', currency: 'USD', stage: 'start' })
  edit({ op: 'insert', path: ['stages'], value: { id: 'next', name: 'Next', objective: '' } })
  expect(now().plan.stages.map((stage) => stage.id)).toEqual(['start', 'next'])
  expect(now().costs).toHaveLength(2)
})
