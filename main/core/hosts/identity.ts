import { existsSync, readFileSync, statSync } from 'node:fs'
import type ssh2 from 'ssh2'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Secret } from '../../../shared/model/secret.ts'
import type { Environment } from '../environment.ts'
import { filteredAgent } from './filtered-agent.ts'
import { expandHome } from './home-path.ts'
import { readSshLibrary, sshLibrary } from './ssh-library.ts'
import type { SshSettings } from './ssh-settings.ts'

/** How to log in. Secrets are at hand; a missing one is null. */
export type Login =
  | { kind: 'agent' }
  | { kind: 'key'; path: string; passphrase: Secret | null }
  | { kind: 'password'; password: Secret }
  /** `opens` is a passphrase to try on key files where `secret`, which may be a password, is none. */
  | { kind: 'configured'; settings: SshSettings; secret: Secret | null; opens: Secret | null }

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
    await readSshLibrary()
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
      case 'password':
        return [passwordOffer(user, login.password)]
      case 'configured':
        return this.#configured(user, login)
    }
  }

  /**
   * What ssh would offer for a configured name, in its order: the agent's keys, then each identity file that is there. The
   * one secret is tried as the passphrase of encrypted files and as the password.
   */
  async #configured(
    user: string,
    { settings, secret, opens }: Extract<Login, { kind: 'configured' }>,
  ): Promise<Offer[]> {
    const offers: Offer[] = []
    const files = settings.identityFiles.filter((path) => existsSync(path))
    const agent = await this.#agentFor(settings)
    if (agent !== null)
      offers.push({
        words: settings.identitiesOnly ? 'the named keys of the SSH agent' : 'keys of the SSH agent',
        method: { type: 'agent', username: user, agent },
      })
    let locked: HeadroomError | null = null
    for (const path of files) {
      try {
        const key = this.#key(path, opens ?? secret)
        offers.push({ words: `key file ${path}`, method: { type: 'publickey', username: user, key } })
      } catch (error) {
        if (!(error instanceof HeadroomError)) throw error
        if (!NEEDS_PASSPHRASE.has(error.problem.code)) continue
        // The secret may be the password, and the agent may hold this very key.
        if (agent === null || (opens ?? secret) !== null) locked ??= error
      }
    }
    if (secret !== null) offers.push(passwordOffer(user, secret))
    if (offers.length === 0) throw locked ?? noIdentity(settings)
    return offers
  }

  /** What stands in the way of an identity file of a configured name that is encrypted and not opened by `secret`; null when none is. */
  lockedKey(settings: SshSettings, secret: Secret | null): HeadroomError | null {
    for (const path of settings.identityFiles.filter((file) => existsSync(file))) {
      try {
        this.#key(path, secret)
      } catch (error) {
        if (error instanceof HeadroomError && NEEDS_PASSPHRASE.has(error.problem.code)) return error
      }
    }
    return null
  }

  /** The agent a configured name uses: with IdentitiesOnly, only its keys that a named file is the public half of. */
  async #agentFor(settings: SshSettings): Promise<ssh2.BaseAgent | string | null> {
    const socket = settings.identityAgent === undefined ? this.#environment.env.SSH_AUTH_SOCK : settings.identityAgent
    if (socket === undefined || socket === null || socket === '' || !existsSync(socket)) return null
    const keys = await agentKeys(socket).catch(() => [])
    if (keys.length === 0) return null
    if (!settings.identitiesOnly) return socket
    const named = settings.identityFiles.flatMap((path) => publicBlobOf(path))
    return filteredAgent(socket, (blob) => named.some((one) => one.equals(blob)))
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
    const keys = await agentKeys(socket).catch((error: unknown) => {
      throw none(error)
    })
    if (keys.length === 0)
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
    const parsed = sshLibrary().utils.parseKey(text, given ?? undefined)
    const key = Array.isArray(parsed) ? parsed[0] : parsed
    if (key instanceof Error || key === undefined) throw keyProblem(path, key?.message ?? 'it holds no key', given)
    if (!key.isPrivateKey())
      throw unreadable(path, 'it holds a public key', 'Choose the private key (the file without .pub).')
    this.#parsed.set(cacheKey, { key, passphrase: given })
    return key
  }
}

const NEEDS_PASSPHRASE = new Set(['KEY_NEEDS_PASSPHRASE', 'KEY_WRONG_PASSPHRASE'])

function passwordOffer(user: string, secret: Secret): Offer {
  return { words: 'password', method: { type: 'password', username: user, password: secret.reveal() } }
}

function agentKeys(socket: string): Promise<unknown[]> {
  return new Promise((resolve, reject) =>
    sshLibrary()
      .createAgent(socket)
      .getIdentities((error, keys) => (error ? reject(error) : resolve(keys ?? []))),
  )
}

/** The public half of a key file, read from the ".pub" beside it; none when there is no such file. */
function publicBlobOf(path: string): Buffer[] {
  const file = path.endsWith('.pub') ? path : `${path}.pub`
  if (!existsSync(file) || statSync(file).size > MAX_KEY_BYTES) return []
  const key = sshLibrary().utils.parseKey(readFileSync(file))
  const first = Array.isArray(key) ? key[0] : key
  return first === undefined || first instanceof Error ? [] : [first.getPublicSSH()]
}

function noIdentity(settings: SshSettings): HeadroomError {
  return new HeadroomError({
    code: 'NO_IDENTITY',
    fact: `The SSH configuration of ${settings.alias} leads to no key: no agent holds one, and no identity file is there.`,
    fix: 'Start an SSH agent, name an IdentityFile in ~/.ssh/config, or enter the password.',
    field: 'secret',
    value: settings.alias,
  })
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
