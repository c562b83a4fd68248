import type { TFunction } from 'i18next'
import type { StageCost } from '../../../shared/contract/contract.ts'
import { formatLocale } from '../../../shared/format/locale.ts'
import { type MoneyText, moneyColumn } from '../../../shared/format/money.ts'
import { formatQuantity } from '../../../shared/format/quantity.ts'
import type { LineItem } from '../../../shared/model/line-item.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Stage } from '../../../shared/model/stage.ts'

export type PlanWords = TFunction<'plan'>

/** "€30 to €40", or one amount where the ends are the same; in a table, as the rest of its column is written. */
export function moneyRange(low: number, high: number, currency: string, t: PlanWords, column?: MoneyText): string {
  const text = column ?? moneyColumn([low, high], currency)
  return low === high ? text(low) : t('range', { low: text(low), high: text(high) })
}

/** A stage's monthly cost on its rung: computed; incomplete where a row has no price; the stated one where there are no rows. */
export function rungCost(cost: StageCost | undefined, t: PlanWords): string {
  if (!cost) return t('notStated')
  if (cost.lines.length === 0) {
    if (!cost.stated) return t('notStated')
    return t('perMonth', {
      amount: moneyRange(cost.stated.minor, cost.stated.maxMinor ?? cost.stated.minor, cost.currency, t),
    })
  }
  const amount = moneyRange(cost.perMonthMinor, cost.maxPerMonthMinor, cost.currency, t)
  if (cost.lines.some((line) => !line.priced)) return t('incomplete', { amount })
  return cost.maxPerMonthMinor === 0 ? t('free') : t('perMonth', { amount })
}

/** An amount as it stands in a plan: decimal units of its currency. */
export function amountText(amount: number, currency: string): string {
  return new Intl.NumberFormat(formatLocale(), {
    style: 'currency',
    currency,
    trailingZeroDisplay: 'stripIfInteger',
    maximumFractionDigits: 6,
  }).format(amount)
}

/** A number with as many decimals as it has, up to six significant ones below 1,000. */
export function decimalText(value: number): string {
  return value < 1000
    ? new Intl.NumberFormat(formatLocale(), { maximumSignificantDigits: 6 }).format(value)
    : new Intl.NumberFormat(formatLocale(), { maximumFractionDigits: 2 }).format(value)
}

/** How a typed price of one unit is charged: "€30 a month", "€10 to €12 a year". */
export function typedPriceText(
  { amount, max, currency }: { amount: number; max?: number | undefined; currency: string },
  per: LineItem['per'],
  t: PlanWords,
): string {
  const price =
    max === undefined
      ? amountText(amount, currency)
      : t('range', { low: amountText(amount, currency), high: amountText(max, currency) })
  return t(per === 'use' ? 'costs.per.month' : `costs.per.${per}`, { price })
}

/** What a stage is said to carry: "100,000 to 500,000 monthly active users", or in short "100,000 to 500,000 users". */
export function capacityText(
  capacity: Stage['capacity'][number],
  plan: Plan,
  t: PlanWords,
  naming: 'name' | 'unit' = 'name',
): string {
  const of = plan.drivers.find((one) => one.id === capacity.driver)
  // A rate is said with its unit: 500 requests/s, not 500 requests.
  const driver = (of?.unit.includes('/') ? of.unit : of?.[naming])?.toLowerCase() ?? capacity.driver
  const number = (value: number) => formatQuantity(value, 'count')
  const { min, max } = capacity
  if (max === null) return min ? t('facts.from', { min: number(min), driver }) : t('facts.open', { driver })
  return min
    ? t('facts.fromTo', { min: number(min), max: number(max), driver })
    : t('facts.upTo', { max: number(max), driver })
}

export function spanText(span: { min: number; max: number }, t: PlanWords): string {
  return span.min === span.max ? `${span.min}` : t('range', { low: span.min, high: span.max })
}
