import fc from 'fast-check'
import { expect, it } from 'vitest'
import { levelled, meanOf, snappedFactor, topOf } from './factors.ts'

it('brings the average to 1 and keeps the shape', () => {
  expect(levelled([1, 3])).toEqual([0.5, 1.5])
  expect(levelled([0, 0])).toBeNull()
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.1, max: 9, noNaN: true }), { minLength: 7, maxLength: 24 }), (factors) => {
      expect(Math.abs(meanOf(levelled(factors) ?? []) - 1)).toBeLessThan(0.001)
    }),
  )
})

it('snaps to steps, never below nothing', () => {
  expect(snappedFactor(1.07)).toBe(1.05)
  expect(snappedFactor(-1)).toBe(0)
})

it('leaves room above the largest factor', () => {
  expect(topOf([1, 1])).toBe(2)
  expect(topOf([4])).toBe(4.5)
})
