import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface KeyPair {
  path: string
  publicLine: string
  /** As `ssh-keygen -l` prints it. */
  fingerprint: string
}

/** Makes a key pair in a folder with ssh-keygen. Encrypted keys take few rounds, so that tests do not wait for them. */
export function makeKey(
  folder: string,
  name: string,
  options: { type?: 'ed25519' | 'rsa' | 'ecdsa'; passphrase?: string } = {},
): KeyPair {
  const path = join(folder, name)
  const type = options.type ?? 'ed25519'
  execFileSync('ssh-keygen', [
    ...['-q', '-t', type, '-N', options.passphrase ?? '', '-C', `lab-${name}`, '-f', path],
    ...(type === 'rsa' ? ['-b', '2048'] : []),
    ...(options.passphrase === undefined ? [] : ['-a', '4']),
  ])
  const listed = execFileSync('ssh-keygen', ['-l', '-f', `${path}.pub`], { encoding: 'utf8' })
  return { path, publicLine: readFileSync(`${path}.pub`, 'utf8').trim(), fingerprint: listed.split(' ')[1] ?? '' }
}
