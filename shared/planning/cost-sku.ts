import type { Price } from '../model/catalogue.ts'
import type { LineItem } from '../model/line-item.ts'
import type { Plan } from '../model/plan.ts'
import { capNote, capped, isCappedAtMonthly } from './cost-cap.ts'
import { freeUnits } from './cost-free-tier.ts'
import { flatTariff, ONE, type Tariff } from './cost-tariff.ts'
import { noRate, type Rates } from './currency.ts'
import { type Fraction, fractionOf, multiply, order } from './fraction.ts'

/** The catalogue's entry for `provider/sku` (or `provider/sku@region`) in a currency, or null when it has none. */
export interface PriceOf {
  (sku: string, currency: string): Price | null
  /** The sizes that the same provider offers of the same family, kind, region and currency, itself among them. */
  sizes?: (price: Price) => readonly Price[]
}

/** Hours billed in a month: a year of 365 days by 24 h, by 12, as the cloud providers' own price lists count. */
export const HOURS_PER_MONTH = 730

/** The price in the plan's currency, else in the first one that somebody stated a rate for; or why there is none. */
export function findPrice(sku: string, plan: Plan, rates: Rates, priceOf: PriceOf): Price | string {
  for (const currency of [plan.currency, ...Object.keys(rates)]) {
    const price = priceOf(sku, currency)
    if (price !== null) return price
  }
  const elsewhere = ['USD', 'EUR', 'GBP', 'CHF'].find((currency) => priceOf(sku, currency) !== null)
  const hint = elsewhere ? `; there is one in ${elsewhere}: ${noRate(plan, elsewhere)}` : ''
  return `no price for ${sku} in ${plan.currency}${hint}`
}

/** What one unit of a SKU costs a month, in the price's own currency. */
export interface Charge {
  tariff: Tariff
  /** The amount of one unit as the catalogue has it, the time it is for, and what the unit is where it is no server. */
  amount: number
  per: 'hour' | 'month' | 'use'
  unit: string | null
  note: string | null
  /** How many times a monthly cap all hours of a month would cost; 1 where none is reached. */
  over: Fraction
}

/** A price that is a share of what a server costs, 0.2 for 20%; null for any other. */
export function shareOf(price: Price): number | null {
  const { perUnit } = price
  return perUnit?.price != null && perUnit.unit.startsWith('percent') ? perUnit.price / 100 : null
}

/**
 * What a catalogue entry charges for a row, or why it cannot be said. A row by the hour takes the hourly price and any
 * other the monthly one; each stands in for the other where only one is published, and the monthly one is the cap of the hourly
 * one where the provider has it so. A row by use, and an entry that has no
 * other price, takes the price of a unit (GB-month, ...), beyond the free units where the catalogue states a number of
 * them. A unit such as TB-hour is multiplied by the hours of a month in a row by the hour, and by nothing in a row by use.
 */
export function chargeOf(sku: string, price: Price, per: LineItem['per']): Charge | string {
  if (per === 'year' || per === 'once')
    return `${sku} is priced by the month or hour, not ${per === 'once' ? 'once' : 'by the year'}`
  const { hourly, monthly, perUnit } = price
  if (per !== 'use' && (hourly !== null || monthly !== null)) {
    const byHour = per === 'hour' ? hourly !== null : monthly === null
    const amount = (byHour ? hourly : monthly) as number
    const rate = byHour ? multiply(fractionOf(amount), fractionOf(HOURS_PER_MONTH)) : fractionOf(amount)
    const { month, over } = capped(rate, byHour && isCappedAtMonthly(price.provider) ? monthly : null)
    const note = order(over, ONE) > 0 ? capNote(monthly as number, price.currency) : null
    return { tariff: flatTariff(month), amount, per: byHour ? 'hour' : 'month', unit: null, note, over }
  }
  if (perUnit?.price == null) {
    const other = hourly !== null || monthly !== null
    return other
      ? `${sku} has no price by use; charge it by the month or the hour`
      : `${sku} has no amount in the catalogue`
  }
  const hourlyUnit = /-hour\b/.test(perUnit.unit)
  if (hourlyUnit && per === 'month')
    return `${sku} is priced by the ${perUnit.unit}: charge it by the hour for what runs all month, or by use for what is counted`
  const times = hourlyUnit && per === 'hour' ? HOURS_PER_MONTH : 1
  const free = perUnit.price === 0 ? fractionOf(0) : freeUnits(perUnit.freeTier, perUnit.unit)
  const rate: Fraction = multiply(fractionOf(perUnit.price), fractionOf(times))
  return {
    tariff: flatTariff(rate, free ?? fractionOf(0)),
    amount: perUnit.price,
    per: times > 1 ? 'hour' : 'use',
    unit: perUnit.unit,
    over: ONE,
    note: free === null ? `its free tier is not taken off: ${String(perUnit.freeTier)}` : null,
  }
}

const SIZE_WORD = '(?:pico|nano|micro|small|medium|large|x+s|s|m|l|x+l|\\d*xl|\\d*xlarge)'
const AFTER_DOT = new RegExp(`\\.${SIZE_WORD}(?![a-z])`, 'i')
const AT_THE_END = new RegExp(`-${SIZE_WORD}$`, 'i')

/** What is left of a SKU's name without its size: "cx33" and "cx43" are both "cx#", "t4g.small on-demand" is "t4g.* on-demand". */
export function familyOf(sku: string): string {
  if (AFTER_DOT.test(sku)) return sku.replace(AFTER_DOT, '.*')
  if (AT_THE_END.test(sku)) return sku.replace(AT_THE_END, '-*')
  return sku.replace(/\d+/g, '#')
}

/** The sizes of a catalogue that a price may be exchanged for, itself among them. */
export function sizesIn(prices: readonly Price[]): (price: Price) => Price[] {
  const keyOf = ({ provider, kind, sku, region, currency }: Price): string =>
    JSON.stringify([provider, kind, familyOf(sku), region, currency])
  let families: Map<string, Price[]> | null = null
  return (price) => {
    families ??= grouped(
      prices.filter(({ vcpu, ramGb }) => vcpu !== null && ramGb !== null),
      keyOf,
    )
    return families.get(keyOf(price)) ?? []
  }
}

function grouped(prices: readonly Price[], keyOf: (price: Price) => string): Map<string, Price[]> {
  const groups = new Map<string, Price[]>()
  for (const price of prices) {
    const key = keyOf(price)
    const group = groups.get(key)
    if (group) group.push(price)
    else groups.set(key, [price])
  }
  return groups
}
