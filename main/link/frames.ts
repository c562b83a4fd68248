import type { Socket } from 'node:net'
import type { Link } from '../../shared/contract/link.ts'

/** A larger frame than this is a peer that does not speak the protocol. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024
const TEXT = 0
const BYTES = 1

/** A link over a stream socket. Each frame: length (4 bytes, big-endian, of what follows), kind (0 text, 1 bytes), payload. */
export function linkOverSocket(socket: Socket): Link {
  const closeListeners: (() => void)[] = []
  let open = true
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    open = false
    for (const listener of closeListeners) listener()
  })
  return {
    send: (message) => {
      if (open) socket.write(frame(message))
    },
    onMessage: (listener) => readFrames(socket, listener),
    onClose: (listener) => closeListeners.push(listener),
    close: () => socket.end(),
  }
}

export function frame(message: string | Uint8Array): Buffer {
  const payload = typeof message === 'string' ? Buffer.from(message) : message
  const head = Buffer.alloc(5)
  head.writeUInt32BE(payload.length + 1)
  head.writeUInt8(typeof message === 'string' ? TEXT : BYTES, 4)
  return Buffer.concat([head, payload])
}

/** Chunks are gathered until a frame is whole, so that a large frame is copied once and not once per chunk. */
function readFrames(socket: Socket, listener: (message: string | Uint8Array) => void): void {
  let chunks: Buffer[] = []
  let held = 0
  let wanted = 4
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    held += chunk.length
    if (held < wanted) return
    let pending = Buffer.concat(chunks)
    wanted = 4
    while (pending.length >= 4) {
      const length = pending.readUInt32BE(0)
      if (length < 1 || length > MAX_FRAME_BYTES) {
        socket.destroy()
        return
      }
      wanted = 4 + length
      if (pending.length < wanted) break
      const kind = pending.readUInt8(4)
      const payload = pending.subarray(5, wanted)
      pending = pending.subarray(wanted)
      wanted = 4
      if (kind === TEXT) listener(payload.toString())
      else if (kind === BYTES) listener(new Uint8Array(payload))
      else socket.destroy()
    }
    chunks = [pending]
    held = pending.length
  })
}
