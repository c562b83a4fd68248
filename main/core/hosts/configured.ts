import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import type { Host } from '../../../shared/model/host.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Secret } from '../../../shared/model/secret.ts'
import type { Environment } from '../environment.ts'
import type { HostKeys } from './host-keys.ts'
import type { Identities } from './identity.ts'
import { Conversation } from './keyboard-interactive.ts'
import { linkLost, noAnswer } from './problems.ts'
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
  /** The operator's answers to what the server asked the last time; used for one attempt. */
  answers(): readonly string[]
  /** Around each attempt: knows whether the server waits for an answer. */
  asking(connect: () => Promise<Client>): Promise<Client>
  /** Told before each connection. */
  onConnecting(): void
  onRoute(route: NonNullable<Host['route']>): void
}

interface Jump {
  client: Promise<Client>
  users: number
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
  readonly #jumps = new Map<string, Jump>()

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
          return options.asking(() => this.#walk(now.hops, secret, signal, options.answers()))
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
    this.#jumps.clear()
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
  async #walk(
    hops: SshSettings[],
    secret: Secret | null,
    signal?: AbortSignal,
    answers: readonly string[] = [],
  ): Promise<Client> {
    const [last, ...rest] = [...hops].reverse() as [SshSettings, ...SshSettings[]]
    if (rest.length === 0)
      return this.#starts.run(serverKey(last), () => this.#login(last, secret, { signal, answers }), signal)
    const before = rest.reverse()
    const release: (() => void)[] = []
    try {
      const jump = await this.#jump(before, release)
      const client = await this.#starts.run(
        `behind ${before.map(serverKey).join(' ')}`,
        async () => {
          const limitMs = last.connectTimeoutMs ?? this.#limits.socketMs
          return this.#login(last, secret, { through: await forward(jump, last, limitMs, signal), signal, answers })
        },
        signal,
      )
      client.once('close', () => {
        for (const one of release) one()
      })
      return client
    } catch (error) {
      for (const one of release) one()
      throw error
    }
  }

  /** The kept connection to the last of these hops, made when it is not there. */
  async #jump(hops: SshSettings[], release: (() => void)[]): Promise<Client> {
    const key = hops.map((hop) => `${hop.user}@${hop.address}:${hop.port}`).join(' ')
    let jump = this.#jumps.get(key)
    if (jump === undefined) {
      // A jump host's own password is not asked for: it is reached by the agent or by keys without a passphrase.
      jump = { client: this.#walk(hops, null), users: 0 }
      this.#jumps.set(key, jump)
      const made = jump
      const forget = () => {
        if (this.#jumps.get(key) === made) this.#jumps.delete(key)
      }
      jump.client.then(
        (client) => client.once('close', forget),
        (error: unknown) => {
          forget()
          return error
        },
      )
    }
    const used = jump
    used.users += 1
    let given = false
    release.push(() => {
      if (given) return
      given = true
      used.users -= 1
      if (used.users > 0) return
      if (this.#jumps.get(key) === used) this.#jumps.delete(key)
      used.client.then(
        (client) => client.end(),
        () => {},
      )
    })
    return used.client
  }

  async #login(
    settings: SshSettings,
    secret: Secret | null,
    { answers, ...way }: { through?: Duplex; signal?: AbortSignal | undefined; answers: readonly string[] },
  ): Promise<Client> {
    const target: Target = {
      address: settings.address,
      port: settings.port,
      user: settings.user,
      ...(settings.hostKeyAlias === null ? {} : { keyName: { address: settings.hostKeyAlias, port: 22 } }),
    }
    const offers = await this.#identities.offers(settings.user, { kind: 'configured', settings, secret })
    const limits = {
      ...this.#limits,
      socketMs: settings.connectTimeoutMs ?? this.#limits.socketMs,
      keepaliveMs: settings.keepaliveMs ?? this.#limits.keepaliveMs,
    }
    try {
      return await connectSsh(target, offers, this.#hostKeys(settings.knownHostsFiles), limits, {
        ...way,
        conversation: new Conversation(settings.user, secret, answers),
      })
    } catch (error) {
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
