/**
 * One end of a two-way message line. Everything that carries the contract (MessagePort, WebSocket, a child process's
 * channel, a local socket) is wrapped as one of these. Messages are text or bytes and arrive whole and in order.
 */
export interface Link {
  send(message: string | Uint8Array): void
  onMessage(listener: (message: string | Uint8Array) => void): void
  onClose(listener: () => void): void
  close(): void
}

/** The shape the contract library wants of a port, made of a link. */
export function portOf(link: Link) {
  return {
    postMessage: (data: string | Uint8Array) => link.send(data),
    addEventListener(type: string, listener: (event: { data?: unknown }) => void) {
      if (type === 'message') link.onMessage((data) => listener({ data }))
      if (type === 'close') link.onClose(() => listener({}))
    },
  }
}
