import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stage, testPlan } from '../../test/fixtures/plan.ts'
import { CheapestPathSchema } from '../model/cheapest-path.ts'
import type { Plan } from '../model/plan.ts'
import { type Assumptions, AssumptionsSchema } from '../model/scenario.ts'
import { cheapestMoves, cheapestPath } from './cheapest-path.ts'
import { costModel } from './cost-model.ts'

const assume = (parts: Record<string, unknown> = {}): Assumptions =>
  AssumptionsSchema.parse({
    present: 1000,
    growth: { monthlyRate: 0.1, deviation: 0 },
    months: 24,
    paths: 200,
    policy: { kind: 'cheapest', riskLimit: 0.05, leadMonths: 1 },
    ...parts,
  })
const run = (plan: Plan = testPlan(), parts: Record<string, unknown> = {}, options = {}) =>
  cheapestPath(
    plan,
    costModel(plan, () => null),
    assume(parts),
    options,
  )
/** The first month in which a thousand users, growing by a tenth a month, are more than `users`. */
const over = (users: number) => Math.floor(Math.log(users / 1000) / Math.log(1.1)) + 1
const steps = (path: ReturnType<typeof run>) => path.moves.map(({ month, to }) => [month, to])

describe('the cheapest path', () => {
  it('enters each stage in the month in which the one before it would be full, and says what would be', () => {
    const path = run()
    expect(steps(path)).toEqual([
      [over(2000), 'medium'],
      [over(8000), 'large'],
    ])
    expect(path).toMatchObject({ feasible: true, infeasible: [], riskLimit: 0.05, leadMonths: 1 })
    expect(path.moves.map(({ why, fullest }) => [why, fullest?.capacity, fullest?.share])).toEqual([
      ['limit', 'CPU', 1],
      ['limit', 'CPU', 1],
    ])
    expect(path.total.minor).toBe(8 * 2000 + 14 * 10_000 + 2 * 40_000)
    expect(path.costByMonth.reduce((sum, cost) => sum + cost, 0)).toBe(path.total.minor)
    expect(CheapestPathSchema.parse(path)).toEqual(path)
  })

  it('is held against going to one stage at once', () => {
    const { fixed, total } = run()
    expect(
      fixed.map(({ stage: id, from, totalMinor, monthsOver, open }) => [id, from, totalMinor, monthsOver, open]),
    ).toEqual([
      ['small', 0, 24 * 2000, 24 - over(2000), null],
      ['medium', 1, 2000 + 23 * 10_000, 24 - over(8000), null],
      ['large', 1, 2000 + 23 * 40_000, 0, null],
    ])
    for (const one of fixed) expect(one.differenceMinor).toBe(one.totalMinor - total.minor)
    expect(fixed[0]?.worst).toEqual({ month: over(2000), share: 1, capacity: 'CPU' })
  })

  it('says what binds, and what it costs', () => {
    const { binding, total } = run()
    expect(binding).toEqual([
      {
        kind: 'risk-limit',
        savesMinor: total.minor - 24 * 2000,
        relieves: false,
        at: { month: over(2000), share: 1, capacity: 'CPU', stage: 'small' },
      },
    ])
    const slow = run(testPlan(), { policy: { kind: 'cheapest', riskLimit: 0.05, leadMonths: 10 } })
    expect(slow.feasible).toBe(false)
    expect(slow.binding.map((one) => [one.kind, one.relieves])).toEqual([
      ['lead-time', true],
      ['risk-limit', false],
    ])
  })

  it('names the months that no path can keep, with the stage that would be least full', () => {
    const path = run(testPlan(), { policy: { kind: 'cheapest', riskLimit: 0, leadMonths: 10 } })
    expect(path.infeasible.map(({ month, stage: held, capacity }) => [month, held, capacity])).toEqual([
      [8, 'small', 'CPU'],
      [9, 'small', 'CPU'],
    ])
    expect(path.infeasible[0]?.least).toEqual({ stage: 'medium', share: 0 })
    expect(steps(path)[0]).toEqual([10, 'medium'])
  })

  it('tells what another limit would cost', () => {
    const { frontier } = run(testPlan(), { growth: { monthlyRate: 0.1, deviation: 0.2 }, paths: 1000 })
    expect(frontier.map((one) => one.riskLimit)).toEqual([0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1])
    const costs = frontier.filter((one) => one.feasible).map((one) => one.totalMinor)
    expect(costs).toEqual([...costs].sort((a, b) => b - a))
    expect(costs.at(-1)).toBe(24 * 2000)
  })

  it('takes what is paid once by a formula in the month of the move', () => {
    const [small, medium, large] = testPlan().stages as [Plan['stages'][0], Plan['stages'][0], Plan['stages'][0]]
    const price = { amount: 1, currency: 'EUR' }
    const row = { id: 'move', name: 'Moving users', price, per: 'once' as const, quantity: 'users / 100' }
    const priced = { ...medium, lineItems: [...medium.lineItems, row] } as typeof medium
    const path = run(testPlan({ stages: [small, priced, large] }))
    const users = testPlan().drivers[0]?.present as number
    for (const move of path.moves.filter(({ to }) => to === 'medium'))
      expect(move.onceMinor).toBe(Math.round(users * 1.1 ** move.month))
    expect(path.moves.map(({ to }) => to)).toContain('medium')
    expect(path.total.minor).toBe(path.costByMonth.reduce((sum, minor) => sum + minor, 0))
  })

  it('keeps minimum stays, what must come first, and moves that cannot be undone', () => {
    const [small, medium, large] = testPlan().stages as [Plan['stages'][0], Plan['stages'][0], Plan['stages'][0]]
    const stay = run(testPlan({ stages: [small, { ...medium, minimumMonths: 16 }, large] }))
    expect(steps(stay)).toEqual([
      [6, 'medium'],
      [22, 'large'],
    ])
    expect(stay.moves[0]?.why).toBe('in-time')
    expect(stay.binding.map((one) => one.kind)).toEqual(['risk-limit', 'minimum-stay'])

    const dear = { ...medium, migrationCost: { amount: 100_000, currency: 'EUR', hours: 4 } }
    expect(steps(run(testPlan({ stages: [small, dear, large] })))).toEqual([[8, 'large']])
    const through = run(testPlan({ stages: [small, dear, { ...large, after: ['medium'] }] }))
    expect(steps(through)).toEqual([
      [8, 'medium'],
      [22, 'large'],
    ])
    expect(through.total).toMatchObject({ once: 10_000_000, hours: 4, work: 0 })
    expect(through.fixed.find((one) => one.stage === 'large')?.open).toBe('Medium must come first.')
    expect(through.binding.map((one) => one.kind)).toContain('after')
    expect(through.notes.join(' ')).toContain('no hourly rate is stated')
    const priced = run(
      testPlan({ stages: [small, dear, { ...large, after: ['medium'] }] }),
      {},
      { hourlyRateMinor: 5000 },
    )
    expect(priced.total).toMatchObject({ work: 20_000, minor: through.total.minor + 20_000 })

    const peak = {
      growth: {
        kind: 'drawn',
        points: [
          { month: 5, value: 20_000 },
          { month: 6, value: 100 },
        ],
        deviation: 0,
      },
    }
    const free = run(testPlan(), peak)
    const bound = run(
      testPlan({
        stages: [small, { ...medium, irreversible: ['The data moves.'] }, { ...large, irreversible: ['So it does.'] }],
      }),
      peak,
    )
    expect(free.held.at(-1)).toBe('small')
    expect(bound.held.at(-1)).toBe('large')
    expect(bound.binding.map((one) => one.kind)).toContain('irreversible')
  })

  it('leaves out stages that would look free or endless, and says so', () => {
    const [small, medium] = testPlan().stages
    const gift = stage('gift', 99, 0, { lineItems: [] })
    const endless = stage('endless', 99, 1, { supply: {} })
    const path = run(testPlan({ stages: [small, medium, gift, endless] }))
    expect(path.left.map((one) => one.stage)).toEqual(['gift', 'endless'])
    expect(path.held).not.toContain('gift')
    expect(path.feasible).toBe(false)
  })

  it('starts where the scenario starts', () => {
    expect(run(testPlan(), { stage: 'medium' }).held[0]).toBe('medium')
    expect(steps(run(testPlan(), { stage: 'large' }))[0]).toEqual([1, 'small'])
  })
})

