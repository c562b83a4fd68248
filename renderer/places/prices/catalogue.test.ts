import { describe, expect, it } from 'vitest'
import type { Price } from '../../../shared/model/catalogue.ts'
import { ageInDays, filterPrices, isStale, sortPrices } from './catalogue.ts'

const base: Price = {
  provider: 'hetzner',
  kind: 'compute',
  sku: 'cx23',
  region: 'eu',
  vcpu: 2,
  ramGb: 4,
  diskGb: 40,
  trafficTb: 20,
  monthly: 5,
  hourly: 0.01,
  currency: 'EUR',
  perUnit: null,
  asOf: '2026-01-01',
  verifiedAt: null,
  vatIncluded: false,
  confidence: 'high',
  source: 'list',
  note: null,
} // prettier-ignore
const now = Date.parse('2026-04-01')
const none = { text: '', provider: null, kind: null, staleOnly: false }

describe('age of a price', () => {
  it('counts days from the later check, not from the publication', () => {
    expect(ageInDays(base, now)).toBe(90)
    expect(ageInDays({ ...base, verifiedAt: '2026-03-31' }, now)).toBe(1)
  })
  it('turns stale after 90 days, and without a date', () => {
    expect(isStale(base, now)).toBe(false)
    expect(isStale(base, now + 24 * 3_600_000)).toBe(true)
    expect(isStale({ ...base, asOf: null }, now)).toBe(true)
  })
  it('reads a month as its first day and refuses what is no date', () => {
    expect(ageInDays({ ...base, asOf: '2026-03' }, now)).toBe(31)
    expect(ageInDays({ ...base, asOf: 'soon' }, now)).toBeNull()
  })
})

describe('filterPrices', () => {
  const prices = [base, { ...base, provider: 'aws', sku: 't3.micro', note: 'Frankfurt', asOf: '2025-01-01' }]
  it('wants every word, wherever it stands', () => {
    expect(filterPrices(prices, { ...none, text: 'frankfurt T3' }, now).map((price) => price.sku)).toEqual(['t3.micro'])
    expect(filterPrices(prices, { ...none, text: 'frankfurt cx23' }, now)).toEqual([])
  })
  it('combines provider, kind and staleness', () => {
    expect(filterPrices(prices, { ...none, provider: 'aws', kind: 'compute' }, now)).toHaveLength(1)
    expect(filterPrices(prices, { ...none, provider: 'hetzner', staleOnly: true }, now)).toEqual([])
  })
})

describe('sortPrices', () => {
  it('puts prices without a value last in both directions', () => {
    const prices = [
      { ...base, sku: 'a', monthly: null },
      { ...base, sku: 'b', monthly: 9 },
      { ...base, sku: 'c', monthly: 10 },
    ]
    const order = (descending: boolean) =>
      sortPrices(prices, { key: 'monthly', descending }, now).map((price) => price.sku)
    expect(order(false)).toEqual(['b', 'c', 'a'])
    expect(order(true)).toEqual(['c', 'b', 'a'])
  })
  it('reads numbers inside names', () => {
    const prices = [
      { ...base, sku: 'cx23' },
      { ...base, sku: 'cx9' },
    ]
    expect(sortPrices(prices, { key: 'sku', descending: false }, now).map((price) => price.sku)).toEqual([
      'cx9',
      'cx23',
    ])
  })
})
