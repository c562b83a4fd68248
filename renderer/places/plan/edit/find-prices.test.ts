import { expect, it } from 'vitest'
import type { Price } from '../../../../shared/model/catalogue.ts'
import { findPrices } from './find-prices.ts'

const price = (sku: string, more: Partial<Price>): Price => ({
  provider: 'hetzner',
  kind: 'server',
  sku,
  region: 'fsn1',
  vcpu: 4,
  ramGb: 8,
  diskGb: 80,
  trafficTb: null,
  monthly: 10,
  hourly: null,
  currency: 'EUR',
  perUnit: null,
  asOf: null,
  verifiedAt: null,
  vatIncluded: null,
  confidence: 'high',
  source: 'test',
  note: null,
  ...more,
})
const prices = [
  price('big', { vcpu: 8, ramGb: 32, monthly: 40 }),
  price('small', { vcpu: 2, ramGb: 4, monthly: 5 }),
  price('middle', { monthly: 12 }),
  price('dollars', { currency: 'USD', monthly: 1 }),
  price('hourly', { monthly: null, hourly: 0.01 }),
  price('bucket', {
    kind: 'object-storage',
    vcpu: null,
    ramGb: null,
    monthly: null,
    perUnit: { unit: 'GB', price: 0.02, freeTier: null },
  }),
]
const found = (text: string) => findPrices(prices, text, ['EUR']).map((one) => one.sku)

it('asks for at least the sizes named, cheapest first, other currencies last', () => {
  expect(found('4 vcpu 8gb')).toEqual(['hourly', 'middle', 'big', 'dollars'])
  expect(found('hetzner 32 gb')).toEqual(['big'])
})

it('finds words anywhere in what a price is called', () => {
  expect(found('storage')).toEqual(['bucket'])
  expect(found('HETZNER/small')).toEqual(['small'])
  expect(found('nowhere')).toEqual([])
})
