import { formatLocale } from './locale.ts'

/** What stands before the decimals of a number in a locale: "." in English, "," in German. */
export const decimalMark = (locale = formatLocale()): string => markOf('decimal', locale) ?? '.'

/** What groups the thousands of a number in a locale: "," in English, "." in German. */
export const groupMark = (locale = formatLocale()): string => markOf('group', locale) ?? ' '

function markOf(type: 'decimal' | 'group', locale: string): string | undefined {
  return new Intl.NumberFormat(locale).formatToParts(1_234_567.5).find((part) => part.type === type)?.value
}
