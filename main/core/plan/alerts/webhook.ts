import { createHmac } from 'node:crypto'
import { type Message, posted } from '../../../../shared/alerts/webhook-body.ts'
import type { WebhookFormat } from '../../../../shared/model/alert.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import type { Secret } from '../../../../shared/model/secret.ts'

const REDIRECTS_MOST = 3
const REDIRECTS = new Set([301, 302, 307, 308])
/** An answer is read so far and no further; only its beginning is told. */
const ANSWER_MOST = 200

/** How one attempt ended. `again`: another one may succeed; `afterMs`: not before the receiver says. */
export type Attempt =
  | { ok: true; status: number }
  | { ok: false; status: number | null; error: string; again: boolean; afterMs: number | null }

export interface Address {
  url: Secret
  key: Secret | null
  format: WebhookFormat
}

/** @throws WEBHOOK_ADDRESS */
export function checkAddress(text: string): URL {
  const fault = (fact: string) =>
    new HeadroomError({
      code: 'WEBHOOK_ADDRESS',
      fact,
      fix: 'Copy the whole address from the receiver; it begins with https:// (http:// is for this computer and private networks).',
      field: 'url',
    })
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw fault('The address of the webhook is no URL.')
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw fault(`An address of ${url.protocol} cannot be posted to.`)
  if (url.protocol === 'http:' && !isNear(url.hostname))
    throw fault('The address of the webhook begins with http://, so that anyone on the way can read it and its token.')
  return url
}

/** This computer, a name without a dot, or an address of a private network. */
function isNear(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  return (
    name === 'localhost' ||
    name === '::1' ||
    /^(127|10)\./.test(name) ||
    /^192\.168\./.test(name) ||
    /^172\.(1[6-9]|2\d|3[01])\./.test(name) ||
    /^f[cd][0-9a-f]{2}:/.test(name) ||
    (!name.includes('.') && !name.includes(':')) ||
    /\.(local|lan|internal|home\.arpa)$/.test(name)
  )
}

/**
 * One attempt to post a message. TLS is verified. A redirect is followed on the same origin only, so that neither message nor
 * token reaches another host. With a key, `Headroom-Signature: t=<unix seconds>,v1=<hex>` holds the HMAC-SHA256 of
 * "<t>.<body>". Errors tell host and reason, never the address, whose path may be a token.
 */
export async function post(
  { url: secretUrl, key, format }: Address,
  message: Message,
  options: { timeoutMs: number; now: number; signal?: AbortSignal },
): Promise<Attempt> {
  const { contentType, headers, body } = posted(message, format)
  const seconds = Math.floor(options.now / 1000)
  const signature: Record<string, string> =
    key === null ? {} : { 'headroom-signature': `t=${seconds},v1=${signatureOf(key.reveal(), seconds, body)}` }
  let url = checkAddress(secretUrl.reveal())
  const { origin, host } = url
  const timeout = AbortSignal.timeout(options.timeoutMs)
  const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout
  const failed = (
    error: string,
    again: boolean,
    status: number | null = null,
    afterMs: number | null = null,
  ): Attempt => ({
    ok: false,
    status,
    error,
    again,
    afterMs,
  })
  try {
    for (let hop = 0; hop <= REDIRECTS_MOST; hop += 1) {
      const answer = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        signal,
        headers: {
          'content-type': contentType,
          'user-agent': 'headroom',
          'headroom-delivery': message.id,
          ...headers,
          ...signature,
        },
        body,
      })
      if (REDIRECTS.has(answer.status)) {
        await answer.body?.cancel()
        const location = answer.headers.get('location')
        const next = location === null ? null : URL.parse(location, url)
        if (next === null) return failed(`${host} redirects to nowhere.`, false, answer.status)
        if (next.origin !== origin)
          return failed(`${host} redirects to ${next.host}, which is not followed.`, false, answer.status)
        url = next
        continue
      }
      if (answer.ok) {
        await answer.body?.cancel()
        return { ok: true, status: answer.status }
      }
      const said = await beginningOf(answer, ANSWER_MOST)
      const again = answer.status >= 500 || answer.status === 429 || answer.status === 408
      const error = `${host} answered ${answer.status}${said === '' ? '' : `: ${hidden(said, secretUrl, key)}`}.`
      return failed(error, again, answer.status, retryAfter(answer.headers.get('retry-after'), options.now))
    }
    return failed(`${host} redirects more than ${REDIRECTS_MOST} times.`, false)
  } catch (error) {
    if (timeout.aborted) return failed(`${host} did not answer within ${options.timeoutMs / 1000} s.`, true)
    return failed(`${host} cannot be reached: ${hidden(reasonOf(error), secretUrl, key)}.`, true)
  }
}

export function signatureOf(key: string, seconds: number, body: string): string {
  return createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')
}

async function beginningOf(answer: Response, most: number): Promise<string> {
  const reader = answer.body?.getReader()
  if (!reader) return ''
  const decoder = new TextDecoder()
  let text = ''
  while (text.length < most) {
    const { done, value } = await reader.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
  }
  await reader.cancel()
  return text.slice(0, most).replaceAll(/\s+/g, ' ').trim()
}

/** A receiver may send its own address back. */
function hidden(text: string, url: Secret, key: Secret | null): string {
  const { pathname, search } = new URL(url.reveal())
  const parts = [
    url.reveal(),
    pathname,
    search,
    ...pathname.split('/'),
    ...search.slice(1).split(/[&=]/),
    key?.reveal() ?? '',
  ]
  return parts
    .filter((part) => part.length >= 8)
    .sort((a, b) => b.length - a.length)
    .reduce((clean, part) => clean.replaceAll(part, '[redacted]'), text)
}

/** Node tells the reason a request failed in the cause of its error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message
  return cause instanceof Error ? cause.message : error.message
}

/** Seconds or a date, as milliseconds from now; at most an hour. */
function retryAfter(text: string | null, now: number): number | null {
  if (text === null) return null
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, 3_600_000) : null
}
