import i18next, { type FormatterModule } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { setFormatLocale } from '../../../shared/format/locale.ts'
import { en } from './en.ts'
import {
  fractionText,
  keepLanguage,
  type Language,
  type LanguageChoice,
  languageChoice,
  languageOf,
  localeOf,
} from './locale.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app'
    resources: typeof en
  }
}

/** Writes what is put into messages, in place of i18next's own formats, which none of the words uses. */
const FRACTIONS: FormatterModule = {
  type: 'formatter',
  init: () => {},
  add: () => {},
  addCached: () => {},
  format: fractionText,
}

/** Sets the words up before the first draw. English is bundled; another language is a file of its own, loaded when it is used. */
export async function setUpWords(): Promise<void> {
  await i18next
    .use(initReactI18next)
    .use(FRACTIONS)
    .init({
      lng: 'en',
      fallbackLng: 'en',
      defaultNS: 'app',
      resources: { en },
      initAsync: false,
      interpolation: { escapeValue: false, alwaysFormat: true },
      returnNull: false,
    })
  await speak(languageOf(languageChoice(), navigator.languages))
}

/** Changes the language at once and keeps the choice. */
export async function chooseLanguage(choice: LanguageChoice): Promise<void> {
  keepLanguage(choice)
  await speak(languageOf(choice, navigator.languages))
}

async function speak(language: Language): Promise<void> {
  if (language === 'de' && !i18next.hasResourceBundle('de', 'app')) {
    const { de } = await import('./de.ts')
    for (const [namespace, words] of Object.entries(de)) i18next.addResourceBundle('de', namespace, words)
  }
  // Figures first, since the change of language draws them anew. English ones are the same on every system.
  setFormatLocale(language === 'en' ? 'en' : localeOf(language))
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
  window.headroom?.speaks(language)
}
