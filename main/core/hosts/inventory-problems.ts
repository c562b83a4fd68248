import { HeadroomError } from '../../../shared/model/problem.ts'
import type { StoredHost } from './inventory.ts'

export function hostNotFound(hostId: string): HeadroomError {
  return new HeadroomError({
    code: 'HOST_NOT_FOUND',
    fact: `There is no server with the id "${hostId}".`,
    fix: 'It may have been removed; choose one of the list.',
    field: 'hostId',
    value: hostId,
  })
}

export function hostNameTaken(name: string): HeadroomError {
  return new HeadroomError({
    code: 'HOST_NAME_TAKEN',
    fact: `A server named "${name}" is there already.`,
    fix: 'Choose another name, or remove that server first.',
    field: 'name',
    value: name,
  })
}

export function secretNeeded(host: StoredHost, what: 'password' | 'passphrase', locked: boolean): HeadroomError {
  return new HeadroomError({
    code: 'SECRET_NEEDED',
    fact: `The ${what} for ${host.name} is not at hand${locked ? ': the vault is locked' : ''}.`,
    fix: locked ? `Unlock the vault, or enter the ${what} again.` : `Enter the ${what} again.`,
    field: 'secret',
    value: host.name,
  })
}

export function noSecretUsed(host: StoredHost): HeadroomError {
  return new HeadroomError({
    code: 'SECRET_NOT_USED',
    fact: `${host.name} is reached without a password or passphrase.`,
    fix: 'Nothing needs to be entered.',
    field: 'secret',
  })
}

export function nameMissing(): HeadroomError {
  return new HeadroomError({
    code: 'HOST_NAME_EMPTY',
    fact: 'The server has no name.',
    fix: 'Give it a name that you will recognise.',
    field: 'name',
  })
}

export function checkFailed(name: string, output: string, exitCode: number | null): HeadroomError {
  const said = output.trim().split('\n')[0] ?? ''
  return new HeadroomError({
    code: 'HOST_CHECK_FAILED',
    fact: `${name} let you log in, but "uname -s" ended with ${exitCode ?? 'a signal'}${said === '' ? '' : `: ${said.slice(0, 200)}`}.`,
    fix: 'A Unix-like server with a POSIX shell is needed; check the login shell of the user.',
  })
}
