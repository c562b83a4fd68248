import { connect as connectSocket, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type ssh2 from 'ssh2'
import type { HostKeyCheck } from '../../../shared/model/host.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { HostKeys } from './host-keys.ts'
import type { Offer } from './identity.ts'
import type { Conversation } from './keyboard-interactive.ts'
import { keepPacketsSmall } from './packet-memory.ts'
import { authRefused, hostKeyProblem, linkLost, noAnswer, targetName, unreachable } from './problems.ts'
import { readSshLibrary } from './ssh-library.ts'
import { START_LIMITS, type StartLimits } from './starts.ts'

export interface Target {
  address: string
  port: number
  user: string
  /** What the server's key is filed under, where HostKeyAlias says another name than its address. */
  keyName?: { address: string; port: number }
}

/** Limits of getting connected, in milliseconds. `login` covers the handshake and the login after the TCP connection. */
export interface ConnectLimits {
  socketMs: number
  loginMs: number
  keepaliveMs: number
  starts: StartLimits
}
export const CONNECT_LIMITS: ConnectLimits = {
  socketMs: 10_000,
  loginMs: 20_000,
  keepaliveMs: 5000,
  starts: START_LIMITS,
}
/** A link is given up after this many unanswered keepalives. */
const KEEPALIVE_COUNT = 3

/** What counts as one server where starts are limited for each. */
export function serverKey({ address, port }: { address: string; port: number }): string {
  return `${address}:${port}`
}

/** AES-GCM first: it is the fastest in every runtime, and some have no ChaCha20. No SHA-1, no CBC. */
const CIPHERS: ssh2.CipherAlgorithm[] = [
  ...(['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'] as const),
  ...(['aes128-ctr', 'aes192-ctr', 'aes256-ctr'] as const),
]
const HOST_KEY_ALGORITHMS: ssh2.ServerHostKeyAlgorithm[] = [
  ...(['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'] as const),
  ...(['rsa-sha2-512', 'rsa-sha2-256'] as const),
]

/** The algorithms of the key types on file come first, so that the server shows the key that can be compared. */
export function hostKeyOrder(knownTypes: string[]): ssh2.ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: string) => knownTypes.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm)
  return [...HOST_KEY_ALGORITHMS.filter(isKnown), ...HOST_KEY_ALGORITHMS.filter((one) => !isKnown(one))]
}

export interface ConnectOptions {
  through?: Duplex | undefined
  signal?: AbortSignal | undefined
  /** Answers what the server asks: after a password that alone was not enough or not taken, or after a key. */
  conversation?: Conversation | undefined
  /** Questions follow keys that were refused, or where there are none, as ssh does it; a password need not be at hand. */
  asks?: boolean
}

/**
 * Opens an authenticated connection; the server's key is checked before anything is sent that could be secret. `through` is
 * a stream that leads to the server already, such as a channel of a jump host's connection. LINK_LOST when the signal aborts.
 */
