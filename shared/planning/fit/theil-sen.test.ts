import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalQuantile, splitmix32, unitInterval } from '../random.ts'
import { theilSen } from './theil-sen.ts'

const normal = (seed: number, index: number) => normalQuantile(unitInterval(splitmix32(seed, index)))
const range = (n: number) => Array.from({ length: n }, (_, i) => i)

describe('theilSen', () => {
  it('agrees with the slopes written out by hand, with ties in x', () => {
    // x differs in 9 of 10 pairs; their slopes, sorted: 1, 1, 1, 1.5, 5/3, 2, 2, 2, 3
    const { slope, low, high } = theilSen([0, 1, 1, 2, 3], [0, 2, 3, 4, 5])
    expect(slope).toBeCloseTo(5 / 3, 12)
    expect(low).toBeLessThanOrEqual(slope)
    expect(high).toBeGreaterThanOrEqual(slope)
  })

  it('gives the interval that the ranks of Sen say: 10 points, no ties, C = 1.96 * sqrt(125)', () => {
    const x = range(10)
    const y = x.map((one) => one + normal(3, one))
    const slopes = x.flatMap((i) => x.filter((j) => j > i).map((j) => ((y[j] ?? 0) - (y[i] ?? 0)) / (j - i)))
    slopes.sort((a, b) => a - b)
    const half = (1.959963984540054 * Math.sqrt(125)) / 2
    const fit = theilSen(x, y, 0.95)
    expect(fit.slope).toBe(slopes[22])
    expect(fit.low).toBe(slopes[Math.round(22.5 - half) - 1])
    expect(fit.high).toBe(slopes[Math.round(22.5 + half)])
  })

  it('finds a noiseless line exactly, few points or many', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1000, max: 1000 }),
        fc.integer({ min: -1000, max: 1000 }),
        fc.constantFrom(2, 3, 50, 401, 900),
        (slope, intercept, n) => {
          const x = range(n).map((i) => (i * 7919) % 1009)
          const fit = theilSen(
            x,
            x.map((one) => intercept + slope * one),
          )
          for (const value of [fit.slope, fit.low, fit.high]) expect(value).toBeCloseTo(slope, 6)
          expect(fit.intercept).toBeCloseTo(intercept, 3)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('counts slopes to the digits that writing them down gives', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.boolean(), (seed, ties) => {
        const x = range(401).map((i) => (ties ? splitmix32(seed, i) % 40 : unitInterval(splitmix32(seed, i))))
        const y = range(401).map((i) => (ties ? splitmix32(seed + 1, i) % 30 : normal(seed + 2, i)))
        const counted = theilSen(x, y)
        const slopes: number[] = []
        for (const i of range(401))
          for (const j of range(i))
            if (x[i] !== x[j]) slopes.push(((y[i] ?? 0) - (y[j] ?? 0)) / ((x[i] ?? 0) - (x[j] ?? 0)))
        slopes.sort((a, b) => a - b)
        const upper = slopes[Math.floor(slopes.length / 2)] ?? Number.NaN
        const lower = slopes[Math.ceil(slopes.length / 2) - 1] ?? Number.NaN
        expect(counted.slope).toBeCloseTo((upper + lower) / 2, 9)
      }),
      { numRuns: 15 },
    )
  })

  it('is not moved by a fifth of wild points', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: 10, max: 1e9, noNaN: true }), (seed, wild) => {
        const x = range(60)
        const y = x.map((one) => 5 + 2 * one + (one % 5 === 0 ? wild : 0.1 * normal(seed, one)))
        expect(theilSen(x, y).slope).toBeGreaterThan(1.9)
        expect(theilSen(x, y).slope).toBeLessThan(2.1)
      }),
    )
  })

  it('holds the true slope in about 95 of 100 simulated series', () => {
    let held = 0
    for (const run of range(600)) {
      const x = range(25)
      const { low, high } = theilSen(
        x,
        x.map((one) => 3 - 0.7 * one + 2 * normal(run, one)),
      )
      if (low <= -0.7 && -0.7 <= high) held += 1
    }
    expect(held / 600).toBeGreaterThan(0.92)
    expect(held / 600).toBeLessThan(0.985)
  })

  it('gives NaN where no two points differ in x', () => {
    expect(theilSen([1, 1], [2, 3]).slope).toBeNaN()
    expect(theilSen([], []).slope).toBeNaN()
  })
})
