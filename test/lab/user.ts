import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'

export interface LabUser {
  name: string
  password: string
  remove(): void
}

/** A system user with a password, for password logins; needs root. Its home is /, nothing is created for it. */
export function addUser(): LabUser {
  const name = `hrlab${randomBytes(4).toString('hex')}`
  const password = `lab ${randomBytes(9).toString('base64')}`
  const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: password, encoding: 'utf8' }).trim()
  execFileSync('useradd', [
    '--no-create-home',
    '--no-user-group',
    '--home-dir',
    '/',
    '--shell',
    '/bin/sh',
    '--password',
    hash,
    name,
  ])
  return { name, password, remove: () => void execFileSync('userdel', [name], { stdio: 'pipe' }) }
}
