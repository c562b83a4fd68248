import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalQuantile, splitmix32, unitInterval } from '../random.ts'
import { type DemandPair, fitDemand } from './demand.ts'

const unit = (seed: number, index: number) => unitInterval(splitmix32(seed, index))
const normal = (seed: number, index: number) => normalQuantile(unit(seed, index))
const pairs = (n: number, of: (i: number) => DemandPair) => Array.from({ length: n }, (_, i) => of(i))
const problem = (code: string, fact: RegExp) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, fact: expect.stringMatching(fact) }) })

describe('fitDemand', () => {
  it('finds noiseless lines exactly', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0.001, max: 10, noNaN: true }),
        fc.integer({ min: 8, max: 120 }),
        (base, rate, n) => {
          const fit = fitDemand(pairs(n, (i) => ({ x: 100 + 37 * i, y: base + rate * (100 + 37 * i) })))
          expect(fit.alpha).toBe(1)
          expect(fit.rate).toBeCloseTo(rate, 8)
          expect(fit.base).toBeCloseTo(base, 5)
          expect(fit.explained).toBeCloseTo(1, 6)
        },
      ),
    )
  })

  it('finds the power of a noiseless curve, and keeps a line where noise only looks like one', () => {
    for (const alpha of [0.5, 0.75, 1.5]) {
      const fit = fitDemand(pairs(80, (i) => ({ x: 10 + 20 * i, y: 4 + 0.3 * (10 + 20 * i) ** alpha })))
      expect(fit.alpha).toBe(alpha)
      expect(fit.rate).toBeCloseTo(0.3, 6)
      expect(fit.base).toBeCloseTo(4, 5)
    }
    let curved = 0
    for (let run = 0; run < 40; run += 1) {
      const fit = fitDemand(pairs(80, (i) => ({ x: 10 + 20 * i, y: 50 + 0.3 * (10 + 20 * i) + 30 * normal(run, i) })))
      if (fit.alpha !== 1) curved += 1
    }
    expect(curved).toBeLessThanOrEqual(1)
  })

  it('is not moved by a fifth of wild measurements', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: 100, max: 1e7, noNaN: true }), (seed, wild) => {
        const fit = fitDemand(
          pairs(100, (i) => {
            const x = 100 + 900 * unit(seed, i)
            return { x, y: i % 5 === 2 ? wild : 20 + 0.5 * x + 5 * normal(seed + 1, i) }
          }),
        )
        expect(fit.rate).toBeGreaterThan(0.42)
        expect(fit.rate).toBeLessThan(0.58)
      }),
      { numRuns: 30 },
    )
  })

  it('holds the true rate and base in nine of ten simulations or more, and nearly so where neighbours are very much alike', () => {
    for (const [memory, least] of [
      [0, 0.88],
      [0.7, 0.85],
    ] as const) {
      let rateHeld = 0
      let baseHeld = 0
      const runs = 120
      for (let run = 0; run < runs; run += 1) {
        let noise = 0
        const fit = fitDemand(
          pairs(60, (i) => {
            const x = 500 + 300 * Math.sin(i / 4) + 50 * normal(run + 5000, i)
            noise = memory * noise + normal(run, i)
            return { x, y: 40 + 0.6 * x + 8 * noise }
          }),
        )
        if (fit.rateInterval.low <= 0.6 && 0.6 <= fit.rateInterval.high) rateHeld += 1
        if (fit.baseInterval.low <= 40 && 40 <= fit.baseInterval.high) baseHeld += 1
      }
      expect(rateHeld / runs).toBeGreaterThan(least)
      expect(baseHeld / runs).toBeGreaterThan(least)
    }
  })

  it('goes through the origin rather than start under zero, and is never negative', () => {
    const fit = fitDemand(pairs(40, (i) => ({ x: 100 + 10 * i, y: 0.5 * (100 + 10 * i) - 20 })))
    expect(fit.base).toBe(0)
    expect(fit.throughOrigin).toBe(true)
    expect(fit.rate).toBeGreaterThan(0.4)
    expect(
      fit.line.every((point) => point.low >= 0 && point.bandLow >= 0 && point.low <= point.y && point.y <= point.high),
    ).toBe(true)
  })

  it('says plainly when there are too few pairs', () => {
    expect(() => fitDemand(pairs(5, (i) => ({ x: i, y: i })))).toThrowError(
      problem('FIT_TOO_FEW_POINTS', /at 5 times; a fit needs 8/),
    )
  })

  it('says plainly when the driver hardly varied', () => {
    expect(() => fitDemand(pairs(50, (i) => ({ x: 1000 + (i % 5), y: i })))).toThrowError(
      problem('FIT_DRIVER_STEADY', /between 1000 and 1000, 0.4% of its median/),
    )
    expect(() => fitDemand(pairs(50, (i) => ({ x: 0, y: i })))).toThrowError(
      problem('FIT_DRIVER_STEADY', /hardly varied/),
    )
  })

  it('says plainly when the two have nothing to do with each other, or the wrong way round', () => {
    expect(() => fitDemand(pairs(50, (i) => ({ x: 100 + i, y: 50 + 10 * normal(9, i) })))).toThrowError(
      problem('FIT_NO_RELATION', /includes zero/),
    )
    expect(() => fitDemand(pairs(50, (i) => ({ x: 100 + i, y: 500 - i })))).toThrowError(
      problem('FIT_NO_RELATION', /falls while the driver grows/),
    )
  })

  it('names the pair that is no measurement', () => {
    expect(() =>
      fitDemand([
        { x: 1, y: 2 },
        { x: -4, y: 1 },
      ]),
    ).toThrowError(problem('FIT_BAD_POINT', /Pair 2 of 2/))
  })
})
