import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogueOf, costOfRows, pricedPlan, pricedRow } from '../../test/fixtures/priced-plan.ts'
import type { Levers } from '../model/scenario.ts'
import { type Pricing, stageCosts } from './cost.ts'
import { costModel } from './cost-model.ts'
import { stateOf } from './cost-quantity.ts'
import { LEVER_ORDER } from './levers.ts'

/** A catalogue with a family of servers, a backup as a share of them, and storage by use. */
const priceOf = catalogueOf(
  { sku: 'cx23', vcpu: 2, ramGb: 4, monthly: 5.49, hourly: 0.0088, vatIncluded: false },
  { sku: 'cx33', vcpu: 4, ramGb: 8, monthly: 8.49, hourly: 0.0136, vatIncluded: false },
  { sku: 'cx43', vcpu: 8, ramGb: 16, monthly: 15.99, hourly: 0.0256, vatIncluded: true },
  { sku: 'store', perUnit: { unit: 'GB-month', price: 0.0157, freeTier: '10 GB' } },
)
const amount = fc.integer({ min: 0, max: 100_000_000 }).map((one) => one / 10_000)
const share = fc.integer({ min: 0, max: 100 }).map((one) => one / 100)
const currency = fc.constantFrom('EUR', 'USD', 'JPY')

const tiers = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { maxLength: 3 }),
    fc.array(amount, { minLength: 4, maxLength: 4 }),
  )
  .map(([ends, amounts]) => [
    ...ends.sort((a, b) => a - b).map((upTo, index) => ({ upTo, amount: amounts[index] })),
    { upTo: null, amount: amounts[3] },
  ])
const price = fc.oneof(
  fc.record({ price: fc.record({ amount, cap: amount, currency }), per: fc.constant('hour') }),
  fc.record({ price: fc.record({ amount, currency }), per: fc.constantFrom('hour', 'month', 'year') }),
  fc.record({
    price: fc
      .record({ amount, over: amount, currency })
      .map(({ amount: low, over, currency: of }) => ({ amount: low, max: low + over, currency: of })),
    per: fc.constantFrom('hour', 'month', 'once'),
  }),
  fc.record({
    price: fc.record({ unit: fc.constant('GB'), free: amount, tiers, currency }),
    per: fc.constant('use'),
  }),
  fc.record({ price: fc.constantFrom({ sku: 'p/cx23' }, { sku: 'p/cx43' }), per: fc.constantFrom('hour', 'month') }),
  fc.record({ price: fc.constant({ sku: 'p/store' }), per: fc.constant('use') }),
)
const quantity = fc.oneof(
  amount,
  fc.constantFrom('cpu', 'users / 7', 'ceil(memory / 8e8)', 'max(2, active-tenants - 3)'),
)
const rows = fc
  .array(
    fc
      .tuple(
        price,
        fc.record(
          {
            quantity,
            vatIncluded: fc.boolean(),
            levers: fc.subarray([...LEVER_ORDER]),
            onDemandShare: share,
            grandfathered: fc.record({ amount, currency }),
          },
          { requiredKeys: ['quantity'] },
        ),
      )
      .map(([what, more]) => pricedRow({ ...what, ...more })),
    { minLength: 1, maxLength: 8 },
  )
  .map((list) => list.map((row, index) => ({ ...row, id: `r${index}` })))

const levers: fc.Arbitrary<Levers> = fc.record(
  {
    reserved: fc.record({ share, discount: share }),
    spot: fc.record({ share, discount: share }),
    scheduled: fc.record({ hoursPerWeek: fc.integer({ min: 0, max: 168 }) }),
    rightSized: fc.record({ target: fc.integer({ min: 1, max: 100 }).map((one) => one / 100) }),
    yearly: fc.record({ discount: share }),
  },
  { requiredKeys: [] },
)
const more = { vat: { rate: 0.19, name: 'VAT' }, rates: { USD: 0.9234, JPY: 0.00613 } }
const cost = (list: object[], pricing: Pricing = {}, at: Record<string, number> = {}) =>
  costOfRows(list, { priceOf, pricing, more, at })

