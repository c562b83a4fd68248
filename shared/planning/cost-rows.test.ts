import { describe, expect, it } from 'vitest'
import { catalogueOf, costOfRows, pricedPlan, pricedRow } from '../../test/fixtures/priced-plan.ts'
import { stageCosts } from './cost.ts'

const perUse = (parts: object) => ({ unit: 'GB-month', currency: 'EUR', tiers: [{ upTo: null, amount: 1 }], ...parts })

describe('a quantity by formula', () => {
  it.each([
    ['users / 100', 10_000],
    ['ceil(cpu / 0.7)', 3000],
    ['max(2, memory / 8e9)', 2000],
    ['active-tenants - 4', 6000],
    ['(users > 999) * 3', 3000],
    ['users - 5000', 0],
  ])('%s at the present values costs %d', (quantity, minor) => {
    expect(costOfRows([pricedRow({ quantity })]).perMonthMinor).toBe(minor)
  })

  it('follows other values of the drivers, and keeps the others at present', () => {
    const cost = costOfRows([pricedRow({ quantity: 'cpu + active-tenants' })], { at: { users: 3000 } })
    expect(cost.perMonthMinor).toBe(16_000)
    expect(cost.lines[0]?.quantity).toEqual({ value: 16, formula: 'cpu + active-tenants' })
  })

  it('is not priced where it has no value or cannot be read', () => {
    const [none, wrong] = costOfRows([
      pricedRow({ quantity: '1 / (users - 1000)' }),
      pricedRow({ id: 'wrong', quantity: 'usrs' }),
    ]).lines
    expect(none).toMatchObject({ priced: false, quantity: { value: null } })
    expect(none?.note).toContain('1 / (users - 1000) divides by 0')
    expect(wrong?.priced).toBe(false)
    expect(wrong?.note).toContain('unknown name "usrs" at character 1; did you mean "users"?')
  })

  it('is not priced beyond what can be counted', () => {
    expect(costOfRows([pricedRow({ quantity: '1e30' })]).lines[0]).toMatchObject({
      priced: false,
      note: 'it costs more than can be counted',
    })
  })
})

describe('a price by use', () => {
  const tiers = [
    { upTo: 100, amount: 0.5 },
    { upTo: 1000, amount: 0.1 },
    { upTo: null, amount: 0.01 },
  ]
  it.each([
    [0, 0],
    [10, 0],
    [11, 50],
    [110, 5000],
    [111, 5010],
    [1010, 5000 + 9000],
    [1011, 5000 + 9000 + 1],
  ])('of %d units, 10 of them free, costs %d', (quantity, minor) => {
    expect(costOfRows([pricedRow({ price: perUse({ free: 10, tiers }), per: 'use', quantity })]).perMonthMinor).toBe(
      minor,
    )
  })

  it('may be that of a SKU, beyond the free units its words state', () => {
    const priceOf = catalogueOf(
      { sku: 'ops', perUnit: { unit: '1M operations', price: 4.5, freeTier: '1M/month' } },
      { sku: 'cdn', perUnit: { unit: 'GB', price: 0.1, freeTier: '1 TB and 10M requests per month' } },
      { sku: 'lb', hourly: 0.02, monthly: 14, perUnit: { unit: 'LCU-hour', price: 0.008, freeTier: null } },
    )
    const row = (sku: string, quantity: number, per = 'use') => pricedRow({ price: { sku: `p/${sku}` }, per, quantity })
    expect(costOfRows([row('ops', 3)], { priceOf }).perMonthMinor).toBe(900)
    const cdn = costOfRows([row('cdn', 30)], { priceOf })
    expect(cdn.perMonthMinor).toBe(300)
    expect(cdn.lines[0]?.note).toBe('its free tier is not taken off: 1 TB and 10M requests per month')
    expect(costOfRows([row('lb', 1000)], { priceOf }).perMonthMinor).toBe(800)
    expect(costOfRows([row('lb', 1, 'month')], { priceOf }).perMonthMinor).toBe(1400)
    expect(costOfRows([row('lb', 1)], { priceOf }).lines[0]?.unitPrice).toEqual({
      amount: 0.008,
      currency: 'EUR',
      per: 'use',
      unit: 'LCU-hour',
      free: 0,
    })
  })

  it('counts a unit of hours by the hours of the month only where the row is charged by the hour', () => {
    const priceOf = catalogueOf({ perUnit: { unit: 'TB-hour', price: 0.0067, freeTier: null } })
    const cost = (per: string, quantity: number) =>
      costOfRows([pricedRow({ price: { sku: 'p/s' }, per, quantity })], { priceOf })
    expect(cost('hour', 2).perMonthMinor).toBe(978) // 2 x 730 x 0.0067 = 9.782
    expect(cost('use', 1000).perMonthMinor).toBe(670)
    expect(cost('month', 1).lines[0]).toMatchObject({ priced: false })
    expect(cost('month', 1).lines[0]?.note).toContain('charge it by the hour for what runs all month, or by use')
  })

  it('is asked for in vain of a SKU without one', () => {
    const priceOf = catalogueOf({ monthly: 5 })
    expect(costOfRows([pricedRow({ price: { sku: 'p/s' }, per: 'use' })], { priceOf }).lines[0]?.note).toBe(
      'p/s has no price by use; charge it by the month or the hour',
    )
  })
})

