import { join } from 'node:path'
import { BrowserWindow, nativeTheme } from 'electron'
import { LEAST_SIZE, type WindowState } from './window-state.ts'

/** A window: no Node, no shared world, in Chromium's sandbox. `address` is one of the own page. */
export function createWindow(folder: string, { bounds, maximised }: WindowState, address: string): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Headroom',
    ...bounds,
    minWidth: LEAST_SIZE.width,
    minHeight: LEAST_SIZE.height,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#14171a' : '#f7f8f9',
    webPreferences: {
      preload: join(folder, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => {
    if (maximised) window.maximize()
    window.show()
  })
  void window.loadURL(address)
  return window
}
