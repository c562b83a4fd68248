import type { HostKey, HostKeyCheck } from '../../../shared/model/host.ts'
import { HeadroomError, type Problem } from '../../../shared/model/problem.ts'

/** How a server is called in messages: "deploy@db1.example.org:22". */
export function targetName(target: { address: string; port: number; user?: string }): string {
  const address = target.address.includes(':') ? `[${target.address}]` : target.address
  return `${target.user === undefined ? '' : `${target.user}@`}${address}:${target.port}`
}

/** A connection that did not come about, from the socket's error code where there is one. */
export function unreachable(target: { address: string; port: number }, error: unknown): HeadroomError {
  const code = (error as { code?: unknown } | null)?.code
  const where = targetName(target)
  const known: Record<string, Pick<Problem, 'fact' | 'fix'>> = {
    ECONNREFUSED: {
      fact: `Nothing accepts connections at ${where}.`,
      fix: 'Check the port, and that the SSH server runs there.',
    },
    ENOTFOUND: noSuchName(target.address),
    // What the resolver says of a name too long or otherwise no name at all.
    EINVAL: noSuchName(target.address),
    EAI_AGAIN: {
      fact: `The name "${target.address}" cannot be looked up at present.`,
      fix: 'Check the network connection, or use the IP address.',
    },
    EHOSTUNREACH: { fact: `There is no route to ${where}.`, fix: 'Check the network, VPN and the address.' },
    ENETUNREACH: { fact: `There is no route to ${where}.`, fix: 'Check the network, VPN and the address.' },
    ETIMEDOUT: {
      fact: `${where} does not answer.`,
      fix: 'Check the address, that the server is up, and its firewall.',
    },
  }
  const words = typeof code === 'string' ? known[code] : undefined
  const message = error instanceof Error && error.message !== '' ? `: ${error.message}` : ''
  return new HeadroomError(
    {
      code: 'HOST_UNREACHABLE',
      fact: words?.fact ?? `The connection to ${where} failed${message}.`,
      fix: words?.fix ?? 'Check the address and port, and that an SSH server runs there.',
      field: 'address',
      value: target.address,
      details: { port: String(target.port), ...(typeof code === 'string' ? { reason: code } : {}) },
    },
    { cause: error },
  )
}

/** An address that is no name, with the field it was pasted from in mind: a URL, user@host, a bracketed IPv6 address. */
function noSuchName(address: string): Pick<Problem, 'fact' | 'fix'> {
  const fact = `No server has the name "${address.length > 80 ? `${address.slice(0, 77)}...` : address}".`
  if (address.includes('://'))
    return { fact, fix: 'Write the host name alone, without "://" and what stands beside it.' }
  if (address.includes('@'))
    return { fact, fix: 'Write only what stands behind the "@"; the user has a place of its own.' }
  if (/^\[.*\]$/.test(address)) return { fact, fix: 'Write the IPv6 address without the brackets.' }
  return { fact, fix: 'Check the spelling, or use its IP address.' }
}

/** A host that was reached, but does not lead on to an address. */
export function tunnelRefused(name: string, target: { address: string; port: number }, cause: unknown): HeadroomError {
  const message = cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : ''
  return new HeadroomError(
    {
      code: 'TUNNEL_REFUSED',
      fact: `${name} does not lead to ${targetName(target)}${message}.`,
      fix: 'Check that it listens there as seen from that server, and that its SSH server allows forwarding (AllowTcpForwarding).',
      field: 'tunnelHostId',
      value: targetName(target),
    },
    { cause },
  )
}

export function noAnswer(
  target: { address: string; port: number },
  afterMs: number,
  connected: boolean,
): HeadroomError {
  const seconds = `${Math.round(afterMs / 100) / 10} s`
  return new HeadroomError({
    code: 'HOST_UNREACHABLE',
    fact: connected
      ? `${targetName(target)} accepted the connection, but no SSH login came about within ${seconds}.`
      : `${targetName(target)} did not answer within ${seconds}.`,
    fix: connected
      ? 'Check that the port is the SSH port and that the server is not overloaded.'
      : 'Check the address, that the server is up, and its firewall.',
    field: 'address',
    value: target.address,
    details: { port: String(target.port), reason: 'TIMEOUT' },
  })
}

