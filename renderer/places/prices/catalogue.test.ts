import { describe, expect, it } from 'vitest'
import type { Price } from '../../../shared/model/catalogue.ts'
import { ageInDays, type Filter, filterPrices, freshnessOf, NO_FILTER, sortPrices } from './catalogue.ts'

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

describe('age of a price', () => {
  it('counts days from the later check, not from the publication', () => {
    expect(ageInDays(base, now)).toBe(90)
    expect(ageInDays({ ...base, verifiedAt: '2026-03-31' }, now)).toBe(1)
  })
  it('is old after 90 days and stale after 180; without a date it says so', () => {
    const after = (days: number) => freshnessOf(base, Date.parse('2026-01-01') + days * 24 * 3_600_000)
    expect([90, 91, 180, 181].map(after)).toEqual(['fresh', 'old', 'old', 'stale'])
    expect(freshnessOf({ ...base, asOf: null }, now)).toBe('undated')
  })
  it('reads a month as its first day and refuses what is no date', () => {
    expect(ageInDays({ ...base, asOf: '2026-03' }, now)).toBe(31)
    expect(ageInDays({ ...base, asOf: 'soon' }, now)).toBeNull()
  })
})

describe('filterPrices', () => {
  const small = {
    ...base,
    sku: 't3.micro',
    provider: 'aws',
    vcpu: 1,
    ramGb: 1,
    monthly: null,
    hourly: 0.01,
    currency: 'USD',
    note: 'Frankfurt',
    asOf: '2025-01-01',
    origin: 'own' as const,
    cpu: 'shared' as const,
  } // prettier-ignore
  const prices = [base, small, { ...base, sku: 'storage', vcpu: null, ramGb: null, monthly: null, hourly: null }]
  const skus = (filter: Partial<Filter>) => filterPrices(prices, { ...NO_FILTER, ...filter }, now).map(({ sku }) => sku)
  it('wants every word, wherever it stands', () => {
    expect(skus({ text: 'frankfurt T3' })).toEqual(['t3.micro'])
    expect(skus({ text: 'hetzner/cx' })).toEqual(['cx23'])
    expect(skus({ text: 'frankfurt cx23' })).toEqual([])
  })
  it.each([
    [{ providers: ['aws', 'ovh'] }, ['t3.micro']],
    [{ kind: 'postgres' }, []],
    [{ currency: 'EUR' }, ['cx23', 'storage']],
    [{ origin: 'own' as const }, ['t3.micro']],
    [{ freshness: 'stale' as const }, ['t3.micro']],
    [{ leastVcpu: 2 }, ['cx23']],
    [{ leastRamGb: 1 }, ['cx23', 't3.micro']],
    [{ mostAmount: 7.3 }, ['cx23', 't3.micro']],
    [{ mostAmount: 6 }, ['cx23']],
    [{ cpu: 'shared' as const }, ['t3.micro']],
    [{ providers: ['aws'], leastVcpu: 2 }, []],
  ])('%o keeps %o', (filter, kept) => expect(skus(filter)).toEqual(kept))
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
