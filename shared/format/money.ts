import { minorDigits } from '../model/money.ts'
import { formatLocale } from './locale.ts'

/** Writes minor units of one currency, all with the same number of decimals. */
export type MoneyText = (minor: number) => string

/**
 * The writer of one column or comparison: without decimals where every amount is whole, else all with the currency's own
 * ("€11.00" above "€6.37"), so that figures stand under each other and none looks rounded. `minors` are minor units;
 * those that are no number are passed over.
 */
export function moneyColumn(
  minors: Iterable<number | null | undefined>,
  currency: string,
  locale = formatLocale(),
): MoneyText {
  const digits = minorDigits(currency)
  const unit = 10 ** digits
  let whole = true
  for (const minor of minors) if (typeof minor === 'number' && Math.round(minor) % unit !== 0) whole = false
  const format = (fraction: number) =>
    new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      minimumFractionDigits: fraction,
      maximumFractionDigits: fraction,
      signDisplay: 'negative',
    })
  const shared = format(whole ? 0 : digits)
  const exact = whole ? format(digits) : shared
  return (minor) => {
    const rounded = Math.round(minor)
    return (rounded % unit === 0 ? shared : exact).format(rounded / unit)
  }
}

/** A quoted amount in decimal units: lists quote down to a millionth, which a writer of minor units would round away. */
export function quotedAmount(amount: number, currency: string, locale = formatLocale()): string {
  const digits = minorDigits(currency)
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: Math.max(7, digits),
  }).format(amount)
}
