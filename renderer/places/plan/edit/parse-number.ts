import i18next from 'i18next'
import { formatLocale } from '../../../../shared/format/locale.ts'
import { decimalMark } from '../../../../shared/format/number-marks.ts'
import type { Problem } from '../../../../shared/model/problem.ts'

const GROUPED_BY_COMMA = /^-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?(?![\d.,])/
const GROUPED_BY_POINT = /^-?[1-9]\d{0,2}(\.\d{3})+(,\d+)?(?![\d.,])/

/** A number as a field shows it: whole, with the decimal mark of the language and without groups, so that it reads back the same. */
export function numberText(value: number, locale = formatLocale()): string {
  return String(value).replace('.', decimalMark(locale))
}

/**
 * A number as people type it: "1,000.5", "1 000", "12,5", "30%" (0.3), "8e9", "2k", "1.5M". Null when it is none.
 * The other mark than the language's own before exactly three digits groups thousands; before any other number of digits it is
 * a decimal mark, too.
 */
export function parseNumber(text: string, mark = decimalMark()): number | null {
  const bare = text.trim().replace(/[\s_ ’']/g, '')
  const other = mark === ',' ? '.' : ','
  const isGrouped = (mark === ',' ? GROUPED_BY_POINT : GROUPED_BY_COMMA).test(bare)
  const grouped = (isGrouped ? bare.replaceAll(other, '') : bare).replace(/^(-?\d*),(\d+)/, '$1.$2')
  const match = /^(-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(%|k|M|G)?$/.exec(grouped)
  if (!match) return null
  const scale = { '%': 100, k: 1e3, M: 1e6, G: 1e9 }[match[2] ?? '']
  const value = Number(match[1])
  if (scale === undefined) return value
  return match[2] === '%' ? Number((value / scale).toPrecision(15)) : Number((value * scale).toPrecision(15))
}

export function notANumber(text: string): Problem {
  return {
    code: 'NOT_A_NUMBER',
    fact: i18next.t('planEdit:number.fact', { text }),
    fix: i18next.t('planEdit:number.fix', { example: numberText(12.5) }),
    value: text,
  }
}
