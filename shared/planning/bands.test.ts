import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rankOf, tenFiftyNinety } from './bands.ts'

it('finds what sorting finds', () => {
  const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 0, max: 3 }))
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), (values) => {
      const sorted = Float64Array.from(values).sort()
      const expected = [0.1, 0.5, 0.9].map((share) => sorted[rankOf(share, values.length)])
      // -0 and 0 are one value to a comparison.
      expect(tenFiftyNinety(Float64Array.from(values)).map((one) => one + 0)).toEqual(
        expected.map((one) => (one ?? 0) + 0),
      )
    }),
  )
})

it('takes the 10th, 50th and 90th of a hundred', () => {
  const hundred = Float64Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) + 1)
  expect(tenFiftyNinety(hundred)).toEqual([10, 50, 90])
})
