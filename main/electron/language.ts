import { app, ipcMain } from 'electron'
import { isFromPage } from './from-page.ts'
import { type DesktopLanguage, type DesktopWords, systemLanguage, words } from './words.ts'

/** The language of the menus and dialogs: the system's, until a page says which one it speaks. */
export interface Spoken {
  readonly words: DesktopWords
  /** Hears every change, and what is spoken now. */
  follow(listener: () => void): void
}

export function spokenLanguage(): Spoken {
  let language: DesktopLanguage = systemLanguage(app.getPreferredSystemLanguages())
  const listeners: (() => void)[] = []
  ipcMain.on('headroom-speaks', (event, said: unknown) => {
    if (!isFromPage(event) || (said !== 'en' && said !== 'de') || said === language) return
    language = said
    for (const listener of listeners) listener()
  })
  return {
    get words() {
      return words[language]
    },
    follow(listener) {
      listeners.push(listener)
      listener()
    },
  }
}
