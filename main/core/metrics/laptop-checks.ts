import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { CheckWindow, HttpCheck } from '../../../shared/metrics/check-window.ts'
import { endpointOf } from '../../../shared/metrics/derive-services.ts'
import { type DerivedSample, sample } from '../../../shared/metrics/sample.ts'
import type { Secret } from '../../../shared/model/secret.ts'
import type { Service, ServiceOf } from '../../../shared/model/service.ts'
import { redactText } from '../hosts/index.ts'

const TIMEOUT_MS = 10_000
/** What says that this computer has no network at the moment; then nothing is known of the address. */
const OFFLINE = new Set(['ENETUNREACH', 'ENETDOWN', 'EAI_AGAIN'])

export interface CheckResult {
  samples: DerivedSample[]
  /** Why it failed, or what is wrong although it answered; null when all is well. */
  problem: string | null
}

/** The services that this computer asks by itself. */
export function askedHere(service: Service): service is ServiceOf<'http'> | ServiceOf<'tls'> {
  return (service.kind === 'http' || service.kind === 'tls') && service.from !== 'host'
}

export async function checkHere(
  service: ServiceOf<'http'> | ServiceOf<'tls'>,
  secret: Secret | null,
  window: CheckWindow,
  now: () => number,
  signal: AbortSignal,
): Promise<CheckResult> {
  return service.kind === 'http' ? checkHttp(service, secret, window, now, signal) : checkTls(service, now, signal)
}

/**
 * Time to first byte is until status and headers are there, name look-up and handshakes included. Each check has a connection
 * of its own, as a new visitor has: a kept one that the server has closed meanwhile would read as a failure of the site.
 */
async function checkHttp(
  service: ServiceOf<'http'>,
  secret: Secret | null,
  window: CheckWindow,
  now: () => number,
  signal: AbortSignal,
): Promise<CheckResult> {
  let check: HttpCheck
  try {
    check = { at: now(), why: null, ...(await firstByte(service.url, secret, signal)) }
  } catch (error) {
    const { code, words } = causeOf(error)
    const why = secret === null ? words : redactText(words, [secret])
    if (OFFLINE.has(code)) return { samples: [], problem: `this computer cannot reach it now: ${why}` }
    check = { at: now(), status: null, firstByteMs: null, why }
  }
  window.add(check)
  return { samples: window.samples(service, 'laptop'), problem: check.why }
}

/** A request that follows no redirect and reads no body. */
function firstByte(
  url: string,
  secret: Secret | null,
  signal: AbortSignal,
): Promise<{ status: number; firstByteMs: number }> {
  const headers = {
    'user-agent': 'Headroom',
    accept: '*/*',
    ...(secret === null ? {} : { authorization: secret.reveal() }),
  }
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const ask = url.startsWith('https:') ? httpsRequest : httpRequest
    const request = ask(url, {
      agent: false,
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    request.once('response', (response) => {
      resolve({ status: response.statusCode ?? 0, firstByteMs: performance.now() - began })
      // What the server still sends, and how that ends, is not asked for.
      response.on('error', () => {})
      response.destroy()
    })
    request.on('error', reject)
    request.end()
  })
}

function checkTls(service: ServiceOf<'tls'>, now: () => number, signal: AbortSignal): Promise<CheckResult> {
  const labels = { endpoint: endpointOf(service), from: 'laptop' }
  const name = service.serverName ?? service.address
  return new Promise((resolve) => {
    const socket = connect({
      host: service.address,
      port: service.port,
      // A certificate that is not trusted is still read: when it ends is asked, and whether it is trusted is told.
      rejectUnauthorized: false,
      ...(isIP(name) === 0 ? { servername: name } : {}),
    })
    const end = (result: CheckResult) => {
      signal.removeEventListener('abort', cancel)
      socket.destroy()
      resolve(result)
    }
    const cancel = () => end({ samples: [], problem: 'cancelled' })
    signal.addEventListener('abort', cancel, { once: true })
    socket.setTimeout(TIMEOUT_MS, () => end({ samples: [], problem: `no answer within ${TIMEOUT_MS / 1000} seconds` }))
    socket.once('error', (error) => end({ samples: [], problem: causeOf(error).words }))
    socket.once('secureConnect', () => {
      const ends = Date.parse(socket.getPeerCertificate().valid_to ?? '')
      if (Number.isNaN(ends)) return end({ samples: [], problem: 'it shows no certificate' })
      const trusted = socket.authorized
      end({
        samples: [
          ...sample('tls_left_seconds', (ends - now()) / 1000, labels),
          ...sample('tls_trusted', trusted ? 1 : 0, labels),
        ],
        problem: trusted ? null : `its certificate is not trusted: ${untrusted(socket.authorizationError)}`,
      })
    })
  })
}

/** What the codes of a certificate's check mean (X509_verify_cert_error_string(3), and Node's own for a name). */
const UNTRUSTED: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its chain ends in an authority that this computer does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its issuer is unknown here, or the server does not send the certificates between',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its issuer is unknown here, or the server does not send the certificates between',
  CERT_HAS_EXPIRED: 'it has ended',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  CERT_REVOKED: 'it was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is made out to other names',
}
/** Node gives the check's code as text, though its types say an error. */
function untrusted(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  const words = UNTRUSTED[code]
  return words === undefined ? (error instanceof Error ? error.message : code) : `${words} (${code})`
}

/** What the system's codes for a connection that did not come about mean. */
const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no server has this name',
  EAI_AGAIN: 'the name cannot be looked up at present',
  ECONNREFUSED: 'nothing accepts connections there',
  ECONNRESET: 'the connection was ended from the other side',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ETIMEDOUT: 'it does not answer',
}

/** What was at the bottom of an error: an abort has its reason as cause, and several addresses tried are an aggregate. */
function causeOf(error: unknown): { code: string; words: string } {
  let at: unknown = error
  while (at instanceof Error && at.cause instanceof Error) at = at.cause
  if (at instanceof AggregateError && at.errors[0] instanceof Error) at = at.errors[0]
  const code = (at as { code?: unknown } | null)?.code
  if (at instanceof Error && at.name === 'TimeoutError')
    return { code: 'ETIMEDOUT', words: `no answer within ${TIMEOUT_MS / 1000} seconds` }
  const known = typeof code === 'string' ? WORDS[code] : undefined
  return { code: typeof code === 'string' ? code : '', words: known ?? (at instanceof Error ? at.message : String(at)) }
}
