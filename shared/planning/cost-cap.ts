import { ONE } from './cost-tariff.ts'
import { divide, type Fraction, fractionOf, order, smaller } from './fraction.ts'

/**
 * Providers that bill by the hour up to the published monthly price and no further, as their billing pages put it. AWS, OVH
 * and Scaleway bill every hour.
 */
const CAPPED_AT_MONTHLY: ReadonlySet<string> = new Set(['hetzner', 'digitalocean', 'vultr', 'linode'])

export const isCappedAtMonthly = (provider: string): boolean => CAPPED_AT_MONTHLY.has(provider.toLowerCase())

/** A month of an hourly price under a cap, and how many times the cap all its hours would cost: 1 where it is not reached. */
export function capped(month: Fraction, cap: number | null | undefined): { month: Fraction; over: Fraction } {
  if (cap == null) return { month, over: ONE }
  const limit = fractionOf(cap)
  const least = smaller(month, limit)
  return { month: least, over: order(month, limit) > 0 && limit.over > 0n ? divide(month, limit) : ONE }
}

export const capNote = (cap: number, currency: string): string => `capped at ${cap} ${currency} a month each`
