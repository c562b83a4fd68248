import { expect, it } from 'vitest'
import { testPlan } from '../../test/fixtures/plan.ts'
import { type Assumptions, AssumptionsSchema } from '../model/scenario.ts'
import { fitToPlan } from './scenario-fit.ts'

const assume = (parts: Partial<Assumptions>): Assumptions =>
  AssumptionsSchema.parse({ present: 1000, growth: { monthlyRate: 0.1, deviation: 0 }, months: 12, ...parts })

it('leaves alone what the plan still has', () => {
  const assumptions = assume({ stage: 'medium', policy: { kind: 'fixed', moves: [{ month: 3, stage: 'large' }] } })
  expect(fitToPlan(testPlan(), assumptions)).toEqual({ assumptions, gone: [] })
})

it('leaves out stages and drivers that are gone, and says what happens instead', () => {
  const event = { name: 'Sale', from: '2027-01-01', to: '2027-01-02', multiplier: 2, probability: 1 }
  const { assumptions, gone } = fitToPlan(
    testPlan(),
    assume({
      stage: 'huge',
      policy: {
        kind: 'fixed',
        moves: [
          { month: 2, stage: 'tiny' },
          { month: 5, stage: 'large' },
        ],
      },
      events: [
        { ...event, id: 'a', driver: 'visitors' },
        { ...event, id: 'b', driver: 'users' },
        { ...event, id: 'c' },
      ],
      drivers: { visitors: { present: 5 }, tenants: { present: 20 } },
    }),
  )
  expect(assumptions.stage).toBeUndefined()
  expect(assumptions.policy).toEqual({ kind: 'fixed', moves: [{ month: 5, stage: 'large' }] })
  expect(assumptions.events?.map((one) => one.id)).toEqual(['b', 'c'])
  expect(assumptions.drivers).toEqual({ tenants: { present: 20 } })
  expect(gone.map(({ field, value }) => [field, value])).toEqual([
    ['stage', 'huge'],
    ['policy.moves.0.stage', 'tiny'],
    ['events.0.driver', 'visitors'],
    ['drivers.visitors', 'visitors'],
  ])
  expect(gone[0]?.why).toBe('The plan has no stage "huge" any more; the scenario starts from Small.')
})
