import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { type Plan, PlanSchema } from '../model/plan.ts'
import { objectionsTo } from './objections.ts'
import { parsePlan } from './plan-file.ts'
import { judgeRules } from './rules.ts'

const file = fileURLToPath(new URL('../../resources/blueprints/pareto.yaml', import.meta.url))
const plain = parsePlan(readFileSync(file, 'utf8'), 'pareto.yaml')
const plan = PlanSchema.parse({
  ...plain,
  guardRails: [
    { id: 'small', text: 'Not under 5,000 users.', against: ['scale'], when: { driver: 'mau', op: '<', value: 5000 } },
    {
      id: 'busy',
      text: 'Not while the CPU idles.',
      against: ['scale'],
      when: { metric: 'cpu_used_ratio', op: '<', value: 0.5 },
    },
    { id: 'never', text: 'Not at all.', against: ['growth'] },
  ],
})

/** The judgements of today with so many users and nothing measured. */
function judged(users: number) {
  const now: Plan = { ...plan, drivers: plan.drivers.map((driver) => ({ ...driver, present: users })) }
  const evidence = { now: 0, expectedIntervalMs: 1000, drivers: now.drivers, needs: now.needs, series: () => [] }
  return judgeRules(now, evidence).map((rule) => rule.judgement)
}

it('argues against a stage while the condition holds, and not after', () => {
  const few = objectionsTo(plan, 'scale', judged(4000))
  expect(few.find((one) => one.id === 'small')).toMatchObject({
    text: 'Not under 5,000 users.',
    unsure: false,
    why: expect.stringContaining('4,000'),
  })
  expect(objectionsTo(plan, 'scale', judged(6000)).map((one) => one.id)).not.toContain('small')
})

it('says that it is not sure where nothing was measured, argues always without a condition, and only against its stages', () => {
  expect(objectionsTo(plan, 'scale', judged(6000))).toEqual([expect.objectContaining({ id: 'busy', unsure: true })])
  expect(objectionsTo(plan, 'growth', judged(6000))).toEqual([
    { id: 'never', text: 'Not at all.', why: '', unsure: false },
  ])
  expect(objectionsTo(plan, 'mvp', judged(4000))).toEqual([])
})
