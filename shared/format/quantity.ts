import type { Unit } from '../model/metric.ts'
import { type Money, minorDigits } from '../model/money.ts'
import type { Demand } from '../model/plan.ts'
import { formatDuration } from './duration.ts'
import { formatLocale } from './locale.ts'

/** Everything that is measured or planned in. */
export type QuantityUnit = Unit | Demand['unit']

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const
const formatters = new Map<string, Intl.NumberFormat>()

/** What follows a number to make it percent: "%" in English, " %" in German. */
export function percentSign(locale = formatLocale()): string {
  const parts = new Intl.NumberFormat(locale, { style: 'percent' }).formatToParts(1)
  return parts
    .slice(parts.findIndex(({ type }) => type === 'integer') + 1)
    .map(({ value }) => value)
    .join('')
}

/** The units that are words, one and several, by language; any other language has the English ones. */
const NAMES = {
  en: { cores: ['core', 'cores'], connections: ['connection', 'connections'] },
  de: { cores: ['Kern', 'Kerne'], connections: ['Verbindung', 'Verbindungen'] },
} as const

function nameOf(unit: 'cores' | 'connections', isOne: boolean, locale: string): string {
  const [one, several] = (/^de\b/.test(locale) ? NAMES.de : NAMES.en)[unit]
  return isOne ? one : several
}

function decimal(value: number, digits: number, locale: string, style: 'decimal' | 'percent' = 'decimal'): string {
  const key = `${locale} ${digits} ${style}`
  let formatter = formatters.get(key)
  if (!formatter) {
    formatter = new Intl.NumberFormat(locale, { style, maximumFractionDigits: digits, signDisplay: 'negative' })
    formatters.set(key, formatter)
  }
  return formatter.format(value)
}

/** Enough digits to tell small values apart: 0.25, 2.5, 25. */
function digitsFor(value: number): number {
  const size = Math.abs(value)
  return size < 1 ? 2 : size < 100 ? 1 : 0
}

function bytes(value: number, digits: number | undefined, locale: string): string {
  let scaled = value
  let step = 0
  // 1023.95 would be printed as "1,024 MiB", so the step up comes a little early.
  while (Math.abs(scaled) >= 1023.5 && step < BINARY.length - 1) {
    scaled /= 1024
    step += 1
  }
  return `${decimal(scaled, digits ?? (step === 0 ? 0 : digitsFor(scaled)), locale)} ${BINARY[step]}`
}

/**
 * A value in its unit, for people: ratios as percent, bytes in binary steps, seconds as a duration.
 * `digits` fixes the number of decimals; without it, about three significant places are kept.
 */
export function formatQuantity(
  value: number,
  unit: QuantityUnit,
  options: { digits?: number; locale?: string } = {},
): string {
  if (!Number.isFinite(value)) return '–'
  const locale = options.locale ?? formatLocale()
  const digits = options.digits
  switch (unit) {
    case 'ratio':
      // A finite ratio near the largest number is not finite as percent.
      if (!Number.isFinite(value * 100)) return '–'
      return decimal(value, digits ?? (Math.abs(value) < 1 ? 1 : 0), locale, 'percent')
    case 'bytes':
      return bytes(value, digits, locale)
    case 'bytes_per_second':
      return `${bytes(value, digits, locale)}/s`
    case 'per_second':
      return `${decimal(value, digits ?? digitsFor(value), locale)}/s`
    case 'seconds':
      return value === 0 ? '0 s' : formatDuration(value * 1000)
    case 'milliseconds':
      return Math.abs(value) < 10_000
        ? `${decimal(value, digits ?? (Math.abs(value) < 10 ? 1 : 0), locale)} ms`
        : formatDuration(value)
    case 'load':
      return decimal(value, digits ?? 2, locale)
    case 'cores':
      return `${decimal(value, digits ?? digitsFor(value), locale)} ${nameOf('cores', value === 1, locale)}`
    case 'connections':
      return `${decimal(value, digits ?? 0, locale)} ${nameOf('connections', Math.round(value) === 1, locale)}`
    case 'count':
      return decimal(value, digits ?? (Number.isInteger(value) ? 0 : digitsFor(value)), locale)
  }
}

/**
 * Two values of one unit with just enough decimals to look different when they are: an observed 90.04% beside a limit
 * of 90% must not read "90% is over 90%".
 */
export function formatApart(value: number, other: number, unit: QuantityUnit, locale?: string): [string, string] {
  const plain: [string, string] = [formatQuantity(value, unit, { locale }), formatQuantity(other, unit, { locale })]
  if (value === other || plain[0] !== plain[1]) return plain
  for (let digits = 1; digits <= 6; digits += 1) {
    const pair: [string, string] = [
      formatQuantity(value, unit, { digits, locale }),
      formatQuantity(other, unit, { digits, locale }),
    ]
    if (pair[0] !== pair[1]) return pair
  }
  return plain
}

/** Minor units as an amount in its currency; whole amounts drop their decimals ("€15", "€15.50"). */
export function formatMoney(money: Money, locale = formatLocale()): string {
  const digits = minorDigits(money.currency)
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: money.currency,
    trailingZeroDisplay: 'stripIfInteger',
  }).format(money.minor / 10 ** digits)
}