it('gives the moves of a fixed policy', () => {
  const plan = testPlan()
  expect(
    cheapestMoves(
      plan,
      costModel(plan, () => null),
      assume(),
    ),
  ).toEqual({
    moves: [
      { month: over(2000), stage: 'medium' },
      { month: over(8000), stage: 'large' },
    ],
    feasible: true,
  })
})

describe('laws', () => {
  it('the same seed gives the same path; a lower limit never a cheaper one; no open fixed path within the limit beats it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffffffff }),
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 0, max: 200 }),
        (seed, deviation, one, other) => {
          const at = (riskLimit: number) =>
            run(testPlan(), {
              seed,
              growth: { monthlyRate: 0.1, deviation },
              policy: { kind: 'cheapest', riskLimit, leadMonths: 1 },
            })
          const [strict, loose] = [at(Math.min(one, other) / 200), at(Math.max(one, other) / 200)]
          expect(at(strict.riskLimit)).toEqual(strict)
          if (strict.feasible) {
            expect(loose.feasible).toBe(true)
            expect(loose.total.minor).toBeLessThanOrEqual(strict.total.minor)
            for (const fixed of strict.fixed)
              if (fixed.monthsOver === 0) expect(fixed.differenceMinor).toBeGreaterThanOrEqual(0)
          }
          for (const [month, risk] of strict.riskByMonth.entries())
            expect(risk > strict.riskLimit).toBe(strict.infeasible.some((each) => each.month === month))
        },
      ),
      { numRuns: 40 },
    )
  })

  it('a further stage that is free and endless never makes it dearer', () => {
    const plan = testPlan()
    const free = stage('free', 1e9, 0)
    const more = { ...plan, stages: [...plan.stages, free] }
    for (const deviation of [0, 0.1, 0.3]) {
      const parts = { growth: { monthlyRate: 0.1, deviation } }
      expect(run(more, parts).total.minor).toBeLessThanOrEqual(run(plan, parts).total.minor)
    }
    expect(run(more).held[1]).toBe('free')
  })
})
