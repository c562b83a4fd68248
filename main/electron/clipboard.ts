import { app, clipboard, ipcMain } from 'electron'
import { isFromPage } from './from-page.ts'
import { SecretClipboard } from './secret-clipboard.ts'

/** Whatever window a secret is copied in, it is gone from the clipboard half a minute later, or when the app ends. */
export function clipboardForSecrets(): void {
  const system = { readText: () => clipboard.readText(), clear: () => clipboard.clear() }
  const keeper = new SecretClipboard(system, (ms, what) => {
    const timer = setTimeout(what, ms)
    return () => clearTimeout(timer)
  })
  ipcMain.on('headroom-secret-copied', (event) => {
    if (isFromPage(event)) void keeper.copied()
  })
  app.on('will-quit', () => void keeper.clear())
}
