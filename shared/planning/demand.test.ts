import fc from 'fast-check'
import { expect, it } from 'vitest'
import { demandAt } from './demand.ts'

it('is linear unless an exponent is stated', () => {
  expect(demandAt({ base: 0.5, rate: 0.002 }, 1000)).toBe(2.5)
  expect(demandAt({ base: 1, rate: 2, alpha: 0.5 }, 9)).toBeCloseTo(7, 12)
  expect(demandAt({ base: 3, rate: 2, alpha: 1.5 }, 0)).toBe(3)
})

it('never falls when the driver rises', () => {
  const size = fc.double({ min: 0, max: 1e6, noNaN: true })
  const alpha = fc.double({ min: 0.1, max: 3, noNaN: true })
  fc.assert(
    fc.property(size, size, alpha, (a, b, exponent) => {
      const at = (x: number) => demandAt({ base: 1, rate: 0.5, alpha: exponent }, x)
      expect(at(Math.min(a, b))).toBeLessThanOrEqual(at(Math.max(a, b)) * (1 + 1e-14))
    }),
  )
})
