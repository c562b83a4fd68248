import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type OpenRange, parseRange, rangeText } from './parse-range.ts'

it.each<[string, OpenRange | null]>([
  ['3', { min: 3, max: 3 }],
  ['1 to 3', { min: 1, max: 3 }],
  ['1-3', { min: 1, max: 3 }],
  ['1 – 3', { min: 1, max: 3 }],
  ['1..3', { min: 1, max: 3 }],
  ['30% to 50%', { min: 0.3, max: 0.5 }],
  ['1 bis 3', { min: 1, max: 3 }],
  ['ab 300', { min: 300, max: null }],
  ['300 oder mehr', { min: 300, max: null }],
  ['300+', { min: 300, max: null }],
  ['300 or more', { min: 300, max: null }],
  ['from 300', { min: 300, max: null }],
  ['3 to 1', { min: 3, max: 1 }],
  ['1 to', null],
  ['a to b', null],
  ['1 to 2 to 3', null],
])('reads "%s"', (text, range) => expect(parseRange(text)).toEqual(range))

it('reads what it writes', () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.option(fc.nat(1e9), { nil: null }), (min, more) => {
      const range = { min, max: more === null ? null : min + more }
      expect(parseRange(rangeText(range))).toEqual(range)
    }),
  )
})
