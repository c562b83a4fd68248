import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AutoscaleInputSchema } from '../../../shared/model/autoscale-week.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { AssumptionsSchema } from '../../../shared/model/scenario.ts'
import type { Stage } from '../../../shared/model/stage.ts'
import { unitPrices } from '../../../shared/planning/autoscale/price.ts'
import { autoscaleWeek } from '../../../shared/planning/autoscale/week.ts'
import { stageAvailability } from '../../../shared/planning/availability.ts'
import { stageCosts } from '../../../shared/planning/cost.ts'
import { costModel } from '../../../shared/planning/cost-model.ts'
import { demandAt } from '../../../shared/planning/demand.ts'
import { planGaps } from '../../../shared/planning/plan-gaps.ts'
import { reference } from '../../../shared/planning/reference.ts'
import { profileOfWeek, sustainedPeak } from '../../../shared/planning/seasonality.ts'
import { simulate } from '../../../shared/planning/simulate.ts'
import { largestSupply } from '../../../shared/planning/supply.ts'
import { decide } from '../../../shared/planning/verdict.ts'
import { loadBlueprints } from './blueprints.ts'
import { loadCatalogue, priceOf } from './catalogue.ts'

/** What the engine makes of the blueprints: that their figures mean something, and agree with what their sources say. */
const resources = join(import.meta.dirname, '../../../resources')
const plans = loadBlueprints(resources)
const find = priceOf(loadCatalogue(resources))
const planOf = (id: string): Plan => plans.find((plan) => plan.id === id) as Plan
const stageOf = (plan: Plan, id: string): Stage => plan.stages.find((stage) => stage.id === id) as Stage
const stages = plans.flatMap((plan) => plan.stages.map((stage) => [`${plan.id} ${stage.id}`, plan, stage] as const))

describe('availability of the blueprints', () => {
  it.each(stages)('%s states how often each of its nodes is up, and why', (_, __, stage) => {
    const { value, assumed } = stageAvailability(stage)
    expect(value).not.toBeNull()
    // What is left of the product's own assumptions is said of every topology: independence, and links.
    expect(assumed.filter((line) => !/^Links|^Failures|^The service is taken to go on/.test(line))).toEqual([])
    expect(stage.notes.filter((note) => /[Aa]vailability, assumed/.test(note)).length).toBeGreaterThan(0)
  })

  it.each([
    // Worked out by hand: the product of what must be up, 3p^2 - 2p^3 for two of three.
    ['pareto', 'mvp', 0.999 * 0.995],
    ['pareto', 'growth', 0.999 * 0.9999 * (1 - 0.005 ** 2) * 0.995 * 0.999],
    ['pareto', 'scale', 0.9999 * (3 * 0.995 ** 2 - 2 * 0.995 ** 3) * 0.9995 * 0.9999],
    ['k3s-roadmap', 'mvp', 0.995 * 0.9995],
    ['k3s-roadmap', 'ha', 0.9999 * (3 * 0.995 ** 2 - 2 * 0.995 ** 3) ** 2 * 0.9995],
    ['scaling-phases', 'phase-2', 0.9999 * (1 - (1 - 0.995 ** 2) ** 3)],
    ['cost-first', 'split', 0.999 * 0.995 * 0.995 * 0.999],
    ['tenant-guide', 'cloud', 0.999 * 0.999 * (3 * 0.995 ** 2 - 2 * 0.995 ** 3) * 0.9995],
  ])('%s %s', (plan, stage, value) => {
    expect(stageAvailability(stageOf(planOf(plan), stage)).value).toBeCloseTo(value, 12)
  })
})

