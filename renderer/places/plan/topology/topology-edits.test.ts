import type { TFunction } from 'i18next'
import { expect, it } from 'vitest'
import { PlanSchema } from '../../../../shared/model/plan.ts'
import type { Stage } from '../../../../shared/model/stage.ts'
import { editPlan } from '../../../../shared/planning/check-edit.ts'
import { addLink, addNode, layOutAgain, placeNode, removeNode } from './topology-edits.ts'

const t = ((key: string) => key) as unknown as TFunction<'topology'>
const plan = PlanSchema.parse({
  format: 'headroom/plan@1',
  id: 'p',
  name: 'P',
  summary: '',
  currency: 'EUR',
  drivers: [{ id: 'users', name: 'Users', unit: 'users', present: 1 }],
  growth: { kind: 'exponential', monthlyRate: 0, deviation: 0 },
  stage: 's',
  stages: [
    {
      id: 's',
      name: 'S',
      objective: '',
      nodes: ['a', 'b', 'c'].map((id) => ({ id, name: id.toUpperCase(), kind: 'server' })),
      links: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
        { from: 'a', to: 'c' },
      ],
    },
  ],
})
const stageOf = (now: typeof plan): Stage => now.stages[0] as Stage

it('a node is placed, and laying out again forgets every place; both can be undone', () => {
  const first = editPlan(plan, placeNode(stageOf(plan), 'b', { x: 8, y: 16 }, t))
  expect(stageOf(first.plan).positions).toEqual({ b: { x: 8, y: 16 } })
  const second = editPlan(first.plan, layOutAgain(stageOf(first.plan), t))
  expect(stageOf(second.plan).positions).toBeUndefined()
  expect(editPlan(second.plan, second.inverse).plan).toEqual(first.plan)
  expect(editPlan(first.plan, first.inverse).plan).toEqual(plan)
})

it('a node of a kind is added under a free id, and linked', () => {
  const one = addNode(stageOf(plan), 'queue', 'queue', t)
  const added = editPlan(plan, one.change).plan
  const two = addNode(stageOf(added), 'queue', 'queue', t)
  expect([one.id, two.id]).toEqual(['queue', 'queue-2'])
  expect(stageOf(added).nodes.at(-1)).toMatchObject({ id: 'queue', kind: 'queue', count: 1 })
  const linked = editPlan(added, addLink(stageOf(added), 'a', 'queue')).plan
  expect(stageOf(linked).links.at(-1)).toEqual({ from: 'a', to: 'queue' })
})

it('a node goes with its place; with links that name it only together with them', () => {
  const placed = editPlan(plan, placeNode(stageOf(plan), 'b', { x: 1, y: 2 }, t)).plan
  const alone = removeNode(stageOf(placed), 'b', false)
  expect(() => editPlan(placed, { op: 'all', edits: alone })).toThrow(/still named by/)
  const gone = editPlan(placed, { op: 'all', edits: removeNode(stageOf(placed), 'b', true) })
  expect(stageOf(gone.plan).nodes.map((node) => node.id)).toEqual(['a', 'c'])
  expect(stageOf(gone.plan).links).toEqual([{ from: 'a', to: 'c' }])
  expect(stageOf(gone.plan).positions ?? {}).toEqual({})
  expect(editPlan(gone.plan, gone.inverse).plan).toEqual(placed)
})
