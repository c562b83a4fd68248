import type { Command } from '../../../shared/model/command.ts'
import type { Host, HostInput, SshAuthInput } from '../../../shared/model/host.ts'
import { HeadroomError, type Problem, problemOf } from '../../../shared/model/problem.ts'
import { Secret } from '../../../shared/model/secret.ts'
import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { Workspace } from '../workspace/index.ts'
import { type Answers, ConfiguredNames } from './configured.ts'
import { runKept, runStreaming, runToEnd } from './execute.ts'
import { HostKeys } from './host-keys.ts'
import { Identities, type Login } from './identity.ts'
import type { Hosts } from './interface.ts'
import { deleteHost, Inventory, insertHost, isNameTaken, type StoredHost, updatePostgres } from './inventory.ts'
import {
  checkFailed,
  hostNameTaken,
  hostNotFound,
  nameMissing,
  noSecretUsed,
  secretNeeded,
} from './inventory-problems.ts'
import { Conversation } from './keyboard-interactive.ts'
import { LocalTransport } from './local-transport.ts'
import { targetName } from './problems.ts'
import { SampleTransport } from './sample-transport.ts'
import { openSecrets } from './secrets.ts'
import { openServices } from './services.ts'
import { CONNECT_LIMITS, type ConnectLimits, connectSsh, scanHostKey, serverKey, type Target } from './ssh-connect.ts'
import { SshTransport } from './ssh-transport.ts'
import { Starts } from './starts.ts'
import { suggestHosts } from './suggestions.ts'
import type { Transport } from './transport.ts'

export interface HostsDependencies {
  workspace: Workspace
  environment: Environment
  events: EventHub
  limits?: Partial<ConnectLimits>
  /** Instead of ssh's own known_hosts files. */
  knownHostsFiles?: string[]
}

type Condition = Pick<Host, 'state' | 'lastSampleAt' | 'problem'>
const UNKNOWN: Condition = { state: 'unknown', lastSampleAt: null, problem: null }
/** Says that commands run at all; a host without /proc is welcome, and the probe will say what it lacks. */
const CHECK: Command = { argv: ['uname', '-s'], timeoutMs: 15_000 }
const NEEDS_KEY = new Set(['HOST_KEY_UNKNOWN', 'HOST_KEY_CHANGED', 'HOST_KEY_REVOKED'])
const ASKS = new Set(['ANSWER_NEEDED', 'ANSWER_REFUSED'])
const NEEDS_SECRET = new Set(['SECRET_NEEDED', 'KEY_NEEDS_PASSPHRASE', 'KEY_WRONG_PASSPHRASE', ...ASKS])
/** A command that went wrong by itself says nothing against its host, nor does one that a sample has no computer for. */
const OF_THE_COMMAND = new Set([
  'COMMAND_TIMEOUT',
  'COMMAND_CANCELLED',
  'OUTPUT_TOO_LARGE',
  'TUNNEL_REFUSED',
  'HOST_IS_SAMPLE',
])

