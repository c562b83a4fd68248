import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogueEntry } from '../../test/fixtures/priced-plan.ts'
import type { Price } from '../model/catalogue.ts'
import { HeadroomError } from '../model/problem.ts'
import { type FitTerms, FitTermsSchema, type Load } from '../model/provider-fit.ts'
import { sameArea } from './provider-extras.ts'
import { fitProviders } from './provider-fit.ts'

const GIB = 2 ** 30
const value = (amount: number | null) =>
  amount === null
    ? null
    : { value: amount, statistic: 'p95' as const, source: 'test', means: 100, meanMs: 60_000, coverage: 1 }
const load = (parts: {
  cores?: number
  ram?: number
  disk?: number
  traffic?: number
}): Pick<Load, 'name' | 'resources'> => ({
  name: 'web-1',
  resources: {
    cores: value(parts.cores ?? null),
    ram: value(parts.ram === undefined ? null : parts.ram * GIB),
    disk: value(parts.disk === undefined ? null : parts.disk * 1e9),
    traffic: value(parts.traffic === undefined ? null : parts.traffic * 1e12),
    connections: null,
  },
})
const terms = (parts: Partial<FitTerms> = {}): FitTerms =>
  FitTermsSchema.parse({ currency: 'EUR', margin: 0, ...parts })
const plan = (sku: string, vcpu: number, ramGb: number, monthly: number, parts: Partial<Price> = {}): Price =>
  catalogueEntry({
    kind: 'compute',
    sku,
    region: 'eu',
    vcpu,
    ramGb,
    diskGb: 40,
    trafficTb: 1,
    monthly,
    hourly: null,
    currency: 'EUR',
    perUnit: null,
    vatIncluded: false,
    ...parts,
  }) // prettier-ignore
const beside = (kind: string, sku: string, unit: string, price: number, parts: Partial<Price> = {}): Price =>
  plan(sku, 0, 0, 0, {
    kind,
    vcpu: null,
    ramGb: null,
    diskGb: null,
    trafficTb: null,
    monthly: null,
    perUnit: { unit, price, freeTier: null },
    ...parts,
  }) // prettier-ignore
const shown = (prices: readonly Price[], parts: Parameters<typeof load>[0], asked: Partial<FitTerms> = {}) =>
  fitProviders(prices, load(parts), terms(asked)).rows.map(
    ({ price, nodes, monthlyMinor }) => `${nodes} x ${price.sku} ${monthlyMinor}`,
  ) // prettier-ignore

