let current = 'en'

/** The locale that figures are written in where a caller names none: English, until a face says otherwise. */
export function formatLocale(): string {
  return current
}

/** Set by a face once its language is known. @param locale a BCP 47 tag, such as de-AT */
export function setFormatLocale(locale: string): void {
  current = locale
}
