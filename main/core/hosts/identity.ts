import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Secret } from '../../../shared/model/secret.ts'
import type { Environment } from '../environment.ts'

/** How to log in. Secrets are at hand; a missing one is null. */
export type Login =
  | { kind: 'agent' }
  | { kind: 'key'; path: string; passphrase: Secret | null }
  | { kind: 'password'; password: Secret }

/** What is offered to the server, in order, with the words that AUTH_REFUSED uses for it. */
export interface Offer {
  words: string
  method: ssh2.AnyAuthMethod
}

const MAX_KEY_BYTES = 1024 * 1024

/** Reads what a login needs. Decrypted keys are kept for the session: each decryption costs some 400 ms of computing. */
export class Identities {
  readonly #environment: Environment
  readonly #parsed = new Map<string, { key: ssh2.ParsedKey; passphrase: string | null }>()

  constructor(environment: Environment) {
    this.#environment = environment
  }

  /** Throws NO_AGENT, AGENT_EMPTY, KEY_NOT_FOUND, KEY_UNREADABLE, KEY_NEEDS_PASSPHRASE and KEY_WRONG_PASSPHRASE. */
  async offers(user: string, login: Login): Promise<Offer[]> {
    switch (login.kind) {
      case 'agent':
        return [
          { words: 'keys of the SSH agent', method: { type: 'agent', username: user, agent: await this.#agent() } },
        ]
      case 'key':
        return [
          {
            words: `key file ${login.path}`,
            method: { type: 'publickey', username: user, key: this.#key(login.path, login.passphrase) },
          },
        ]
      case 'password': {
        const password = login.password.reveal()
        return [
          { words: 'password', method: { type: 'password', username: user, password } },
          {
            words: 'keyboard-interactive with the password',
            method: {
              type: 'keyboard-interactive',
              username: user,
              // Each hidden prompt gets the password; one that echoes asks for something else, such as a code.
              prompt: (_name, _instructions, _language, prompts, finish) =>
                finish(prompts.map((prompt) => (prompt.echo ? '' : password))),
            },
          },
        ]
      }
    }
  }

  async #agent(): Promise<string> {
    const { env, platform } = this.#environment
    const socket = env.SSH_AUTH_SOCK ?? (platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : '')
    const none = (cause?: unknown) =>
      new HeadroomError(
        {
          code: 'NO_AGENT',
          fact: 'No SSH agent found.',
          fix: 'Start one, or choose a key file.',
          field: 'auth.kind',
          ...(socket === '' ? {} : { details: { socket } }),
        },
        { cause },
      )
    if (socket === '') throw none()
    const count = await new Promise<number>((resolve, reject) =>
      ssh2
        .createAgent(socket)
        .getIdentities((error, keys) => (error ? reject(none(error)) : resolve(keys?.length ?? 0))),
    )
    if (count === 0)
      throw new HeadroomError({
        code: 'AGENT_EMPTY',
        fact: 'The SSH agent holds no key.',
        fix: 'Add one with ssh-add, or choose a key file.',
        field: 'auth.kind',
      })
    return socket
  }

  #key(path: string, passphrase: Secret | null): ssh2.ParsedKey {
    const file = expandHome(path, this.#environment.home)
    const given = passphrase?.reveal() ?? null
    const text = readKeyFile(path, file)
    const cacheKey = `${file}\0${text}`
    const cached = this.#parsed.get(cacheKey)
    if (cached !== undefined && cached.passphrase === given) return cached.key
    const parsed = ssh2.utils.parseKey(text, given ?? undefined)
    const key = Array.isArray(parsed) ? parsed[0] : parsed
    if (key instanceof Error || key === undefined) throw keyProblem(path, key?.message ?? 'it holds no key', given)
    if (!key.isPrivateKey())
      throw unreadable(path, 'it holds a public key', 'Choose the private key (the file without .pub).')
    this.#parsed.set(cacheKey, { key, passphrase: given })
    return key
  }
}

/** "~/x" in the operator's home. */
export function expandHome(path: string, home: string): string {
  return path === '~' ? home : path.startsWith('~/') ? join(home, path.slice(2)) : path
}

function readKeyFile(path: string, file: string): string {
  try {
    const stats = statSync(file)
    if (stats.isDirectory()) throw new Error('it is a folder')
    const { size } = stats
    if (size > MAX_KEY_BYTES) throw new Error(`it is ${size} bytes long, too long for a key`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new HeadroomError(
        {
          code: 'KEY_NOT_FOUND',
          fact: `There is no key file ${path}.`,
          fix: 'Check the path, or choose another file.',
          field: 'auth.path',
          value: path,
        },
        { cause: error },
      )
    throw unreadable(
      path,
      error instanceof Error ? error.message : String(error),
      'Check its permissions, or choose another file.',
      error,
    )
  }
}

function unreadable(path: string, why: string, fix: string, cause?: unknown): HeadroomError {
  return new HeadroomError(
    {
      code: 'KEY_UNREADABLE',
      fact: `The key file ${path} cannot be used: ${why}.`,
      fix,
      field: 'auth.path',
      value: path,
    },
    { cause },
  )
}

/** The parser tells only by its message what is wrong. */
function keyProblem(path: string, message: string, passphrase: string | null): HeadroomError {
  if (/no passphrase given/i.test(message))
    return new HeadroomError({
      code: 'KEY_NEEDS_PASSPHRASE',
      fact: `The key file ${path} is encrypted.`,
      fix: 'Enter its passphrase.',
      field: 'auth.passphrase',
      value: path,
    })
  // A wrong passphrase shows as a failed check (OpenSSH format) or as broken padding or content (PEM format).
  if (passphrase !== null && /passphrase|integrity|decrypt|malformed/i.test(message))
    return new HeadroomError({
      code: 'KEY_WRONG_PASSPHRASE',
      fact: `The passphrase does not open the key file ${path}.`,
      fix: 'Enter the passphrase again.',
      field: 'auth.passphrase',
      value: path,
    })
  return unreadable(path, message, 'Convert it with: ssh-keygen -p -f <file>, or choose another file.')
}
