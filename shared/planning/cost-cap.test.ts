import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogueOf, costOfRows, pricedPlan, pricedRow } from '../../test/fixtures/priced-plan.ts'
import { checkPlan } from './check-plan.ts'

const priceOf = catalogueOf()
const hourly = (amount: number, cap: number, more: object = {}) =>
  pricedRow({ price: { amount, cap, currency: 'EUR' }, per: 'hour', ...more })
const monthOf = (row: object, levers = {}) => costOfRows([row], { priceOf, pricing: { levers } }).perMonthMinor

describe('an hourly price with a monthly cap', () => {
  it('never costs more than its cap, whatever the price, the quantity and the hours', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 0, max: 168 }),
        (millis, cap, quantity, hoursPerWeek) => {
          const row = hourly(millis / 1000, cap, { quantity, levers: ['scheduled'] })
          expect(monthOf(row)).toBeLessThanOrEqual(cap * quantity * 100)
          expect(monthOf(row, { scheduled: { hoursPerWeek } })).toBeLessThanOrEqual(cap * quantity * 100)
          // Nor more than its hours alone.
          expect(monthOf(row)).toBeLessThanOrEqual(Math.ceil((millis / 1000) * 730 * quantity * 100))
        },
      ),
    )
  })

  it('is the hours below the cap and the cap above them, and says so', () => {
    expect(monthOf(hourly(0.01, 5))).toBe(500)
    expect(monthOf(hourly(0.001, 5))).toBe(73)
    const [line] = costOfRows([hourly(0.01, 5)], { priceOf }).lines
    expect(line?.note).toContain('capped at 5 EUR a month')
  })

  it('saves nothing with hours off that lie above the cap', () => {
    // 730 hours at 0.01 are 7.30; the cap of 5 is 500 hours, or 115 of the 168 in a week.
    const row = hourly(0.01, 5, { levers: ['scheduled'] })
    expect(monthOf(row, { scheduled: { hoursPerWeek: 120 } })).toBe(500)
    expect(monthOf(row, { scheduled: { hoursPerWeek: 84 } })).toBe(365)
  })

  it('caps the catalogue price of a provider that bills so, and of no other', () => {
    const sku = { vcpu: 2, ramGb: 4, monthly: 4, hourly: 0.01, vatIncluded: false }
    const of = (provider: string) => {
      const prices = catalogueOf({ ...sku, sku: 's', provider })
      return costOfRows([pricedRow({ price: { sku: `${provider}/s` }, per: 'hour' })], { priceOf: prices })
        .perMonthMinor
    }
    expect(of('hetzner')).toBe(400)
    expect(of('aws')).toBe(730)
  })

  it('is refused on a price that is not by the hour', () => {
    const plan = pricedPlan([
      { lineItems: [pricedRow({ price: { amount: 5, cap: 4, currency: 'EUR' }, per: 'month' })] },
    ])
    expect(checkPlan(plan).map((one) => one.message)).toEqual([
      'only a price by the hour has a monthly cap; charge it by the hour or leave the cap out',
    ])
  })
})
