import { minorDigits } from '../model/money.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import { type Rates, rateInto, statedRates } from './currency.ts'
import { fractionOf, multiply, roundHalfAway } from './fraction.ts'

/** A stage's stated cost of moving to it in minor units of the plan's currency; null when nobody stated the rate. */
export function migrationMinor(plan: Plan, stage: Stage, rates?: Rates): number | null {
  if (!stage.migrationCost) return 0
  const { amount, currency } = stage.migrationCost
  const rate = rateInto(plan, currency, statedRates(plan, rates))
  if (rate === null) return null
  return roundHalfAway(multiply(multiply(fractionOf(amount), rate), fractionOf(10 ** minorDigits(plan.currency))))
}
