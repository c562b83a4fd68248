import { describe, expect, it } from 'vitest'
import { presetOf } from '../../../../shared/planning/autoscale/presets.ts'
import { stage, testPlan } from '../../../../test/fixtures/plan.ts'
import { inputOf, planTrial, scalersOf } from './state.ts'

const api = presetOf('hpa', testPlan())
const plan = testPlan({
  stages: [
    stage('small', 2, 20),
    stage('large', 32, 400, { autoscalers: [api], capacity: [{ driver: 'users', min: 50_000, max: null }] }),
  ],
})

describe('planTrial', () => {
  it('begins where autoscalers are, with at least the users that stage is for', () => {
    expect(planTrial(plan)).toMatchObject({ stageId: 'large', at: 50_000, curve: 'evening' })
    expect(planTrial(plan, 'small')).toMatchObject({ stageId: 'small', at: 1000 })
    expect(planTrial(plan, 'gone').stageId).toBe('large')
    expect(planTrial(testPlan()).stageId).toBe('small')
  })

  it("takes the plan's own week where it states one", () => {
    const own = testPlan({ seasonality: { dayOfWeek: [1, 1, 1, 1, 1, 2, 2] } })
    expect(planTrial(own).curve).toBe('plan')
    expect(inputOf(own, planTrial(own)).seasonality).toBeUndefined()
    expect(inputOf(plan, planTrial(plan)).seasonality?.hourOfDay).toHaveLength(24)
  })

  it("what was changed stands in place of the stage's own autoscalers, stage by stage", () => {
    const trial = planTrial(plan)
    expect(scalersOf(plan, trial)).toEqual([api])
    const changed = { ...trial, autoscalers: { large: [{ ...api, max: 7 }], small: [] } } as typeof trial
    expect(scalersOf(plan, changed)[0]?.max).toBe(7)
    expect(scalersOf(plan, { ...changed, stageId: 'small' })).toEqual([])
  })
})
