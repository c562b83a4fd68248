import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stage, testPlan } from '../../test/fixtures/plan.ts'
import type { Plan } from '../model/plan.ts'
import { type Assumptions, AssumptionsSchema, SimulationSchema } from '../model/scenario.ts'
import { costModel } from './cost-model.ts'
import { simulate } from './simulate.ts'

type Parts = Partial<Assumptions> & { monthlyRate?: number; deviation?: number }
const assume = ({ monthlyRate = 0.1, deviation = 0, ...parts }: Parts = {}): Assumptions =>
  AssumptionsSchema.parse({ present: 1000, growth: { monthlyRate, deviation }, months: 24, paths: 100, ...parts })
const run = (parts: Parts = {}, plan: Plan = testPlan(), block?: number) =>
  simulate(
    plan,
    costModel(plan, () => null),
    assume(parts),
    { block },
  )
const stay = { kind: 'stay' } as const
const triggers = (leadMonths: number) => ({ kind: 'triggers', leadMonths }) as const
const firstOver = (threshold: number) => Math.ceil(Math.log(threshold / 1000) / Math.log(1.1))

describe('without deviation', () => {
  it('is compound growth, linear demand and the held stage, in closed form', () => {
    const { driver, utilisation, cost, cumulativeCost, costStandardError } = run({ policy: stay })
    for (let month = 0; month < 24; month += 1) {
      const users = 1000 * 1.1 ** month
      for (const band of [driver.p10, driver.p50, driver.p90]) expect(band[month]).toBeCloseTo(users, 6)
      expect(utilisation[0]?.band.p50[month]).toBeCloseTo((users * 0.001) / 2, 9)
      expect(cost.p50[month]).toBe(2000)
      expect(cumulativeCost.p50[month]).toBe(2000 * (month + 1))
    }
    expect(costStandardError.every((error) => error === 0)).toBe(true)
  })

  it('follows a demand with an exponent', () => {
    const demand = testPlan().demand.map((one) => ({ ...one, base: 0.25, alpha: 0.5 }))
    const { utilisation } = run({ policy: stay }, testPlan({ demand }))
    for (let month = 0; month < 24; month += 1)
      expect(utilisation[0]?.band.p50[month]).toBeCloseTo((0.25 + 0.001 * Math.sqrt(1000 * 1.1 ** month)) / 2, 12)
  })

  it('fires each trigger in the month its condition first holds, and moves after the lead', () => {
    const simulation = run({ policy: triggers(2) })
    const fired = Object.fromEntries(simulation.triggers.map((one) => [one.id, one.month.p50]))
    const cpu = firstOver(1600)
    const users = firstOver(6000)
    expect(fired).toMatchObject({ cpu, users })
    const held = (id: string) => simulation.stageShare.find((one) => one.stage === id)?.share
    expect(held('small')?.indexOf(0)).toBe(cpu + 2)
    expect(held('medium')?.[cpu + 2]).toBe(1)
    expect(held('large')?.indexOf(1)).toBe(users + 2)
    expect([simulation.cost.p50[cpu + 1], simulation.cost.p50[cpu + 2], simulation.cost.p50[users + 2]]).toEqual([
      2000, 10000, 40000,
    ])
  })

  it('passes through outgrown stages in one month when there is no lead', () => {
    const simulation = run({ present: 7000, months: 2, policy: triggers(0) })
    expect(simulation.stageShare.map((one) => one.share[0])).toEqual([0, 0, 1])
  })

  it('keeps its stage under the policy stay, and still tells when later triggers would fire', () => {
    const simulation = run({ policy: stay })
    expect(simulation.stageShare[0]?.share.every((share) => share === 1)).toBe(true)
    expect(simulation.triggers.find((one) => one.id === 'users')?.month.p50).toBe(firstOver(6000))
  })

  it('moves down when a down trigger holds, but not into a stage that would send it back', () => {
    const medium = testPlan({ stage: 'medium' })
    const shrinking = run({ present: 2000, monthlyRate: -0.2, policy: triggers(1) }, medium)
    const idle = Math.ceil(Math.log(800 / 2000) / Math.log(0.8))
    expect(shrinking.triggers.find((one) => one.id === 'idle')?.month.p50).toBe(idle)
    expect(shrinking.stageShare[0]?.share[idle + 1]).toBe(1)

    const full = testPlan({
      stage: 'medium',
      stages: [
        stage('small', 2, 20, {
          triggers: [
            { id: 'cpu', name: 'CPU', direction: 'up', when: { metric: 'cpu_used_ratio', op: '>', value: 0.1 } },
          ],
        }),
        ...testPlan().stages.slice(1),
      ],
    })
    expect(
      run({ present: 700, monthlyRate: 0, months: 6 }, full).stageShare[1]?.share.every((share) => share === 1),
    ).toBe(true)
  })

  it('counts the months of a sustain time longer than a month', () => {
    const [small, ...others] = testPlan().stages
    const slow = { ...small, triggers: [{ ...small?.triggers[0], for: '2mo' }] }
    const simulation = run({ policy: stay }, testPlan({ stages: [slow, ...others] }))
    expect(simulation.triggers.find((one) => one.id === 'cpu')?.month.p50).toBe(firstOver(1600) + 1)
  })

  it('takes a stated capacity for a trigger, and a stated move cost and one-off row for the month of the move', () => {
    const stages = testPlan().stages
    const plan = testPlan({
      stages: [
        { ...stages[0], triggers: [], capacity: [{ driver: 'users', max: 1300 }] },
        { ...stages[1], migrationCost: { amount: 50, currency: 'EUR' } },
        stages[2],
      ],
    })
    const simulation = run({ policy: triggers(1), months: 6 }, plan)
    const over = firstOver(1300)
    expect(simulation.triggers.find((one) => one.id === 'capacity-users')?.month.p50).toBe(over)
    expect(simulation.cost.p50.slice(over, over + 3)).toEqual([2000, 15000, 10000])
  })

  it('keeps the other drivers in proportion to the primary one', () => {
    const plan = testPlan({
      stages: [
        stage('small', 2, 20, {
          triggers: [{ id: 'tenants', name: 'T', direction: 'up', when: { driver: 'tenants', op: '>=', value: 20 } }],
        }),
        ...testPlan().stages.slice(1),
      ],
    })
    expect(run({ present: 2000, monthlyRate: 0 }, plan).triggers.find((one) => one.id === 'tenants')?.month.p50).toBe(0)
  })
})

