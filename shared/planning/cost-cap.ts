import billing from '../../resources/catalogue/billing.json' with { type: 'json' }
import { ONE } from './cost-tariff.ts'
import { divide, type Fraction, fractionOf, order, smaller } from './fraction.ts'

/** Whether a provider bills by the hour up to the published monthly price and no further; the catalogue states who does, and by which page. */
export const isCappedAtMonthly = (provider: string): boolean =>
  billing.hourlyUpToMonthly.some((one) => one.provider === provider.toLowerCase())

/** A month of an hourly price under a cap, and how many times the cap all its hours would cost: 1 where it is not reached. */
export function capped(month: Fraction, cap: number | null | undefined): { month: Fraction; over: Fraction } {
  if (cap == null) return { month, over: ONE }
  const limit = fractionOf(cap)
  const least = smaller(month, limit)
  return { month: least, over: order(month, limit) > 0 && limit.over > 0n ? divide(month, limit) : ONE }
}

export const capNote = (cap: number, currency: string): string => `capped at ${cap} ${currency} a month each`
