import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './en.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app'
    resources: typeof en
  }
}

/** Sets the words up before the first draw; everything is bundled, so nothing is awaited. */
export function setUpWords(): void {
  void i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    defaultNS: 'app',
    resources: { en },
    initAsync: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  })
}
