import { describe, expect, it } from 'vitest'
import { stage, testPlan } from '../../test/fixtures/plan.ts'
import type { Plan } from '../model/plan.ts'
import { type Assumptions, AssumptionsSchema } from '../model/scenario.ts'
import { costModel } from './cost-model.ts'
import { simulate } from './simulate.ts'

const assume = (parts: Partial<Assumptions>): Assumptions =>
  AssumptionsSchema.parse({
    present: 1000,
    growth: { monthlyRate: 0.1, deviation: 0 },
    months: 24,
    paths: 100,
    start: Date.UTC(2026, 10, 21),
    ...parts,
  })
const run = (parts: Partial<Assumptions> = {}, plan: Plan = testPlan()) => {
  const given = assume(parts)
  const { levers, tax, rates } = given
  return simulate(
    plan,
    costModel(plan, () => null, { levers, tax, rates }),
    given,
  )
}
const flat = { growth: { kind: 'exponential', monthlyRate: 0, deviation: 0 } } as const
const enters = (simulation: ReturnType<typeof run>, id: string) =>
  simulation.stageShare.find((one) => one.stage === id)?.share.indexOf(1)
const problem = (code: string, field: string) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, field }) })
const stages = testPlan().stages
const [small, medium, large] = stages

describe('moves', () => {
  it('are made in the stated months, and their hours and costs counted', () => {
    const moved = { ...medium, migrationCost: { amount: 50, currency: 'EUR', hours: 6 } }
    const simulation = run(
      { policy: { kind: 'fixed', moves: [{ month: 3, stage: 'medium' }] } },
      testPlan({ stages: [small, moved, large] }),
    )
    expect(enters(simulation, 'medium')).toBe(3)
    expect(simulation.cost.p50.slice(2, 5)).toEqual([2000, 15_000, 10_000])
    expect(simulation.migrationHours).toBe(6)
  })

  it('wait until a least stay is over, by triggers and as stated, and say so', () => {
    const plan = testPlan({ stages: [small, { ...medium, minimumMonths: 12 }, large] })
    const stated = [
      { month: 1, stage: 'medium' },
      { month: 4, stage: 'large' },
    ]
    const simulation = run({ policy: { kind: 'fixed', moves: stated } }, plan)
    expect(enters(simulation, 'large')).toBe(13)
    expect(simulation.notModelled).toContainEqual({
      id: 'move-4-large',
      name: 'Move to Large in month 4',
      why: 'Medium is kept until month 13; the move is made then.',
    })
    const grows = {
      growth: { kind: 'exponential', monthlyRate: 0.4, deviation: 0 },
      policy: { kind: 'triggers', leadMonths: 1 },
    } as const
    const early = enters(run(grows), 'large') as number
    const late = run(grows, plan)
    expect(enters(late, 'large')).toBe((late.stageShare[1]?.share.indexOf(1) as number) + 12)
    expect(enters(late, 'large')).toBeGreaterThan(early)
  })

  it('go by way of the prerequisites of a stage, and a stated one without them is left out', () => {
    const far = { ...small, triggers: [{ ...small?.triggers[0], to: 'large' }] }
    const plan = testPlan({ stages: [far, { ...medium, triggers: [] }, { ...large, after: ['medium'] }] })
    const simulation = run({}, plan)
    expect(enters(simulation, 'medium')).toBeGreaterThan(0)
    expect(enters(simulation, 'large')).toBe(-1)
    const stated = run({ policy: { kind: 'fixed', moves: [{ month: 2, stage: 'large' }] } }, plan)
    expect(stated.notModelled.find((one) => one.id === 'move-2-large')?.why).toContain('Medium must be done before')
    expect(enters(stated, 'small')).toBe(0)
  })

  it('along the cheapest path keep the risk under its limit', () => {
    const growth = { kind: 'exponential', monthlyRate: 0.1, deviation: 0.1 } as const
    const cheapest = run({ growth, paths: 1000, policy: { kind: 'cheapest', riskLimit: 0.05, leadMonths: 0 } })
    expect(Math.max(...cheapest.overloadShare)).toBeLessThanOrEqual(0.05)
    expect(Math.max(...run({ growth, paths: 1000, policy: { kind: 'stay' } }).overloadShare)).toBeGreaterThan(0.9)
  })

  it('refuse a stage that the plan does not have, with field and value', () => {
    expect(() => run({ stage: 'smal' })).toThrowError(problem('UNKNOWN_STAGE', 'stage'))
    expect(() => run({ policy: { kind: 'fixed', moves: [{ month: 1, stage: 'moon' }] } })).toThrowError(
      problem('UNKNOWN_STAGE', 'policy.moves.0.stage'),
    )
  })
})

