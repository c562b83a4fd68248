import { BrowserWindow, Notification } from 'electron'
import type { Notice } from '../../shared/model/alert.ts'
import { routeAddress } from './addresses.ts'

/** So many stay at hand for a click; the system may drop older ones from view at any time. */
const KEPT_MOST = 20

/** Shows messages on the desktop. A click brings the window to the front, at what the message tells of. */
export function desktopNotices(openAt: (address: string) => void): (notice: Notice) => void {
  // One that nobody refers to is collected, and its click with it.
  const shown: Notification[] = []
  return (notice) => {
    if (!Notification.isSupported()) return
    // The end of a run shows in the window that is looked at.
    if (notice.kind === 'run' && BrowserWindow.getFocusedWindow() !== null) return
    const message = new Notification({
      title: notice.title,
      body: notice.body,
      urgency: notice.severity === 'critical' ? 'critical' : 'normal',
    })
    message.on('click', () => openAt(routeAddress(notice.href)))
    shown.push(message)
    if (shown.length > KEPT_MOST) shown.shift()
    message.show()
  }
}
