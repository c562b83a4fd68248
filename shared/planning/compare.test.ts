import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stage, testPlan } from '../../test/fixtures/plan.ts'
import { ComparisonSchema } from '../model/comparison.ts'
import type { Plan } from '../model/plan.ts'
import { HeadroomError } from '../model/problem.ts'
import { type Assumptions, AssumptionsSchema } from '../model/scenario.ts'
import { affordablePaths, type CompareOptions, compareScenarios } from './compare.ts'
import { costModel } from './cost-model.ts'
import { pairFrom } from './paired.ts'
import { simulate } from './simulate.ts'

const stay = { kind: 'stay' } as const
const fixed = (...moves: [number, string][]) => ({
  kind: 'fixed' as const,
  moves: moves.map(([month, id]) => ({ month, stage: id })),
})
const assume = (parts: Record<string, unknown> = {}): Assumptions =>
  AssumptionsSchema.parse({
    present: 1000,
    growth: { monthlyRate: 0.1, deviation: 0 },
    months: 24,
    paths: 200,
    policy: stay,
    ...parts,
  })
const costsOf = (plan: Plan) => (assumptions: Assumptions) =>
  costModel(plan, () => null, { levers: assumptions.levers, rates: assumptions.rates, tax: assumptions.tax })
const run = (
  scenarios: Record<string, Record<string, unknown>>,
  plan: Plan = testPlan(),
  options: CompareOptions = {},
) =>
  compareScenarios(
    plan,
    Object.entries(scenarios).map(([key, parts]) => ({ key, name: key, assumptions: assume(parts) })),
    costsOf(plan),
    options,
  )
const dear = (minor: number, hours: number) => {
  const [small, medium, large] = testPlan().stages as [Plan['stages'][0], Plan['stages'][0], Plan['stages'][0]]
  return testPlan({
    stages: [
      small,
      { ...medium, migrationCost: { amount: minor / 100, currency: 'EUR', hours }, irreversible: ['Data moves.'] },
      large,
    ],
  })
}