describe('costs', () => {
  it('keep a grandfathered price until the stage is left, and never get it back', () => {
    const row = { id: 'server', name: 'Server', price: { amount: 20, currency: 'EUR' }, per: 'month' }
    const old = stage('small', 2, 20, {
      lineItems: [{ ...row, grandfathered: { amount: 12, currency: 'EUR' } }],
    })
    const moves = [
      { month: 2, stage: 'medium' },
      { month: 4, stage: 'small' },
    ]
    const simulation = run({ ...flat, policy: { kind: 'fixed', moves } }, testPlan({ stages: [old, medium, large] }))
    expect(simulation.cost.p50.slice(0, 6)).toEqual([1200, 1200, 10_000, 10_000, 2000, 2000])
  })

  it('follow a formula of demand on each path, per user too', () => {
    const row = {
      id: 'nodes',
      name: 'Nodes',
      price: { amount: 10, currency: 'EUR' },
      per: 'month',
      quantity: 'ceil(cpu)',
    }
    const plan = testPlan({ stages: [{ ...small, lineItems: [row], triggers: [] }] })
    const { cost, costPerDriver, driver } = run({ policy: { kind: 'stay' } }, plan)
    for (let month = 0; month < 24; month += 1) {
      const users = driver.p50[month] as number
      expect(cost.p50[month]).toBe(1000 * Math.ceil(users * 0.001))
      expect(costPerDriver.p50[month]).toBeCloseTo((1000 * Math.ceil(users * 0.001)) / users, 9)
    }
  })

  it('tell what each lever saved', () => {
    const row = {
      id: 'server',
      name: 'Server',
      price: { amount: 20, currency: 'EUR' },
      per: 'month',
      levers: ['reserved'],
    }
    const plan = testPlan({ stages: [{ ...small, lineItems: [row] }, medium, large] })
    const { cost, saved } = run({ ...flat, levers: { reserved: { share: 0.5, discount: 0.4 } } }, plan)
    expect(cost.p50[0]).toBe(1600)
    expect(saved).toEqual([{ lever: 'reserved', minor: Array.from({ length: 24 }, () => 400) }])
  })
})

describe('derived conditions', () => {
  const when = (condition: Record<string, unknown>, parts: Record<string, unknown> = {}) => {
    const trigger = { id: 'derived', name: 'D', direction: 'up', when: condition }
    const plan = testPlan({
      stages: [{ ...small, triggers: [trigger], ...parts }, medium, large],
      needs: { sla: 0.999 },
    })
    const simulation = run({ growth: { kind: 'exponential', monthlyRate: -0.1, deviation: 0 } }, plan)
    return simulation.triggers.find((one) => one.id === 'derived')?.month.p50
  }

  it('compare what a stage costs, in the currency itself, also over users', () => {
    expect(when({ derived: 'monthly_cost', op: '>', value: 19 })).toBe(0)
    expect(when({ derived: 'monthly_cost', op: '>', value: 20 })).toBe(null)
    // 20 euro over 1000 users is 0.02; over 500 it is 0.04, in the seventh month of 10% less each.
    expect(when({ derived: 'cost_per_driver', op: '>', value: 0.04 })).toBe(7)
  })

  it('compare the availability of the topology with what is needed', () => {
    const nodes = [{ id: 'one', name: 'One', kind: 'server', availability: 0.99 }]
    expect(when({ derived: 'availability', op: '<', need: 'sla' }, { nodes })).toBe(0)
    expect(when({ derived: 'availability', op: '<', value: 0.98 }, { nodes })).toBe(null)
  })
})