describe('laws of money', () => {
  it('what is shown adds up: amounts, tax and savings, to the cent', () => {
    fc.assert(
      fc.property(rows, levers, fc.boolean(), (list, pulled, tax) => {
        const shown = cost(list, { levers: pulled, tax })
        const total = (of: (line: (typeof shown.lines)[number]) => number) =>
          shown.lines.reduce((sum, line) => sum + of(line), 0)
        expect(shown.perMonthMinor).toBe(total((line) => line.perMonthMinor))
        expect(shown.maxPerMonthMinor).toBe(total((line) => line.maxPerMonthMinor))
        expect(shown.onceMinor).toBe(total((line) => line.onceMinor))
        if (shown.tax)
          expect(shown.tax.minor + shown.tax.onceMinor).toBe(
            total((line) => (line.onceMinor === 0 ? line.taxMinor : line.maxTaxMinor)),
          )
        for (const { lever, minor } of shown.saved)
          expect(minor).toBe(total((line) => line.saved.find((one) => one.lever === lever)?.minor ?? 0))
      }),
    )
  })

  it('no row is more than half a minor unit from what it costs exactly', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 10n }),
        fc.integer({ min: 0, max: 10_000 }),
        (tenThousandths, count) => {
          const item = pricedRow({
            price: { amount: Number(tenThousandths) / 10_000, currency: 'EUR' },
            quantity: count,
          })
          const exact = tenThousandths * BigInt(count)
          const off = BigInt(cost([item]).perMonthMinor) * 100n - exact
          expect(off >= -50n && off <= 50n).toBe(true)
        },
      ),
    )
  })

  it('more of something never costs less', () => {
    fc.assert(
      fc.property(price, levers, amount, amount, (what, pulled, one, other) => {
        const [less, much] = one < other ? [one, other] : [other, one]
        const of = (count: number) =>
          cost([pricedRow({ ...what, levers: [...LEVER_ORDER], quantity: count })], { levers: pulled })
        expect(of(less).perMonthMinor).toBeLessThanOrEqual(of(much).perMonthMinor)
        expect(of(less).onceMinor).toBeLessThanOrEqual(of(much).onceMinor)
      }),
    )
  })

  it('a dearer price never costs less', () => {
    fc.assert(
      fc.property(amount, amount, quantity, (low, over, count) => {
        const of = (each: number) =>
          cost([pricedRow({ price: { amount: each, currency: 'USD' }, quantity: count })]).perMonthMinor
        expect(of(low)).toBeLessThanOrEqual(of(low + over))
      }),
    )
  })

  it('a free tier never raises a cost, and a larger one never more than a smaller', () => {
    fc.assert(
      fc.property(tiers, amount, amount, amount, (list, count, free, extra) => {
        const of = (units: number) =>
          cost([
            pricedRow({
              price: { unit: 'GB', free: units, tiers: list, currency: 'EUR' },
              per: 'use',
              quantity: count,
            }),
          ]).perMonthMinor
        expect(of(free)).toBeLessThanOrEqual(of(0))
        expect(of(free + extra)).toBeLessThanOrEqual(of(free))
      }),
    )
  })

  it('a lever never raises a cost, and saves exactly what is missing from the list price', () => {
    fc.assert(
      fc.property(rows, levers, fc.boolean(), fc.integer({ min: 0, max: 5000 }), (list, pulled, tax, users) => {
        const plain = cost(list, { tax }, { users })
        const lower = cost(list, { tax, levers: pulled }, { users })
        for (const [index, line] of lower.lines.entries()) {
          const before = plain.lines[index]
          expect(line.perMonthMinor).toBeLessThanOrEqual(before?.perMonthMinor ?? -1)
          expect(line.maxPerMonthMinor).toBeLessThanOrEqual(before?.maxPerMonthMinor ?? -1)
          for (const one of line.saved) expect(Math.min(one.minor, one.maxMinor)).toBeGreaterThanOrEqual(0)
          if (line.grandfathered || before?.grandfathered || line.onceMinor > 0) continue
          expect(line.saved.reduce((sum, one) => sum + one.minor, line.perMonthMinor)).toBe(before?.perMonthMinor)
          expect(line.saved.reduce((sum, one) => sum + one.maxMinor, line.maxPerMonthMinor)).toBe(
            before?.maxPerMonthMinor,
          )
        }
      }),
    )
  })

  it('pulling a lever further never raises a cost', () => {
    fc.assert(
      fc.property(rows, share, share, share, (list, discount, a, b) => {
        const of = (lever: 'reserved' | 'spot', part: number) =>
          cost(list, { levers: { [lever]: { share: part, discount } } }).perMonthMinor
        for (const lever of ['reserved', 'spot'] as const)
          expect(of(lever, Math.max(a, b))).toBeLessThanOrEqual(of(lever, Math.min(a, b)))
        const hours = (part: number) =>
          cost(list, { levers: { scheduled: { hoursPerWeek: part * 168 } } }).perMonthMinor
        expect(hours(Math.min(a, b))).toBeLessThanOrEqual(hours(Math.max(a, b)))
      }),
    )
  })

  it('an amount with tax is the net amount and its tax, row by row', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const net = cost(list)
        const gross = cost(list, { tax: true })
        for (const [index, line] of gross.lines.entries()) {
          const bare = net.lines[index]
          expect(line.perMonthMinor + line.onceMinor).toBe(
            (bare?.perMonthMinor ?? 0) +
              (bare?.onceMinor ?? 0) +
              (line.onceMinor === 0 ? line.taxMinor : line.maxTaxMinor),
          )
          expect(line.taxMinor).toBeGreaterThanOrEqual(0)
          expect(Math.abs(line.taxMinor - (bare?.perMonthMinor ?? 0) * 0.19)).toBeLessThanOrEqual(
            line.onceMinor > 0 ? Infinity : 1.1,
          )
        }
      }),
    )
  })

  it('a currency there and back is what it was', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 9 }),
        fc.constantFrom(2, 4, 5, 8, 10, 16, 20, 25, 40, 50),
        (cents, rate) => {
          // The inverse of each rate is a finite decimal, so nothing is lost on the way.
          const there = (minor: number, by: number) =>
            costOfRows([pricedRow({ price: { amount: minor / 100, currency: 'USD' } })], {
              more: { rates: { USD: by } },
            }).perMonthMinor
          expect(there(there(cents, rate), 1 / rate)).toBe(cents)
        },
      ),
    )
  })

  it('the order of the rows changes nothing', () => {
    fc.assert(
      fc.property(rows, levers, (list, pulled) => {
        expect(cost([...list].reverse(), { levers: pulled }).perMonthMinor).toBe(
          cost(list, { levers: pulled }).perMonthMinor,
        )
      }),
    )
  })
})