describe('a column', () => {
  it('says what the simulation of the scenario alone says, over the same months', () => {
    const plan = testPlan()
    const parts = { growth: { monthlyRate: 0.1, deviation: 0.1 }, policy: { kind: 'triggers', leadMonths: 1 }, seed: 4 }
    const { scenarios } = run({ only: parts }, plan)
    const alone = simulate(plan, costsOf(plan)(assume(parts)), assume(parts))
    expect(scenarios[0]).toMatchObject({
      cost: alone.cost,
      cumulative: alone.cumulativeCost,
      perDriver: alone.costPerDriver,
      driver: alone.driver,
      total: { p50: alone.cumulativeCost.p50[23] },
      overload: { byMonth: alone.overloadShare },
      notModelled: alone.notModelled,
    })
  })

  it('adds up what moves cost once, and their hours', () => {
    const plan = dear(5000, 6)
    const { scenarios } = run({ stay: {}, move: { policy: fixed([3, 'medium']) } }, plan)
    expect(scenarios.map((one) => one.migration)).toEqual([
      { minor: 0, hours: 0 },
      { minor: 5000, hours: 6 },
    ])
    expect(scenarios[1]?.total.p50).toBe(3 * 2000 + 21 * 10_000 + 5000)
    expect(scenarios[1]?.irreversible).toEqual([{ stage: 'medium', name: 'Medium', month: 3, what: ['Data moves.'] }])
  })

  it('adds them up also where costs move with the load', () => {
    const [small, , large] = testPlan().stages
    const row = (quantity: string) => ({
      id: 'gb',
      name: 'Storage',
      price: { amount: 1, currency: 'EUR' },
      per: 'month',
      quantity,
    })
    const medium = stage('medium', 8, 100, {
      lineItems: [
        row('users / 100'),
        { ...row('1'), id: 'fee', per: 'once', quantity: 1, price: { amount: 30, currency: 'EUR' } },
      ],
    })
    const plan = testPlan({ stages: [small, medium, large] })
    const { scenarios } = run({ move: { policy: fixed([3, 'medium']) } }, plan)
    expect(scenarios[0]?.migration.minor).toBeCloseTo(3000, 6)
  })

  it('takes what is paid once by a formula in the state of the move, in the paths and in the cheapest one', () => {
    const [small, , large] = testPlan().stages
    const price = { amount: 1, currency: 'EUR' }
    const move = { id: 'move', name: 'Moving users', price, per: 'once', quantity: 'users / 100' }
    const plan = testPlan({ stages: [small, stage('medium', 8, 100, { lineItems: [move] }), large] })
    // 1000 users now, a tenth more each month: 1331 in month 3, at a cent a user.
    const growth = { kind: 'exponential', monthlyRate: 0.1, deviation: 0 }
    const paid = (month: number) =>
      run({ move: { policy: fixed([month, 'medium']), present: 1000, growth } }, plan).scenarios[0]?.migration.minor
    expect(paid(0)).toBeCloseTo(1000, 6)
    expect(paid(3)).toBeCloseTo(1331, 6)
  })

  it('tells overload: on how many paths at all, in which month most', () => {
    const { scenarios } = run({ stay: {}, move: { policy: fixed([3, 'large']) } })
    const full = Math.floor(Math.log(2) / Math.log(1.1)) + 1
    expect(scenarios[0]?.overload).toMatchObject({ share: 1, worst: { month: full, share: 1 } })
    expect(scenarios[0]?.overload.byMonth.indexOf(1)).toBe(full)
    expect(scenarios[1]?.overload).toMatchObject({ share: 0, worst: null, minutesPerMonth: { p10: 0, p50: 0, p90: 0 } })
  })

  it('holds the availability of what is held against what is asked, with the month from which it misses', () => {
    const nodes = (availability: number) => [{ id: 'app', name: 'App', kind: 'server', availability }]
    const plan = testPlan({
      needs: { sla: 0.99 },
      stages: [
        stage('small', 2, 20, { nodes: nodes(0.995) }),
        stage('medium', 8, 100, { nodes: nodes(0.98) }),
        stage('large', 32, 400),
      ],
    })
    const moves = { policy: fixed([7, 'medium'], [20, 'large']) }
    const { availability } = run({ a: moves }, plan).scenarios[0] ?? {}
    expect(availability).toMatchObject({
      asked: 0.99,
      missesFrom: 7,
      stages: [
        { stage: 'small', from: 0, value: 0.995, meets: true },
        { stage: 'medium', from: 7, value: 0.98, meets: false },
        { stage: 'large', from: 20, value: null, meets: null },
      ],
    })
    expect(availability?.stages[2]?.why).toEqual(expect.stringMatching(/\.$/))
    expect(run({ a: moves }, plan, { sla: 0.97 }).scenarios[0]?.availability.missesFrom).toBeNull()
    expect(run({ a: moves }, testPlan()).scenarios[0]?.availability).toMatchObject({ asked: null, missesFrom: null })
  })

  it('lists triggers by the month in which they fire', () => {
    const [only] = run({ a: { policy: { kind: 'triggers', leadMonths: 1 } } }).scenarios
    expect(only?.triggers.map((one) => [one.id, one.down])).toEqual([
      ['cpu', false],
      ['users', false],
    ])
    const shrinking = { stage: 'medium', present: 2000, growth: { monthlyRate: -0.2, deviation: 0 } }
    const [down] = run({ a: { ...shrinking, policy: { kind: 'triggers', leadMonths: 1 } } }).scenarios
    expect(down?.triggers.map((one) => [one.id, one.down])).toEqual([['idle', true]])
  })

  it('says which guard rails argue against its stages, and which cannot be judged', () => {
    const rail = (id: string, when?: unknown) => ({
      id,
      text: `No ${id}.`,
      against: ['large'],
      ...(when ? { when } : {}),
    })
    const plan = testPlan({
      guardRails: [
        rail('early', { driver: 'users', op: '<', value: 3000 }),
        rail('late', { driver: 'users', op: '>', value: 3000 }),
        rail('idle', { metric: 'cpu_used_ratio', op: '<', value: 0.9 }),
        rail('busy', { metric: 'cpu_used_ratio', op: '>', value: 0.9 }),
        rail('team', { need: 'team' }),
        rail('queue', { metric: 'queue_length', op: '>', value: 3 }),
        rail('both', {
          all: [
            { metric: 'queue_length', op: '>', value: 3 },
            { driver: 'users', op: '>', value: 1e9 },
          ],
        }),
        rail('either', {
          any: [
            { metric: 'queue_length', op: '>', value: 3 },
            { driver: 'users', op: '>', value: 1 },
          ],
        }),
        rail('always'),
        { ...rail('elsewhere'), against: ['medium'] },
      ],
    })
    const [compared] = run({ a: { policy: fixed([5, 'large']) } }, plan).scenarios
    expect(compared?.guardRails.map(({ id, state, month }) => [id, state, month])).toEqual([
      ['early', 'argues', 5],
      ['idle', 'argues', 5],
      ['team', 'unknown', 5],
      ['queue', 'unknown', 5],
      ['either', 'argues', 5],
      ['always', 'argues', 5],
    ])
    expect(compared?.guardRails[0]?.why).toBe('Users: about 1,610 then, < 3,000 is asked.')
  })

  it('leaves out stages that are gone, says so, and says when the horizon is not its own', () => {
    const [, compared] = run({ a: { months: 12 }, b: { policy: fixed([2, 'gone'], [4, 'medium']) } }).scenarios
    expect(compared?.notes).toEqual([
      'The plan has no stage "gone" any more; the move in month 2 is left out.',
      'Run over 12 months instead of its own 24, as all that it is held against.',
    ])
    expect(compared?.cost.p50).toEqual([...new Array(4).fill(2000), ...new Array(8).fill(10_000)])
  })
})

