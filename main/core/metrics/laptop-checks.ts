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

/** Time to first byte is until status and headers are there, of a request that follows no redirect and reads no body. */
async function checkHttp(
  service: ServiceOf<'http'>,
  secret: Secret | null,
  window: CheckWindow,
  now: () => number,
  signal: AbortSignal,
): Promise<CheckResult> {
  const began = performance.now()
  const headers: Record<string, string> = { 'user-agent': 'Headroom', 'accept-encoding': 'identity' }
  if (secret !== null) headers.authorization = secret.reveal()
  let check: HttpCheck
  try {
    const response = await fetch(service.url, {
      redirect: 'manual',
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    const firstByteMs = performance.now() - began
    await response.body?.cancel()
    check = { at: now(), status: response.status, firstByteMs, why: null }
  } catch (error) {
    const { code, words } = causeOf(error)
    const why = secret === null ? words : redactText(words, [secret])
    if (OFFLINE.has(code)) return { samples: [], problem: `this computer cannot reach it now: ${why}` }
    check = { at: now(), status: null, firstByteMs: null, why }
  }
  window.add(check)
  return { samples: window.samples(service, 'laptop'), problem: check.why }
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

function untrusted(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** fetch hides what went wrong in the cause of its error, and several addresses tried in an aggregate of those. */
function causeOf(error: unknown): { code: string; words: string } {
  let at: unknown = error
  while (at instanceof Error && at.cause instanceof Error) at = at.cause
  if (at instanceof AggregateError && at.errors[0] instanceof Error) at = at.errors[0]
  const code = (at as { code?: unknown } | null)?.code
  if (at instanceof Error && at.name === 'TimeoutError')
    return { code: 'ETIMEDOUT', words: `no answer within ${TIMEOUT_MS / 1000} seconds` }
  if (at instanceof Error && at.message === 'bad port')
    return { code: 'EPORT', words: 'the web standard bars this port for HTTP; check it from the server instead' }
  return { code: typeof code === 'string' ? code : '', words: at instanceof Error ? at.message : String(at) }
}
