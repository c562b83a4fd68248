import { HeadroomError } from '../../../shared/model/problem.ts'

/** Turns what the system's ssh said before a command began into the problem that the library would have told. */
export function systemSshProblem(name: string, alias: string, said: string): HeadroomError {
  const text = said.trim()
  const first =
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? 'it said nothing'
  const details = text === '' ? {} : { details: { said: text.slice(0, 2000) } }
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED|Offending .* key/i.test(text))
    return new HeadroomError({
      code: 'HOST_KEY_CHANGED',
      fact: `${name} shows another key than the one on file.`,
      fix: 'Someone may be between you and the server. If the server was reinstalled, remove the key on file, then connect again and compare the fingerprint.',
      field: 'alias',
      value: alias,
      ...details,
    })
  if (/REVOKED/.test(text))
    return new HeadroomError({
      code: 'HOST_KEY_REVOKED',
      fact: `The key of ${name} is marked as revoked.`,
      fix: 'Do not connect. Give the server a new key, or ask whoever revoked this one.',
      field: 'alias',
      value: alias,
      ...details,
    })
  if (/Host key verification failed|No .* host key is known/i.test(text))
    return new HeadroomError({
      code: 'HOST_KEY_UNKNOWN',
      fact: `The key of ${name} is not known yet.`,
      fix: `Connect once by hand with "ssh ${alias}", compare the fingerprint with the one the server shows, and accept it.`,
      field: 'alias',
      value: alias,
      ...details,
    })
  if (/Permission denied|Too many authentication failures|No more authentication methods/i.test(text))
    return new HeadroomError({
      code: 'AUTH_REFUSED',
      fact: `${name} refused the login by the system's ssh: ${first.slice(0, 300)}.`,
      fix: `Try "ssh ${alias}" in a terminal: the agent must hold the key, or the certificate must be valid.`,
      field: 'auth',
      value: alias,
      ...details,
    })
  return new HeadroomError({
    code: 'HOST_UNREACHABLE',
    fact: `The system's ssh did not reach ${name}: ${first.slice(0, 300)}.`,
    fix: `Try "ssh ${alias}" in a terminal; what it says there is what stands in the way.`,
    field: 'alias',
    value: alias,
    ...details,
  })
}
