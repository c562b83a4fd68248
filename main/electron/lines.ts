import { type BrowserWindow, ipcMain, MessageChannelMain, type WebContents } from 'electron'
import type { CoreKeeper } from '../launch/index.ts'
import { join, linkOverPort } from '../link/index.ts'
import { isOwnPage } from './addresses.ts'

/** What passes between main and preload: a wish for a line, the line, and word that the core behind it has ended. */
export const CONNECT = 'headroom-connect'
const PORT = 'headroom-port'
const GONE = 'headroom-core-gone'

/**
 * Gives the window a line to the core whenever it asks, and at once when the core comes up if it asked before. The port
 * goes straight to the core where it can be transferred (`direct`), else this process passes its messages on.
 */
export function connectWindow(window: BrowserWindow, keeper: CoreKeeper, direct: boolean): void {
  const { webContents } = window
  let waiting = false

  const offer = () => {
    if (keeper.status.state !== 'up' || webContents.isDestroyed()) return
    const { port1, port2 } = new MessageChannelMain()
    if (direct) {
      if (!keeper.connectPort(port2)) return
    } else {
      const core = keeper.connect()
      if (!core) return
      join(linkOverPort(port2), core)
    }
    waiting = false
    webContents.postMessage(PORT, null, [port1])
  }

  const asked = (event: Electron.IpcMainEvent) => {
    if (!isOurs(event, webContents)) return
    waiting = true
    offer()
  }
  ipcMain.on(CONNECT, asked)
  const off = keeper.onStatus((status) => {
    if (status.state === 'up' && waiting) offer()
    if ((status.state === 'down' || status.state === 'failed') && !webContents.isDestroyed()) webContents.send(GONE)
  })
  window.on('closed', () => {
    off()
    ipcMain.off(CONNECT, asked)
  })
}

/** Only the top frame of this window, showing our own page, is answered. */
function isOurs(event: Electron.IpcMainEvent, contents: WebContents): boolean {
  const frame = event.senderFrame
  return event.sender === contents && frame !== null && frame === contents.mainFrame && isOwnPage(frame.url)
}
