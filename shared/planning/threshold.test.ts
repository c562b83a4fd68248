import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lastWhere, limitUnder } from './threshold.ts'

it('finds the last number of a range, to the bit', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), (last) => {
      expect(lastWhere((x) => x <= last)).toBe(last === Number.MAX_VALUE ? Number.POSITIVE_INFINITY : last + 0)
    }),
  )
  for (const last of [5e-324, 2 ** -1022, 1, 1 + Number.EPSILON, 2 ** 32, 2 ** 53, Number.MAX_VALUE / 2])
    expect(lastWhere((x) => x <= last)).toBe(last)
})

it('tells a range without an end, and one without a beginning', () => {
  expect(lastWhere(() => true)).toBe(Number.POSITIVE_INFINITY)
  expect(lastWhere(() => false)).toBe(Number.NEGATIVE_INFINITY)
  expect(lastWhere((x) => x < Number.MAX_VALUE)).toBe(Number.MAX_VALUE - 2 ** 971)
})

it('moves a limit by a factor, and takes factor 0 for never or always', () => {
  expect([limitUnder(12, 4), limitUnder(12, 0), limitUnder(-1, 0)]).toEqual([
    3,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ])
})