export async function connectSsh(
  target: Target,
  offers: Offer[],
  hostKeys: HostKeys,
  limits: ConnectLimits,
  { through, signal, conversation, asks: wantsAsked = false }: ConnectOptions = {},
): Promise<ssh2.Client> {
  const { Client } = await readSshLibrary()
  const socket: Duplex = through ?? (await openSocket(target, limits.socketMs, signal))
  const filed = target.keyName ?? target
  const client = new Client()
  keepPacketsSmall(client)
  const tried: string[] = []
  let accepted: string[] = []
  let keyError: unknown = null
  const remaining = [...offers]
  return new Promise((resolve, reject) => {
    const given = () => fail(linkLost(targetName(target)))
    const fail = (error: unknown) => {
      signal?.removeEventListener('abort', given)
      // Later errors of a connection that is being given up have no reader, and must not end the process.
      client.on('error', () => {})
      client.end()
      socket.destroy()
      reject(error)
    }
    if (signal?.aborted) given()
    signal?.addEventListener('abort', given, { once: true })
    /** A key was offered, and the server has said neither yes nor no. */
    let unanswered = false
    const refused = () => conversation?.refused(target) ?? authRefused(target, tried, accepted)
    if (conversation !== undefined) conversation.onUnanswered = () => fail(conversation.unanswered(target))
    let heard = false
    let asks = wantsAsked || offers.some(({ method }) => method.type === 'password')
    client.once('error', (error: Error & { level?: string; code?: unknown }) => {
      if (keyError !== null) fail(keyError)
      else if (error.level === 'client-timeout') fail(noAnswer(target, limits.loginMs, true))
      else if (error.level === 'client-authentication') fail(refused())
      else if (tried.length > 0 && error.level === undefined) fail(refused())
      else fail(unreachable(target, error))
    })
    client.once('close', () => {
      // A server that refuses says so; one that is gone while a key is looked at has refused nothing.
      const answered = tried.length > 0 && !unanswered
      fail(
        keyError ??
          (answered
            ? refused()
            : unreachable(target, tried.length > 0 ? new Error('it broke off in the middle of the login') : null)),
      )
    })
    client.once('ready', () => {
      signal?.removeEventListener('abort', given)
      client.removeAllListeners('error')
      client.removeAllListeners('close')
      // From here on the end of a link shows as 'close', which the transport watches; the error says nothing more.
      client.on('error', () => {})
      resolve(client)
    })
    client.connect({
      sock: socket as Socket,
      username: target.user,
      readyTimeout: limits.loginMs,
      keepaliveInterval: limits.keepaliveMs,
      keepaliveCountMax: KEEPALIVE_COUNT,
      algorithms: {
        cipher: CIPHERS,
        serverHostKey: hostKeyOrder(hostKeys.knownAlgorithms(filed.address, filed.port)),
      },
      hostVerifier: (key: Buffer) => {
        try {
          keyError = hostKeyProblem(hostKeys.check(filed.address, filed.port, key))
        } catch (error) {
          keyError = error
        }
        return keyError === null
      },
      authHandler: (left, partial, next) => {
        if (Array.isArray(left)) accepted = left
        unanswered = false
        // A key that the server took asks for more; one that it refused is told as that, and not followed by questions.
        if (partial) asks = true
        const isUsable = (one: Offer) => accepted.length === 0 || accepted.includes(methodName(one))
        while (remaining[0] !== undefined && !isUsable(remaining[0])) remaining.shift()
        let offer = remaining.shift()
        if (offer === undefined && asks && conversation !== undefined) {
          // What the server accepts at all is told only after a first attempt.
          if (accepted.length === 0 && !heard) {
            heard = true
            return next({ type: 'none', username: target.user })
          }
          asks = false
          offer = conversation.offer()
          if (wantsAsked && !isUsable(offer) && accepted.includes('password')) {
            const password = conversation.password(target)
            if (password === null) return conversation.onUnanswered()
            offer = password
          }
        }
        const usable = offer !== undefined && isUsable(offer)
        if (offer !== undefined && usable) {
          tried.push(offer.words)
          unanswered = offer.method.type === 'publickey' || offer.method.type === 'agent'
          next(offer.method)
        } else next(false as never)
      },
    })
  })
}

function methodName(offer: Offer): string {
  return offer.method.type === 'agent' ? 'publickey' : offer.method.type
}

/** Reads a server's key and leaves before any login. */
export async function scanHostKey(
  target: { address: string; port: number },
  hostKeys: HostKeys,
  limits: ConnectLimits,
): Promise<HostKeyCheck> {
  const { Client } = await readSshLibrary()
  const socket = await openSocket(target, limits.socketMs)
  const client = new Client()
  try {
    return await new Promise<HostKeyCheck>((resolve, reject) => {
      client.on('error', (error: Error & { level?: string }) =>
        reject(error.level === 'client-timeout' ? noAnswer(target, limits.loginMs, true) : unreachable(target, error)),
      )
      client.on('close', () => reject(unreachable(target, null)))
      client.connect({
        sock: socket,
        username: 'headroom',
        readyTimeout: limits.loginMs,
        algorithms: {
          cipher: CIPHERS,
          serverHostKey: hostKeyOrder(hostKeys.knownAlgorithms(target.address, target.port)),
        },
        hostVerifier: (key: Buffer) => {
          try {
            resolve(hostKeys.check(target.address, target.port, key))
          } catch (error) {
            reject(error)
          }
          return false
        },
      })
    })
  } finally {
    client.end()
    socket.destroy()
  }
}

/** A TCP connection without Nagle's algorithm, which would add some 40 ms to every command. */
function openSocket(
  target: { address: string; port: number },
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host: target.address, port: target.port, noDelay: true })
    const timer = setTimeout(() => failed(noAnswer(target, timeoutMs, false)), timeoutMs)
    const given = () => failed(linkLost(targetName(target)))
    const failed = (error: Error) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', given)
      socket.destroy()
      reject(error instanceof HeadroomError ? error : unreachable(target, innermost(error)))
    }
    if (signal?.aborted) given()
    signal?.addEventListener('abort', given, { once: true })
    socket.once('error', failed)
    socket.once('connect', () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', given)
      socket.removeListener('error', failed)
      gatherWrites(socket)
      resolve(socket)
    })
  })
}

/**
 * Packets written at the same moment leave in one system call: the library writes each by itself, and a command's start takes
 * several. Over a fleet the calls cost more than the encryption.
 */
function gatherWrites(socket: Socket): void {
  const write = socket.write.bind(socket) as (...all: unknown[]) => boolean
  let gathering = false
  const gathered = (...all: unknown[]): boolean => {
    if (!gathering) {
      gathering = true
      socket.cork()
      process.nextTick(() => {
        gathering = false
        socket.uncork()
      })
    }
    return write(...all)
  }
  socket.write = gathered as typeof socket.write
}

/** A name with several addresses fails with one error for each; they are alike, so the first one tells enough. */
function innermost(error: Error): Error {
  return error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error
}