describe('the plans that carry a load', () => {
  const sizes = [plan('s', 2, 4, 5), plan('m', 4, 8, 9), plan('l', 8, 16, 17)]
  it('are those large enough with the margin, cheapest first', () => {
    expect(shown(sizes, { cores: 3, ram: 6 })).toEqual(['1 x m 900', '1 x l 1700'])
    expect(shown(sizes, { cores: 3, ram: 6 }, { margin: 0.4 })).toEqual(['1 x l 1700'])
  })
  it('may be several smaller nodes, each with a system of its own', () => {
    expect(shown(sizes, { cores: 3, ram: 6 }, { mostNodes: 3 })).toEqual(['1 x m 900', '2 x s 1000', '1 x l 1700'])
    expect(shown(sizes, { cores: 3, ram: 7.8 }, { mostNodes: 3 })).toEqual(['1 x m 900', '3 x s 1500', '1 x l 1700'])
  })
  it('tell what binds, what is left, and what each part costs', () => {
    const prices = [
      plan('m', 4, 8, 9, { provider: 'p' }),
      beside('volume', 'volume', 'GB-month', 0.05, { provider: 'p' }),
      beside('traffic', 'overage', 'TB', 2, { provider: 'p' }),
    ]
    const [row] = fitProviders(prices, load({ cores: 1, ram: 6, disk: 48, traffic: 3 }), terms({ margin: 0.25 })).rows
    expect(row).toMatchObject({
      parts: { plan: 900, disk: 100, traffic: 550 },
      monthlyMinor: 1550,
      volumeGb: 20,
      use: { cores: 0.3125, ram: 0.9375, disk: 1 },
      headroom: { cores: 0.75, ram: 0.25 },
      binds: 'traffic',
      open: [],
    })
    expect(row?.overageTb).toBeCloseTo(2.75)
  })
  it('that cost more than the catalogue knows stand apart, and never count as cheaper', () => {
    const result = fitProviders(
      [plan('m', 4, 8, 9), plan('x', 4, 8, 1, { diskGb: null })],
      load({ cores: 1, disk: 30, traffic: 0.5 }),
      terms(),
    ) // prettier-ignore
    expect(result.rows.map(({ price }) => price.sku)).toEqual(['m'])
    expect(result.incomplete.map(({ price, open }) => [price.sku, open])).toEqual([['x', ['disk']]])
  })
  it('in another currency need a rate, which is shown', () => {
    const prices = [plan('e', 2, 4, 5), plan('d', 2, 4, 5, { currency: 'USD' })]
    expect(fitProviders(prices, load({ cores: 1 }), terms()).noRate).toEqual({ USD: 1 })
    const { rows, noRate } = fitProviders(prices, load({ cores: 1 }), terms({ rates: { USD: 0.9 } }))
    expect(noRate).toEqual({})
    expect(rows.map(({ price, monthlyMinor, rate }) => [price.sku, monthlyMinor, rate])).toEqual([
      ['d', 450, 0.9],
      ['e', 500, null],
    ])
  })
  it('are billed by the month, or by the hours that they run', () => {
    const prices = [plan('h', 2, 4, 5, { hourly: 0.01 })]
    expect(shown(prices, { cores: 1 })).toEqual(['1 x h 500'])
    expect(shown(prices, { cores: 1 }, { billing: 'hourly' })).toEqual(['1 x h 730'])
    expect(shown(prices, { cores: 1 }, { billing: 'hourly', hours: 200 })).toEqual(['1 x h 200'])
  })
  it('are compared without VAT', () => {
    const prices = [plan('g', 2, 4, 11.9, { vatIncluded: true })]
    expect(fitProviders(prices, load({ cores: 1 }), terms()).incomplete[0]?.open).toEqual(['vat'])
    expect(shown(prices, { cores: 1 }, { vatRate: 0.19 })).toEqual(['1 x g 1000'])
  })
  it('are only those asked for', () => {
    const prices = [
      plan('a', 2, 4, 1, { cpu: 'shared', architecture: 'arm', provider: 'p1', region: 'eu-central (x)' }),
      plan('b', 2, 4, 2, { cpu: 'dedicated', architecture: 'x86', provider: 'p2', region: 'us' }),
      plan('c', 2, 4, 3, { terms: 'spot' }),
      plan('d', 2, 4, 4, { goneAt: '2026-01-01' }),
      plan('e', 2, 4, 5, { kind: 'postgres' }),
      plan('f', 2, 4, 6, { vcpu: null }),
    ]
    expect(shown(prices, { cores: 1 })).toEqual(['1 x a 100', '1 x b 200'])
    expect(shown(prices, { cores: 1 }, { committed: true })).toEqual(['1 x a 100', '1 x b 200', '1 x c 300'])
    expect(shown(prices, { cores: 1 }, { cpu: 'dedicated' })).toEqual(['1 x b 200'])
    expect(shown(prices, { cores: 1 }, { architecture: 'arm' })).toEqual(['1 x a 100'])
    expect(shown(prices, { cores: 1 }, { providers: ['p2'] })).toEqual(['1 x b 200'])
    expect(shown(prices, { cores: 1 }, { regions: ['eu-'] })).toEqual(['1 x a 100'])
    expect(shown(prices, { cores: 1 }, { kind: 'postgres' })).toEqual(['1 x e 500'])
    expect(fitProviders(prices, load({ cores: 1 }), terms()).noSize).toBe(1)
  })
  it('cannot be found for a load of which nothing is known', () => {
    expect(() => fitProviders(sizes, load({ disk: 5 }), terms())).toThrow(HeadroomError)
    expect(() => fitProviders(sizes, load({ disk: 5 }), terms())).toThrow(
      expect.objectContaining({ code: 'NOTHING_TO_FIT' }),
    )
  })
  it.each([
    ['eu-central (fsn1/nbg1)', 'eu-central, us-east', true],
    ['core regions (id-cgk, br-gru dearer)', 'core regions', true],
    ['id-cgk', 'core regions (id-cgk, br-gru dearer)', false],
    ['fr-par-1', 'all', true],
    ['us-east-1', 'eu-central-1', false],
  ])('%s and %s are the same area: %s', (a, b, same) => expect(sameArea(a, b)).toBe(same))
})

