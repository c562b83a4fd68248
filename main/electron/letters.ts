import { app, ipcMain, type WebContents } from 'electron'
import { isFromPage } from './from-page.ts'

const LISTENS = 'headroom-listens'
const FILE = 'headroom-file'

interface Letter {
  name: string
  /** Null for what could not be read. */
  text: string | null
}

/** Files for pages, each kept until its page says that it listens. A page that is loaded anew has to say so again. */
export function openLetters(): { send(page: WebContents, letter: Letter): void } {
  const listening = new WeakSet<WebContents>()
  const kept = new WeakMap<WebContents, Letter[]>()
  const give = (page: WebContents) => {
    if (page.isDestroyed() || !listening.has(page)) return
    for (const { name, text } of kept.get(page) ?? []) page.send(FILE, name, text)
    kept.delete(page)
  }
  ipcMain.on(LISTENS, (event) => {
    if (!isFromPage(event)) return
    listening.add(event.sender)
    give(event.sender)
  })
  app.on('web-contents-created', (_event, page) => {
    page.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) listening.delete(page)
    })
    page.on('render-process-gone', () => listening.delete(page))
  })
  return {
    send(page, letter) {
      kept.set(page, [...(kept.get(page) ?? []), letter])
      give(page)
    },
  }
}