describe('an SLA asked of the blueprints', () => {
  const verdict = (plan: Plan, sla: number, stage = plan.stage) => {
    const asked = { ...plan, stage, needs: { ...plan.needs, sla } }
    return decide({
      plan: asked,
      costs: stageCosts(asked, find),
      now: 0,
      expectedIntervalMs: 15_000,
      series: () => [],
    })
  }
  it.each([
    ['pareto', 'mvp', 'scale'],
    ['pareto', 'growth', 'scale'],
    ['k3s-roadmap', 'mvp', 'ha'],
    ['k3s-roadmap', 'observability', 'ha'],
    ['k3s-roadmap', 'multi-node', 'ha'],
  ])('%s at %s cannot meet 99.9%% and says which stage does: %s', (id, present, target) => {
    const plan = planOf(id)
    const { kind, target: found, reasons, judgements } = verdict(plan, 0.999, present)
    expect([kind, found?.id]).toEqual(['move', target])
    const own = judgements.find((one) => one.id.endsWith('availability'))
    expect(own?.state).toBe('fired')
    expect(own?.why).toMatch(/^99\.9% asked, 99\.\d+% computed for .*: it cannot meet that\.$/)
    expect(reasons.join(' ')).toMatch(/which meets 99\.9%/)
  })
  it.each([
    ['pareto', 'scale'],
    ['k3s-roadmap', 'ha'],
  ])('%s says plainly that no stage meets 99.99%%, and that %s comes closest', (id, best) => {
    const plan = planOf(id)
    expect(verdict(plan, 0.9999).reasons.join(' ')).toContain(
      `No stage of the plan is computed to meet 99.99%: ${stageOf(plan, best).name} comes closest`,
    )
  })
  it.each([
    ['pareto', 'scale', '99.923%'],
    ['k3s-roadmap', 'ha', '99.925%'],
  ])('%s on its last stage, %s, cannot meet 99.95%% and says so', (id, last, computed) => {
    const words = `99.95% asked, ${computed} computed for ${stageOf(planOf(id), last).name}: it cannot meet that.`
    expect(verdict(planOf(id), 0.9995, last).reasons.join(' ')).toContain(words)
    expect(verdict(planOf(id), 0.999, last).reasons.join(' ')).not.toContain('cannot meet')
  })
  it('nothing is asked as they ship', () => {
    for (const plan of [planOf('pareto'), planOf('k3s-roadmap')])
      expect(verdict(plan, 0).judgements.filter((one) => one.state === 'fired')).toEqual([])
  })
})

describe('bottlenecks by range of users, cost-first', () => {
  const plan = planOf('cost-first')
  const use = (stage: string, users: number) =>
    plan.demand
      .filter((demand) => stageOf(plan, stage).supply[demand.resource] !== undefined)
      .map((demand) => ({
        resource: demand.resource,
        ratio: demandAt(demand, users) / (stageOf(plan, stage).supply[demand.resource] as number),
      }))
      .sort((a, b) => b.ratio - a.ratio)
  it('are within the present use that the source states, at 20 users', () => {
    const at20 = Object.fromEntries(plan.demand.map((demand) => [demand.resource, demandAt(demand, 20)]))
    expect(at20.memory).toBeCloseTo(1.2e9, -7)
    expect(at20.cpu).toBeCloseTo(0.1, 3)
    expect(at20.disk).toBeCloseTo(5e9, -7)
    expect(at20.connections).toBeCloseTo(5, 2)
  })
  it.each([
    ['mvp', 200, ['memory']],
    ['growth', 500, ['cpu']],
    ['scale', 1000, ['queries']],
    ['split', 3000, ['queries', 'cpu']],
  ])('%s at %i users: %j', (stage, users, expected) => {
    expect(
      use(stage, users)
        .slice(0, expected.length)
        .map((one) => one.resource),
    ).toEqual(expected)
  })
  it('are what the tables of bottlenecks say, range by range', () => {
    const evidence = { now: 0, expectedIntervalMs: 15_000, series: () => [], drivers: plan.drivers, needs: plan.needs }
    const ranges = plan.bottlenecks.filter((one) => one.range)
    const { bottlenecks } = reference(plan, evidence, find)
    expect(ranges.map((one) => [one.id, bottlenecks[one.id]?.agrees])).toEqual([
      // No bottleneck is named up to 50 users, so there is nothing to agree with.
      ['users-10', null],
      ['users-50', true],
      ['users-200', true],
      ['users-500', true],
      ['users-1000', true],
      ['users-3000', true],
    ])
  })
  it('none up to 50 users, everything that a split relieves at 5,000', () => {
    expect(use('mvp', 50).every((one) => one.ratio < 0.7)).toBe(true)
    const last = Object.fromEntries(use('phase-2', 5000).map((one) => [one.resource, one.ratio]))
    for (const resource of ['cpu', 'connections', 'queries']) expect(last[resource]).toBeGreaterThan(0.7)
    for (const { ratio } of use('phase-2', 5000)) expect(ratio).toBeLessThan(0.9)
  })
})

