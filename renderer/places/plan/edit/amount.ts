import i18next from 'i18next'
import { parseDuration } from '../../../../shared/format/duration.ts'
import { formatLocale } from '../../../../shared/format/locale.ts'
import { percentSign, type QuantityUnit } from '../../../../shared/format/quantity.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import { notANumber, numberText, parseNumber } from './parse-number.ts'

const SIZES: Readonly<Record<string, number>> = {
  PiB: 2 ** 50,
  TiB: 2 ** 40,
  GiB: 2 ** 30,
  MiB: 2 ** 20,
  KiB: 2 ** 10,
  TB: 1e12,
  GB: 1e9,
  MB: 1e6,
  kB: 1e3,
}
const DURATIONS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const

/**
 * A value as a field shows it for editing, exactly: a share as percent, bytes in the unit that says them shortest,
 * seconds in the largest that divides them. `readAmount` reads each of them back to the same value.
 */
export function amountText(value: number, unit: QuantityUnit | undefined, locale = formatLocale()): string {
  switch (unit) {
    case 'ratio':
      return `${numberText(Number((value * 100).toPrecision(15)), locale)}${percentSign(locale)}`
    case 'bytes':
      return sizeText(value, locale)
    case 'bytes_per_second':
      return `${sizeText(value, locale)}/s`
    case 'per_second':
      return `${numberText(value, locale)}/s`
    case 'milliseconds':
      return `${numberText(value, locale)} ms`
    case 'seconds': {
      const [name, seconds] = DURATIONS.find(([, one]) => value !== 0 && value % one === 0) ?? ['s', 1]
      return `${numberText(value / seconds, locale)} ${name}`
    }
    default:
      return numberText(value, locale)
  }
}

function sizeText(value: number, locale: string): string {
  const exact = Object.entries(SIZES).flatMap(([name, size]) => {
    const scaled = Number((value / size).toFixed(2))
    return scaled >= 1 && scaled * size === value ? [`${numberText(scaled, locale)} ${name}`] : []
  })
  // 97656250 KiB are 100 GB.
  return exact.sort((a, b) => a.length - b.length)[0] ?? `${numberText(value, locale)} B`
}

/**
 * A value as people type it into a field of a unit: with that unit, or as a bare number of it ("500" of milliseconds).
 * @throws NOT_A_NUMBER; SHARE_UNCLEAR where a bare number may mean percent as well as the share itself
 */
export function readAmount(text: string, unit: QuantityUnit | undefined): number {
  const value = unit === undefined ? parseNumber(text) : inUnit(text.trim(), unit)
  if (value === null) throw new HeadroomError(notANumber(text))
  return value
}

/** The same for a text that is still being typed: null where it is no amount yet. */
export function amountIn(text: string, unit: QuantityUnit | undefined): number | null {
  try {
    return readAmount(text, unit)
  } catch (error) {
    if (error instanceof HeadroomError) return null
    throw error
  }
}

function inUnit(text: string, unit: QuantityUnit): number | null {
  switch (unit) {
    case 'ratio':
      return share(text)
    case 'bytes':
    case 'bytes_per_second':
      return bytes(unit === 'bytes' ? text : text.replace(/\s*\/\s*s$/, ''))
    case 'per_second':
      return parseNumber(text.replace(/\s*\/\s*s$/, ''))
    case 'milliseconds':
      return duration(text, 1)
    case 'seconds':
      return duration(text, 1000)
    default:
      return parseNumber(text)
  }
}

/** "70%", "0.7", "70". What stands between 1 and 10 without a sign may be either. */
function share(text: string): number | null {
  const value = parseNumber(text)
  if (value === null || text.includes('%') || Math.abs(value) <= 1) return value
  if (Math.abs(value) >= 10) return Number((value / 100).toPrecision(15))
  throw new HeadroomError({
    code: 'SHARE_UNCLEAR',
    fact: i18next.t('planEdit:share.fact', {
      text,
      percent: amountText(value / 100, 'ratio'),
      share: amountText(value, 'ratio'),
    }),
    fix: i18next.t('planEdit:share.fix'),
    value: text,
  })
}

function bytes(text: string): number | null {
  const match = /^(.*?)\s*(B|[kKMGTP]i?B)$/.exec(text)
  if (!match) return parseNumber(text)
  const number = parseNumber(match[1] ?? '')
  const size = match[2] === 'B' ? 1 : SIZES[(match[2] ?? '').replace(/^KB$/, 'kB').replace(/^kiB$/, 'KiB')]
  return number === null || size === undefined ? null : Number((number * size).toPrecision(15))
}

/** A duration in units of so many milliseconds. */
function duration(text: string, unitMs: number): number | null {
  const number = parseNumber(text)
  if (number !== null) return number
  const match = /^(.+?)\s*(ms|s|min|m|h|d|w|mo|y)$/.exec(text)
  const amount = parseNumber(match?.[1] ?? '')
  if (!match || amount === null) return null
  const name = match[2] === 'min' ? 'm' : match[2]
  return Number(((amount * parseDuration(`1${name}`)) / unitMs).toPrecision(15))
}
