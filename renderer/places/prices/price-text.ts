import type { TFunction } from 'i18next'
import { quotedAmount } from '../../../shared/format/money.ts'
import type { Price } from '../../../shared/model/catalogue.ts'

export function monthlyText(price: Price): string | null {
  return price.monthly === null ? null : quotedAmount(price.monthly, price.currency)
}

/** The hourly price, or the price of a unit; null when neither is published. A percentage is not an amount of money. */
export function hourlyText(price: Price, t: TFunction<'prices'>): string | null {
  if (price.hourly !== null) return t('anHour', { price: quotedAmount(price.hourly, price.currency) })
  const unit = price.perUnit
  if (unit === null || unit.price === null) return null
  if (unit.unit.startsWith('percent')) return t('percentOf', { value: unit.price, unit: unit.unit })
  return t('perUnit', { price: quotedAmount(unit.price, price.currency), unit: unit.unit })
}

export function sizeText(price: Price, t: TFunction<'prices'>): string {
  return [
    price.vcpu !== null && t('vcpu', { value: price.vcpu }),
    price.ramGb !== null && t('ram', { value: price.ramGb }),
    price.diskGb !== null && t('disk', { value: price.diskGb }),
  ]
    .filter(Boolean)
    .join(', ')
}