describe('seasons and events', () => {
  const event = { id: 'sale', name: 'Sale', from: '2027-01-11', to: '2027-01-20', multiplier: 3, probability: 1 }

  it('count an event by its days in the driver, and by its level in use and overload', () => {
    const { driver, utilisation, overloadMinutes, overloadShare } = run({
      ...flat,
      events: [event],
      policy: { kind: 'stay' },
    })
    expect(driver.p50.slice(0, 4)).toEqual([1000, 1000, expect.closeTo(1000 * (1 + (2 * 10) / 31), 9), 1000])
    expect(utilisation[0]?.band.p50.slice(1, 4)).toEqual([0.5, 1.5, 0.5])
    expect(overloadMinutes.p50.slice(1, 4)).toEqual([0, expect.closeTo((43_800 * 10) / 31, 6), 0])
    expect(overloadShare.slice(1, 4)).toEqual([0, 1, 0])
  })

  it('show an event only to rules that sustain no longer than it lasts', () => {
    const fires = (wait: string) => {
      const slow = { ...small, triggers: [{ ...small?.triggers[0], for: wait }] }
      const plan = testPlan({ stages: [slow, medium, large] })
      return run({ ...flat, events: [event], policy: { kind: 'stay' } }, plan).triggers[0]?.month.p50
    }
    expect([fires('10d'), fires('11d')]).toEqual([2, null])
  })

  it('let a probable event happen on its share of the paths', () => {
    const { overloadShare, overloadShareError } = run({
      ...flat,
      events: [{ ...event, probability: 0.3 }],
      policy: { kind: 'stay' },
      paths: 20_000,
    })
    expect(Math.abs((overloadShare[2] as number) - 0.3)).toBeLessThan(5 * (overloadShareError?.[2] as number))
    expect(overloadShareError?.[2]).toBeLessThan(Math.sqrt((0.3 * 0.7) / 20_000))
  })

  it('judge use in the busiest hour, and overload in the hours that are', () => {
    const hourOfDay = Array.from({ length: 24 }, (_, hour) => (hour === 20 ? 3 : 21 / 23))
    const { utilisation, overloadMinutes, driver } = run({
      ...flat,
      seasonality: { hourOfDay },
      policy: { kind: 'stay' },
    })
    expect(driver.p50[5]).toBe(1000)
    expect(utilisation[0]?.band.p50[5]).toBe(1.5)
    expect(overloadMinutes.p50[5]).toBeCloseTo(43_800 / 24, 9)
  })

  it('take months of the year relative to the present one', () => {
    const monthOfYear = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4]
    expect(run({ ...flat, seasonality: { monthOfYear } }).driver.p50.slice(0, 3)).toEqual([1000, 2000, 500])
  })

  it('say what is wrong with an event', () => {
    expect(() => run({ events: [{ ...event, to: '2027-01-01' }] })).toThrowError(
      problem('EVENT_ENDS_BEFORE_IT_BEGINS', 'events.sale.to'),
    )
    expect(() => run({ events: [{ ...event, driver: 'moons' }] })).toThrowError(
      problem('UNKNOWN_DRIVER', 'events.sale.driver'),
    )
    expect(() => run({ events: [event], start: undefined })).toThrowError(problem('START_MISSING', 'start'))
    const many = Array.from({ length: 11 }, (_, index) => ({ ...event, id: `e-${index}`, probability: 0.5 }))
    expect(() => run({ events: many })).toThrowError(problem('TOO_MANY_PROBABLE_EVENTS', 'events'))
  })
})

it('gives the same digits in any blocks with everything at once', () => {
  const growth = {
    kind: 'pieces',
    deviation: 0.2,
    pieces: [
      { fromMonth: 0, law: { kind: 'exponential', monthlyRate: 0.1 } },
      { fromMonth: 5, law: { kind: 'logistic', monthlyRate: 0.2, ceiling: 4000 } },
    ],
  } as const
  const given = assume({
    growth: { ...growth, pieces: [...growth.pieces] },
    drivers: { tenants: { growth: { kind: 'linear', perMonth: 2, deviation: 0.1 } } },
    events: [{ id: 'sale', name: 'Sale', from: '2027-01-11', to: '2027-02-20', multiplier: 3, probability: 0.4 }],
    paths: 501,
  })
  const plan = testPlan()
  const whole = simulate(
    plan,
    costModel(plan, () => null),
    given,
  )
  for (const block of [1, 37])
    expect(
      simulate(
        plan,
        costModel(plan, () => null),
        given,
        { block },
      ),
    ).toEqual(whole)
})