describe('what it cannot follow', () => {
  it('is listed with the reason, and an "any" goes on with the rest', () => {
    const [small, ...others] = testPlan().stages
    const when = {
      any: [
        { need: 'sla', op: '>=', value: 0.999 },
        { metric: 'queue_length', op: '>', value: 5 },
        { driver: 'users', op: '>', value: 1200 },
      ],
    }
    const both = { ...small, triggers: [{ ...small?.triggers[0], id: 'mixed', when }] }
    const { notModelled, triggers: rules } = run({}, testPlan({ stages: [both, ...others], needs: { sla: 0 } }))
    expect(notModelled.find((one) => one.id === 'mixed')?.why).toBe(
      'It depends on the need "Promised availability (SLA)", which the operator states and growth does not change. No demand of the plan is measured by queue_length.',
    )
    expect(rules.find((one) => one.id === 'mixed')?.month.p50).toBe(firstOver(1200))
  })

  it('leaves out the use of a resource for which a stage it can reach states no supply', () => {
    const stages = testPlan().stages
    const plan = testPlan({ stages: [stages[0], { ...stages[1], supply: { cpu: 8 } }, stages[2]] })
    expect(run({}, plan).utilisation.map((one) => one.resource)).toEqual(['cpu'])
    expect(run({}, plan).notModelled).toContainEqual({
      id: 'memory',
      name: 'Use of Memory',
      why: 'No supply of it is stated for Medium.',
    })
    expect(run({ policy: stay }, plan).utilisation.map((one) => one.resource)).toEqual(['cpu', 'memory'])
  })
})

describe('with deviation', () => {
  it('gives the same digits for a seed in any slicing, and others for another seed', () => {
    const parts = { deviation: 0.15, paths: 501, seed: 7 }
    const whole = run(parts)
    expect(run(parts, testPlan(), 1)).toEqual(whole)
    expect(run(parts, testPlan(), 37)).toEqual(whole)
    expect(run({ ...parts, seed: 8 }).driver.p50[12]).not.toBe(whole.driver.p50[12])
    expect(SimulationSchema.parse(whole)).toEqual(whole)
  })

  it('gives these digits on every machine', () => {
    const { driver } = run({ deviation: 0.15, paths: 500, seed: 7 })
    expect([driver.p10[23], driver.p50[23], driver.p90[23]]).toEqual([
      3468.38781098952, 8897.286423582564, 23070.525163304847,
    ])
  })

  it('starts every path at present and spreads as the log-normal law says', () => {
    const deviation = 0.1
    const months = 25
    const { driver } = run({ deviation, months, paths: 20_000, policy: stay })
    expect([driver.p10[0], driver.p50[0], driver.p90[0]]).toEqual([1000, 1000, 1000])
    const median = 1000 * 1.1 ** 24
    const spread = Math.exp(1.2815515655446008 * deviation * Math.sqrt(24))
    // Four standard errors of a sample quantile, sqrt(p(1-p)/n)/density, are 3.5% (median) and 4.8% (P10, P90) of a deviation.
    expect(Math.abs(Math.log((driver.p50[24] as number) / median))).toBeLessThan(0.05 * deviation * Math.sqrt(24))
    expect(Math.abs(Math.log((driver.p90[24] as number) / (median * spread)))).toBeLessThan(
      0.07 * deviation * Math.sqrt(24),
    )
    expect(Math.abs(Math.log((driver.p10[24] as number) / (median / spread)))).toBeLessThan(
      0.07 * deviation * Math.sqrt(24),
    )
  })

  it('halves the standard error of the cost with four times the paths', () => {
    const error = (paths: number) => run({ deviation: 0.2, paths, months: 12 }).costStandardError[10] as number
    expect(error(8000) / error(2000)).toBeGreaterThan(0.4)
    expect(error(8000) / error(2000)).toBeLessThan(0.6)
  })

  it('never lowers the driver when growth rises, and keeps bands in order and shares whole', () => {
    const rate = fc.double({ min: -0.3, max: 0.5, noNaN: true })
    const seed = fc.integer({ min: 0, max: 0xffffffff })
    fc.assert(
      fc.property(rate, rate, seed, fc.double({ min: 0, max: 0.5, noNaN: true }), (a, b, from, deviation) => {
        const at = (monthlyRate: number) => run({ monthlyRate, deviation, seed: from, months: 18 })
        const [slow, fast] = [at(Math.min(a, b)), at(Math.max(a, b))]
        for (let month = 0; month < 18; month += 1) {
          for (const band of ['p10', 'p50', 'p90'] as const)
            expect(slow.driver[band][month]).toBeLessThanOrEqual(fast.driver[band][month] as number)
          expect(slow.cost.p10[month]).toBeLessThanOrEqual(slow.cost.p90[month] as number)
          expect(slow.stageShare.reduce((sum, one) => sum + (one.share[month] as number), 0)).toBeCloseTo(1, 12)
        }
      }),
      { numRuns: 25 },
    )
  })
})
