import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { EditPath } from '../model/edit.ts'
import { PlanSchema } from '../model/plan.ts'
import { stageCosts } from './cost.ts'
import { applyEdit } from './edit-plan.ts'
import { parsePlan } from './plan-file.ts'
import { costMemo } from './stage-cost-memo.ts'

const file = fileURLToPath(new URL('../../resources/blueprints/pareto.yaml', import.meta.url))
const plain = parsePlan(readFileSync(file, 'utf8'), 'pareto.yaml')
/** With a stage whose cost is stated over the first one. */
const plan = PlanSchema.parse({
  ...plain,
  stages: [
    ...plain.stages,
    { id: 'over', name: 'Over', objective: '', relativeCost: { over: 'mvp', min: 0.5, max: 0.5 } },
  ],
})
const noPrices = () => null
const amount: EditPath = ['stages', 'mvp', 'lineItems', 'vps', 'price', 'amount']

it('gives what counting anew gives, and counts only the stage that was edited', () => {
  const costs = costMemo(noPrices)
  const first = costs(plan)
  expect(first).toEqual(stageCosts(plan, noPrices))
  const edited = applyEdit(plan, { op: 'set', path: amount, value: 1000 }).plan
  const second = costs(edited)
  expect(second).toEqual(stageCosts(edited, noPrices))
  expect(second[0]).not.toEqual(first[0])
  expect(second[1]).toBe(first[1])
  // A stage stated over the edited one costs more with it.
  expect(second.at(-1)).not.toEqual(first.at(-1))
})

it('counts all of them when what every stage depends on changes', () => {
  const costs = costMemo(noPrices)
  costs(plan)
  const edited = applyEdit(plan, { op: 'set', path: ['rates', 'USD'], value: 2 }).plan
  expect(costs(edited)).toEqual(stageCosts(edited, noPrices))
  const gone = applyEdit(edited, { op: 'remove', path: ['stages', 'over'] }).plan
  expect(costs(gone)).toEqual(stageCosts(gone, noPrices))
})