/** Opens the inventory of a workspace. Nothing is connected until something runs. */
export function createHosts(dependencies: HostsDependencies): Hosts {
  const { workspace, environment, events } = dependencies
  const database = workspace.app
  const limits = { ...CONNECT_LIMITS, ...dependencies.limits }
  const inventory = new Inventory(database)
  const hostKeys = new HostKeys(database, environment, dependencies.knownHostsFiles)
  const identities = new Identities(environment)
  const secrets = openSecrets(database, environment)
  const services = openServices(database, secrets)
  const starts = new Starts(limits.starts)
  const names = new ConfiguredNames({
    environment,
    starts,
    identities,
    limits,
    hostKeys: (files) => new HostKeys(database, environment, [...files, ...(dependencies.knownHostsFiles ?? [])]),
  })
  const conditions = new Map<string, Condition>()
  const transports = new Map<string, Transport>()
  const routes = new Map<string, NonNullable<Host['route']>>()
  /** Answers for the attempt that is being made, and hosts that asked and got none. */
  const answers = new Map<string, Answers>()
  const unanswered = new Map<string, HeadroomError>()
  const now = () => environment.now()
  const elapsed = () => environment.elapsed()

  const stored = (id: string): StoredHost => {
    const host = inventory.find(id)
    if (host === null) throw hostNotFound(id)
    return host
  }
  const shown = (host: StoredHost): Host => ({
    ...host,
    ...(conditions.get(host.id) ?? UNKNOWN),
    ...(host.authKind === 'config' ? { route: routes.get(host.id) ?? null } : {}),
  })
  const note = (id: string, change: Partial<Condition>) => {
    const before = conditions.get(id) ?? UNKNOWN
    const after = { ...before, ...change }
    conditions.set(id, after)
    if (before.state !== after.state || before.problem?.code !== after.problem?.code) events.emit({ kind: 'hosts' })
  }
  const noteProblem = (id: string, problem: Problem) => {
    if (OF_THE_COMMAND.has(problem.code)) return
    const state = NEEDS_KEY.has(problem.code)
      ? 'needs-host-key'
      : NEEDS_SECRET.has(problem.code)
        ? 'needs-secret'
        : 'down'
    note(id, { state, problem })
  }

  /** A server that waits for an answer is not asked again by itself: it may count attempts that end without one. */
  const asking = async <T>(id: string, connect: () => Promise<T>): Promise<T> => {
    const before = unanswered.get(id)
    if (before !== undefined && !answers.has(id)) throw before
    unanswered.delete(id)
    try {
      return await connect()
    } catch (error) {
      if (error instanceof HeadroomError && ASKS.has(error.code)) unanswered.set(id, error)
      throw error
    }
  }
  const sshTransport = (id: string, target: Target, login: () => Promise<Login>) =>
    new SshTransport(targetName(target), (signal) =>
      asking(id, async () => {
        const used = await login()
        const offers = await identities.offers(target.user, used)
        const password = used.kind === 'password' ? used.password : null
        const conversation = new Conversation(target.user, password, answers.get(id)?.given ?? [])
        const connect = () => connectSsh(target, offers, hostKeys, limits, { signal, conversation })
        return starts.run(serverKey(target), connect, signal)
      }),
    )
  const configured = (id: string, name: string, alias: string, secret: () => Promise<Secret | null>): Transport =>
    names.transport({
      name,
      alias,
      secret,
      asking: (connect) => asking(id, connect),
      answers: () => answers.get(id) ?? { jump: null, given: [] },
      onConnecting: () => {
        if (conditions.has(id) && conditions.get(id)?.state !== 'up') note(id, { state: 'connecting' })
      },
      onRoute: (route) => void routes.set(id, route),
    })
  const transportOf = (host: StoredHost): Transport => {
    const kept = transports.get(host.id)
    if (kept !== undefined) return kept
    if (host.authKind === 'config') {
      const made = configured(host.id, host.name, host.address, () => secrets.get(secretName(host.id)))
      transports.set(host.id, made)
      return made
    }
    const target = { address: host.address, port: host.port ?? 22, user: host.user ?? '' }
    const made =
      host.kind === 'local'
        ? new LocalTransport(host.name, environment.env)
        : host.kind === 'sample'
          ? new SampleTransport(host.name)
          : sshTransport(host.id, target, async () => {
              if (conditions.get(host.id)?.state !== 'up') note(host.id, { state: 'connecting' })
              return storedLogin(host)
            })
    transports.set(host.id, made)
    return made
  }
  const storedLogin = async (host: StoredHost): Promise<Login> => {
    if (host.authKind === 'password') {
      const password = await secrets.get(secretName(host.id))
      if (password === null) throw secretNeeded(host, 'password', secrets.locked)
      return { kind: 'password', password }
    }
    if (host.authKind !== 'key') return { kind: 'agent' }
    const login: Login = { kind: 'key', path: host.keyPath ?? '', passphrase: await secrets.get(secretName(host.id)) }
    try {
      await identities.offers(host.user ?? '', login)
    } catch (error) {
      if (error instanceof HeadroomError && error.code === 'KEY_NEEDS_PASSPHRASE')
        throw secretNeeded(host, 'passphrase', secrets.locked)
      throw error
    }
    return login
  }

  /** Runs something on a host and keeps its state: what the host says by answering, or what stood in the way. */
  const on = async <T>(id: string, work: (transport: Transport, host: StoredHost) => Promise<T>): Promise<T> => {
    const host = stored(id)
    try {
      const result = await work(transportOf(host), host)
      note(id, { state: 'up', problem: null })
      return result
    } catch (error) {
      if (inventory.find(id) !== null) noteProblem(id, problemOf(error))
      throw error
    }
  }
  const disconnect = async (id: string) => {
    const transport = transports.get(id)
    transports.delete(id)
    await transport?.close()
  }

  const hosts: Hosts = {
    secrets,
    services,
    list: () => inventory.list().map(shown),
    get: (id) => shown(stored(id)),
    scanKey: (target) => scanHostKey(target, hostKeys, limits),
    acceptKey(key) {
      hostKeys.accept(key)
      events.emit({ kind: 'hosts' })
    },
    knownKeys: () => hostKeys.list(),
    importKeys(text, save) {
      const servers = inventory
        .list()
        .flatMap(({ address, port }) => (address === null ? [] : [{ address, port: port ?? 22 }]))
      if (!save) return hostKeys.previewImport(text, servers)
      const found = hostKeys.importKeys(text, servers)
      if (found.adds.length > 0) events.emit({ kind: 'hosts' })
      return found
    },
    forgetKey(key) {
      hostKeys.forget(key)
      events.emit({ kind: 'hosts' })
    },
    async add(input) {
      const name = input.name.trim()
      if (name === '') throw nameMissing()
      if (isNameTaken(database, name)) throw hostNameTaken(name)
      const id = environment.newId()
      const secret = secretOf(input)
      const host = hostOf(input, id, name, now())
      const transport =
        input.kind === 'local'
          ? new LocalTransport(name, environment.env)
          : input.kind === 'ssh-config'
            ? configured(id, name, host.address, async () => secret)
            : sshTransport(id, { address: host.address, port: host.port ?? 22, user: host.user ?? '' }, async () =>
                loginOf(input.auth, secret),
              )
      try {
        const result = await runToEnd(transport, CHECK, {}, elapsed, name)
        if (result.exitCode !== 0) throw checkFailed(name, result.stderr || result.stdout, result.exitCode)
        // While it connected, another host of this name may have come.
        if (isNameTaken(database, name)) throw hostNameTaken(name)
        if (secret !== null) await secrets.put(secretName(id), secret)
        insertHost(database, host)
      } catch (error) {
        await transport.close()
        if (error instanceof HeadroomError && ASKS.has(error.code) && !isNameTaken(database, name)) {
          if (secret !== null) await secrets.put(secretName(id), secret)
          insertHost(database, host)
          noteProblem(id, error.problem)
          return shown(host)
        }
        await secrets.delete(secretName(id))
        throw error
      }
      transports.set(id, transport)
      note(id, { state: 'up', problem: null })
      return shown(host)
    },
    addSample(name) {
      if (isNameTaken(database, name)) throw hostNameTaken(name)
      const id = environment.newId()
      insertHost(database, {
        ...{ id, name, kind: 'sample', address: 'sample', port: null, user: null, authKind: 'none', keyPath: null },
        ...{ postgres: null, createdAt: Math.trunc(now()) },
      })
      events.emit({ kind: 'hosts' })
      return shown(stored(id))
    },
    setPostgres(id, postgres) {
      stored(id)
      updatePostgres(database, id, postgres)
      events.emit({ kind: 'hosts' })
      return shown(stored(id))
    },
    async setSecret(id, secret) {
      const host = stored(id)
      if (!['password', 'key', 'config'].includes(host.authKind)) throw noSecretUsed(host)
      await secrets.put(secretName(id), secret)
      return hosts.test(id)
    },
    async answer(id, given) {
      stored(id)
      const jump = conditions.get(id)?.problem?.details?.jump ?? null
      answers.set(id, { jump, given })
      try {
        const answered = await hosts.test(id)
        // The servers behind the same jump host need no answer of their own any more.
        if (jump !== null && answered.problem?.details?.jump !== jump)
          for (const [other, { problem }] of unanswered) if (problem.details?.jump === jump) unanswered.delete(other)
        return answered
      } finally {
        answers.delete(id)
      }
    },
    async remove(id) {
      stored(id)
      await disconnect(id)
      unanswered.delete(id)
      deleteHost(database, id)
      await secrets.delete(secretName(id))
      await services.forget(id)
      conditions.delete(id)
      events.emit({ kind: 'hosts' })
    },
    async test(id) {
      stored(id)
      unanswered.delete(id)
      await disconnect(id)
      try {
        const result = await hosts.run(id, CHECK)
        if (result.exitCode !== 0)
          noteProblem(id, checkFailed(stored(id).name, result.stderr || result.stdout, result.exitCode).problem)
      } catch (error) {
        // The host's problem is what is asked for here. A check that hangs is one too.
        const problem = problemOf(error)
        if (inventory.find(id) !== null) note(id, { state: 'down', problem, ...stateFor(problem) })
      }
      return shown(stored(id))
    },
    suggestions: () => suggestHosts(environment),
    run: (id, command, options = {}) =>
      on(id, (transport, host) => runToEnd(transport, command, options, elapsed, host.name)),
    stream: (id, command, options) => on(id, (transport) => runStreaming(transport, command, options, elapsed)),
    script: (id, text, options = {}) =>
      hosts.run(
        id,
        {
          argv: ['sh', '-s'],
          stdin: text,
          ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
          ...(options.sudo === undefined ? {} : { sudo: options.sudo }),
        },
        options,
      ),
    ask: (id, kept, options = {}) => on(id, (transport, host) => runKept(transport, kept, options, elapsed, host.name)),
    tunnel: (id, target) => on(id, (transport) => transport.tunnel(target)),
    noteSample: (id, at) => note(id, { state: 'up', problem: null, lastSampleAt: at }),
    noteFailure(id, problem) {
      // A probe that floods or hangs says something of its host, where any other command says nothing.
      if (OF_THE_COMMAND.has(problem.code)) note(id, { state: 'down', problem })
      else noteProblem(id, problem)
    },
    noteEarlierSample(id, at) {
      const before = conditions.get(id) ?? UNKNOWN
      conditions.set(id, { ...before, lastSampleAt: Math.max(at, before.lastSampleAt ?? 0) })
    },
    async dropIdle() {
      names.leaveJumps()
      await Promise.all([...transports.values()].map(async (transport) => transport.dropIdle?.()))
    },
    async close() {
      await Promise.all([...transports.keys()].map(disconnect))
      names.leaveJumps()
    },
  }
  return hosts
}

