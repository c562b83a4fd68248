import { expect, it } from 'vitest'
import { minorDigits } from './money.ts'

it.each(['EUR', 'USD', 'GBP', 'CHF', 'JPY', 'KWD', 'INR', 'CLP'])('%s has the digits that Intl knows', (currency) => {
  const { maximumFractionDigits } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
  expect(minorDigits(currency)).toBe(maximumFractionDigits)
})

it('a currency that is not known has two', () => {
  expect(minorDigits('XQQ')).toBe(2)
})
