import { HeadroomError } from '../../../../shared/model/problem.ts'
import type { PrometheusServer } from '../../../../shared/model/prometheus.ts'

export function unreachableServer(url: string, cause: Error): HeadroomError {
  const code = String((cause.cause as { code?: unknown } | undefined)?.code ?? '')
  const known: Record<string, string> = {
    ECONNREFUSED: 'Nothing accepts connections at',
    ENOTFOUND: 'No server has the name in',
    EAI_AGAIN: 'The name cannot be looked up at present in',
    EHOSTUNREACH: 'There is no route to',
    ENETUNREACH: 'There is no route to',
  }
  const isCertificate = /CERT|SELF_SIGNED|ALTNAME/.test(code)
  const fact = known[code]
    ? `${known[code]} ${url}.`
    : isCertificate
      ? `The certificate of ${url} is not trusted: ${cause.message}.`
      : `The connection to ${url} failed: ${cause.message}.`
  return new HeadroomError(
    {
      code: 'PROMETHEUS_UNREACHABLE',
      fact,
      fix: isCertificate
        ? 'Give it a certificate that this computer trusts, or reach it through a server it is local to.'
        : 'Check the address and port. Where it listens on a server only, choose that server as the way to it.',
      field: 'url',
      value: url,
    },
    { cause },
  )
}

export function notAllowed({ url, auth }: PrometheusServer, status: number): HeadroomError {
  const tried = { none: 'without a login', bearer: 'with the token', basic: 'with the user name and password' }[
    auth.kind
  ]
  return new HeadroomError({
    code: 'PROMETHEUS_AUTH',
    fact: `${url} refused ${tried} (status ${status}).`,
    fix:
      auth.kind === 'none'
        ? 'Choose its kind of login, and give the secret.'
        : 'Give the right secret, or choose another kind of login.',
    field: 'auth',
    value: auth.kind,
  })
}

export function secretMissing(kind: 'bearer' | 'basic'): HeadroomError {
  return new HeadroomError({
    code: 'PROMETHEUS_SECRET_NEEDED',
    fact: `The ${kind === 'bearer' ? 'token' : 'password'} for Prometheus is not kept in this session.`,
    fix: 'Give it again in Settings, or unlock the vault.',
    field: 'secret',
  })
}

export function queryRefused(url: string, query: string, error: string): HeadroomError {
  return new HeadroomError({
    code: 'PROMETHEUS_QUERY',
    fact: `${url} refused a query: ${error.replace(/\.$/, '')}.`,
    fix: 'Correct the expression of this metric, or the matchers.',
    field: 'expression',
    value: query.length > 300 ? `${query.slice(0, 297)}...` : query,
  })
}

export function tooSlow(url: string, timeoutMs: number, said: string): HeadroomError {
  return new HeadroomError({
    code: 'PROMETHEUS_SLOW',
    fact: `${url} did not answer within ${timeoutMs / 1000} s${said === '' ? '' : ` (${said})`}.`,
    fix: 'Ask for a shorter time, narrow it with matchers, or allow more time.',
    field: 'timeoutMs',
    value: String(timeoutMs),
  })
}

export function badAnswer(url: string, what: string): HeadroomError {
  return new HeadroomError({
    code: 'PROMETHEUS_ANSWER',
    fact: `${url} does not answer as Prometheus does: ${what}.`,
    fix: 'Check the address: it is the one in front of "/api/v1", such as http://host:9090 or http://mimir/prometheus.',
    field: 'url',
    value: url,
  })
}
