import { createConnection, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** A way to a server whose faults can be set: what goes through it is forwarded, byte by byte if need be. */
export interface Relay {
  port: number
  /** Where new connections lead. */
  target: { address: string; port: number }
  /** Resets every connection and, until it is mended, each new one. */
  cut(): void
  /** Holds everything back; connections are taken and led nowhere. */
  hang(): void
  /** Pieces of at most 512 bytes, each so much later. */
  slow(delayMs: number): void
  /** Closes the connection once so many more bytes came from the server. */
  breakAfter(bytes: number): void
  /** What is connected now hangs for ever; new connections work. */
  strand(): void
  mend(): void
  close(): Promise<void>
}

const PIECE_BYTES = 512

export async function startRelay(address: string, target: { address: string; port: number }): Promise<Relay> {
  const sockets = new Set<Socket>()
  let state: 'open' | 'cut' | 'hung' = 'open'
  let delayMs = 0
  let left = Number.POSITIVE_INFINITY
  /** Those that are stranded. */
  const lost = new WeakSet<Socket>()
  let opened = Promise.withResolvers<void>()
  opened.resolve()
  const reset = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  const forward = async (from: Socket, to: Socket, counted: boolean) => {
    try {
      for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        let rest = chunk
        while (rest.length > 0) {
          await opened.promise
          if (lost.has(from)) return
          const piece = rest.subarray(0, Math.min(delayMs > 0 ? PIECE_BYTES : rest.length, counted ? left : Infinity))
          rest = rest.subarray(piece.length)
          if (delayMs > 0) await pause(delayMs)
          if (counted) left -= piece.length
          if (!to.write(piece)) await new Promise((done) => to.once('drain', done).once('close', done))
          if (left <= 0) {
            left = Number.POSITIVE_INFINITY
            to.end()
            from.destroy()
            return
          }
        }
      }
      if (!lost.has(from)) to.end()
    } catch {
      to.destroy()
    }
  }
  const server = createServer({ noDelay: true }, (client) => {
    sockets.add(client)
    client.on('close', () => sockets.delete(client)).on('error', () => {})
    if (state === 'cut') return void client.resetAndDestroy()
    const upstream = createConnection({ host: relay.target.address, port: relay.target.port, noDelay: true })
    sockets.add(upstream)
    upstream.on('close', () => {
      sockets.delete(upstream)
      client.destroy()
    })
    upstream.on('error', () => client.resetAndDestroy())
    client.on('close', () => upstream.destroy())
    void forward(client, upstream, false)
    void forward(upstream, client, true)
  })
  const hold = () => {
    if (state !== 'hung') opened = Promise.withResolvers<void>()
  }
  const release = () => opened.resolve()
  const relay: Relay = {
    port: 0,
    target,
    cut() {
      release()
      state = 'cut'
      reset()
    },
    hang() {
      hold()
      state = 'hung'
    },
    slow(ms) {
      delayMs = ms
    },
    breakAfter(bytes) {
      left = bytes
    },
    strand() {
      for (const socket of sockets) lost.add(socket)
    },
    mend() {
      state = 'open'
      delayMs = 0
      left = Number.POSITIVE_INFINITY
      release()
    },
    close: () =>
      new Promise((done) => {
        relay.mend()
        reset()
        server.close(() => done())
      }),
  }
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, address, done))
  const bound = server.address()
  relay.port = typeof bound === 'object' && bound !== null ? bound.port : 0
  return relay
}