export function authRefused(
  target: { address: string; port: number; user: string },
  tried: string[],
  accepted: string[],
): HeadroomError {
  return new HeadroomError({
    code: 'AUTH_REFUSED',
    fact: `${targetName(target)} refused the login. Tried: ${tried.join(', ') || 'nothing'}.${accepted.length > 0 ? ` The server accepts: ${accepted.join(', ')}.` : ''}`,
    fix: 'Check the user name, and that the server knows this key or password.',
    field: 'auth',
    details: { tried: tried.join(', '), accepted: accepted.join(', ') },
  })
}

/** The error that a host key's status calls for, or null when the key may be used. */
export function hostKeyProblem(check: HostKeyCheck): HeadroomError | null {
  const { key } = check
  const where = targetName(key)
  const details = keyDetails(key)
  switch (check.status) {
    case 'known':
      return null
    case 'unknown':
      return new HeadroomError({
        code: 'HOST_KEY_UNKNOWN',
        fact: `The key of ${where} is not known yet: ${key.algorithm} ${key.fingerprint}.`,
        fix: 'Compare the fingerprint with the one the server shows (ssh-keygen -l), and accept it if they are equal.',
        field: 'address',
        value: key.address,
        details,
      })
    case 'changed': {
      const expected = check.expected.map((one) => `${one.algorithm} ${one.fingerprint} (${one.source})`).join('; ')
      return new HeadroomError({
        code: 'HOST_KEY_CHANGED',
        fact: `${where} shows another key than the one on file. Shown: ${key.algorithm} ${key.fingerprint}. On file: ${expected}.`,
        fix: 'Someone may be between you and the server. If the server was reinstalled, remove the key on file, then connect again and compare the fingerprint.',
        field: 'address',
        value: key.address,
        details: { ...details, expected: check.expected.map((one) => one.fingerprint).join(', ') },
      })
    }
    case 'revoked':
      return new HeadroomError({
        code: 'HOST_KEY_REVOKED',
        fact: `The key of ${where} is marked as revoked in ${check.expected.map((one) => one.source).join(', ')}: ${key.fingerprint}.`,
        fix: 'Do not connect. Give the server a new key, or ask whoever revoked this one.',
        field: 'address',
        value: key.address,
        details,
      })
  }
}

function keyDetails(key: HostKey): Record<string, string> {
  return {
    address: key.address,
    port: String(key.port),
    algorithm: key.algorithm,
    fingerprint: key.fingerprint,
    keyBase64: key.keyBase64,
  }
}

export function linkLost(name: string, cause?: unknown): HeadroomError {
  return new HeadroomError(
    {
      code: 'LINK_LOST',
      fact: `The connection to ${name} was lost while a command ran. Whether the command went on is not known.`,
      fix: 'Check the network; the next command connects again.',
    },
    { cause },
  )
}

export function commandTimeout(name: string, afterMs: number): HeadroomError {
  return new HeadroomError({
    code: 'COMMAND_TIMEOUT',
    fact: `A command on ${name} did not end within ${afterMs} ms and was killed.`,
    fix: 'Check what it waits for on the server, or allow it more time.',
    details: { timeoutMs: String(afterMs) },
  })
}

export function commandCancelled(name: string): HeadroomError {
  return new HeadroomError({
    code: 'COMMAND_CANCELLED',
    fact: `A command on ${name} was cancelled and killed.`,
    fix: 'Start it again when you want it.',
  })
}

export function outputTooLarge(name: string, limit: number): HeadroomError {
  return new HeadroomError({
    code: 'OUTPUT_TOO_LARGE',
    fact: `A command on ${name} printed more than ${limit} bytes and was killed.`,
    fix: 'Let the command print less, or send its output to a file.',
    details: { limitBytes: String(limit) },
  })
}
