import { hostAddress } from '../../shared/format/host-address.ts'
import type { Host, HostInput, HostKeyCheck } from '../../shared/model/host.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import { answerAll, promptsOf } from './answer.ts'
import { type Call, type Command, done, text } from './command.ts'
import { findHost } from './find-host.ts'
import { judge, judgeKey, keyOptions } from './judge-key.ts'
import { problemFrom } from './problem-from.ts'
import { secretFromEnvOrPrompt } from './secrets.ts'
import { numberOption, UsageError } from './usage-error.ts'

export const hostsList: Command = {
  words: ['hosts', 'list'],
  usage: 'hosts list',
  summary: 'the servers of this workspace and how they are',
  options: {},
  positionals: { min: 0, max: 0 },
  async run({ core, terminal }) {
    const hosts = await core.hosts.list()
    if (hosts.length === 0) terminal.say('No servers yet. Add one with `headroom hosts add`.')
    else {
      terminal.table([
        ['NAME', 'ADDRESS', 'STATE', 'PROBLEM'],
        ...hosts.map((host) => [host.name, hostAddress(host) ?? 'this computer', host.state, host.problem?.fact ?? '']),
      ])
    }
    return done(hosts)
  },
}

export const hostsAdd: Command = {
  words: ['hosts', 'add'],
  usage:
    'hosts add NAME --local | NAME --ssh-config [ALIAS] [--passphrase-env VAR] | NAME [USER@]ADDRESS[:PORT] (--agent | --key PATH [--passphrase-env VAR] | --password [--password-env VAR]) [--accept-key SHA256:...]',
  summary: 'adds this computer or a server; an unknown host key is shown first',
  options: {
    local: { type: 'boolean' },
    'ssh-config': { type: 'boolean' },
    agent: { type: 'boolean' },
    key: { type: 'string' },
    password: { type: 'boolean' },
    'password-env': { type: 'string' },
    'passphrase-env': { type: 'string' },
    ...keyOptions,
  },
  positionals: { min: 1, max: 2 },
  async run(call) {
    const input = await hostInput(call)
    if (input.kind === 'ssh') await trust(call, input.address, input.port)
    const host = input.kind === 'ssh-config' ? await addConfigured(call, input) : await call.core.hosts.add(input)
    call.terminal.say(`Added ${host.name}.`)
    if (promptsOf(host).length === 0) return done(host)
    if (call.terminal.interactive) return done(await answerAll(call, host))
    call.terminal.say(`${host.problem?.fact ?? ''} Answer with \`headroom hosts answer ${host.name}\`.`)
    return done(host)
  },
}

export const hostsRemove: Command = {
  words: ['hosts', 'remove'],
  usage: 'hosts remove NAME',
  summary: 'forgets a server; nothing is changed on it',
  options: {},
  positionals: { min: 1, max: 1 },
  async run({ core, terminal, positionals }) {
    const host = await findHost(core, positionals[0] ?? '')
    await core.hosts.remove({ hostId: host.id })
    terminal.say(`Removed ${host.name}.`)
    return done({ removed: host.id })
  },
}

export const hostsAcceptKey: Command = {
  words: ['hosts', 'accept-key'],
  usage: 'hosts accept-key ADDRESS[:PORT] [--accept-key SHA256:...]',
  summary: "reads a server's key, shows its fingerprint and trusts it when you say so",
  options: keyOptions,
  positionals: { min: 1, max: 1 },
  async run(call) {
    const { address, port } = target(call.positionals[0] ?? '')
    return done((await trust(call, address, port)).key)
  },
}

/**
 * Makes sure the server's key is trusted: known already, named by --accept-key, or accepted at the terminal.
 * @throws HOST_KEY_CHANGED, HOST_KEY_REVOKED, HOST_KEY_UNKNOWN
 */
async function trust(call: Call, address: string, port: number): Promise<HostKeyCheck> {
  const check = await call.core.hosts.scanKey({ address, port })
  const { key, status } = check
  if (status === 'known') return check
  const facts = `${key.algorithm} ${key.fingerprint}`
  if (status === 'changed' || status === 'revoked') {
    const expected = check.expected.map((one) => `${one.algorithm} ${one.fingerprint} (${one.source})`).join(', ')
    throw new HeadroomError({
      code: status === 'changed' ? 'HOST_KEY_CHANGED' : 'HOST_KEY_REVOKED',
      fact: `${address}:${port} shows the key ${facts}, ${status === 'changed' ? `but the key on file is ${expected}` : 'which is revoked'}.`,
      fix: 'Find out from whoever runs the server whether its key was replaced. Until then, do not connect.',
    })
  }
  await judge(call, key)
  return check
}

/** A name of the SSH configuration may lead over several servers; the key of each is judged when it is met. */
async function addConfigured(call: Call, input: HostInput): Promise<Host> {
  for (;;) {
    try {
      return await call.core.hosts.add(input)
    } catch (error) {
      if (!(await judgeKey(call, problemFrom(error)))) throw error
    }
  }
}

async function hostInput(call: Call): Promise<HostInput> {
  const { values, positionals } = call
  const [name = '', where] = positionals
  if (values.local === true) {
    if (where !== undefined) throw new UsageError('--local is this computer and takes no address.')
    return { kind: 'local', name }
  }
  if (values['ssh-config'] === true) {
    const variable = text(values, 'passphrase-env') ?? text(values, 'password-env')
    const secret = variable === undefined ? undefined : await secretFromEnvOrPrompt(variable, 'Passphrase', call)
    return { kind: 'ssh-config', name, alias: where ?? name, ...(secret === undefined ? {} : { secret }) }
  }
  if (where === undefined) throw new UsageError('Give the address of the server, or --local for this computer.')
  const { user, address, port } = target(where)
  return { kind: 'ssh', name, address, port, user: user ?? call.env.USER ?? 'root', auth: await authOf(call) }
}

async function authOf(call: Call): Promise<Extract<HostInput, { kind: 'ssh' }>['auth']> {
  const { values } = call
  const path = text(values, 'key')
  const password = values.password === true || values['password-env'] !== undefined
  if ([values.agent === true, path !== undefined, password].filter(Boolean).length !== 1) {
    throw new UsageError('Say how to log in: --agent, --key PATH or --password.')
  }
  if (path !== undefined) {
    const variable = text(values, 'passphrase-env')
    const passphrase = variable === undefined ? undefined : await secretFromEnvOrPrompt(variable, 'Passphrase', call)
    return { kind: 'key', path, ...(passphrase === undefined ? {} : { passphrase }) }
  }
  if (!password) return { kind: 'agent' }
  return { kind: 'password', password: await secretFromEnvOrPrompt(text(values, 'password-env'), 'Password', call) }
}

/** `user@address:port`; an IPv6 address with a port stands in brackets. */
export function target(word: string): { user: string | undefined; address: string; port: number } {
  const match = word.match(/^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+)|([0-9a-f:]+))(?::(\d+))?$/i)
  if (!match) throw new UsageError(`"${word}" is no address. Write USER@ADDRESS:PORT.`)
  const [, user, bracketed, plain, bare, port] = match
  return { user, address: bracketed ?? plain ?? bare ?? '', port: port === undefined ? 22 : numberOption('port', port) }
}