describe('the cost model of the simulation', () => {
  const supply = { cpu: 4, memory: 16e9 }
  it('agrees with the shown costs in every state, to a minor unit a row', () => {
    const relative = fc.record({ min: share, max: fc.option(share, { nil: null }) })
    fc.assert(
      fc.property(
        rows,
        levers,
        fc.boolean(),
        fc.integer({ min: 0, max: 10_000 }),
        relative,
        (list, pulled, tax, users, ratio) => {
          const over = { over: 's1', min: ratio.min, max: ratio.max === null ? null : ratio.min + ratio.max }
          const plan = pricedPlan(
            [{ lineItems: list, supply }, { lineItems: list, supply }, { relativeCost: over }],
            more,
          )
          const pricing = { levers: pulled, tax }
          const at = { users }
          const state = stateOf(plan, at)
          const shown = stageCosts(plan, priceOf, pricing, at)
          const model = costModel(plan, priceOf, pricing)
          expect(model.levers).toEqual(shown[0]?.saved.map((one) => one.lever))
          for (const [index, stage] of model.stages.entries()) {
            const expected = shown[index]
            if (!expected) throw new Error('a stage is missing')
            const slack = list.length * (index === 2 ? 2 : 1) + 1 + expected.maxPerMonthMinor * 1e-12
            const listed = stage.constantMinor + (stage.variable?.(state) ?? 0)
            const columns = Float64Array.of(Number.NaN)
            stage.variableColumns?.fill(
              Array.from(state, (value) => Float64Array.of(value)),
              1,
              columns,
            )
            if (stage.variableColumns) expect(columns[0]).toBe(stage.variable?.(state))
            const kept = stage.grandfatheredMinor + (stage.grandfatheredVariable?.(state) ?? 0)
            const middle = (expected.perMonthMinor + expected.maxPerMonthMinor) / 2
            expect(Math.abs(listed - kept - middle)).toBeLessThanOrEqual(slack)
            const once = stageCosts(plan, priceOf, pricing)[index]?.onceMinor ?? Number.NaN
            if (index < 2) expect(Math.abs(stage.onceMinor - once)).toBeLessThanOrEqual(slack)
            const saved = Float64Array.from(stage.savedMinor)
            stage.variableSaved?.(state, saved)
            for (const [lever, one] of expected.saved.entries())
              expect(Math.abs((saved[lever] ?? -1) - (one.minor + one.maxMinor) / 2)).toBeLessThanOrEqual(slack)
            if (index > 0) expect(kept).toBe(0)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  it('takes an old price off the present stage alone, also where the quantity is a formula', () => {
    const kept = { grandfathered: { amount: 6, currency: 'EUR' } }
    const lineItems = [pricedRow(kept), pricedRow({ ...kept, id: 'more', quantity: 'cpu' })]
    const model = costModel(pricedPlan([{ lineItems }, { lineItems }]), priceOf)
    const state = stateOf(pricedPlan([{}]), { users: 3000 })
    const [here, there] = model.stages
    expect(here).toMatchObject({ constantMinor: 1000, grandfatheredMinor: 400 })
    expect(here?.variable?.(state)).toBe(6000)
    expect(here?.grandfatheredVariable?.(state)).toBe(2400)
    expect(there).toMatchObject({ constantMinor: 1000, grandfatheredMinor: 0, grandfatheredVariable: null })
  })

  it('names rows without a price and stages without rows', () => {
    const model = costModel(
      pricedPlan([
        { lineItems: [pricedRow({ price: { sku: 'p/none' } }), pricedRow({ id: 'bad', quantity: '1 / 0' })] },
        {},
        { relativeCost: { over: 's1', min: 0, max: 0 } },
      ]),
      priceOf,
    )
    expect(model.stages.map((stage) => stage.stated)).toEqual([true, false, true])
    expect(model.stages[0]?.unpriced).toEqual([
      { id: 'row', name: 'Row', why: 'no price for p/none in EUR' },
      { id: 'bad', name: 'Row', why: 'The formula "1 / 0" has no value at present.' },
    ])
    expect(model.stages[2]?.unpriced).toEqual([
      { id: 'relative-cost', name: 'Stage 2', why: 'The cost of Stage 1 is not known.' },
    ])
  })

  it('says the hours of moving to a stage, and what is paid once', () => {
    const migrationCost = { amount: 500, currency: 'EUR', hours: 12 }
    const model = costModel(pricedPlan([{ lineItems: [pricedRow({ per: 'once' })], migrationCost }]), priceOf)
    expect(model.stages[0]).toMatchObject({ constantMinor: 0, onceMinor: 1000, hours: 12, variable: null })
  })
})
