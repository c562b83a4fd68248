import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price } from '../model/catalogue.ts'
import { type Plan, PlanSchema } from '../model/plan.ts'
import { HOURS_PER_MONTH, type PriceOf, stageCosts } from './cost.ts'
import { add, fractionOf, multiply, roundHalfAway } from './fraction.ts'

const none: PriceOf = () => null

function planOf(stages: object[], more: object = {}): Plan {
  return PlanSchema.parse({
    format: 'headroom/plan@1',
    id: 'test',
    name: 'Test',
    summary: '',
    currency: 'EUR',
    drivers: [{ id: 'users', name: 'Users', unit: 'users', present: 1 }],
    growth: { monthlyRate: 0, deviation: 0 },
    stage: 's0',
    stages: stages.map((stage, index) => ({ id: `s${index}`, name: `Stage ${index}`, objective: '', ...stage })),
    ...more,
  })
}
const row = (amount: number, per = 'month', more: object = {}, currency = 'EUR') => ({
  id: 'row',
  name: 'Row',
  price: { amount, currency },
  per,
  ...more,
})
const costs = (stages: object[], priceOf = none, more: object = {}) => stageCosts(planOf(stages, more), priceOf)
const only = (item: object, priceOf = none, more: object = {}) => costs([{ lineItems: [item] }], priceOf, more)[0]
const sku = (name: string, per: string, quantity = 1) => ({
  id: 'row',
  name: 'Row',
  price: { sku: name },
  per,
  quantity,
})
const price = (more: Partial<Price>): Price => ({
  provider: 'p',
  kind: 'compute',
  sku: 's',
  region: 'r',
  vcpu: null,
  ramGb: null,
  diskGb: null,
  trafficTb: null,
  monthly: null,
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

describe('a row', () => {
  it.each([
    [row(15), 1500],
    [row(10, 'year'), 83], // 1000 / 12 = 83.33
    [row(9, 'year'), 75],
    [row(0.18, 'year'), 2], // 18 / 12 = 1.5, half away from zero
    [row(0.0088, 'hour'), 642], // 0.88 x 730 = 642.4
    [row(0.01, 'hour'), 730],
    [row(30, 'month', { quantity: 2 }), 6000],
    [row(1.005), 101], // as a binary float 1.005 x 100 is 100.49999
    [row(0.1, 'month', { quantity: 3 }), 30],
    [row(0), 0],
  ])('costs %j', (item, minor) => {
    const cost = only(item)
    expect(cost?.perMonthMinor).toBe(minor)
    expect(cost?.maxPerMonthMinor).toBe(minor)
    expect(cost?.lines[0]?.priced).toBe(true)
  })

  it('that is paid once stays out of the month', () => {
    expect(only(row(99.5, 'once', { quantity: 2 }))).toMatchObject({
      perMonthMinor: 0,
      maxPerMonthMinor: 0,
      onceMinor: 19900,
    })
  })

  it('may be a range', () => {
    expect(only({ ...row(25), price: { amount: 25, max: 30, currency: 'EUR' } })).toMatchObject({
      perMonthMinor: 2500,
      maxPerMonthMinor: 3000,
    })
  })

  it('in a currency without minor units is not multiplied by a hundred', () => {
    expect(only(row(1500, 'year', {}, 'JPY'), none, { currency: 'JPY' })?.perMonthMinor).toBe(125)
  })

  it("is converted at the plan's own rate, and not priced without one", () => {
    expect(only(row(10, 'month', {}, 'USD'), none, { rates: { USD: 0.925 } })).toMatchObject({
      perMonthMinor: 925,
      currency: 'EUR',
    })
    expect(only(row(10, 'month', {}, 'USD'))?.lines[0]).toMatchObject({
      priced: false,
      perMonthMinor: 0,
      note: 'no exchange rate from USD to EUR in the plan; add USD under rates',
    })
  })
})

describe('a SKU', () => {
  const both: PriceOf = (name, currency) =>
    name === 'p/s' && currency === 'EUR' ? price({ monthly: 5.49, hourly: 0.0088 }) : null
  it('costs its monthly price, or its hourly one where the row says so', () => {
    expect(only(sku('p/s', 'month', 2), both)?.perMonthMinor).toBe(1098)
    expect(only(sku('p/s', 'hour'), both)?.perMonthMinor).toBe(642)
  })
  it('takes the one price that is published', () => {
    expect(only(sku('p/s', 'month'), () => price({ hourly: 0.01 }))?.perMonthMinor).toBe(HOURS_PER_MONTH)
    expect(only(sku('p/s', 'hour'), () => price({ monthly: 7 }))?.perMonthMinor).toBe(700)
  })
  it('with a price per unit is multiplied by the quantity beyond a free tier', () => {
    const perGb =
      (freeTier: number | string | null): PriceOf =>
      () =>
        price({ perUnit: { unit: 'GB-month', price: 0.015, freeTier } })
    expect(only(sku('p/s', 'month', 100), perGb(null))?.perMonthMinor).toBe(150)
    expect(only(sku('p/s', 'month', 100), perGb(10))?.perMonthMinor).toBe(135)
    expect(only(sku('p/s', 'month', 5), perGb(10))?.perMonthMinor).toBe(0)
    expect(only(sku('p/s', 'month', 100), perGb('10 GB-month'))?.perMonthMinor).toBe(135)
    const said = only(sku('p/s', 'month', 100), perGb('250 GB on Pro'))
    expect(said?.perMonthMinor).toBe(150)
    expect(said?.lines[0]?.note).toBe('its free tier is not taken off: 250 GB on Pro')
  })
  it('is not priced when the catalogue has none, no amount, or another way of charging', () => {
    expect(only(sku('p/other', 'month'), both)?.lines[0]).toMatchObject({
      priced: false,
      note: 'no price for p/other in EUR',
    })
    expect(only(sku('p/s', 'month'), () => price({}))?.lines[0]).toMatchObject({
      priced: false,
      note: 'p/s has no amount in the catalogue',
    })
    expect(only(sku('p/s', 'year'), both)?.lines[0]?.priced).toBe(false)
    const share: PriceOf = () => price({ perUnit: { unit: 'percent of droplet price', price: 20, freeTier: null } })
    expect(only(sku('p/s', 'month'), share)?.lines[0]?.priced).toBe(false)
  })
  it('is found in another currency the plan has a rate for', () => {
    const inDollars: PriceOf = (_, currency) => (currency === 'USD' ? price({ monthly: 10, currency: 'USD' }) : null)
    expect(only(sku('p/s', 'month'), inDollars, { rates: { USD: 0.9 } })?.perMonthMinor).toBe(900)
    expect(only(sku('p/s', 'month'), inDollars)?.lines[0]?.priced).toBe(false)
  })
})

describe('the stated total', () => {
  const stated = (statedTotal: object, amount = 10, max?: number) =>
    costs([
      {
        lineItems: [{ ...row(amount), price: { amount, max, currency: 'EUR' } }],
        statedTotal: { currency: 'EUR', ...statedTotal },
      },
    ])[0]
  it.each([
    [{ amount: 10 }, 10, undefined, null],
    [{ amount: 50 }, 40.83, undefined, 'stated about €50, rows add up to €40.83'],
    [{ amount: 1000 }, 920, undefined, 'stated about €1,000, rows add up to €920'],
    [{ amount: 8, max: 12 }, 10, undefined, null],
    [{ amount: 8, max: 9.5 }, 10, undefined, 'stated about €8 to €9.50, rows add up to €10'],
    [{ amount: 80 }, 78, 83, null],
    [{ amount: 8, max: 12 }, 10, 15, 'stated about €8 to €12, rows add up to €10 to €15'],
    [{ amount: 300, open: true }, 450, undefined, null],
    [{ amount: 300, open: true }, 250, undefined, 'stated at least €300, rows add up to €250'],
  ])('%j beside rows of %s to %s', (total, amount, max, difference) => {
    expect(stated(total, amount, max)).toMatchObject({ differs: difference !== null, difference })
  })
  it('is flagged when a row has no price, and named', () => {
    const cost = costs([
      {
        lineItems: [row(10), { ...sku('p/s', 'month'), id: 'vps', name: 'VPS' }],
        statedTotal: { amount: 10, currency: 'EUR' },
      },
    ])[0]
    expect(cost?.difference).toBe('stated about €10, rows add up to €10 (without VPS: no price)')
  })
  it('is flagged in a currency without a rate', () => {
    expect(stated({ amount: 10, currency: 'USD' })).toMatchObject({
      stated: null,
      differs: true,
      difference: 'stated in USD, for which the plan has no exchange rate to EUR',
    })
  })
  it('is kept where there are no rows to compare it with', () => {
    expect(costs([{ statedTotal: { amount: 300, currency: 'EUR', open: true } }])[0]).toMatchObject({
      differs: false,
      stated: { minor: 30000, maxMinor: null, open: true },
    })
  })
})

describe('a cost stated over another stage', () => {
  it('is computed from that stage, wherever it stands', () => {
    const [one, two, three] = costs([
      { relativeCost: { over: 's2', min: 0.2, max: 0.3 } },
      { relativeCost: { over: 's0', min: 0, max: null } },
      { lineItems: [row(24)] },
    ])
    expect(one).toMatchObject({ perMonthMinor: 2880, maxPerMonthMinor: 3120 })
    expect(one?.lines[0]?.name).toBe('Stage 2 plus 20% to 30%')
    expect(two).toMatchObject({ perMonthMinor: 2880, maxPerMonthMinor: 3120 })
    expect(two?.lines[0]?.note).toBe('at least; the source gives no upper figure')
    expect(three?.perMonthMinor).toBe(2400)
  })
  it('is not priced while that stage is not, nor when it leads back to itself', () => {
    const [first, second] = costs([{}, { relativeCost: { over: 's0', min: 0.2, max: 0.3 } }])
    expect(first?.lines).toEqual([])
    expect(second?.lines[0]).toMatchObject({ priced: false, note: 'the cost of Stage 0 is not known' })
    const circle = costs([
      { relativeCost: { over: 's1', min: 1, max: 1 } },
      { relativeCost: { over: 's0', min: 1, max: 1 } },
    ])
    expect(circle.flatMap((cost) => cost.lines.map((line) => line.priced))).toEqual([false, false])
  })
})

describe('laws', () => {
  const cents = fc.integer({ min: 0, max: 10_000_000 })
  it('a stage costs the sum of its rows, to the cent', () => {
    fc.assert(
      fc.property(fc.array(cents, { maxLength: 20 }), (amounts) => {
        const lineItems = amounts.map((amount, index) => ({ ...row(amount / 100), id: `r${index}` }))
        expect(costs([{ lineItems }])[0]?.perMonthMinor).toBe(amounts.reduce((sum, amount) => sum + amount, 0))
      }),
    )
  })
  it('twelve months of a yearly price differ from it by no more than the rounding of twelve rows', () => {
    fc.assert(
      fc.property(cents, (amount) => {
        const monthly = only(row(amount / 100, 'year'))?.perMonthMinor ?? Number.NaN
        expect(Math.abs(monthly * 12 - amount)).toBeLessThanOrEqual(6)
      }),
    )
  })
  it('fractions hold decimals exactly', () => {
    expect(fractionOf(1e-7)).toEqual({ over: 1n, under: 10_000_000n })
    expect(fractionOf(2e21)).toEqual({ over: 2_000_000_000_000_000_000_000n, under: 1n })
    expect(roundHalfAway(multiply(fractionOf(-1.005), fractionOf(100)))).toBe(-101)
    expect(() => fractionOf(Number.NaN)).toThrow(RangeError)
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => roundHalfAway(add(fractionOf(a), fractionOf(b))) === a + b),
    )
  })
})
