import type { IpcMainEvent } from 'electron'
import { isOwnPage } from './addresses.ts'

/** True for a message of the top frame of a window that shows the own page; nothing else is heard. */
export function isFromPage({ sender, senderFrame }: IpcMainEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && isOwnPage(senderFrame.url)
}
