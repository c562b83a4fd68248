import { app, type BrowserWindow, dialog } from 'electron'
import { elapsed } from '../system.ts'
import type { Spoken } from './language.ts'
import { CONNECT } from './lines.ts'
import { PageEnds } from './page-ends.ts'
import { PageStarts } from './page-starts.ts'

/**
 * Loads a window's page again when its process has ended, by itself or because it never ran; the engine goes on meanwhile.
 * A page that goes on ending is asked about.
 */
export function mendPages(spoken: Spoken): void {
  app.on('browser-window-created', (_event, window) => {
    const ends = new PageEnds(elapsed)
    const starts = new PageStarts(() => {
      if (!window.isDestroyed()) window.webContents.forcefullyCrashRenderer()
    })
    starts.loads()
    window.webContents.on('did-navigate', () => starts.loads())
    window.webContents.ipc.on(CONNECT, () => starts.settled())
    window.on('closed', () => starts.settled())
    window.webContents.on('render-process-gone', (_gone, { reason }) => {
      if (reason === 'clean-exit' || window.isDestroyed()) return
      if (ends.next() === 'load') return window.webContents.reload()
      void ask(window, reason, spoken).then((again) => {
        if (window.isDestroyed()) return
        if (!again) return window.close()
        ends.forget()
        window.webContents.reload()
      })
    })
  })
}

async function ask(window: BrowserWindow, reason: string, { words }: Spoken): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: words.pageEnds(reason),
    detail: words.pageEndsDetail,
    buttons: [words.loadAgain, words.close],
    defaultId: 0,
    cancelId: 1,
  })
  return response === 0
}
