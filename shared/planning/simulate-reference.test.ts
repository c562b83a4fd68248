import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stage, testPlan } from '../../test/fixtures/plan.ts'
import type { Condition } from '../model/condition.ts'
import type { Plan } from '../model/plan.ts'
import { type Assumptions, AssumptionsSchema } from '../model/scenario.ts'
import { rankOf } from './bands.ts'
import { costModel } from './cost-model.ts'
import { demandAt } from './demand.ts'
import { driverModel } from './driver-model.ts'
import { driverPaths } from './driver-paths.ts'
import { compare } from './judge-series.ts'
import { simulate } from './simulate.ts'

/**
 * The same model written as plainly as it can be: every path by itself, every condition asked of the demand itself, every
 * hour of the week compared with the supply, every band by sorting. It shares the drawn drivers with the engine.
 */
function slow(plan: Plan, assumptions: Assumptions) {
  const model = driverModel(plan, assumptions)
  const { months, paths: count } = assumptions
  const paths = driverPaths(model, assumptions.seed, count)
  const start = plan.stages.findIndex((one) => one.id === (assumptions.stage ?? plan.stage))
  const lead = assumptions.policy.kind === 'triggers' ? assumptions.policy.leadMonths : -1
  const held = Array.from({ length: count }, () => start)
  const target = Array.from({ length: count }, () => -1)
  const arrival = Array.from({ length: count }, () => 0)
  const spent = Array.from({ length: count }, () => 0)
  const fired = new Map<string, (number | null)[]>()
  const costOf = plan.stages.map((one) =>
    one.lineItems.reduce((sum, row) => sum + ('amount' in row.price ? row.price.amount * 100 : 0), 0),
  )
  const moveOf = plan.stages.map((one) => (one.migrationCost?.amount ?? 0) * 100)
  const bands = {
    driver: [] as number[][],
    cost: [] as number[][],
    cumulative: [] as number[][],
    perDriver: [] as number[][],
    overload: [] as number[][],
  }
  const used = plan.demand.map(() => [] as number[][])
  const overShare: number[] = []
  const sorted = (values: number[]) => {
    const order = values.toSorted((a, b) => a - b)
    return [0.1, 0.5, 0.9].map((share) => order[rankOf(share, count)] as number)
  }

  for (let month = 0; month < months; month += 1) {
    const now = model.month(month)
    paths.step(month, now.events, 0, Math.ceil(count / 2))
    const columns = {
      driver: [] as number[],
      cost: [] as number[],
      cumulative: [] as number[],
      perDriver: [] as number[],
      overload: [] as number[],
    }
    const use = plan.demand.map(() => [] as number[])
    let over = 0
    for (let path = 0; path < count; path += 1) {
      const variant = paths.variant[path] as number
      const lawValue = (driver: number) => paths.values[model.lawOf[driver] as number]?.[path] as number
      const holds = (at: number, trigger: Plan['stages'][number]['triggers'][number]): boolean =>
        meets(at, trigger.when)
      const meets = (at: number, when: Condition): boolean => {
        if ('all' in when) return when.all.every((part) => meets(at, part))
        if ('any' in when) return when.any.some((part) => meets(at, part))
        if ('driver' in when) {
          const index = plan.drivers.findIndex((one) => one.id === when.driver)
          return compare(lawValue(index) * now.seen(variant, index, 300_000, false), when.op, when.value)
        }
        if (!('metric' in when)) return false
        const demand = plan.demand.find((one) => one.metric === when.metric)
        if (!demand) return false
        const index = plan.drivers.findIndex((one) => one.id === demand.driver)
        const asked = demandAt(demand, lawValue(index) * now.seen(variant, index, 300_000, true))
        return compare(asked / (plan.stages[at]?.supply[demand.resource] as number), when.op, when.value)
      }
      const triggersOf = (at: number) => plan.stages[at]?.triggers ?? []
      let paid = 0
      const enter = (at: number) => {
        held[path] = at
        target[path] = -1
        paid += moveOf[at] as number
      }
      if ((target[path] as number) >= 0 && (arrival[path] as number) <= month) enter(target[path] as number)
      const note = (at: number, id: string) => {
        const column = fired.get(`${at} ${id}`) ?? Array.from({ length: count }, () => null)
        fired.set(`${at} ${id}`, column)
        column[path] ??= month
      }
      for (const [at] of plan.stages.entries())
        for (const trigger of triggersOf(at))
          if ((trigger.direction === 'up' ? at >= start : false) || held[path] === at)
            if (holds(at, trigger)) note(at, trigger.id)
      if (lead >= 0 && (target[path] as number) < 0) {
        const at = held[path] as number
        const up = triggersOf(at).some((trigger) => trigger.direction === 'up' && holds(at, trigger))
        const down =
          at > 0 &&
          triggersOf(at).some((trigger) => trigger.direction === 'down' && holds(at, trigger)) &&
          !triggersOf(at - 1).some((trigger) => trigger.direction === 'up' && holds(at - 1, trigger))
        const to = up && at + 1 < plan.stages.length ? at + 1 : down ? at - 1 : -1
        if (to >= 0) {
          target[path] = to
          arrival[path] = month + lead
        }
      }
      const at = held[path] as number
      const driver = lawValue(model.primary) * now.level(variant, model.primary)
      const cost = (costOf[at] as number) + paid
      spent[path] = (spent[path] as number) + cost
      let minutes = 0
      for (const part of now.parts(variant)) {
        let hours = 0
        for (const factor of model.profile)
          if (
            plan.demand.some((demand) => {
              const index = plan.drivers.findIndex((one) => one.id === demand.driver)
              return (
                demandAt(demand, lawValue(index) * part.factor(index) * factor) >
                (plan.stages[at]?.supply[demand.resource] as number)
              )
            })
          )
            hours += 1
        minutes += part.share * hours
      }
      minutes = (minutes * 43_800) / 168
      if (minutes > 0) over += 1
      for (const [index, demand] of plan.demand.entries()) {
        const of = plan.drivers.findIndex((one) => one.id === demand.driver)
        use[index]?.push(
          demandAt(demand, lawValue(of) * now.peak(variant, of)) / (plan.stages[at]?.supply[demand.resource] as number),
        )
      }
      columns.driver.push(driver)
      columns.cost.push(cost)
      columns.cumulative.push(spent[path] as number)
      columns.perDriver.push(driver > 0 ? (costOf[at] as number) / driver : 0)
      columns.overload.push(minutes)
    }
    for (const key of Object.keys(bands) as (keyof typeof bands)[]) bands[key].push(sorted(columns[key]))
    for (const [index, values] of use.entries()) used[index]?.push(sorted(values))
    overShare.push(over / count)
  }
  return { bands, used, overShare, fired }
}

