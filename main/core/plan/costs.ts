import type { StageCost } from '../../../shared/contract/contract.ts'
import type { CostsQuery } from '../../../shared/contract/costs.ts'
import { nearest } from '../../../shared/format/nearest.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { type PriceOf, stageCosts } from '../../../shared/planning/cost.ts'
import { type Gap, planGaps } from '../../../shared/planning/plan-gaps.ts'

/**
 * The costs of every stage on the asked terms, and what the plan leaves open.
 * @throws UNKNOWN_DRIVER, UNUSED_RATE, NO_TAX_RATE
 */
export function costsOn(plan: Plan, priceOf: PriceOf, query: CostsQuery): { costs: StageCost[]; gaps: Gap[] } {
  const drivers = plan.drivers.map((driver) => driver.id)
  for (const id of Object.keys(query.at ?? {})) {
    if (drivers.includes(id)) continue
    const near = nearest(id, drivers)
    throw new HeadroomError({
      code: 'UNKNOWN_DRIVER',
      fact: `The plan has no driver "${id}".`,
      fix: `${near ? `Did you mean "${near}"? ` : ''}Choose one of: ${drivers.join(', ')}.`,
      field: `at.${id}`,
      value: id,
    })
  }
  if (query.rates && Object.hasOwn(query.rates, plan.currency))
    throw new HeadroomError({
      code: 'UNUSED_RATE',
      fact: `${plan.currency} is the plan's own currency and needs no rate.`,
      fix: `Give what one unit of another currency is worth in ${plan.currency}.`,
      field: `rates.${plan.currency}`,
      value: String(query.rates[plan.currency]),
    })
  if (query.tax && !plan.vat)
    throw new HeadroomError({
      code: 'NO_TAX_RATE',
      fact: 'The plan states no VAT rate, so tax cannot be added.',
      fix: 'Add it to the plan, such as vat: { rate: 0.19 }.',
      field: 'vat',
    })
  const { levers, tax, rates, at } = query
  return { costs: stageCosts(plan, priceOf, { levers, tax, rates }, at), gaps: planGaps(plan) }
}
