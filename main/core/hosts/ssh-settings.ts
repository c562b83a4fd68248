import { execFile } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Environment } from '../environment.ts'
import { expandHome } from './home-path.ts'

/** What `ssh` would use for a name of the operator's configuration, with home and tokens expanded. */
export interface SshSettings {
  /** The name as it would stand on ssh's command line. */
  alias: string
  address: string
  port: number
  user: string
  /** In ssh's order; a file that is not there is passed over, as ssh does. */
  identityFiles: string[]
  /** A socket's path, null for none; undefined when the configuration says nothing and SSH_AUTH_SOCK holds. */
  identityAgent: string | null | undefined
  identitiesOnly: boolean
  certificateFiles: string[]
  /** The hops of ProxyJump from the outermost to the one before the server, each "[user@]host[:port]". */
  jumps: string[]
  proxyCommand: string | null
  hostKeyAlias: string | null
  knownHostsFiles: string[]
  connectTimeoutMs: number | null
  keepaliveMs: number | null
  /** What it asks for that only the system's ssh can do, in words. */
  beyondLibrary: string[]
}

/** Parts of a name that stand before its own settings, as `ssh -l user -p port name` has them. */
export interface NameOverrides {
  user?: string
  port?: number
}

const LOOKUP_MS = 10_000

/**
 * Asks `ssh -G`, which prints what would hold for a name without connecting: Host and Match blocks, Include, defaults and
 * the system-wide file are read by OpenSSH itself. A `Match exec` command of the configuration runs, as it does for ssh.
 * @throws HeadroomError SSH_CONFIG_INVALID (naming file and line), SSH_NOT_FOUND, SSH_NAME_INVALID
 */
