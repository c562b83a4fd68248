import type { Link } from '../../shared/contract/link.ts'

/** The part of Electron's MessagePortMain that a link needs. */
export interface PortMain {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  start(): void
  close(): void
}

/** A link over a port of Electron's main or utility process. */
export function linkOverPort(port: PortMain): Link {
  let open = true
  const closeListeners: (() => void)[] = []
  const closed = () => {
    if (!open) return
    open = false
    for (const listener of closeListeners) listener()
  }
  port.on('close', closed)
  return {
    send: (message) => {
      if (open) port.postMessage(message)
    },
    onMessage: (listener) => {
      port.on('message', ({ data }) => {
        if (typeof data === 'string' || data instanceof Uint8Array) listener(data)
      })
      port.start()
    },
    onClose: (listener) => closeListeners.push(listener),
    close: () => {
      port.close()
      closed()
    },
  }
}
