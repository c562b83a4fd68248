import { describe, expect, it } from 'vitest'
import { stage, testCosts, testPlan } from '../../test/fixtures/plan.ts'
import type { Condition } from '../model/condition.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import { askedAvailability, derivedOf } from './derived.ts'
import { conditionWords, type Evidence, type Judged, judge } from './judge.ts'
import { decide } from './verdict.ts'

const server = (availability: number, count = 1) => ({
  nodes: [{ id: 'app', name: 'App', kind: 'server', count, availability }],
})
const sla: Condition = { derived: 'availability', op: '<', need: 'sla' }
const trigger = (when: Condition, to?: string) => ({
  triggers: [{ id: 'sla', name: 'SLA', direction: 'up', when, ...(to ? { to } : {}) }],
})

/** One server, then one that is a little better, then two of them. */
const plan = (needs: Plan['needs'], when: Condition = sla, to?: string): Plan =>
  testPlan({
    needs,
    stages: [
      stage('small', 2, 20, { ...server(0.995), ...trigger(when, to) }),
      stage('medium', 8, 100, server(0.998)),
      stage('large', 32, 400, server(0.995, 2)),
      stage('huge', 64, 900, server(0.999999)),
    ],
  })

function judged(condition: Condition, one: Plan): Judged {
  const evidence: Evidence = {
    now: 0,
    expectedIntervalMs: 1000,
    drivers: one.drivers,
    needs: one.needs,
    derived: derivedOf(one, one.stages[0] as Stage, testCosts(one)),
    series: () => [],
  }
  return judge(condition, 60_000, evidence)
}
const verdict = (one: Plan) =>
  decide({ plan: one, costs: testCosts(one), now: 0, expectedIntervalMs: 1000, series: () => [] })

describe('derived conditions', () => {
  it('compares the computed availability with what is asked', () => {
    expect(judged(sla, plan({ sla: 0.999 }))).toMatchObject({
      state: 'fired',
      condition: 'Availability < Promised availability (SLA)',
      why: '99.9% asked, 99.5% computed for Small: it cannot meet that.',
      observed: 0.995,
      threshold: 0.999,
      unit: 'ratio',
      sustainMs: 0,
    })
    expect(judged(sla, plan({ sla: 0.99 }))).toMatchObject({
      state: 'clear',
      why: '99% asked, 99.5% computed for Small: it meets that.',
    })
    expect(judged(sla, plan({ sla: 0 })).why).toBe('no availability is asked, 99.5% computed for Small.')
    expect(judged({ derived: 'availability', op: '>=', value: 0.99 }, plan({}))).toMatchObject({
      state: 'fired',
      condition: 'Availability >= 99%',
      why: '99% asked, 99.5% computed for Small, at or above it.',
    })
  })

  it('says why it cannot be judged', () => {
    expect(judged(sla, plan({}))).toMatchObject({
      state: 'unknown',
      why: 'no data for the need "Promised availability (SLA)": it is not stated.',
    })
    expect(judged(sla, plan({ sla: true })).why).toBe(
      'the need "Promised availability (SLA)" is stated as yes or no, not as a number.',
    )
    expect(judged(sla, plan({ sla: 99.9 })).why).toContain('write 0.999 for 99.9%')
    expect(judged({ derived: 'availability', op: '<' }, plan({})).why).toBe(
      'the condition on availability names no value.',
    )
    const bare = testPlan()
    expect(judged({ derived: 'availability', op: '<', value: 0.9 }, bare)).toMatchObject({
      state: 'unknown',
      why: 'Small has no topology: the plan lists no nodes for it.',
    })
  })

  it("judges the stage's monthly cost and what that is for each unit of the driver", () => {
    expect(judged({ derived: 'monthly_cost', op: '>', value: 15 }, plan({}))).toMatchObject({
      state: 'fired',
      condition: 'Monthly cost > €15',
      why: 'Monthly cost of Small is €20, above €15.',
      unit: 'EUR',
    })
    // 20 euro over 1,000 users.
    expect(judged({ derived: 'cost_per_driver', op: '>', value: 0.05 }, plan({}))).toMatchObject({
      state: 'clear',
      observed: 0.02,
      why: 'Cost per unit of the driver of Small is 0.02 EUR, not above 0.05 EUR.',
    })
    const free = testPlan({ stages: [stage('small', 2, 20, { lineItems: [] })] })
    expect(judged({ derived: 'monthly_cost', op: '>', value: 15 }, free)).toMatchObject({
      state: 'unknown',
      why: 'no cost of Small has a price.',
    })
    const nobody = testPlan({ drivers: [{ id: 'users', name: 'Users', unit: 'users', present: 0 }], demand: [] })
    expect(judged({ derived: 'cost_per_driver', op: '>', value: 1 }, nobody).why).toBe('Users is stated as 0.')
  })

  it('is written without a currency where none is known', () => {
    expect(conditionWords({ derived: 'monthly_cost', op: '>', value: 15 }, 0, { drivers: [] })).toBe(
      'Monthly cost > 15',
    )
  })
})

describe('askedAvailability', () => {
  it('is the highest need that is named after it and stated as a share', () => {
    expect(askedAvailability({ sla: 0.999, 'api-availability': 0.9995, 'customer-sla': true, users: 0.5 })).toBe(0.9995)
    expect(askedAvailability({ sla: 0, uptime: 99.9 })).toBeNull()
  })
})

describe('the verdict on an availability that is asked for', () => {
  it('says that the present stage misses it where no rule of it asks', () => {
    const silent = (needs: Plan['needs']) => testPlan({ needs, stages: [stage('small', 2, 20, server(0.995))] })
    const words = '99.9% asked, 99.5% computed for Small: it cannot meet that. Its topology says what costs most.'
    expect(verdict(silent({ sla: 0.999 })).reasons).toContain(words)
    expect(verdict(silent({ sla: 0.995 })).reasons.join(' ')).not.toContain('asked')
    expect(verdict(silent({ sla: 0 })).reasons.join(' ')).not.toContain('asked')
    // A rule that asks says it itself, and it is not said twice.
    expect(verdict(plan({ sla: 0.999 })).reasons.filter((one) => one.includes('cannot meet'))).toHaveLength(1)
  })

  it('recommends the first stage whose computed availability meets it', () => {
    const result = verdict(plan({ sla: 0.999 }))
    expect(result).toMatchObject({ kind: 'move', target: { id: 'large' } })
    expect(result.headline).toBe('Move to Large: 99.9% asked, 99.5% computed for Small: it cannot meet that.')
    // Two of 99.5%: 1 - 0.005 * 0.005.
    expect(result.reasons).toContain('Large is computed to be up 99.9975% of the time, which meets 99.9%.')
  })

  it('keeps a stated stage that meets it, and goes past one that does not', () => {
    expect(verdict(plan({ sla: 0.999 }, sla, 'huge')).target?.id).toBe('huge')
    expect(verdict(plan({ sla: 0.999 }, sla, 'medium')).target?.id).toBe('large')
  })

  it('says so when no stage meets it', () => {
    const result = verdict(plan({ sla: 0.9999999 }))
    expect(result.target?.id).toBe('medium')
    expect(result.reasons.join(' ')).toContain(
      'No stage of the plan is computed to meet 99.99999%: Huge comes closest with 99.9999%.',
    )
  })

  it('stays where it is met', () => {
    expect(verdict(plan({ sla: 0.99 })).kind).toBe('stay')
  })
})
