import { expect, it } from 'vitest'
import { formatAsSold } from './sold.ts'

it('writes memory, disks and traffic in the units of a price list', () => {
  expect(formatAsSold(4 * 2 ** 30, 'ram')).toBe('4 GB')
  expect(formatAsSold(2.8 * 2 ** 30, 'ram')).toBe('2.8 GB')
  expect(formatAsSold(50e9, 'disk')).toBe('50 GB')
  expect(formatAsSold(54.5 * 2 ** 30, 'disk')).toBe('58.5 GB')
  expect(formatAsSold(2.8e12, 'traffic')).toBe('2.8 TB')
  expect(formatAsSold(0.25e12, 'traffic', 'de')).toBe('0,25 TB')
})
