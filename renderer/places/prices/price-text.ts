import type { TFunction } from 'i18next'
import { formatLocale } from '../../../shared/format/locale.ts'
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

const days = new Map<string, Intl.DateTimeFormat>()

/** The day "2026-09-20" as "Sep 20, 2026", the month "2026-04" as "Apr 2026"; anything else as it is. */
export function dayText(date: string, inLocale = formatLocale()): string {
  const match = /^(\d{4})-(\d{2})(-\d{2})?$/.exec(date)
  const at = match ? Date.parse(date) : Number.NaN
  if (Number.isNaN(at)) return date
  const key = `${inLocale} ${match?.[3] === undefined}`
  let format = days.get(key)
  if (!format) {
    const day = match?.[3] === undefined ? {} : { day: 'numeric' as const }
    format = new Intl.DateTimeFormat(inLocale, { ...day, month: 'short', year: 'numeric', timeZone: 'UTC' })
    days.set(key, format)
  }
  return format.format(at)
}

/** The same, or other words where there is no date. */
export const dayOr = (date: string | null | undefined, other: string): string =>
  date === null || date === undefined ? other : dayText(date)