const anyPlan = fc
  .record({
    sku: fc.stringMatching(/^[a-z]{6}$/),
    vcpu: fc.integer({ min: 1, max: 32 }),
    ramGb: fc.integer({ min: 1, max: 64 }),
    monthly: fc.integer({ min: 1, max: 50_000 }).map((cents) => cents / 100),
    diskGb: fc.option(fc.integer({ min: 10, max: 500 })),
    trafficTb: fc.option(fc.integer({ min: 0, max: 20 })),
    provider: fc.constantFrom('p', 'q'),
    currency: fc.constantFrom('EUR', 'USD'),
  })
  .map(({ sku, vcpu, ramGb, monthly, ...parts }) => plan(sku, vcpu, ramGb, monthly, parts))
const anyLoad = fc.record({
  cores: fc.double({ min: 0.1, max: 40, noNaN: true }),
  ram: fc.double({ min: 0.1, max: 100, noNaN: true }),
  disk: fc.double({ min: 1, max: 800, noNaN: true }),
  traffic: fc.double({ min: 0, max: 40, noNaN: true }),
})
const anyTerms = fc
  .record({ margin: fc.constantFrom(0, 0.25, 1), mostNodes: fc.integer({ min: 1, max: 6 }) })
  .map((parts) => terms({ ...parts, rates: { USD: 0.9 } }))
const EXTRAS = ['EUR', 'USD'].flatMap((currency) => [
  beside('volume', 'volume', 'GB-month', 0.06, { provider: 'p', currency }),
  beside('traffic', 'egress', 'GB', 0.01, { provider: 'p', currency }),
])
const best = (prices: readonly Price[], of: Parameters<typeof load>[0], asked: FitTerms): number =>
  fitProviders(prices, load(of), asked).rows[0]?.monthlyMinor ?? Infinity

describe('laws of the fit', () => {
  const plans = fc.array(anyPlan, { minLength: 1, maxLength: 12 })
  it('what is shown carries the load with its margin, cheapest first', () => {
    fc.assert(
      fc.property(plans, anyLoad, anyTerms, (prices, of, asked) => {
        const { rows } = fitProviders([...prices, ...EXTRAS], load(of), asked)
        const factor = 1 + asked.margin
        for (const [index, { price, nodes, monthlyMinor, volumeGb, parts }] of rows.entries()) {
          expect(monthlyMinor).toBeGreaterThanOrEqual(rows[index - 1]?.monthlyMinor ?? 0)
          expect((price.vcpu ?? 0) * nodes).toBeGreaterThanOrEqual(of.cores * factor)
          expect((price.ramGb ?? 0) * nodes).toBeGreaterThanOrEqual((of.ram * factor + 0.5 * (nodes - 1)) * (1 - 1e-12))
          expect((price.diskGb ?? 0) + volumeGb).toBeGreaterThanOrEqual(of.disk * factor * (1 - 1e-12))
          expect(nodes).toBeLessThanOrEqual(asked.mostNodes)
          expect(parts.plan + parts.disk + parts.traffic).toBe(monthlyMinor)
        }
      }),
    )
  })
  it('more demand is never cheaper', () => {
    fc.assert(
      fc.property(plans, anyLoad, anyLoad, anyTerms, (prices, of, more, asked) => {
        const larger = {
          cores: of.cores + more.cores,
          ram: of.ram + more.ram,
          disk: of.disk + more.disk,
          traffic: of.traffic + more.traffic,
        } // prettier-ignore
        const all = [...prices, ...EXTRAS]
        expect(best(all, larger, asked)).toBeGreaterThanOrEqual(best(all, of, asked))
      }),
    )
  })
  it('more plans to choose from, or more nodes allowed, are never dearer', () => {
    fc.assert(
      fc.property(plans, plans, anyLoad, anyTerms, (prices, others, of, asked) => {
        const few = best([...prices, ...EXTRAS], of, asked)
        expect(best([...prices, ...others, ...EXTRAS], of, asked)).toBeLessThanOrEqual(few)
        expect(best([...prices, ...EXTRAS], of, { ...asked, mostNodes: asked.mostNodes + 2 })).toBeLessThanOrEqual(few)
      }),
    )
  })
  it('a larger margin is never cheaper', () => {
    fc.assert(
      fc.property(plans, anyLoad, anyTerms, (prices, of, asked) => {
        const all = [...prices, ...EXTRAS]
        expect(best(all, of, { ...asked, margin: asked.margin + 0.3 })).toBeGreaterThanOrEqual(best(all, of, asked))
      }),
    )
  })
})