function stateFor(problem: Problem): Partial<Condition> {
  if (NEEDS_KEY.has(problem.code)) return { state: 'needs-host-key' }
  return NEEDS_SECRET.has(problem.code) ? { state: 'needs-secret' } : {}
}

/** Where a host's password or passphrase is kept, and how it is called in redacted output. */
function secretName(hostId: string): string {
  return `host/${hostId}/login`
}

function secretOf(input: HostInput): Secret | null {
  if (input.kind === 'ssh-config') return input.secret === undefined ? null : new Secret('secret', input.secret)
  if (input.kind !== 'ssh') return null
  if (input.auth.kind === 'password') return new Secret('password', input.auth.password)
  if (input.auth.kind === 'key' && input.auth.passphrase) return new Secret('passphrase', input.auth.passphrase)
  return null
}

function loginOf(auth: SshAuthInput, secret: Secret | null): Login {
  switch (auth.kind) {
    case 'agent':
      return { kind: 'agent' }
    case 'key':
      return { kind: 'key', path: auth.path, passphrase: secret }
    case 'password':
      return { kind: 'password', password: secret ?? new Secret('password', auth.password) }
  }
}

function hostOf(input: HostInput, id: string, name: string, createdAt: number): StoredHost {
  const common = { id, name, postgres: null, createdAt: Math.trunc(createdAt) }
  if (input.kind === 'local')
    return { ...common, kind: 'local', address: 'localhost', port: null, user: null, authKind: 'none', keyPath: null }
  if (input.kind === 'ssh-config')
    return {
      ...common,
      kind: 'ssh',
      address: input.alias.trim(),
      port: null,
      user: null,
      authKind: 'config',
      keyPath: null,
    }
  return {
    ...common,
    kind: 'ssh',
    address: input.address.trim(),
    port: input.port,
    user: input.user,
    authKind: input.auth.kind,
    keyPath: input.auth.kind === 'key' ? input.auth.path : null,
  }
}