const plan = (parts: Record<string, unknown>): Plan => {
  const up = (value: number) => ({
    id: 'cpu',
    name: 'CPU',
    direction: 'up',
    when: { metric: 'cpu_used_ratio', op: '>', value },
  })
  const memory = {
    id: 'memory',
    name: 'M',
    direction: 'up',
    when: { metric: 'memory_used_ratio', op: '>=', value: 0.9 },
  }
  const idle = { id: 'idle', name: 'I', direction: 'down', when: { metric: 'cpu_used_ratio', op: '<', value: 0.2 } }
  // Up while there are few users, and only once the machine has some work: a range of users with two ends.
  const early = {
    id: 'early',
    name: 'E',
    direction: 'up',
    when: {
      all: [
        { driver: 'users', op: '<', value: 1200 },
        {
          any: [
            { metric: 'cpu_used_ratio', op: '>', value: 0.45 },
            { driver: 'users', op: '>', value: 1000 },
          ],
        },
      ],
    },
  }
  const few = {
    id: 'few',
    name: 'F',
    direction: 'down',
    when: {
      all: [
        { driver: 'users', op: '>=', value: 300 },
        { metric: 'cpu_used_ratio', op: '<=', value: 0.1 },
      ],
    },
  }
  const tenants = { id: 'tenants', name: 'T', direction: 'up', when: { driver: 'tenants', op: '>', value: 60 } }
  const base = testPlan()
  return testPlan({
    demand: [base.demand[0], { ...base.demand[1], driver: 'tenants', base: 2 ** 30, rate: 2 ** 27, alpha: 0.9 }],
    stages: [
      stage('small', 2, 20, { triggers: [up(0.8), memory, early] }),
      stage('medium', 8, 100, {
        triggers: [up(0.7), idle, few, tenants],
        migrationCost: { amount: 70, currency: 'EUR' },
      }),
      stage('large', 32, 400, { triggers: [idle] }),
    ],
    ...parts,
  })
}

