import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Link } from '../../shared/contract/link.ts'
import { linkOverSocket } from './frames.ts'

/** Unix socket paths end at about 104 bytes (sockaddr_un); longer workspace paths use a private folder under tmp. */
const MAX_SOCKET_PATH = 100
const GREETING_MS = 5000

/**
 * Lets other programs of the same user join the core that holds a workspace. A caller must first send the token that
 * stands in the workspace folder, so that being able to open the socket or pipe is not enough.
 */
export async function listenLocally(folder: string, serve: (link: Link) => void): Promise<{ close(): Promise<void> }> {
  const token = randomBytes(32).toString('hex')
  const path = socketPath(folder)
  if (process.platform !== 'win32') rmSync(path, { force: true })
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    greet(socket, token, serve)
  })
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(path, done)
  })
  if (process.platform !== 'win32') chmodSync(path, 0o600)
  writeFileSync(tokenPath(folder), token, { mode: 0o600 })
  return {
    close: () =>
      new Promise((done) => {
        rmSync(tokenPath(folder), { force: true })
        for (const socket of open) socket.destroy()
        server.close(() => done())
      }),
  }
}

/** The core that serves this workspace, or null when none does. */
export async function joinLocally(folder: string): Promise<Link | null> {
  let token: string
  try {
    token = readFileSync(tokenPath(folder), 'utf8')
  } catch {
    return null
  }
  const socket = createConnection(socketPath(folder))
  const connected = await new Promise<boolean>((done) => {
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
  })
  if (!connected) return null
  const link = linkOverSocket(socket)
  link.send(token)
  return link
}

function greet(socket: Socket, token: string, serve: (link: Link) => void): void {
  const link = linkOverSocket(socket)
  const listeners: ((message: string | Uint8Array) => void)[] = []
  const late = setTimeout(() => socket.destroy(), GREETING_MS)
  socket.on('close', () => clearTimeout(late))
  let greeted = false
  link.onMessage((message) => {
    if (greeted) {
      for (const listener of listeners) listener(message)
    } else if (typeof message === 'string' && same(message, token)) {
      greeted = true
      clearTimeout(late)
      serve({ ...link, onMessage: (listener) => listeners.push(listener) })
    } else {
      socket.destroy()
    }
  })
}

function same(given: string, wanted: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(wanted))
}

function tokenPath(folder: string): string {
  return join(folder, 'core.token')
}

export function socketPath(folder: string): string {
  const absolute = resolve(folder)
  const name = createHash('sha256').update(absolute).digest('hex').slice(0, 24)
  if (process.platform === 'win32') return `\\\\.\\pipe\\headroom-${name}`
  const inside = join(absolute, 'core.sock')
  if (Buffer.byteLength(inside) <= MAX_SOCKET_PATH) return inside
  const uid = process.getuid?.() ?? 0
  const shelter = join(tmpdir(), `headroom-${uid}`)
  mkdirSync(shelter, { recursive: true, mode: 0o700 })
  const facts = lstatSync(shelter)
  if (!facts.isDirectory() || facts.uid !== uid) throw new Error(`${shelter} belongs to somebody else`)
  chmodSync(shelter, 0o700)
  return join(shelter, `${name}.sock`)
}
