import { join } from 'node:path'
import { BrowserWindow, nativeTheme } from 'electron'
import { PAGE } from './addresses.ts'

/** The one window: no Node, no shared world, in Chromium's sandbox. */
export function createWindow(folder: string): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Headroom',
    width: 1360,
    height: 880,
    minWidth: 720,
    minHeight: 480,
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
  window.once('ready-to-show', () => window.show())
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit' && !window.isDestroyed()) window.webContents.reload()
  })
  void window.loadURL(PAGE)
  return window
}
