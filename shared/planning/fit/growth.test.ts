import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalQuantile, splitmix32, unitInterval } from '../random.ts'
import { fitGrowth, type GrowthFit } from './growth.ts'
import { MONTH_OF_RATES_MS, type TimedValue } from './growth-steps.ts'

const normal = (seed: number, index: number) => normalQuantile(unitInterval(splitmix32(seed, index)))
const START = Date.UTC(2023, 0, 1)
const DAY = 86_400_000
/** Monthly samples on the first of each month. */
const monthly = (n: number, of: (months: number, i: number) => number): TimedValue[] =>
  Array.from({ length: n }, (_, i) => {
    const at = Date.UTC(2023, i, 1)
    return { at, value: of((at - START) / MONTH_OF_RATES_MS, i) }
  })
const daily = (n: number, of: (months: number, i: number) => number): TimedValue[] =>
  Array.from({ length: n }, (_, i) => ({ at: START + i * DAY, value: of((i * DAY) / MONTH_OF_RATES_MS, i) }))
const law = (fit: GrowthFit, name = fit.chosen) => {
  const found = fit.laws.find((one) => one.law === name)
  if (!found) throw new Error(`${name} is not there`)
  return found
}
const problem = (code: string, fact: RegExp) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, fact: expect.stringMatching(fact) }) })

