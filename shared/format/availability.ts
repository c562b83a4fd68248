/** The highest share that is written as it is. */
const MOST = 0.9999999
const formatters = new Map<string, Intl.NumberFormat>()

/** Decimals of the percentage that leave two significant digits of what is missing from 100%. */
function digitsOf(value: number): number {
  const missing = (1 - value) * 100
  let digits = 0
  if (!(missing > 0)) return digits
  for (let scaled = missing; scaled < 10 && digits < 8; scaled *= 10) digits += 1
  return digits
}

function written(value: number, digits: number, locale: string): string {
  const key = `${locale} ${digits}`
  const formatter =
    formatters.get(key) ?? new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits })
  formatters.set(key, formatter)
  return formatter.format(value)
}

/**
 * A share of time, for people: it is the distance from 100% that counts, so 0.9995 reads "99.95%" and never "100%".
 * More nines than seven tell nothing of a real system: "> 99.99999%".
 */
export function formatAvailability(value: number, locale = 'en'): string {
  if (value < 1 && value > MOST) return `> ${written(MOST, digitsOf(MOST), locale)}`
  return written(value, digitsOf(value), locale)
}

/** An availability beside the one asked for, with as many decimals as they need to look different when they are. */
export function formatAvailabilities(value: number, asked: number, locale = 'en'): [string, string] {
  const pair: [string, string] = [formatAvailability(value, locale), formatAvailability(asked, locale)]
  for (let digits = 1; value !== asked && pair[0] === pair[1] && digits <= 10; digits += 1) {
    pair[0] = written(value, digits, locale)
    pair[1] = written(asked, digits, locale)
  }
  return pair
}
