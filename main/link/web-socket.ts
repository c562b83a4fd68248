import type { WebSocket } from 'ws'
import type { Link } from '../../shared/contract/link.ts'

/** A link over the server's end of a WebSocket: text frames are text, binary frames are bytes. */
export function linkOverWebSocket(socket: WebSocket): Link {
  return {
    send: (message) => {
      if (socket.readyState === socket.OPEN) socket.send(message)
    },
    onMessage: (listener) => {
      socket.on('message', (data: Buffer, isBinary: boolean) =>
        listener(isBinary ? new Uint8Array(data) : data.toString()),
      )
    },
    onClose: (listener) => {
      socket.on('close', listener)
    },
    close: () => socket.close(),
  }
}
