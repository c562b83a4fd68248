import { expect, it } from 'vitest'
import type { Edit } from '../../../../shared/model/edit.ts'
import { HeadroomError, problemOf } from '../../../../shared/model/problem.ts'
import { editPlan } from '../../../../shared/planning/check-edit.ts'
import { newPlan } from '../../../../shared/planning/new-plan.ts'
import { EditQueue, type PlanInHand } from './edit-queue.ts'

const named = (value: string): Edit => ({ op: 'set', path: ['stages', 'start', 'name'], value })
const summed = (value: string): Edit => ({ op: 'set', path: ['summary'], value })

/** An engine with the core's rules: one plan, a revision, each sent edit done once; and a window in front of it. */
function made() {
  const engine = { plan: newPlan('Ours', 'EUR'), revision: 1, tokens: new Set<string>(), line: true }
  let hand: PlanInHand | null = { plan: engine.plan, costs: [], revision: 1, undo: null, redo: null }
  const lost: string[] = []
  let tokens = 0
  const confirmed = () => ({ revision: engine.revision, costs: [], undo: 'something', redo: null })
  const carryOut = (edit: Edit) => {
    engine.plan = editPlan(engine.plan, edit).plan
    engine.revision += 1
  }
  const queue = new EditQueue({
    read: () => hand,
    write: (next) => {
      hand = next
    },
    async send({ base, edit, token }) {
      await Promise.resolve()
      if (engine.tokens.has(token)) return confirmed()
      if (base !== engine.revision)
        throw new HeadroomError({ code: 'PLAN_CHANGED_ELSEWHERE', fact: 'Changed.', fix: 'Again.' })
      carryOut(edit)
      engine.tokens.add(token)
      if (!engine.line) throw new HeadroomError({ code: 'CORE_GONE', fact: 'Gone.', fix: 'Wait.' })
      return confirmed()
    },
    step: () => Promise.reject(new Error('not here')),
    reload: () => Promise.resolve({ plan: engine.plan, ...confirmed() }),
    problemOf,
    newToken() {
      tokens += 1
      return `token-${tokens}`
    },
    async pause() {
      engine.line = true
    },
    lost: (problem, what) => lost.push(`${what}: ${problem.code}`),
  })
  const rest = () =>
    new Promise<void>((resolve) => {
      if (!queue.busy) return resolve()
      const stop = queue.subscribe(() => {
        if (queue.busy) return
        stop()
        resolve()
      })
    })
  return { engine, queue, rest, lost, hand: () => hand as PlanInHand, carryOut }
}

it('shows an edit at once, and has it confirmed in order', async () => {
  const { engine, queue, rest, hand } = made()
  expect(queue.edit(named('One'))).toBeNull()
  expect(queue.edit(summed('Two'))).toBeNull()
  expect(hand()).toMatchObject({ revision: 1, plan: { summary: 'Two' }, undo: expect.stringContaining('Two') })
  expect(queue.busy).toBe(true)
  await rest()
  expect(engine).toMatchObject({ revision: 3, plan: { summary: 'Two', stages: [{ name: 'One' }] } })
  expect(hand().revision).toBe(3)
})

it('refuses what cannot be without sending it', () => {
  const { engine, queue, hand } = made()
  expect(queue.edit({ op: 'set', path: ['stage'], value: 'nowhere' })?.code).toBe('EDIT_INVALID')
  expect(queue.busy).toBe(false)
  expect(hand().plan).toBe(engine.plan)
})

it('makes waiting edits again on what another window left', async () => {
  const { engine, queue, rest, hand, lost, carryOut } = made()
  carryOut(summed('Theirs'))
  queue.edit(named('Mine'))
  await rest()
  expect(engine.plan).toMatchObject({ summary: 'Theirs', stages: [{ name: 'Mine' }] })
  expect(hand().plan).toEqual(engine.plan)
  expect(lost).toEqual([])
})

it('tells which edit no longer fits, and keeps the others', async () => {
  const { engine, queue, rest, hand, lost, carryOut } = made()
  carryOut({ op: 'rename', path: ['stages', 'start'], to: 'begin' })
  queue.edit(named('Mine'))
  queue.edit(summed('Kept'))
  await rest()
  expect(lost).toEqual([expect.stringMatching(/^Name of Start.*NOTHING_THERE$/)])
  expect(engine.plan).toMatchObject({ summary: 'Kept', stages: [{ id: 'begin', name: 'Start' }] })
  expect(hand().plan).toEqual(engine.plan)
})

it('sends an edit again after a lost line, which is done once', async () => {
  const { engine, queue, rest, hand } = made()
  engine.line = false
  queue.edit({ op: 'insert', path: ['stages', 'start', 'risks'], value: 'Only once.' })
  await rest()
  expect(engine.plan.stages[0]?.risks).toEqual(['Only once.'])
  expect(hand()).toMatchObject({ revision: 2, plan: { stages: [{ risks: ['Only once.'] }] } })
})
