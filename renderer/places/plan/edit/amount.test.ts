import fc from 'fast-check'
import i18next from 'i18next'
import { beforeAll, describe, expect, it } from 'vitest'
import { setFormatLocale } from '../../../../shared/format/locale.ts'
import type { QuantityUnit } from '../../../../shared/format/quantity.ts'
import { amountIn, amountText, readAmount } from './amount.ts'
import words from './words.ts'

beforeAll(() =>
  i18next.init({ lng: 'en', resources: { en: { planEdit: words } }, interpolation: { escapeValue: false } }),
)

const UNITS: QuantityUnit[] = [
  'ratio',
  'bytes',
  'bytes_per_second',
  'per_second',
  'seconds',
  'milliseconds',
  'load',
  'cores',
  'connections',
  'count',
]

describe('an amount in a field', () => {
  it.each<[number, QuantityUnit, string]>([
    [0.7, 'ratio', '70%'],
    [0.07, 'ratio', '7%'],
    [0.9995, 'ratio', '99.95%'],
    [4_294_967_296, 'bytes', '4 GiB'],
    [100_000_000_000, 'bytes', '100 GB'],
    [1_610_612_736, 'bytes', '1.5 GiB'],
    [1_610_612_737, 'bytes', '1610612737 B'],
    [0, 'bytes', '0 B'],
    [12_500_000, 'bytes_per_second', '12.5 MB/s'],
    [500, 'milliseconds', '500 ms'],
    [1_209_600, 'seconds', '14 d'],
    [90, 'seconds', '90 s'],
    [2.5, 'per_second', '2.5/s'],
    [75, 'count', '75'],
  ])('%d of %s is written %s', (value, unit, text) => {
    expect(amountText(value, unit)).toBe(text)
  })

  it.each<[string, QuantityUnit, number]>([
    ['0.7', 'ratio', 0.7],
    ['1', 'ratio', 1],
    ['75', 'ratio', 0.75],
    ['150', 'ratio', 1.5],
    ['1.5%', 'ratio', 0.015],
    ['5%', 'ratio', 0.05],
    ['99.95', 'ratio', 0.9995],
    ['4GiB', 'bytes', 4_294_967_296],
    ['4 gb'.toUpperCase(), 'bytes', 4e9],
    ['64 KB', 'bytes', 64_000],
    ['8e9', 'bytes', 8e9],
    ['2k', 'bytes', 2000],
    ['10 MB/s', 'bytes_per_second', 1e7],
    ['1.5 s', 'milliseconds', 1500],
    ['250', 'milliseconds', 250],
    ['2 min', 'seconds', 120],
    ['14d', 'seconds', 1_209_600],
    ['3 / s', 'per_second', 3],
  ])('%s of %s is read as %d', (text, unit, value) => {
    expect(readAmount(text, unit)).toBe(value)
  })

  it.each<[string, QuantityUnit]>([
    ['4 GiBs', 'bytes'],
    ['four GiB', 'bytes'],
    ['10 m', 'count'],
    ['5 lightyears', 'seconds'],
    ['', 'ratio'],
  ])('%s of %s is none, and says so', (text, unit) => {
    expect(() => readAmount(text, unit)).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ code: 'NOT_A_NUMBER', value: text }) }),
    )
    expect(amountIn(text, unit)).toBeNull()
  })

  it('asks what a bare number means that may be percent as well as a share', () => {
    expect(() => readAmount('1.5', 'ratio')).toThrow(/“1.5” may mean 1.5% or 150%. Write it with its percent sign./)
    expect(() => readAmount('7', 'ratio')).toThrow(/7% or 700%/)
    expect(amountIn('7', 'ratio')).toBeNull()
  })

  it.each(['en', 'de'])('reads back what it wrote, in %s', (locale) => {
    setFormatLocale(locale)
    try {
      fc.assert(
        fc.property(
          fc.constantFrom(...UNITS),
          fc.oneof(fc.double({ min: 0, max: 1e15, noNaN: true }), fc.integer({ min: 0, max: 2 ** 52 })),
          (unit, any) => {
            // As finely as a plan states anything; a percentage is the number times a hundred.
            const value = Number(any.toPrecision(12))
            expect(readAmount(amountText(value, unit), unit)).toBe(value)
          },
        ),
      )
    } finally {
      setFormatLocale('en')
    }
  })
})
