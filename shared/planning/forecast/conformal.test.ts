import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitmix32, unitInterval } from '../random.ts'
import { conformalBands, coverageOf, growthOf, quantile, studentQuantile } from './conformal.ts'

describe('conformal bands', () => {
  it('hold about the share asked of errors like those they were made of', () => {
    let [inside, of] = [0, 0]
    for (let seed = 0; seed < 40; seed += 1) {
      const error = (i: number): number => 2 * unitInterval(splitmix32(seed, i)) - 1
      const fold = (from: number, origin: number) => ({
        origin,
        errors: Array.from({ length: 20 }, (_, i) => error(from + i)),
      })
      const values = Array.from({ length: 300 }, (_, i) => error(i))
      const folds = Array.from({ length: 12 }, (_, i) => fold(60 + i * 20, 60 + i * 20))
      const bands = conformalBands(folds, 20, 0.8, values, 1)
      for (let i = 100; i < 120; i += 1) {
        const one = coverageOf(fold(i * 20, 0).errors, bands)
        inside += one.inside
        of += one.of
      }
    }
    expect(inside / of).toBeGreaterThan(0.78)
    expect(inside / of).toBeLessThan(0.85)
  })
  it('are wider when there are fewer independent looks', () => {
    const fold = (origin: number) => ({ origin, errors: [1, -1, 1, -1, 1, -1] })
    const values = Array.from({ length: 200 }, (_, i) => i % 2)
    const few = conformalBands([fold(194)], 6, 0.8, values, 1)
    const many = conformalBands(
      Array.from({ length: 20 }, (_, i) => fold(74 + 6 * i)),
      6,
      0.8,
      values,
      1,
    )
    expect(few.effective).toBeLessThan(many.effective)
    expect(few.high[0] as number).toBeGreaterThan(many.high[0] as number)
  })
  it('never narrow with the step', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 8, maxLength: 8 }), {
          minLength: 1,
          maxLength: 10,
        }),
        (errors) => {
          const growth = growthOf(errors, 8)
          for (let step = 1; step < 8; step += 1)
            expect(growth[step] as number).toBeGreaterThanOrEqual((growth[step - 1] as number) - 1e-9)
        },
      ),
    )
  })
  it('have no width without errors, and pass over what was not measured', () => {
    const bands = conformalBands([{ origin: 10, errors: [null, null] }], 2, 0.8, [1, 1, 1], 1)
    expect([...bands.low, ...bands.high].every((one) => Math.abs(one) === 0)).toBe(true)
    expect(coverageOf([null, 0], bands)).toEqual({ inside: 1, of: 1 })
  })
})

it('quantiles are those of type 7', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5)
  expect(quantile([1, 2, 3, 4], 1)).toBe(4)
})

it("Student's t quantiles are those of the tables", () => {
  expect(studentQuantile(0.9, 2)).toBeCloseTo(1.8856, 1)
  expect(studentQuantile(0.9, 5)).toBeCloseTo(1.4759, 3)
  expect(studentQuantile(0.9, 30)).toBeCloseTo(1.3104, 4)
  expect(studentQuantile(0.975, 10)).toBeCloseTo(2.2281, 3)
})