describe("a share of a server's price", () => {
  const priceOf = catalogueOf(
    { sku: 'server', monthly: 8.49, vcpu: 4, ramGb: 8 },
    { sku: 'backup', perUnit: { unit: 'percent of server price', price: 20, freeTier: null } },
  )
  const server = (parts: object = {}) =>
    pricedRow({ id: 'server', name: 'Server', price: { sku: 'p/server' }, ...parts })
  const backup = (parts: object = {}) =>
    pricedRow({ id: 'backup', name: 'Backup', price: { sku: 'p/backup' }, ...parts })

  it('is taken of the only server of the provider in the stage, however many there are of it', () => {
    const [, line] = costOfRows([server({ quantity: 3 }), backup()], { priceOf }).lines
    expect(line?.perMonthMinor).toBe(509) // 3 x 8.49 x 0.2 = 5.094
    expect(line?.note).toBe('20% of Server')
  })
  it('is taken of the row it names, before or after it', () => {
    const rows = [backup({ of: 'big' }), server(), server({ id: 'big', name: 'Big', quantity: 10 })]
    expect(costOfRows(rows, { priceOf }).lines[0]).toMatchObject({ perMonthMinor: 1698, note: '20% of Big' })
  })
  it('is not guessed', () => {
    const two = costOfRows([server(), server({ id: 'other' }), backup()], { priceOf }).lines[2]
    expect(two).toMatchObject({
      priced: false,
      note: 'p/backup is 20% of a server\'s price: name the server\'s row with "of"',
    })
    expect(costOfRows([backup()], { priceOf }).lines[0]?.priced).toBe(false)
    const unpriced = costOfRows([pricedRow({ price: { sku: 'p/none' } }), backup({ of: 'row' })], { priceOf }).lines[1]
    expect(unpriced?.note).toBe("p/backup is 20% of a server's price, and Row has no price")
  })
  it('may be taken of a typed price that it names', () => {
    expect(costOfRows([pricedRow(), backup({ of: 'row' })], { priceOf }).lines[1]?.perMonthMinor).toBe(200)
  })
})

describe('tax', () => {
  const more = { vat: { rate: 0.19, name: 'MwSt' } }
  const both = (item: object, priceOf = catalogueOf()) => {
    const net = costOfRows([item], { more, priceOf })
    const gross = costOfRows([item], { more, priceOf, pricing: { tax: true } })
    return { net, gross }
  }
  it('is added to a net price', () => {
    const { net, gross } = both(pricedRow({ price: { amount: 9.99, currency: 'EUR' } }))
    expect(net.perMonthMinor).toBe(999)
    expect(net.tax).toBeNull()
    expect(gross.perMonthMinor).toBe(1189)
    expect(gross.tax).toEqual({ name: 'MwSt', rate: 0.19, minor: 190, maxMinor: 190, onceMinor: 0 })
    expect(gross.lines[0]?.taxMinor).toBe(190)
  })
  it('is taken off a price that has it in', () => {
    const { net, gross } = both(pricedRow({ price: { amount: 11.9, currency: 'EUR' }, vatIncluded: true }))
    expect([net.perMonthMinor, gross.perMonthMinor, gross.tax?.minor]).toEqual([1000, 1190, 190])
  })
  it('of a SKU is what the catalogue says, unless the row says otherwise', () => {
    const priceOf = catalogueOf({ monthly: 11.9, vatIncluded: true })
    expect(both(pricedRow({ price: { sku: 'p/s' } }), priceOf).net.perMonthMinor).toBe(1000)
    expect(both(pricedRow({ price: { sku: 'p/s' }, vatIncluded: false }), priceOf).net.perMonthMinor).toBe(1190)
    const unknown = both(pricedRow({ price: { sku: 'p/s' } }), catalogueOf({ monthly: 10 }))
    expect(unknown.gross.perMonthMinor).toBe(1190)
    expect(unknown.gross.lines[0]?.note).toBe(
      'the catalogue does not say whether MwSt is in the price; counted as without',
    )
  })
  it('on what is paid once stands apart', () => {
    const { gross } = both(pricedRow({ per: 'once' }))
    expect(gross).toMatchObject({ perMonthMinor: 0, onceMinor: 1190, tax: { minor: 0, onceMinor: 190 } })
  })
  it('that the plan states no rate for is neither added nor taken off, and said', () => {
    const asked = costOfRows([pricedRow()], { pricing: { tax: true } })
    expect(asked).toMatchObject({ perMonthMinor: 1000, tax: null })
    expect(asked.lines[0]?.note).toBe('without VAT: the plan states no rate')
    expect(costOfRows([pricedRow({ vatIncluded: true })]).lines[0]?.note).toContain('states no rate to take it off')
  })
  it('leaves the comparison with the stated total alone', () => {
    const plan = pricedPlan([{ lineItems: [pricedRow()], statedTotal: { amount: 10, currency: 'EUR' } }], more)
    expect(stageCosts(plan, catalogueOf(), { tax: true })[0]).toMatchObject({ perMonthMinor: 1190, differs: false })
  })
})

