import { app, type Session, shell } from 'electron'
import { isOwnPage, mayOpenOutside } from './addresses.ts'

/**
 * Leaves every page the app ever shows where it is: no navigation, no windows of its own, no webviews, no permissions. A
 * link that is opened in a new window gets one of the app's, with the same guards, if it leads to the own page.
 */
export function guardPages(openWindow: (address: string) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event, address) => {
      if (!isOwnPage(address)) event.preventDefault()
    })
    contents.on('will-redirect', (event, address) => {
      if (!isOwnPage(address)) event.preventDefault()
    })
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      if (isOwnPage(url)) openWindow(url)
      else if (mayOpenOutside(url)) void shell.openExternal(url)
      return { action: 'deny' }
    })
  })
}

export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(mayUse(permission)))
  session.setPermissionCheckHandler((_contents, permission) => mayUse(permission))
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event, item) => {
    // A saved chart or journal comes from the page itself as a blob; nothing else is ever downloaded.
    if (!item.getURL().startsWith('blob:app://headroom/')) event.preventDefault()
  })
}

/** Copying text by a button is the only thing the page may ask for. */
function mayUse(permission: string): boolean {
  return permission === 'clipboard-sanitized-write'
}
