import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as wait } from 'node:timers/promises'
import * as z from 'zod'
import { HeadroomError, type Problem } from '../../../../shared/model/problem.ts'
import type { Secret } from '../../../../shared/model/secret.ts'
import type { Ask, PriceSource } from './source.ts'

/** What one refresh may take. Bytes are of the answers' bodies, milliseconds of silence on the line. */
export interface ReaderLimits {
  jsonBytes: number
  textBytes: number
  silenceMs: number
  /** A provider that asks to wait longer than this is told to the operator instead. */
  longestWaitMs: number
}
const LIMITS: ReaderLimits = {
  jsonBytes: 32 * 2 ** 20,
  textBytes: 2 * 2 ** 30,
  silenceMs: 20_000,
  longestWaitMs: 30_000,
}
const MOST_REDIRECTS = 3
const MOST_WAITS = 3

/**
 * The way of one refresh to one provider: HTTPS with the certificate verified (plain HTTP only to this computer itself), to
 * the source's own host and no other, with bounds on size, silence and waiting. The token goes into one header, and into no
 * message.
 * @throws (its calls) PRICE_TOKEN_REFUSED, PRICE_RATE_LIMITED, PRICE_SOURCE_FAILED, PRICE_SOURCE_UNREACHABLE,
 *   PRICE_SOURCE_TIMEOUT, PRICE_REDIRECT_REFUSED, PRICE_ANSWER_TOO_LARGE, PRICE_ANSWER_INVALID, PRICE_SHAPE_CHANGED,
 *   PRICE_REFRESH_CANCELLED
 */
