import type { Plan } from '../model/plan.ts'
import { ONE } from './cost-tariff.ts'
import { type Fraction, fractionOf } from './fraction.ts'

/** How much of the plan's currency one unit of another is worth, as somebody stated it. */
export type Rates = Readonly<Record<string, number>>

/** The plan's stated rates, each replaced by the scenario's where that states one. There are no others. */
export const statedRates = (plan: Pick<Plan, 'rates'>, own?: Rates): Rates => ({ ...plan.rates, ...own })

/** The exact rate into the plan's currency; null when nobody stated it. */
export function rateInto(plan: Pick<Plan, 'currency'>, currency: string, rates: Rates): Fraction | null {
  if (currency === plan.currency) return ONE
  const rate = Object.hasOwn(rates, currency) ? rates[currency] : undefined
  return rate === undefined ? null : fractionOf(rate)
}

/** What to do about a missing rate, for the end of a sentence. */
export const noRate = (plan: Pick<Plan, 'currency'>, currency: string): string =>
  `no exchange rate from ${currency} to ${plan.currency} in the plan; add ${currency} under rates`
