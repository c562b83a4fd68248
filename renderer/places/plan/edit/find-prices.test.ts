import { expect, it } from 'vitest'
import type { Price } from '../../../../shared/model/catalogue.ts'
import { findPrices, skuName } from './find-prices.ts'

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

it('puts own prices first and what is no longer offered last', () => {
  const some = [
    price('gone', { monthly: 1, goneAt: '2026-11-01' }),
    price('gone and own', { monthly: 1, goneAt: '2026-11-01', origin: 'own' }),
    price('listed', { monthly: 2 }),
    price('own', { monthly: 90, origin: 'own' }),
    price('unquoted', { monthly: null }),
    price('unquoted too', { monthly: null }),
  ]
  expect(findPrices(some, 'hetzner', ['EUR']).map(({ sku }) => sku)).toEqual([
    'own',
    'listed',
    'unquoted',
    'unquoted too',
    'gone and own',
    'gone',
  ])
})

it('names the region where the SKU has another price elsewhere, whether or not that one was found', () => {
  const here = price('cx23', { region: 'fsn1' })
  expect(skuName(here, [here, price('cx23', { region: 'ash' })])).toBe('hetzner/cx23@fsn1')
  expect(skuName(here, [here, price('cx33', { region: 'ash' })])).toBe('hetzner/cx23')
})
