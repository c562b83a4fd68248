import { describe, expect, it } from 'vitest'
import { testPlan } from '../../test/fixtures/plan.ts'
import type { Fitted } from '../model/fitted.ts'
import { AssumptionsSchema } from '../model/scenario.ts'
import { fittedRanges } from './fitted-ranges.ts'
import { sensitivity } from './sensitivity.ts'

const fitted = (rateLow: number, rateHigh: number): Fitted => ({
  ...{ n: 24, from: 0, to: 1, source: 'users.csv' },
  rateLow,
  rateHigh,
})
const assume = (growth: Record<string, unknown>) =>
  AssumptionsSchema.parse({ present: 1000, months: 24, paths: 200, growth: { deviation: 0.05, ...growth } })
const growing = (growth: Record<string, unknown>) => fittedRanges(testPlan(), assume(growth))['growth-rate']
/** The test plan with its CPU demand, 0.001 cores a user, fitted. */
const measured = (low: number, high: number) => {
  const plan = testPlan()
  return {
    ...plan,
    demand: plan.demand.map((one) => (one.resource === 'cpu' ? { ...one, fitted: fitted(low, high) } : one)),
  }
}

describe('the interval of a fitted growth', () => {
  it('is of the rate, or of what a month adds', () => {
    expect(growing({ monthlyRate: 0.08, fitted: fitted(0.05, 0.14) })).toEqual({ low: 0.05, high: 0.14 })
    const logistic = { kind: 'logistic', monthlyRate: 0.08, ceiling: 1e5, fitted: fitted(0.07, 0.09) }
    expect(growing(logistic)).toEqual({ low: 0.07, high: 0.09 })
    expect(growing({ kind: 'linear', perMonth: 120, fitted: fitted(90, 160) })).toEqual({ low: 90, high: 160 })
  })

  it('is not taken for a rate outside of it, for drawn growth, or where nothing was fitted', () => {
    expect(growing({ monthlyRate: 0.2, fitted: fitted(0.05, 0.14) })).toBeUndefined()
    expect(growing({ kind: 'drawn', points: [{ month: 6, value: 10 }], fitted: fitted(0, 1) })).toBeUndefined()
    expect(growing({ monthlyRate: 0.08 })).toBeUndefined()
  })
})

describe('the interval of a fitted demand', () => {
  it('is a factor of its rate, and not below nothing', () => {
    const { growth } = testPlan()
    expect(fittedRanges(measured(0.0008, 0.0015), assume(growth))).toEqual({
      'demand-cpu': { low: expect.closeTo(0.8, 9), high: expect.closeTo(1.5, 9) },
    })
    expect(fittedRanges(measured(-0.001, 0.002), assume(growth))['demand-cpu']).toEqual({ low: 0, high: 2 })
  })

  it('is not taken once another rate was put in its place', () => {
    expect(fittedRanges(measured(0.002, 0.003), assume(testPlan().growth))).toEqual({})
  })
})

it('makes the tornado swing as far as the fit is unsure, and no farther', () => {
  const rows = (low: number, high: number) => {
    const plan = measured(low, high)
    const assumptions = assume({ monthlyRate: 0.08, fitted: fitted(0.03, 0.13) })
    const result = sensitivity({ plan, assumptions, priceOf: () => null }, { fitted: fittedRanges(plan, assumptions) })
    return new Map(result.rows.map((row) => [row.id, row]))
  }
  const wide = rows(0.0005, 0.002)
  expect(wide.get('growth-rate')).toMatchObject({ origin: 'fitted', low: 0.03, high: 0.13 })
  expect(wide.get('demand-cpu')).toMatchObject({ origin: 'fitted', low: 0.5, high: 2 })
  expect(wide.get('demand-memory')).toMatchObject({ origin: 'default', low: 0.8, high: 1.2 })
  const span = (of: ReturnType<typeof rows>) => {
    const { overload } = of.get('demand-cpu') ?? { overload: { low: 0, high: 0 } }
    return overload.high - overload.low
  }
  expect(span(wide)).toBeGreaterThan(span(rows(0.00099, 0.00101)))
})