describe('what the stages carry', () => {
  it.each(stages)('%s has room at the capacity its source states, in the busiest hour', (_, plan, stage) => {
    const busiest = sustainedPeak(profileOfWeek(plan.seasonality), 0)
    for (const { driver, max } of stage.capacity) {
      if (max === null || !plan.drivers.find((one) => one.id === driver)?.primary) continue
      for (const demand of plan.demand) {
        const supply = largestSupply(stage, demand.resource)
        if (supply === null || demand.driver !== driver) continue
        expect(demandAt(demand, max * busiest) / supply, demand.resource).toBeLessThanOrEqual(1)
      }
    }
  })
  it.each(plans.map((plan) => [plan.id, plan] as const))('%s leaves nothing open', (_, plan) => {
    expect(planGaps(plan).map((gap) => gap.fact)).toEqual([])
  })
  it.each(plans.map((plan) => [plan.id, plan] as const))(
    '%s: only measured metrics and needs are left out of a scenario, and stages follow each other',
    (_, plan) => {
      const primary = plan.drivers.find((one) => one.primary)
      const simulation = simulate(
        plan,
        costModel(plan, find),
        AssumptionsSchema.parse({
          present: primary?.present,
          growth: plan.growth,
          months: 60,
          paths: 200,
          seed: 1,
          start: 0,
          policy: { kind: 'triggers', leadMonths: 1 },
        }),
      )
      const left = simulation.notModelled.map(({ why }) => why)
      expect(left.filter((why) => !/No demand of the plan is measured by|depends on the need/.test(why))).toEqual([])
      // A stage is outgrown, by its stated number of users, only after the one before it.
      const outgrown = plan.stages.flatMap((stage) => {
        const fired = simulation.triggers.find(
          (rule) => rule.stage === stage.id && rule.id === `capacity-${primary?.id}`,
        )
        return fired?.month.p50 === null || fired === undefined ? [] : [fired.month.p50]
      })
      expect(outgrown).toEqual([...outgrown].sort((a, b) => a - b))
    },
  )
})

describe('autoscalers of the blueprints at the load they are for', () => {
  it.each([
    ['pareto', 'scale', 500_000],
    ['scaling-phases', 'phase-3', 15_000],
  ])('%s %s at %i: none asks for more than its most, and the pool has a price', (id, stage, at) => {
    const plan = planOf(id)
    const week = autoscaleWeek(plan, AutoscaleInputSchema.parse({ stageId: stage, at }), unitPrices(plan, stage, find))
    for (const one of week.scalers) {
      const size = one.fixed.find((fixed) => fixed.kind === 'target')?.size ?? 0
      expect(size, one.id).toBeLessThanOrEqual(one.max)
      // New nodes take 3 minutes, in which pods wait for them; what already runs carries the load meanwhile.
      if (one.kind === 'nodes') expect(one.minutesOverload).toBeLessThan(60)
      else expect(one.minutesOverload, one.id).toBe(0)
    }
    expect(week.monthMinor).toBeGreaterThan(0)
  })
  it('the bare minimum of pareto is not enough at 500,000, so its pods do move', () => {
    const plan = planOf('pareto')
    const week = autoscaleWeek(plan, AutoscaleInputSchema.parse({ stageId: 'scale', at: 500_000 }), {})
    expect(week.scalers.map((one) => [one.id, one.highest])).toEqual([
      ['api', 9],
      ['workers', 25],
      ['nodes', 5],
    ])
  })
  it('the assumed week of scaling-phases averages 1 and saves against the fixed size', () => {
    const plan = planOf('scaling-phases')
    const mean = profileOfWeek(plan.seasonality).reduce((sum, one) => sum + one, 0) / 168
    expect(mean).toBeCloseTo(1, 9)
    const week = autoscaleWeek(
      plan,
      AutoscaleInputSchema.parse({ stageId: 'phase-3', at: 15_000 }),
      unitPrices(plan, 'phase-3', find),
    )
    expect(week.monthMinor as number).toBeLessThan(week.fixedMonthMinor as number)
  })
})