export function createAsk(options: {
  source: Pick<PriceSource, 'name' | 'origin'>
  region: string
  today: string
  token: Secret | null
  signal: AbortSignal
  limits?: Partial<ReaderLimits>
}): Ask {
  const { source, signal, token } = options
  const limits = { ...LIMITS, ...options.limits }
  const origin = new URL(source.origin)
  if (origin.protocol !== 'https:' && origin.hostname !== '127.0.0.1')
    throw new TypeError(`prices are read over https, not from ${origin.href}`)
  const fail = (code: string, fact: string, fix: string, more: Partial<Problem> = {}): HeadroomError =>
    new HeadroomError({ code, fact, fix, ...more })

  const once = (url: URL): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? requestTls : requestPlain
      const sent = send(url, {
        method: 'GET',
        headers: {
          accept: url.pathname.endsWith('.csv') ? 'text/csv' : 'application/json',
          'user-agent': 'Headroom',
          ...(token !== null && { authorization: `Bearer ${token.reveal()}` }),
        },
        signal,
        timeout: limits.silenceMs,
        rejectUnauthorized: true,
      })
      let answer: IncomingMessage | null = null
      sent.on('timeout', () => (answer ?? sent).destroy(new SilentLine()))
      sent.on('response', (response: IncomingMessage) => {
        answer = response
        resolve(response)
      })
      sent.on('error', reject)
      sent.end()
    })

  /** What broke while asking or reading, in words of the network. */
  const broken = (error: unknown): HeadroomError => {
    if (error instanceof HeadroomError) return error
    if (signal.aborted)
      return fail(
        'PRICE_REFRESH_CANCELLED',
        'The refresh was stopped.',
        'Nothing was changed. Start it again at any time.',
      )
    if (error instanceof SilentLine)
      return fail(
        'PRICE_SOURCE_TIMEOUT',
        `${source.name} did not answer within ${limits.silenceMs / 1000} s.`,
        'Try again later; the prices there are stay.',
        { value: origin.host },
      )
    const code = (error as { code?: string }).code ?? (error instanceof Error ? error.message : String(error))
    const certificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code)
    return fail(
      'PRICE_SOURCE_UNREACHABLE',
      certificate
        ? `${origin.host} showed a certificate that is not trusted (${code}).`
        : `${origin.host} cannot be reached (${code}).`,
      certificate
        ? 'Something between this computer and the provider answers in its place. Use a network that does not.'
        : 'Check that this computer is online and may reach it; the prices there are stay.',
      { value: origin.host },
    )
  }

  const get = async (path: string): Promise<IncomingMessage> => {
    let url = new URL(path, origin)
    let redirects = 0
    for (let waits = 0; ; ) {
      const answer = await once(url).catch((error: unknown) => {
        throw broken(error)
      })
      const status = answer.statusCode ?? 0
      if (status === 200) return answer
      answer.resume()
      const { location } = answer.headers
      if (status >= 300 && status < 400 && location !== undefined) {
        const next = new URL(location, url)
        redirects += 1
        if (next.origin !== origin.origin || redirects > MOST_REDIRECTS)
          throw fail(
            'PRICE_REDIRECT_REFUSED',
            next.origin === origin.origin
              ? `${source.name} redirects in a circle.`
              : `${source.name} redirects to another host, ${next.host}.`,
            'It was not followed, and nothing was sent there. Look for an update of Headroom.',
            { value: next.host },
          )
        url = next
        continue
      }
      if (status === 429 || status === 503) {
        const seconds = secondsToWait(answer.headers['retry-after'])
        waits += 1
        if (seconds !== null && seconds * 1000 <= limits.longestWaitMs && waits <= MOST_WAITS) {
          await wait(seconds * 1000, undefined, { signal }).catch((error: unknown) => {
            throw broken(error)
          })
          continue
        }
        if (status === 429)
          throw fail(
            'PRICE_RATE_LIMITED',
            `${source.name} answers no more requests for now.`,
            seconds === null ? 'Try again in some minutes.' : `Try again in ${seconds} s.`,
          )
      }
      if (status === 401 || status === 403)
        throw fail(
          'PRICE_TOKEN_REFUSED',
          token === null ? `${source.name} wants a token.` : `${source.name} refused the token (${status}).`,
          'Enter a token that is valid and may read.',
          { field: 'token' },
        )
      throw fail(
        'PRICE_SOURCE_FAILED',
        `${source.name} answered ${status}.`,
        'Try again later; the prices there are stay.',
        {
          value: String(status),
        },
      )
    }
  }

  async function* pieces(path: string, mostBytes: number): AsyncGenerator<string> {
    const answer = await get(path)
    const decoder = new StringDecoder('utf8')
    let bytes = 0
    try {
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        bytes += chunk.length
        if (bytes > mostBytes)
          throw fail(
            'PRICE_ANSWER_TOO_LARGE',
            `${source.name} sent more than ${Math.round(mostBytes / 2 ** 20)} MiB.`,
            'The rest was not read and nothing was changed. Look for an update of Headroom.',
          )
        yield decoder.write(chunk)
      }
      yield decoder.end()
    } catch (error) {
      throw broken(error)
    } finally {
      answer.destroy()
    }
  }

  return {
    region: options.region,
    today: options.today,
    text: (path) => pieces(path, limits.textBytes),
    async json(path, schema) {
      let text = ''
      for await (const piece of pieces(path, limits.jsonBytes)) text += piece
      let value: unknown
      try {
        value = JSON.parse(text)
      } catch {
        throw fail(
          'PRICE_ANSWER_INVALID',
          `${source.name} answered with something that is not JSON.`,
          'Something between may have answered in its place, such as the sign-in page of a network. Try again.',
          { value: text.slice(0, 80) },
        )
      }
      const parsed = schema.safeParse(value)
      if (parsed.success) return parsed.data
      const [issue] = parsed.error.issues
      throw fail(
        'PRICE_SHAPE_CHANGED',
        `${source.name} answered in another shape than Headroom knows: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
        'Nothing was changed. Look for an update of Headroom, and use the prices there are until then.',
        { value: path, details: { answer: z.prettifyError(parsed.error).slice(0, 500) } },
      )
    },
  }
}

class SilentLine extends Error {}

/** Retry-After in seconds, or null where there is none or it is a date, which another clock would be needed for. */
function secondsToWait(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : null
}
