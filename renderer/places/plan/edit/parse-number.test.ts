import { expect, it } from 'vitest'
import { parseNumber } from './parse-number.ts'

it.each([
  ['15', 15],
  ['1,000', 1000],
  ['1,000.5', 1000.5],
  ['1 000 000', 1_000_000],
  ['12,5', 12.5],
  ['12,50', 12.5],
  ['30%', 0.3],
  ['0.07%', 0.0007],
  ['8e9', 8e9],
  ['2k', 2000],
  ['1.5M', 1_500_000],
  ['-3', -3],
  ['.5', 0.5],
])('reads %s as %d', (text, value) => {
  expect(parseNumber(text)).toBe(value)
})

it.each(['', 'abc', '1.2.3', '12€', '--4', 'Infinity', 'NaN', '1,2,3'])('does not take "%s" for a number', (text) => {
  expect(parseNumber(text)).toBeNull()
})
