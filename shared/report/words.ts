import { formatMoney, formatQuantity } from '../format/quantity.ts'
import { minorDigits } from '../model/money.ts'
import type { Scale } from './document.ts'

/** How a report writes its figures; always in English and in UTC, so that the same input gives the same words anywhere. */

/** A format that is made when it is first needed: the first of a program takes ten milliseconds, of its every start. */
function dates(locale: string, options: Intl.DateTimeFormatOptions): (at: number) => string {
  let format: Intl.DateTimeFormat | null = null
  return (at) => {
    format ??= new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
    return format.format(at)
  }
}

/** "21 November 2026" */
export const dayText = dates('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })

/** "Nov 21, 2026", where room is scarce. */
export const shortDayText = dates('en', { day: 'numeric', month: 'short', year: 'numeric' })

/** The calendar month that lies `index` months after the one of `start`: "Nov 2026". */
export const monthText = (start: number, index: number): string => month(monthStart(start, index))
const month = dates('en', { month: 'short', year: 'numeric' })

/** The first moment of that month, UTC. */
export function monthStart(start: number, index: number): number {
  const date = new Date(start)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + index, 1)
}

/** 2026-11-21, for file names. */
export const isoDay = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** Minor units, to the minor unit: sums of what is stated. */
export const exactMoney = (minor: number, currency: string): string => {
  const digits = minorDigits(currency)
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(Math.round(minor) / 10 ** digits)
}

/** Minor units of a forecast: from ten on it knows no cents, and from a thousand on four figures. */
export function roughMoney(minor: number, currency: string): string {
  const unit = 10 ** minorDigits(currency)
  const whole = Math.abs(minor) >= 10 * unit ? Math.round(minor / unit) * unit : Math.round(minor)
  const large = Math.abs(minor) >= 1000 * unit
  return formatMoney({ minor: large ? Number(whole.toPrecision(4)) : whole, currency })
}

/** A cost of one user and the like: small amounts keep three figures. */
export function fineMoney(minor: number, currency: string): string {
  if (minor === 0 || Math.abs(minor) >= 10 ** minorDigits(currency)) return roughMoney(minor, currency)
  return new Intl.NumberFormat('en', { style: 'currency', currency, maximumSignificantDigits: 3 }).format(
    minor / 10 ** minorDigits(currency),
  )
}

export const signedMoney = (minor: number, currency: string): string =>
  minor > 0
    ? `+${roughMoney(minor, currency)}`
    : minor < 0
      ? `−${roughMoney(-minor, currency)}`
      : roughMoney(0, currency)

/** "€10.00", or "€10.00 to €14.00". */
export const moneyRange = (low: number, high: number, currency: string): string =>
  low === high ? exactMoney(low, currency) : `${exactMoney(low, currency)} to ${exactMoney(high, currency)}`

export const roughRange = (low: number, high: number, currency: string): string =>
  low === high ? roughMoney(low, currency) : `${roughMoney(low, currency)} to ${roughMoney(high, currency)}`

/** "12,500", "1.2M". */
export const countText = (value: number): string =>
  Math.abs(value) < 1e6
    ? new Intl.NumberFormat('en', { maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0 }).format(value)
    : new Intl.NumberFormat('en', {
        notation: Math.abs(value) < 1e15 ? 'compact' : 'scientific',
        maximumSignificantDigits: 3,
      }).format(value)

/** A share of paths; a little is never said to be none. */
export const shareText = (share: number): string =>
  share > 0 && share < 0.0005 ? '<0.1%' : share < 1 && share > 0.9995 ? '>99.9%' : formatQuantity(share, 'ratio')

export const rangeText = (min: number, max: number | null, unit: string): string =>
  max === null
    ? `${countText(min)} ${unit} or more`
    : min === max
      ? `${countText(min)} ${unit}`
      : `${countText(min)} to ${countText(max)} ${unit}`

export const plural = (count: number, one: string, several = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : several}`

/** A value of a chart with its unit. */
export function scaleText(value: number, scale: Scale): string {
  if (scale.kind === 'money') return roughMoney(value, scale.currency)
  return scale.kind === 'share' ? shareText(value) : countText(value)
}