const event = (id: string, from: string, to: string, multiplier: number, probability: number, driver?: string) => ({
  id,
  name: id,
  from,
  to,
  multiplier,
  probability,
  ...(driver === undefined ? {} : { driver }),
})

it('gives what the plainest program gives, with seasons, events, several drivers and moves', () => {
  const factor = fc.double({ min: 0.2, max: 3, noNaN: true })
  const assumptions = fc.record({
    present: fc.double({ min: 200, max: 8000, noNaN: true }),
    growth: fc.oneof(
      fc.record({
        monthlyRate: fc.double({ min: -0.2, max: 0.3, noNaN: true }),
        deviation: fc.constantFrom(0, 0.1, 0.3),
      }),
      fc.record({
        kind: fc.constant('linear'),
        perMonth: fc.double({ min: -500, max: 900, noNaN: true }),
        deviation: fc.constant(0.1),
      }),
      fc.constant({
        kind: 'pieces',
        pieces: [
          { fromMonth: 0, law: { kind: 'exponential', monthlyRate: 0.2 } },
          { fromMonth: 4, law: { kind: 'logistic', monthlyRate: 0.3, ceiling: 9000 } },
          { fromMonth: 9, law: { kind: 'linear', perMonth: -400 } },
        ],
        deviation: 0.15,
      }),
    ),
    drivers: fc.constantFrom(undefined, { tenants: { present: 20, growth: { monthlyRate: 0.1, deviation: 0.2 } } }),
    seasonality: fc.option(
      fc.record({
        hourOfDay: fc.array(factor, { minLength: 24, maxLength: 24 }),
        dayOfWeek: fc.array(factor, { minLength: 7, maxLength: 7 }),
        monthOfYear: fc.array(factor, { minLength: 12, maxLength: 12 }),
      }),
      { nil: undefined },
    ),
    events: fc.constantFrom(
      [],
      [event('sale', '2027-02-10', '2027-02-20', 2.5, 1)],
      [
        event('launch', '2027-01-20', '2027-04-03', 1.7, 0.4),
        event('press', '2027-03-05', '2027-03-06', 4, 0.6, 'users'),
        event('outage', '2027-03-01', '2027-03-31', 0.3, 0.5, 'tenants'),
      ],
    ),
    policy: fc.constantFrom({ kind: 'stay' }, { kind: 'triggers', leadMonths: 1 }, { kind: 'triggers', leadMonths: 3 }),
    stage: fc.constantFrom('small', 'medium'),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
    paths: fc.integer({ min: 100, max: 131 }),
  })
  fc.assert(
    fc.property(assumptions, (drawn) => {
      const given = AssumptionsSchema.parse({ ...drawn, months: 14, start: Date.UTC(2026, 10, 21) })
      const subject = plan({})
      const quick = simulate(
        subject,
        costModel(subject, () => null),
        given,
      )
      const plain = slow(subject, given)
      for (let month = 0; month < 14; month += 1) {
        const check = (name: string, band: { p10: number[]; p50: number[]; p90: number[] }, expected: number[]) => {
          for (const [at, value] of [band.p10[month], band.p50[month], band.p90[month]].entries()) {
            const other = expected[at] as number
            const apart = Math.abs((value as number) - other) / Math.max(1e-12, Math.abs(other))
            expect(apart, `${name} in month ${month}: ${value} and ${other}`).toBeLessThan(1e-9)
          }
        }
        check('driver', quick.driver, plain.bands.driver[month] as number[])
        check('cost', quick.cost, plain.bands.cost[month] as number[])
        check('cumulative', quick.cumulativeCost, plain.bands.cumulative[month] as number[])
        check('cost per driver', quick.costPerDriver, plain.bands.perDriver[month] as number[])
        check('overload', quick.overloadMinutes, plain.bands.overload[month] as number[])
        expect(quick.overloadShare[month]).toBeCloseTo(plain.overShare[month] as number, 12)
        for (const [index, one] of quick.utilisation.entries())
          check(one.name, one.band, plain.used[index]?.[month] as number[])
      }
      for (const one of quick.triggers) {
        const at = subject.stages.findIndex((other) => other.id === one.stage)
        const months = (plain.fired.get(`${at} ${one.id}`) ?? []).filter((month) => month !== null)
        expect(one.firedShare, one.id).toBeCloseTo(months.length / given.paths, 12)
      }
    }),
    { numRuns: 40 },
  )
}, 60_000)
