import type { StageCost } from '../contract/contract.ts'
import { minorDigits } from '../model/money.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import type { ComputedLine } from './cost-line.ts'
import { type Rates, rateInto } from './currency.ts'
import { fractionOf, multiply, roundHalfAway } from './fraction.ts'

/**
 * A stage's stated total beside what its rows add up to at their stated prices, without tax or levers. They agree when one
 * lies within the other's range, and an open figure ("1000+") agrees with any sum that reaches it.
 */
export function statedBeside(
  stage: Stage,
  plan: Plan,
  lines: readonly ComputedLine[],
  rates: Rates,
): Pick<StageCost, 'stated' | 'differs' | 'difference'> {
  const total = stage.statedTotal
  if (!total) return { stated: null, differs: false, difference: null }
  const rate = rateInto(plan, total.currency, rates)
  if (rate === null) {
    return {
      stated: null,
      differs: true,
      difference: `stated in ${total.currency}, for which the plan has no exchange rate to ${plan.currency}`,
    }
  }
  const scale = multiply(rate, fractionOf(10 ** minorDigits(plan.currency)))
  const minor = (amount: number): number => roundHalfAway(multiply(fractionOf(amount), scale))
  const open = total.open ?? false
  const stated = { minor: minor(total.amount), maxMinor: total.max === undefined ? null : minor(total.max), open }
  if (lines.length === 0) return { stated, differs: false, difference: null }

  const low = lines.reduce((sum, one) => sum + one.asStated.low, 0)
  const high = lines.reduce((sum, one) => sum + one.asStated.high, 0)
  const top = open ? Number.POSITIVE_INFINITY : (stated.maxMinor ?? stated.minor)
  const agrees = (stated.minor <= low && high <= top) || (low <= stated.minor && top <= high)
  const unpriced = lines.flatMap(({ line }) => (line.priced ? [] : [line.name]))
  if (agrees && unpriced.length === 0) return { stated, differs: false, difference: null }
  const said = `${open ? 'at least' : 'about'} ${moneyRange(stated.minor, stated.maxMinor ?? stated.minor, plan.currency)}`
  const rows = moneyRange(low, high, plan.currency)
  const gap = unpriced.length > 0 ? ` (without ${unpriced.join(', ')}: no price)` : ''
  return { stated, differs: true, difference: `stated ${said}, rows add up to ${rows}${gap}` }
}

function moneyRange(low: number, high: number, currency: string): string {
  return low === high ? money(low, currency) : `${money(low, currency)} to ${money(high, currency)}`
}

/** "€40.83", and "€50" for a whole amount, in English words for sentences of evidence. */
function money(minor: number, currency: string): string {
  const digits = minorDigits(currency)
  const whole = minor % 10 ** digits === 0
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: whole ? 0 : digits,
    maximumFractionDigits: digits,
  }).format(minor / 10 ** digits)
}