describe('fitGrowth', () => {
  it('finds noiseless exponential growth exactly', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.2, max: 0.5, noNaN: true }),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        fc.integer({ min: 8, max: 40 }),
        (rate, level, n) => {
          const fit = fitGrowth(monthly(n, (months) => level * (1 + rate) ** months))
          expect(fit.chosen).toBe('exponential')
          const { growth } = law(fit)
          if (growth.kind !== 'exponential') throw new Error(growth.kind)
          expect(growth.monthlyRate).toBeCloseTo(rate, 6)
          expect(growth.deviation).toBeCloseTo(0, 6)
          expect(fit.points.some((point) => point.outlier)).toBe(false)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('finds noiseless linear growth exactly', () => {
    const fit = fitGrowth(monthly(18, (months) => 1000 + 250 * months))
    expect(fit.chosen).toBe('linear')
    expect(law(fit).growth).toMatchObject({ kind: 'linear', perMonth: expect.closeTo(250, 4) })
    expect(fit.reason).toEqual({ by: 'backtest', kind: 'best' })
  })

  it('finds noiseless logistic growth with its ceiling', () => {
    const fit = fitGrowth(monthly(24, (months) => 50_000 / (1 + Math.exp(-0.35 * (months - 12)))))
    expect(fit.chosen).toBe('logistic')
    expect(law(fit).growth).toMatchObject({
      kind: 'logistic',
      ceiling: expect.closeTo(50_000, -2),
      monthlyRate: expect.closeTo(Math.exp(0.35) - 1, 2),
    })
  })

  it('keeps the exponential law where another is only a little better, and says so', () => {
    let left = 0
    for (let run = 0; run < 40; run += 1) {
      const fit = fitGrowth(monthly(24, (months, i) => 1000 * 1.08 ** months * Math.exp(0.05 * normal(run, i))))
      if (fit.chosen !== 'exponential') left += 1
    }
    expect(left).toBeLessThanOrEqual(6)
  })

  it('finds the rate under a fifth of outliers, and names them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(0.1, 3, 20), (seed, factor) => {
        const fit = fitGrowth(
          monthly(
            30,
            (months, i) => 1000 * 1.05 ** months * Math.exp(0.01 * normal(seed, i)) * (i % 5 === 2 ? factor : 1),
          ),
        )
        const { growth } = law(fit, 'exponential')
        expect(growth.kind === 'exponential' ? growth.monthlyRate : 0).toBeCloseTo(0.05, 2)
        const outliers = fit.points.flatMap((point, i) => (point.outlier ? [i] : []))
        expect(outliers).toEqual([2, 7, 12, 17, 22, 27])
        expect(fit.points[2]?.factor).toBeGreaterThan(factor * 0.8)
        expect(fit.points[2]?.factor).toBeLessThan(factor * 1.25)
      }),
      { numRuns: 25 },
    )
  })

  it('keeps outliers when asked to', () => {
    const samples = monthly(20, (months, i) => 1000 * 1.05 ** months * (i === 10 ? 5 : 1))
    expect(fitGrowth(samples, { keepOutliers: true }).points.some((point) => point.outlier)).toBe(false)
    expect(fitGrowth(samples).points.filter((point) => point.outlier)).toHaveLength(1)
  })

  it('holds the true mean growth and deviation in about 95 of 100 random walks', () => {
    let rateHeld = 0
    let deviationHeld = 0
    const runs = 120
    for (let run = 0; run < runs; run += 1) {
      let log = Math.log(1000)
      const fit = fitGrowth(
        monthly(25, (_, i) => {
          if (i > 0) log += 0.04 + 0.06 * normal(run, i)
          return Math.exp(log)
        }),
        { keepOutliers: true },
      )
      if (fit.monthlyLog.low <= 0.04 && 0.04 <= fit.monthlyLog.high) rateHeld += 1
      if (fit.monthlyLog.deviationLow <= 0.06 && 0.06 <= fit.monthlyLog.deviationHigh) deviationHeld += 1
    }
    expect(rateHeld / runs).toBeGreaterThan(0.89)
    expect(deviationHeld / runs).toBeGreaterThan(0.85)
  })

  it('does not take the noise of days for the wandering of months', () => {
    const fit = fitGrowth(daily(150, (months, i) => 5000 * 1.06 ** months * Math.exp(0.03 * normal(4, i))))
    expect(fit.step).toBe('week')
    expect(fit.monthlyLog.deviation).toBeLessThan(0.03)
    expect(fit.monthlyLog.mean).toBeCloseTo(Math.log(1.06), 1)
  })

  it('finds the seasonality of the months from two years on, and none in chance', () => {
    const shape = [1.2, 1, 0.9, 0.9, 0.95, 1, 0.7, 0.7, 1.05, 1.1, 1.2, 1.3]
    const fit = fitGrowth(monthly(36, (months, i) => 2000 * 1.03 ** months * (shape[i % 12] ?? 1)))
    const factors = fit.seasonality.found?.monthOfYear ?? []
    expect(factors.reduce((sum, one) => sum + one, 0) / 12).toBeCloseTo(1, 9)
    for (const [i, factor] of factors.entries()) expect(factor).toBeCloseTo(shape[i] ?? 0, 1)
    expect(fit.points.some((point) => point.outlier)).toBe(false)
    const { growth } = law(fit)
    expect(growth.kind === 'exponential' ? growth.monthlyRate : 0).toBeCloseTo(0.03, 2)

    let found = 0
    for (let run = 0; run < 60; run += 1) {
      const noise = fitGrowth(monthly(24, (months, i) => 2000 * 1.03 ** months * Math.exp(0.05 * normal(run, i))))
      if (noise.seasonality.found) found += 1
    }
    expect(found).toBeLessThanOrEqual(4)
    expect(fitGrowth(monthly(20, (months) => 2000 * 1.03 ** months)).seasonality.why).toBe('short')
  })

  it('takes samples in any order, with gaps and zeros', () => {
    const samples = monthly(30, (months, i) => (i < 4 ? 0 : 1000 * 1.1 ** months)).filter((_, i) => i < 12 || i > 15)
    const fit = fitGrowth([...samples].reverse())
    expect(fit.zeros).toBe(4)
    expect(fit.points).toHaveLength(22)
    expect(fit.from).toBe(samples[4]?.at)
    const { growth } = law(fit)
    expect(growth.kind === 'exponential' ? growth.monthlyRate : 0).toBeCloseTo(0.1, 5)
  })

  it('gives a band around the curve that widens into the future', () => {
    const fit = fitGrowth(monthly(24, (months, i) => 1000 * 1.05 ** months * Math.exp(0.04 * normal(8, i))))
    const { curve } = law(fit)
    expect(curve.every((point) => point.low <= point.value && point.value <= point.high)).toBe(true)
    const ratio = (index: number) => (curve.at(index)?.high ?? 0) / (curve.at(index)?.low ?? 1)
    expect(ratio(-1)).toBeGreaterThan(ratio(0))
  })

  it('says plainly what is wrong with a history that cannot be fitted', () => {
    expect(() => fitGrowth([])).toThrowError(problem('FIT_TOO_FEW_POINTS', /no value/))
    expect(() => fitGrowth(daily(10, () => 5))).toThrowError(problem('FIT_SPAN_TOO_SHORT', /spans 9 days/))
    expect(() => fitGrowth(monthly(3, () => 5))).toThrowError(
      problem('FIT_TOO_FEW_POINTS', /values in 2 weeks|3 weeks|3 months/),
    )
    expect(() => fitGrowth(monthly(12, () => 0))).toThrowError(problem('FIT_NOT_POSITIVE', /All 12 values are zero/))
    expect(() => fitGrowth(monthly(12, (_, i) => (i === 4 ? -3 : 5)))).toThrowError(
      problem('FIT_NOT_POSITIVE', /On 2023-05-01 the value is -3/),
    )
  })
})
