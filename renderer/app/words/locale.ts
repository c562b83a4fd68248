import i18next from 'i18next'
import { formatLocale } from '../../../shared/format/locale.ts'

/** The languages whose messages are complete. */
export const LANGUAGES = ['en', 'de'] as const
export type Language = (typeof LANGUAGES)[number]
/** What the operator may choose: a language, or the system's. */
export type LanguageChoice = Language | 'auto'

const KEY = 'headroom-language'

/** What was chosen on this computer; the system's language before anything was. */
export function languageChoice(): LanguageChoice {
  const kept = localStorage.getItem(KEY)
  return LANGUAGES.find((one) => one === kept) ?? 'auto'
}

export function keepLanguage(choice: LanguageChoice): void {
  localStorage.setItem(KEY, choice)
}

/** The first of the system's languages that there are messages in; English where there is none. */
export function languageOf(choice: LanguageChoice, wanted: readonly string[]): Language {
  if (choice !== 'auto') return choice
  for (const one of wanted) {
    const found = LANGUAGES.find((language) => one.toLowerCase().split('-')[0] === language)
    if (found) return found
  }
  return 'en'
}

/** The system's own variant of a language, such as de-AT, which numbers and dates are written in. */
export function localeOf(language: string): string {
  return navigator.languages.find((one) => one.toLowerCase().split('-')[0] === language) ?? language
}

/** What is put into a message: a fraction has the decimal mark of the language; whole numbers, such as years, and words stay. */
export function fractionText(value: unknown): string {
  return typeof value === 'number' && !Number.isInteger(value) && Number.isFinite(value)
    ? new Intl.NumberFormat(formatLocale(), { useGrouping: false, maximumSignificantDigits: 17 }).format(value)
    : String(value)
}

/** The locale of the language that is spoken now. */
export const locale = (): string => localeOf(i18next.resolvedLanguage ?? 'en')
