import type { Plan } from '../model/plan.ts'
import { ONE } from './cost-tariff.ts'
import { add, divide, type Fraction, fractionOf } from './fraction.ts'

/** By what a stated price is multiplied to be shown without and with tax. Both are 1 where the plan states no rate. */
export interface TaxFactors {
  net: Fraction
  gross: Fraction
}

/** @param included whether the price has the tax in it already; null is not known and counts as without. */
export function taxFactors(vat: Plan['vat'], included: boolean | null): TaxFactors {
  if (!vat) return { net: ONE, gross: ONE }
  const factor = add(ONE, fractionOf(vat.rate))
  return included === true ? { net: divide(ONE, factor), gross: ONE } : { net: ONE, gross: factor }
}

/** What has to be said about a row's tax, or null. */
export function taxNote(vat: Plan['vat'], included: boolean | null, shown: boolean): string | null {
  if (!vat) {
    if (included === true && !shown) return 'the price has VAT in it, and the plan states no rate to take it off'
    return shown && included !== true ? 'without VAT: the plan states no rate' : null
  }
  return included === null ? `the catalogue does not say whether ${vat.name} is in the price; counted as without` : null
}