describe('rates', () => {
  const inDollars = pricedRow({ price: { amount: 10, currency: 'USD' } })
  it("are the plan's own, and the scenario's where it states one", () => {
    const more = { rates: { USD: 0.9, GBP: 1.2 } }
    expect(costOfRows([inDollars], { more }).lines[0]).toMatchObject({ perMonthMinor: 900, rate: 0.9 })
    expect(costOfRows([inDollars], { more, pricing: { rates: { USD: 0.8 } } }).perMonthMinor).toBe(800)
    expect(costOfRows([inDollars], { more, pricing: { rates: { GBP: 2 } } }).perMonthMinor).toBe(900)
  })
  it('that nobody stated leave the row without a price', () => {
    expect(costOfRows([inDollars]).lines[0]).toMatchObject({
      priced: false,
      note: 'no exchange rate from USD to EUR in the plan; add USD under rates',
    })
    const priceOf = catalogueOf({ monthly: 5, currency: 'USD' })
    expect(costOfRows([pricedRow({ price: { sku: 'p/s' } })], { priceOf }).lines[0]?.note).toBe(
      'no price for p/s in EUR; there is one in USD: no exchange rate from USD to EUR in the plan; add USD under rates',
    )
    const old = pricedRow({ grandfathered: { amount: 5, currency: 'USD' } })
    expect(costOfRows([old]).lines[0]?.priced).toBe(false)
  })
  it('are read as the plan states them, and not by names that every object has', () => {
    const row = pricedRow({ price: { amount: 10, currency: 'USD' } })
    expect(
      costOfRows([row], { pricing: { rates: Object.create({ USD: 2 }) as Record<string, number> } }).lines[0]?.priced,
    ).toBe(false)
  })
})

describe('an old price', () => {
  const kept = pricedRow({ quantity: 2, grandfathered: { amount: 6, currency: 'EUR' } })
  it('is paid in the present stage alone', () => {
    const [here, there] = stageCosts(pricedPlan([{ lineItems: [kept] }, { lineItems: [kept] }]), catalogueOf())
    expect(here?.perMonthMinor).toBe(1200)
    expect(here?.lines[0]?.grandfathered).toEqual({ listMinor: 2000, maxListMinor: 2000 })
    expect(there?.perMonthMinor).toBe(2000)
    expect(there?.lines[0]?.grandfathered).toBeNull()
  })
  it('is what a stated total is compared with', () => {
    const stage = { lineItems: [kept], statedTotal: { amount: 12, currency: 'EUR' } }
    expect(stageCosts(pricedPlan([stage, stage]), catalogueOf()).map((cost) => cost.difference)).toEqual([
      null,
      'stated about €12, rows add up to €20',
    ])
  })
  it('is not passed on to a stage that is priced over the present one', () => {
    const plan = pricedPlan([{ lineItems: [kept] }, { relativeCost: { over: 's0', min: 0.5, max: 0.5 } }])
    expect(stageCosts(plan, catalogueOf())[1]?.perMonthMinor).toBe(3000)
  })
  it('is given up only for a lever that makes the row cheaper', () => {
    const cost = (discount: number) =>
      costOfRows([{ ...kept, levers: ['reserved'] }], { pricing: { levers: { reserved: { share: 1, discount } } } })
    expect(cost(0.1)).toMatchObject({ perMonthMinor: 1200, saved: [{ lever: 'reserved', minor: 0 }] })
    expect(cost(0.5)).toMatchObject({ perMonthMinor: 1000, saved: [{ lever: 'reserved', minor: 1000 }] })
    expect(cost(0.5).lines[0]?.grandfathered).toBeNull()
  })
})
