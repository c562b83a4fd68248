import { describe, expect, it } from 'vitest'
import { testPlan } from '../../../test/fixtures/plan.ts'
import { assumptionsOf, keptChanges, planAssumptions, positionOf, usersAt } from './assumptions.ts'

describe('the slider of present users', () => {
  it('covers one to ten million by powers of ten', () => {
    expect(positionOf(1)).toBe(0)
    expect(positionOf(10_000_000)).toBe(1000)
    expect(usersAt(0)).toBe(1)
    expect(usersAt(1000)).toBe(10_000_000)
  })
  it('goes there and back within one step', () => {
    for (const users of [2, 37, 950, 25_000, 480_000, 7_000_000]) {
      expect(Math.abs(usersAt(positionOf(users)) / users - 1)).toBeLessThan(0.02)
    }
  })
  it('rests at its ends for zero and for more than it holds', () => {
    expect(positionOf(0)).toBe(0)
    expect(positionOf(1e9)).toBe(1000)
  })
})

describe('changes kept over a reload', () => {
  it('come back as they were, without what nobody changed', () => {
    const changes = { test: { present: 5000, months: 24 }, other: { stage: 'large' } }
    expect(keptChanges(JSON.parse(JSON.stringify({ changes })))).toEqual({ changes })
  })
  it('are forgotten where they can no longer be read, plan by plan', () => {
    const changes = { broken: { months: -3 }, sound: { months: 12 } }
    expect(keptChanges({ changes })).toEqual({ changes: { sound: { months: 12 } } })
    for (const kept of [null, 'what', { changes: 7 }, {}]) expect(keptChanges(kept)).toEqual({ changes: {} })
  })
})

describe('what the sliders assume', () => {
  it('is the plan with the changes on top', () => {
    expect(assumptionsOf(testPlan(), undefined)).toEqual(planAssumptions(testPlan()))
    expect(assumptionsOf(testPlan(), { present: 7, stage: 'small' })).toMatchObject({ present: 7, stage: 'small' })
  })
  it('leaves out a stage that the plan does not have any more', () => {
    const policy = {
      kind: 'fixed' as const,
      moves: [
        { month: 2, stage: 'gone' },
        { month: 4, stage: 'small' },
      ],
    }
    const assumed = assumptionsOf(testPlan(), { stage: 'gone', policy })
    expect(assumed.stage).toBeUndefined()
    expect(assumed.policy).toEqual({ kind: 'fixed', moves: [{ month: 4, stage: 'small' }] })
  })
})
