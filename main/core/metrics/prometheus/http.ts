import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'

export interface HttpAnswer {
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: string
}

export interface HttpAsk {
  url: URL
  method: 'GET' | 'POST'
  body: string
  headers: Readonly<Record<string, string>>
  timeoutMs: number
  maxBytes: number
  signal?: AbortSignal
  /** A stream that leads to the server's port already. */
  through?: Duplex
}

/** What ended a request that got no whole answer. */
export class HttpFailure extends Error {
  readonly reason: 'timeout' | 'too-large' | 'cancelled' | 'network'
  constructor(reason: HttpFailure['reason'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/** Sends a request, with a form where it is a POST, and reads the whole answer. Redirects are not followed: they would take the login elsewhere. */
export function send(ask: HttpAsk): Promise<HttpAnswer> {
  const { url, method, body, headers, timeoutMs, maxBytes, signal, through } = ask
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new HttpFailure('cancelled', 'it was cancelled'))
    const isTls = url.protocol === 'https:'
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const request = (isTls ? httpsRequest : httpRequest)(url, {
      method,
      agent: false,
      headers: {
        ...(method === 'POST'
          ? { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }
          : {}),
        ...headers,
      },
      ...(through
        ? {
            createConnection: () =>
              isTls ? connectTls({ socket: through as Socket, servername: host, host }) : (through as Socket),
          }
        : {}),
    })
    let settled = false
    const finish = (work: () => void) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
      work()
      request.destroy()
      through?.destroy()
    }
    const fail = (failure: HttpFailure) => finish(() => reject(failure))
    const cancel = () => fail(new HttpFailure('cancelled', 'it was cancelled'))
    const timer = setTimeout(() => fail(new HttpFailure('timeout', 'it took too long')), timeoutMs)
    signal?.addEventListener('abort', cancel, { once: true })
    request.on('error', (error) => fail(new HttpFailure('network', error.message, { cause: error })))
    through?.on('error', (error: Error) => fail(new HttpFailure('network', error.message, { cause: error })))
    request.on('response', (response: IncomingMessage) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > maxBytes) fail(new HttpFailure('too-large', `it is larger than ${maxBytes} bytes`))
        else chunks.push(chunk)
      })
      response.on('error', (error) => fail(new HttpFailure('network', error.message, { cause: error })))
      response.on('close', () => {
        if (!response.complete) return fail(new HttpFailure('network', 'the answer was cut off'))
        finish(() =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        )
      })
    })
    request.end(body)
  })
}
