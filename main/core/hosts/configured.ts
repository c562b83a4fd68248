import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import type { Host } from '../../../shared/model/host.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Secret } from '../../../shared/model/secret.ts'
import type { Environment } from '../environment.ts'
import type { HostKeys } from './host-keys.ts'
import type { Identities } from './identity.ts'
import { type Arrived, Jumps } from './jumps.ts'
import { Conversation } from './keyboard-interactive.ts'
import { linkLost, noAnswer, targetName } from './problems.ts'
import { Slots } from './slots.ts'
import { type ConnectLimits, connectSsh, serverKey, type Target } from './ssh-connect.ts'
import { findRoute, type Route } from './ssh-route.ts'
import type { SshSettings } from './ssh-settings.ts'
import { SshTransport } from './ssh-transport.ts'
import type { Starts } from './starts.ts'
import { SystemSshTransport } from './system-ssh.ts'
import type { Exit, Invocation, KeptText, Sinks, Transport, TunnelTarget } from './transport.ts'

export interface ConfiguredOptions {
  /** The host's name in messages. */
  name: string
  alias: string
  /** The password or passphrase that the operator gave for it, if any. */
  secret(): Promise<Secret | null>
  /** The operator's answers to what was asked the last time, used for one attempt, and which jump host had asked; null: the server. */
  answers(): Answers
  /** Around each attempt: knows whether the server waits for an answer. */
  asking(connect: () => Promise<Client>): Promise<Client>
  /** Told before each connection. */
  onConnecting(): void
  onRoute(route: NonNullable<Host['route']>): void
}

export interface Answers {
  jump: string | null
  given: readonly string[]
}

/** What one attempt to connect may use. */
interface Attempt {
  secret: Secret | null
  answers: Answers
  signal?: AbortSignal | undefined
}

/** Reaches the names of the operator's SSH configuration. Servers behind the same jump host share one connection to it. */
export class ConfiguredNames {
  readonly #environment: Environment
  readonly #identities: Identities
  readonly #hostKeys: (files: readonly string[]) => HostKeys
  readonly #limits: ConnectLimits
  readonly #starts: Starts
  /** Programs that look up a route at the same time. */
  readonly #lookups = new Slots(4)
  readonly #jumps = new Jumps()
  /** Passwords of jump hosts that the operator gave, until Headroom ends: a connection lost in sleep is made again. */
  readonly #passwords = new Map<string, Secret>()

  constructor(dependencies: {
    environment: Environment
    identities: Identities
    /** The keys on file, with ssh's files as the configuration names them. */
    hostKeys(files: readonly string[]): HostKeys
    limits: ConnectLimits
    starts: Starts
  }) {
    this.#environment = dependencies.environment
    this.#identities = dependencies.identities
    this.#hostKeys = dependencies.hostKeys
    this.#limits = dependencies.limits
    this.#starts = dependencies.starts
  }

  transport(options: ConfiguredOptions): Transport {
    return new LateTransport(async () => {
      const route = await this.#find(options.alias)
      options.onRoute(summary(route))
      if (route.beyondLibrary.length === 0) {
        // The first connection goes the way just found; later ones ask anew, since the configuration may have changed.
        let found: Route | null = route
        return new SshTransport(options.name, async (signal) => {
          options.onConnecting()
          const now = found ?? (await this.#find(options.alias))
          found = null
          options.onRoute(summary(now))
          const secret = await options.secret()
          const attempt = { secret, signal, answers: options.answers() }
          return options.asking(async () => (await this.#walk(now.hops, attempt, false)).client)
        })
      }
      const last = route.hops.at(-1) as SshSettings
      options.onConnecting()
      return new SystemSshTransport({
        name: options.name,
        alias: options.alias,
        environment: this.#environment,
        starts: this.#starts,
        acceptedKeys: () => this.#hostKeys([]).acceptedLines(),
        knownHostsFiles: [...new Set(route.hops.flatMap((hop) => hop.knownHostsFiles))],
        connectTimeoutMs: last.connectTimeoutMs ?? this.#limits.socketMs,
      })
    })
  }

  /** What is connected from here on goes over new connections to jump hosts; the ones there are end with their last user. */
  leaveJumps(): void {
    this.#jumps.leave()
  }

  /** Each look-up is a program of its own, or several: hundreds of hosts must not start hundreds of them at once. */
  async #find(alias: string): Promise<Route> {
    await this.#lookups.take()
    try {
      return await findRoute(alias, this.#environment)
    } finally {
      this.#lookups.give()
    }
  }

  /**
   * Connects hop by hop; the result's end ends the hops that nobody else uses. A hop's own start does not count while it
   * waits for the hop before it, and all that lie behind one hop share its limit.
   */
  async #walk(hops: SshSettings[], attempt: Attempt, isJump: boolean): Promise<Arrived> {
    const { signal } = attempt
    const [last, ...rest] = [...hops].reverse() as [SshSettings, ...SshSettings[]]
    if (rest.length === 0) return this.#starts.run(serverKey(last), () => this.#login(last, attempt, isJump), signal)
    const before = rest.reverse()
    const release: (() => void)[] = []
    try {
      // A connection that others will share does not end with the attempt that made it.
      const shared = { ...attempt, signal: undefined }
      const jump = await this.#jumps.use(before, () => this.#walk(before, shared, true), release)
      const arrived = await this.#starts.run(
        `behind ${before.map(serverKey).join(' ')}`,
        async () => {
          const limitMs = last.connectTimeoutMs ?? this.#limits.socketMs
          return this.#login(last, attempt, isJump, await forward(jump, last, limitMs, signal))
        },
        signal,
      )
      arrived.client.once('close', () => {
        for (const one of release) one()
      })
      return arrived
    } catch (error) {
      for (const one of release) one()
      throw error
    }
  }

  /**
   * The server's secret is its password and opens key files. A jump host is never given it: it is reached by the agent, by key
   * files, which that secret may open, and by what the operator answers to its own questions.
   */
  async #login(
    settings: SshSettings,
    { secret, answers, signal }: Attempt,
    isJump: boolean,
    through?: Duplex,
  ): Promise<Arrived> {
    const target: Target = {
      address: settings.address,
      port: settings.port,
      user: settings.user,
      ...(settings.hostKeyAlias === null ? {} : { keyName: { address: settings.hostKeyAlias, port: 22 } }),
    }
    const key = targetName(target)
    const password = isJump ? (this.#passwords.get(key) ?? null) : secret
    const login = { kind: 'configured' as const, settings, secret: password, opens: secret }
    const offers = await this.#identities.offers(settings.user, login).catch((error: unknown) => {
      if (isJump && error instanceof HeadroomError && error.code === 'NO_IDENTITY') return []
      throw error
    })
    const limits = {
      ...this.#limits,
      socketMs: settings.connectTimeoutMs ?? this.#limits.socketMs,
      keepaliveMs: settings.keepaliveMs ?? this.#limits.keepaliveMs,
    }
    const mine = answers.jump === (isJump ? settings.alias : null) ? answers.given : []
    const conversation = new Conversation(settings.user, password, mine)
    try {
      const client = await connectSsh(target, offers, this.#hostKeys(settings.knownHostsFiles), limits, {
        ...{ conversation, asks: isJump },
        ...(through === undefined ? {} : { through }),
        ...(signal === undefined ? {} : { signal }),
      })
      if (isJump && conversation.typedPassword !== null) this.#passwords.set(key, conversation.typedPassword)
      return { client, answered: conversation.asked.length > 0 }
    } catch (error) {
      if (isJump) this.#passwords.delete(key)
      const locked = this.#identities.lockedKey(settings, secret)
      if (locked !== null && error instanceof HeadroomError && error.problem.code === 'AUTH_REFUSED') throw locked
      throw error
    }
  }
}

