import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalQuantile, splitmix32, unitInterval } from '../random.ts'
import { fitUsl, type LoadPoint, uslThroughput } from './usl.ts'

const normal = (seed: number, index: number) => normalQuantile(unitInterval(splitmix32(seed, index)))
const LEVELS = [1, 2, 4, 8, 16, 32, 64, 128]
const curve = (lambda: number, sigma: number, kappa: number): LoadPoint[] =>
  LEVELS.map((concurrency) => ({ concurrency, throughput: uslThroughput(lambda, sigma, kappa, concurrency) }))
const problem = (code: string, fact: RegExp, fix: RegExp) =>
  expect.objectContaining({
    problem: expect.objectContaining({ code, fact: expect.stringMatching(fact), fix: expect.stringMatching(fix) }),
  })

describe('fitUsl', () => {
  it('finds the law that made the points', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e5, noNaN: true }),
        fc.double({ min: 0.001, max: 0.6, noNaN: true }),
        fc.double({ min: 1e-5, max: 0.05, noNaN: true }),
        (lambda, sigma, kappa) => {
          const fit = fitUsl(curve(lambda, sigma, kappa))
          expect(fit.lambda.value / lambda).toBeCloseTo(1, 5)
          expect(fit.sigma.value).toBeCloseTo(sigma, 5)
          expect(fit.kappa.value / kappa).toBeCloseTo(1, 3)
          expect(fit.r2).toBeGreaterThan(0.999999)
          if (fit.knee.kind === 'none') throw new Error('there is a knee')
          expect(fit.knee.concurrency / Math.max(1, Math.sqrt((1 - sigma) / kappa))).toBeCloseTo(1, 3)
          expect(fit.knee.throughput).toBeGreaterThanOrEqual(
            0.999 * Math.max(...curve(lambda, sigma, kappa).map((one) => one.throughput)),
          )
        },
      ),
    )
  })

  it('finds it within its stated error from noisy points, in about 95 of 100 simulations', () => {
    let held = 0
    let kneeHeld = 0
    for (let run = 0; run < 300; run += 1) {
      const fit = fitUsl(
        curve(1000, 0.05, 0.0004).map((point, i) => ({
          ...point,
          throughput: point.throughput + 150 * normal(run, i),
        })),
      )
      const error = fit.sigma.error ?? Number.NaN
      if (Math.abs(fit.sigma.value - 0.05) <= 2.57 * error) held += 1
      if (fit.knee.kind === 'none') continue
      const knee = Math.sqrt(0.95 / 0.0004)
      const { low, high } = fit.knee.interval ?? { low: 0, high: 0 }
      if (low <= knee && (high === null || knee <= high)) kneeHeld += 1
    }
    expect(held / 300).toBeGreaterThan(0.88)
    expect(kneeHeld / 300).toBeGreaterThan(0.88)
  })

  it('has no knee where throughput only levels off or grows straight', () => {
    const amdahl = fitUsl(curve(100, 0.1, 0))
    expect(amdahl.knee).toEqual({ kind: 'none', ceiling: expect.closeTo(1000, 2) })
    expect(amdahl.kappa.value).toBeCloseTo(0, 9)
    const straight = fitUsl(curve(100, 0, 0))
    expect(straight.knee).toEqual({ kind: 'none', ceiling: null })
    expect(straight.sigma.value).toBeCloseTo(0, 9)
  })

  it('stays within its bounds where superlinear points would pull it out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const points = LEVELS.map((concurrency, i) => ({
          concurrency,
          throughput: 10 + 500 * unitInterval(splitmix32(seed, i)),
        }))
        const fit = fitUsl(points)
        expect(fit.lambda.value).toBeGreaterThan(0)
        expect(fit.sigma.value).toBeGreaterThanOrEqual(0)
        expect(fit.sigma.value).toBeLessThanOrEqual(1)
        expect(fit.kappa.value).toBeGreaterThanOrEqual(0)
      }),
    )
    const superlinear = fitUsl(LEVELS.map((concurrency) => ({ concurrency, throughput: concurrency ** 1.1 })))
    expect(superlinear.sigma).toEqual({ value: 0, error: null })
    expect(superlinear.knee.kind).toBe('none')
  })

  it('takes repeated runs at one concurrency', () => {
    const points = curve(500, 0.03, 0.001)
    const fit = fitUsl([...points, ...points])
    expect(fit.n).toBe(16)
    expect(fit.levels).toBe(8)
    expect(fit.sigma.value).toBeCloseTo(0.03, 5)
  })

  it('says what to know before trusting it', () => {
    const few = fitUsl(curve(500, 0.03, 0.001).slice(1, 5))
    expect(few.cautions).toEqual(expect.arrayContaining(['few-levels', 'no-single']))
  })

  it('says how many runs there are and how many it needs', () => {
    const points = curve(500, 0.03, 0.001)
    expect(() => fitUsl(points.slice(0, 3))).toThrowError(
      problem('FIT_TOO_FEW_POINTS', /3 different concurrencies \(1, 2, 4\); three parameters need 4/, /Add 1 or more/),
    )
    expect(() => fitUsl([])).toThrowError(problem('FIT_TOO_FEW_POINTS', /0 different/, /Add 4/))
  })

  it('says that all runs are at one concurrency', () => {
    const same = [1, 2, 3, 4, 5].map((i) => ({ concurrency: 50, throughput: 100 + i }))
    expect(() => fitUsl(same)).toThrowError(
      problem('FIT_ONE_CONCURRENCY', /All 5 runs are at concurrency 50/, /1, 2, 4, 8/),
    )
  })

  it('names the run that served nothing, and one that is no run', () => {
    const points = curve(500, 0.03, 0.001)
    expect(() => fitUsl([...points, { concurrency: 256, throughput: 0 }])).toThrowError(
      problem('FIT_NO_THROUGHPUT', /Run 9, at concurrency 256, served nothing/, /leave it out/),
    )
    expect(() => fitUsl([...points, { concurrency: 0, throughput: 5 }])).toThrowError(
      problem('FIT_BAD_POINT', /concurrency 0/, /1 or more/),
    )
  })
})
