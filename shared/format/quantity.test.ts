import fc from 'fast-check'
import { expect, it } from 'vitest'
import { UnitSchema } from '../model/metric.ts'
import { formatApart, formatMoney, formatQuantity, percentSign } from './quantity.ts'

it.each([
  [0.906, 'ratio', '90.6%'],
  [0.8, 'ratio', '80%'],
  [1.5, 'ratio', '150%'],
  [0, 'bytes', '0 B'],
  [1023, 'bytes', '1,023 B'],
  [8 * 2 ** 30, 'bytes', '8 GiB'],
  [1.5 * 2 ** 40, 'bytes', '1.5 TiB'],
  [2 ** 20 - 1, 'bytes', '1 MiB'],
  [1536, 'bytes_per_second', '1.5 KiB/s'],
  [12.345, 'per_second', '12.3/s'],
  [0.25, 'per_second', '0.25/s'],
  [5400, 'seconds', '1 h 30 min'],
  [0, 'seconds', '0 s'],
  [500, 'milliseconds', '500 ms'],
  [12_000, 'milliseconds', '12 s'],
  [1.25, 'load', '1.25'],
  [12_345, 'count', '12,345'],
  [1, 'cores', '1 core'],
  [2.5, 'cores', '2.5 cores'],
  [80, 'connections', '80 connections'],
  [-0, 'count', '0'],
  [Number.NaN, 'ratio', '–'],
  [1e308, 'ratio', '–'],
] as const)('writes %d %s as %s', (value, unit, text) => {
  expect(formatQuantity(value, unit)).toBe(text)
})

it('writes every unit, whatever the value', () => {
  fc.assert(
    fc.property(fc.constantFrom(...UnitSchema.options), fc.double(), (unit, value) => {
      expect(formatQuantity(value, unit)).toMatch(/^–|\d/)
    }),
  )
})

it('tells two values apart where they differ', () => {
  expect(formatApart(0.9, 0.9, 'ratio')).toEqual(['90%', '90%'])
  expect(formatApart(0.9004, 0.9, 'ratio')).toEqual(['90.04%', '90%'])
  expect(formatApart(500.2, 500, 'milliseconds')).toEqual(['500.2 ms', '500 ms'])
})

it('writes money by its currency and locale', () => {
  expect(formatMoney({ minor: 1500, currency: 'EUR' })).toBe('€15')
  expect(formatMoney({ minor: 1550, currency: 'EUR' })).toBe('€15.50')
  expect(formatMoney({ minor: 1500, currency: 'JPY' })).toBe('¥1,500')
  expect(formatMoney({ minor: 1550, currency: 'EUR' }, 'de').replace(/\s/g, ' ')).toBe('15,50 €')
})

it('writes percent, words and decimals as the language does', () => {
  expect(formatQuantity(0.755, 'ratio', { locale: 'de' })).toBe('75,5\u00a0%')
  expect(formatQuantity(0.755, 'ratio', { locale: 'en' })).toBe('75.5%')
  expect(formatQuantity(2, 'cores', { locale: 'de-AT' })).toBe('2 Kerne')
  expect(formatQuantity(1, 'connections', { locale: 'de' })).toBe('1 Verbindung')
  expect(formatQuantity(1, 'cores', { locale: 'fr' })).toBe('1 core')
  expect([percentSign('en'), percentSign('de')]).toEqual(['%', '\u00a0%'])
})