export async function readSshSettings(
  alias: string,
  environment: Environment,
  overrides: NameOverrides = {},
): Promise<SshSettings> {
  if (!/^[^\s-][^\s]*$/.test(alias) || alias.includes('\0')) throw nameInvalid(alias)
  const answer = await askSsh(alias, environment, overrides)
  const all = (keyword: string): string[] => answer.get(keyword) ?? []
  const one = (keyword: string): string | null => {
    const value = all(keyword)[0]
    return value === undefined || value === 'none' ? null : value
  }
  const address = one('hostname') ?? alias
  const port = Number(one('port') ?? 22)
  const user = one('user') ?? environment.env.USER ?? 'root'
  const expand = (text: string): string =>
    expandHome(
      expandTokens(text, {
        h: address,
        p: String(port),
        r: user,
        n: alias,
        u: localUser(environment),
        d: environment.home,
      }),
      environment.home,
    )
  const files = (keyword: string): string[] =>
    all(keyword)
      .filter((path) => path !== 'none')
      .map(expand)
  const list = (keyword: string): string[] =>
    all(keyword)
      .flatMap((line) => line.match(/"[^"]*"|\S+/g) ?? [])
      .map((word) => word.replace(/^"|"$/g, ''))
      .filter((path) => path !== 'none' && path !== '/dev/null')
      .map(expand)
  const agent = all('identityagent')[0]
  const jump = one('proxyjump')
  const settings: Omit<SshSettings, 'beyondLibrary'> = {
    alias,
    address,
    port,
    user,
    identityFiles: files('identityfile'),
    identityAgent: agentOf(agent, environment, expand),
    identitiesOnly: one('identitiesonly') === 'yes',
    certificateFiles: [
      ...files('certificatefile'),
      ...files('identityfile')
        .map((path) => `${path}-cert.pub`)
        .filter((path) => existsSync(path)),
    ],
    jumps: jump === null ? [] : jump.split(',').map((hop) => hop.trim()),
    proxyCommand: one('proxycommand'),
    hostKeyAlias: one('hostkeyalias'),
    knownHostsFiles: [...list('userknownhostsfile'), ...list('globalknownhostsfile')],
    connectTimeoutMs: milliseconds(one('connecttimeout')),
    keepaliveMs: milliseconds(one('serveraliveinterval')),
  }
  return { ...settings, beyondLibrary: beyondLibrary(settings, one) }
}

/** What the SSH library cannot do and the system's ssh can. */
function beyondLibrary(
  settings: Omit<SshSettings, 'beyondLibrary'>,
  one: (keyword: string) => string | null,
): string[] {
  const reasons: string[] = []
  if (settings.proxyCommand !== null) reasons.push('ProxyCommand')
  if (settings.certificateFiles.some((path) => existsSync(path))) reasons.push('a user certificate')
  if (settings.identityFiles.some(isFidoKey)) reasons.push('a FIDO key')
  if (one('pkcs11provider') !== null) reasons.push('a PKCS#11 provider')
  // Distributions switch GSSAPI on for everybody; it is asked for where it is put first.
  if (/^gssapi/.test(one('preferredauthentications') ?? '')) reasons.push('GSSAPI')
  const bind = one('bindaddress') ?? one('bindinterface')
  if (bind !== null) reasons.push('BindAddress')
  return reasons
}

const FIDO_TYPES = ['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com']
const MAX_KEY_BYTES = 64 * 1024

/**
 * Whether a key needs a security key: its type stands in clear in the public half, and in the file itself even where that is
 * encrypted (PROTOCOL.key). The file's name says nothing; "_sk" is only what ssh-keygen proposes.
 */
function isFidoKey(path: string): boolean {
  try {
    if (statSync(path).size > MAX_KEY_BYTES) return false
    const text = readFileSync(path, 'utf8')
    if (FIDO_TYPES.some((type) => text.startsWith(type))) return true
    const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(text)?.[1]
    if (body === undefined) return false
    const bytes = Buffer.from(body, 'base64')
    return FIDO_TYPES.some((type) => bytes.includes(type))
  } catch {
    // One that is not there or cannot be read is passed over here, and told when it is used.
    return false
  }
}

function agentOf(
  value: string | undefined,
  environment: Environment,
  expand: (text: string) => string,
): string | null | undefined {
  if (value === undefined || value === 'SSH_AUTH_SOCK') return undefined
  if (value === 'none') return null
  if (value.startsWith('$')) return environment.env[value.slice(1).replace(/^\{|\}$/g, '')] ?? null
  return expand(value)
}

/** The tokens of ssh_config(5) that file names may hold. An unknown one stays as it is written. */
function expandTokens(text: string, values: Record<string, string>): string {
  return text.replace(/%(.)/g, (whole, token: string) => (token === '%' ? '%' : (values[token] ?? whole)))
}

function localUser(environment: Environment): string {
  return environment.env.USER ?? userInfo().username
}

const milliseconds = (seconds: string | null): number | null => {
  const value = Number(seconds)
  return seconds === null || !Number.isFinite(value) || value <= 0 ? null : value * 1000
}

/**
 * The options that make ssh read this operator's configuration. Without -F it reads the files of the account that runs
 * it, and the system-wide one too; another home is named outright.
 */
export function configOptions(environment: Environment): string[] {
  if (environment.home === userInfo().homedir) return []
  const file = join(environment.home, '.ssh', 'config')
  return ['-F', existsSync(file) ? file : '/dev/null']
}

function askSsh(alias: string, environment: Environment, overrides: NameOverrides): Promise<Map<string, string[]>> {
  const argv = [
    '-G',
    ...configOptions(environment),
    ...(overrides.user === undefined ? [] : ['-l', overrides.user]),
    ...(overrides.port === undefined ? [] : ['-p', String(overrides.port)]),
    '--',
    alias,
  ]
  const env = { ...environment.env, HOME: environment.home } as NodeJS.ProcessEnv
  return new Promise((resolve, reject) =>
    execFile('ssh', argv, { env, timeout: LOOKUP_MS, maxBuffer: 4 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null) {
        reject(
          (error as NodeJS.ErrnoException).code === 'ENOENT' ? sshNotFound(error) : configInvalid(alias, stderr, error),
        )
        return
      }
      const settings = new Map<string, string[]>()
      for (const line of stdout.split(/\r?\n/)) {
        const at = line.indexOf(' ')
        if (at > 0) settings.set(line.slice(0, at), [...(settings.get(line.slice(0, at)) ?? []), line.slice(at + 1)])
      }
      resolve(settings)
    }),
  )
}

function configInvalid(alias: string, stderr: string, cause: Error): HeadroomError {
  const said = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/terminating, \d+ bad configuration/.test(line))
  const first = said[0] ?? cause.message
  return new HeadroomError(
    {
      code: 'SSH_CONFIG_INVALID',
      fact: `ssh cannot read its configuration for "${alias}": ${first.slice(0, 300)}.`,
      fix: 'Correct the line named there; "ssh -G" with the name shows the same.',
      field: 'alias',
      value: alias,
      ...(said.length > 1 ? { details: { said: said.join('\n').slice(0, 2000) } } : {}),
    },
    { cause },
  )
}

function sshNotFound(cause: Error): HeadroomError {
  return new HeadroomError(
    {
      code: 'SSH_NOT_FOUND',
      fact: 'This computer has no "ssh" program, which is needed to read an SSH configuration.',
      fix: 'Install the OpenSSH client, or add the server by its address, user and key.',
      field: 'alias',
    },
    { cause },
  )
}

function nameInvalid(alias: string): HeadroomError {
  return new HeadroomError({
    code: 'SSH_NAME_INVALID',
    fact: `"${alias.slice(0, 80)}" cannot be a name of an SSH configuration.`,
    fix: 'Write the name as it stands behind Host in ~/.ssh/config: no spaces, and no hyphen in front.',
    field: 'alias',
    value: alias.slice(0, 80),
  })
}