describe('a pair', () => {
  it('breaks even when what was spent changes places', () => {
    // Large from the start at a present of its own price: 40,000 a month against 2,000, then the other way round.
    const plan = dear(30_000, 0)
    const { pairs } = run({ small: { stage: 'medium' }, down: { stage: 'medium', policy: fixed([2, 'small']) } }, plan)
    expect(pairs[0]).toMatchObject({ a: 'small', b: 'down', cheaper: 0, dearer: 1 })
    expect(pairs[0]?.total.p50).toBe(22 * 8000)
    expect(pairs[0]?.breakEven).toEqual({ share: 0, month: { p10: null, p50: null, p90: null }, cheaperFirst: 'b' })
    const up = run({ a: { stage: 'large' }, b: { stage: 'large', policy: fixed([1, 'medium']) } }, plan)
    // The move costs 300 and saves 300 a month: even after one month, ahead after two.
    expect(up.pairs[0]?.breakEven).toMatchObject({ share: 0 })
    const dearer = dear(70_000, 0)
    const later = run({ a: { stage: 'large' }, b: { stage: 'large', policy: fixed([1, 'medium']) } }, dearer)
    // 700 once, 300 less from the same month on: behind by 400, 100, then ahead by 200 in month 3.
    expect(later.pairs[0]?.breakEven).toEqual({ share: 1, month: { p10: 3, p50: 3, p90: 3 }, cheaperFirst: 'a' })
  })

  it('is exactly the opposite seen from the other side, on the same seed the same, and nothing against itself', () => {
    const options = fc.constantFrom<Record<string, unknown>>(
      {},
      { policy: { kind: 'triggers', leadMonths: 1 } },
      { policy: fixed([4, 'large']) },
      { present: 1500 },
    )
    fc.assert(
      fc.property(options, options, fc.integer({ min: 0, max: 1e9 }), (one, other, seed) => {
        const common = { growth: { monthlyRate: 0.1, deviation: 0.2 }, seed }
        const [a, b] = [
          { ...one, ...common },
          { ...other, ...common },
        ]
        const there = run({ a, b })
        expect(run({ a, b })).toEqual(there)
        const back = run({ b, a })
        expect(pairFrom(back, 'a', 'b')).toEqual(there.pairs[0])
        expect(pairFrom(there, 'b', 'a')).toEqual(back.pairs[0])
        expect(run({ a, same: a }).pairs[0]).toMatchObject({ total: { p10: 0, p50: 0, p90: 0 }, cheaper: 0, dearer: 0 })
        expect(pairFrom(there, 'a', 'a')).toBeNull()
        expect(ComparisonSchema.parse(there)).toEqual(there)
      }),
      { numRuns: 15 },
    )
  })

  it('runs all with the base scenario’s horizon, paths and seed', () => {
    const both = { a: { months: 12, seed: 7, paths: 300 }, b: { months: 36, seed: 9 } }
    expect(run(both)).toMatchObject({ base: 'a', months: 12, seed: 7, paths: 300 })
    expect(run(both, testPlan(), { base: 'b' })).toMatchObject({ base: 'b', months: 36, seed: 9, paths: 200 })
    expect(run(both, testPlan(), { months: 6, seed: 1, paths: 100 })).toMatchObject({ months: 6, seed: 1, paths: 100 })
  })

  it('runs fewer paths where so many scenarios would need too much memory', () => {
    expect(affordablePaths(2, 60)).toBeGreaterThanOrEqual(100_000)
    expect(affordablePaths(40, 120)).toBe(8332)
    expect(affordablePaths(1e6, 120)).toBe(200)
  })
})

it('refuses to compare nothing, and a base that is not there', () => {
  const problem = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      return error instanceof HeadroomError ? error.problem : error
    }
    return null
  }
  expect(problem(() => run({}))).toMatchObject({ code: 'SCENARIOS_NONE', field: 'scenarios' })
  expect(problem(() => run({ a: {}, b: {} }, testPlan(), { base: 'c' }))).toMatchObject({
    code: 'SCENARIO_UNKNOWN',
    field: 'base',
    value: 'c',
    fix: 'Choose one of: a, b.',
  })
})
