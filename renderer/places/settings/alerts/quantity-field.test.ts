import fc from 'fast-check'
import { expect, it } from 'vitest'
import { UnitSchema } from '../../../../shared/model/metric.ts'
import { fromTyped, toTyped } from './quantity-field.ts'
import { parseSpan, spanText } from './span.ts'

it('what is typed in a unit comes back as it was typed', () => {
  expect(fromTyped(85, 'ratio')).toBe(0.85)
  expect(toTyped(0.07, 'ratio')).toBe(7)
  expect(fromTyped(2, 'bytes')).toBe(2_147_483_648)
  fc.assert(
    fc.property(fc.constantFrom(...UnitSchema.options), fc.integer({ min: -1e6, max: 1e6 }), (unit, hundredths) => {
      expect(toTyped(fromTyped(hundredths / 100, unit), unit)).toBe(hundredths / 100)
    }),
  )
})

it('a span is written in the largest unit that holds it whole, and read back', () => {
  expect([0, 90_000, 300_000, 5_400_000, 86_400_000].map(spanText)).toEqual(['0s', '90s', '5m', '90m', '1d'])
  expect(parseSpan('5 minutes')).toBeNull()
  expect(parseSpan('')).toBeNull()
  expect(parseSpan('30d')).toBeNull()
  fc.assert(fc.property(fc.integer({ min: 0, max: 604_800 }), (s) => parseSpan(spanText(s * 1000)) === s * 1000))
})
