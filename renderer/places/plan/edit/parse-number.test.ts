import { expect, it } from 'vitest'
import { numberText, parseNumber } from './parse-number.ts'

it.each([
  ['15', 15],
  ['1,000', 1000],
  ['1,000.5', 1000.5],
  ['1 000 000', 1_000_000],
  ['12,5', 12.5],
  ['12,50', 12.5],
  ['0,125', 0.125],
  [',5', 0.5],
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

it.each(['', 'abc', '1.2.3', '12€', '--4', 'Infinity', 'NaN', '1,2,3', '1,000,5'])(
  'does not take "%s" for a number',
  (text) => {
    expect(parseNumber(text)).toBeNull()
  },
)

it.each([
  ['1,16', 1.16],
  ['1.16', 1.16],
  ['1,125', 1.125],
  ['1.250', 1250],
  ['1.250,5', 1250.5],
  ['1 250', 1250],
  ['0.125', 0.125],
  ['12,5 %', 0.125],
])('reads %s as %d where the comma is the decimal mark', (text, value) => {
  expect(parseNumber(text, ',')).toBe(value)
})

it('writes numbers with the decimal mark of the language', () => {
  expect(numberText(1.125, 'de')).toBe('1,125')
  expect(numberText(1.125, 'en')).toBe('1.125')
  expect(numberText(1250, 'de')).toBe('1250')
})