function summary({ hops, beyondLibrary }: Route): NonNullable<Host['route']> {
  const { user, address, port } = hops.at(-1) as SshSettings
  return { user, address, port, through: hops.slice(0, -1).map((hop) => hop.alias), by: beyondLibrary }
}

/** A channel of the jump host to the server behind it; the jump host itself may wait for minutes for one that is silent. */
function forward(jump: Client, to: SshSettings, limitMs: number, signal?: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const giveUp = () => end(() => reject(signal?.aborted ? linkLost(to.alias) : noAnswer(to, limitMs, false)))
    const closed = () => end(() => reject(jumpRefused(to, new Error('its connection ended'))))
    const timer = setTimeout(giveUp, limitMs)
    let over = false
    const end = (settle: () => void) => {
      over = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
      jump.removeListener('close', closed)
      settle()
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    jump.once('close', closed)
    jump.forwardOut('127.0.0.1', 0, to.address, to.port, (error, channel) => {
      if (over) channel?.destroy()
      else end(() => (error ? reject(jumpRefused(to, error)) : resolve(channel)))
    })
  })
}

function jumpRefused(to: SshSettings, cause: Error): HeadroomError {
  return new HeadroomError(
    {
      code: 'HOST_UNREACHABLE',
      fact: `The jump host does not lead to ${to.address}:${to.port}: ${cause.message}.`,
      fix: 'Check that the server is up and reachable from the jump host, and that it allows TCP forwarding (AllowTcpForwarding).',
      field: 'alias',
      value: to.alias,
    },
    { cause },
  )
}

/** A transport that is chosen when it is first needed; a choice that failed is made again the next time. */
class LateTransport implements Transport {
  readonly #choose: () => Promise<Transport>
  #chosen: Promise<Transport> | null = null

  constructor(choose: () => Promise<Transport>) {
    this.#choose = choose
  }

  async execute(invocation: Invocation, sinks: Sinks, signal?: AbortSignal): Promise<Exit> {
    return (await this.#transport()).execute(invocation, sinks, signal)
  }

  async ask(kept: KeptText, sinks: Sinks, signal?: AbortSignal): Promise<Exit | null> {
    const transport = await this.#transport()
    return transport.ask === undefined ? null : transport.ask(kept, sinks, signal)
  }

  async dropIdle(): Promise<void> {
    await (await this.#chosen?.catch(() => null))?.dropIdle?.()
  }

  async tunnel(target: TunnelTarget): Promise<Duplex> {
    return (await this.#transport()).tunnel(target)
  }

  #transport(): Promise<Transport> {
    this.#chosen ??= this.#choose()
    const chosen = this.#chosen
    return chosen.catch((error: unknown) => {
      if (this.#chosen === chosen) this.#chosen = null
      throw error
    })
  }

  async close(): Promise<void> {
    const transport = await this.#chosen?.catch(() => null)
    this.#chosen = null
    await transport?.close()
  }
}
