import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Link } from '../../shared/contract/link.ts'
import { pageHeaders, rendererFile } from '../launch/index.ts'
import { join, linkOverWebSocket } from '../link/index.ts'
import { Sessions } from './session.ts'

const MAX_MESSAGE_BYTES = 32 * 1024 * 1024
/** WebSocket close code 1013: try again later. */
const TRY_AGAIN_LATER = 1013

const ENTRANCE =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><meta http-equiv="refresh" content="0;url=/"><title>Headroom</title>'

export interface WebHost {
  port: number
  /** A fresh one-time link; it replaces the one before it. */
  newLink(): string
  /** Ends every open line to the core, so that pages notice and connect again. */
  dropLines(): void
  close(): Promise<void>
}

/** Serves the renderer and its line to the core, on 127.0.0.1 only, to browsers that came in by a one-time link. */
export async function serveWeb(options: {
  port: number
  files: string
  now: () => number
  connect: () => Link | null
}): Promise<WebHost> {
  const sessions = new Sessions(options.now)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false })
  const server = createServer()
  await listen(server, options.port)
  const { port } = server.address() as AddressInfo
  const gate = new Gate(port, sessions)

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void answer(request, response).catch(() => response.destroy())
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = gate.refuses(request, { originNeeded: true }) ?? (gate.inside(request) ? null : 401)
    if (refusal !== null || pathOf(request) !== '/core') {
      socket.end(`HTTP/1.1 ${refusal ?? 404} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    // Without an engine the line is refused, not opened and shut: a page would take that for the engine's return.
    const core = options.connect()
    if (!core) {
      socket.end('HTTP/1.1 503 The engine is not running\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    // Also where the handshake fails.
    socket.once('close', () => core.close())
    sockets.handleUpgrade(request, socket, head, (webSocket) => join(linkOverWebSocket(webSocket), core))
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = gate.refuses(request, { originNeeded: false })
    if (refusal !== null) return say(response, refusal, 'This request is not for Headroom.')
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return say(response, 405, 'Only GET and HEAD are answered.')
    const path = pathOf(request)
    if (path === '/open') return open(request, response)
    if (!gate.inside(request)) {
      return say(
        response,
        401,
        'Open the link that Headroom printed in the terminal. It works once; press Enter there for a new one.',
      )
    }
    const file = await rendererFile(options.files, path)
    response.writeHead(file.status, file.headers)
    response.end(request.method === 'HEAD' ? undefined : file.body)
  }

  function open(request: IncomingMessage, response: ServerResponse): void {
    const token = new URL(request.url ?? '/', 'http://localhost').searchParams.get('token') ?? ''
    const entry = request.method === 'GET' ? sessions.enter(token) : null
    if (entry === null) {
      say(response, 405, 'Only GET is answered here.')
    } else if (entry.kind === 'too-many') {
      say(response, 429, 'Too many wrong links. Wait a minute, then open the newest one.')
    } else if (entry.kind === 'wrong') {
      say(response, 403, 'This link was used before or is not right. Press Enter in the terminal for a new one.')
    } else {
      response.setHeader('set-cookie', `${gate.cookie}=${entry.session}; Path=/; HttpOnly; SameSite=Strict`)
      // A page that goes on by itself rather than a redirect: after a redirect that began on another site, the browser
      // would hold back the SameSite=Strict cookie.
      response.writeHead(200, {
        ...pageHeaders,
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
      })
      response.end(ENTRANCE)
    }
  }

  return {
    port,
    newLink: () => `http://127.0.0.1:${port}/open?token=${sessions.newToken()}`,
    dropLines: () => {
      for (const client of sockets.clients) client.close(TRY_AGAIN_LATER, 'The engine stopped')
    },
    close: async () => {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

/** Checks what a browser cannot be talked into faking: the name it used for us, the page that asks, the session cookie. */
class Gate {
  readonly cookie: string
  readonly #hosts: ReadonlySet<string>
  readonly #sessions: Sessions

  constructor(port: number, sessions: Sessions) {
    // Cookies do not tell ports apart; the name does.
    this.cookie = `headroom-${port}`
    this.#hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`])
    this.#sessions = sessions
  }

  /** The status to refuse with, or null. A foreign Host is DNS rebinding, a foreign Origin another site's page. */
  refuses(request: IncomingMessage, { originNeeded }: { originNeeded: boolean }): number | null {
    const { host, origin } = request.headers
    if (host === undefined || !this.#hosts.has(host)) return 421
    if (origin === undefined) return originNeeded ? 403 : null
    return origin === `http://${host}` ? null : 403
  }

  inside(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim())
    const own = cookies.find((pair) => pair.startsWith(`${this.cookie}=`))
    return this.#sessions.knows(own?.slice(this.cookie.length + 1))
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split(/[?#]/)[0] ?? '/'
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...pageHeaders,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  })
  response.end(`${text}\n`)
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', fail)
      done()
    })
  })
}
