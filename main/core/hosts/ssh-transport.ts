import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client, ClientChannel } from 'ssh2'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { feed, holdUntil } from './feed.ts'
import { KeptShell, ShellEnded } from './kept-shell.ts'
import { commandCancelled, commandTimeout, linkLost, tunnelRefused } from './problems.ts'
import { KEPT_SHELL, killText, wrapped } from './remote-shell.ts'
import { Slots } from './slots.ts'
import { StartLine } from './start-line.ts'
import {
  type Exit,
  GRACE_MS,
  type Invocation,
  type KeptText,
  type Sinks,
  type Transport,
  type TunnelTarget,
} from './transport.ts'

/**
 * sshd allows 10 sessions on a connection by default (MaxSessions): one is the shell that stays, two are left for killing what
 * must be killed.
 */
const MAX_CHANNELS = 7

/** How often, and how far apart, a server that allows no session beside none of ours is asked again. */
const SESSION_TRIES = 10
const SESSION_PAUSE_MS = 20

/** Runs commands over one kept connection, which is made when first needed and again after it was lost. */
export class SshTransport implements Transport {
  readonly #name: string
  readonly #connect: (signal: AbortSignal) => Promise<Client>
  readonly #slots = new Slots(MAX_CHANNELS)
  #client: Promise<Client> | null = null
  #shell: Promise<KeptShell> | null = null
  /** True where a shell could not stay: the login runs none, or the server allows no session for it. Until the next connection. */
  #keepsNone = false
  readonly #closing = new AbortController()

  constructor(name: string, connect: (signal: AbortSignal) => Promise<Client>) {
    this.#name = name
    this.#connect = connect
  }

  async execute(invocation: Invocation, sinks: Sinks, signal?: AbortSignal): Promise<Exit> {
    if (signal?.aborted) throw commandCancelled(this.#name)
    await this.#slots.take(signal).catch(() => {
      throw commandCancelled(this.#name)
    })
    try {
      const token = `headroom-${randomBytes(12).toString('hex')}`
      const { client, channel } = await this.#open(wrapped(invocation.text, token), signal)
      return await this.#follow(client, channel, token, invocation, sinks, signal)
    } finally {
      this.#slots.give()
    }
  }

  async ask(kept: KeptText, sinks: Sinks, signal?: AbortSignal): Promise<Exit | null> {
    if (signal?.aborted) throw commandCancelled(this.#name)
    const client = await this.#connected()
    const shell = await this.#keptShell(client, kept.once)
    // Another call may have come first while it was opened.
    if (shell === null || shell.isBusy) return null
    if (signal?.aborted) throw commandCancelled(this.#name)
    return new Promise((resolve, reject) => {
      let killed = false
      const leave = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', cancel)
        client.removeListener('close', lost)
      }
      const kill = (error: unknown) => {
        killed = true
        leave()
        this.#forget(shell)
        const { processId } = shell
        const settle = () => {
          clearTimeout(giveUp)
          reject(error)
        }
        // What left the process group may hold the channel open; it must not keep the caller waiting.
        const giveUp = setTimeout(() => {
          shell.end()
          settle()
        }, 2 * GRACE_MS)
        void shell.closed.then(settle)
        if (processId === null) shell.end()
        else void this.#kill(client, processId, false)
      }
      const { timeoutMs } = kept
      const timer =
        timeoutMs === undefined ? undefined : setTimeout(() => kill(commandTimeout(this.#name, timeoutMs)), timeoutMs)
      const cancel = () => kill(commandCancelled(this.#name))
      const lost = () => {
        leave()
        reject(linkLost(this.#name))
      }
      client.once('close', lost)
      signal?.addEventListener('abort', cancel, { once: true })
      shell.run(kept, sinks).then(
        (exit) => {
          leave()
          if (!shell.isUsable) this.#retire(shell)
          resolve(exit)
        },
        (error: unknown) => {
          if (killed) return
          if (!(error instanceof ShellEnded)) return kill(error)
          this.#forget(shell)
          // A connection that ends closes its channels first, and is told as that.
          setImmediate(() => {
            leave()
            if (shell.processId === null) this.#keepsNone = true
            resolve(null)
          })
        },
      )
    })
  }

  async dropIdle(): Promise<void> {
    const shell = await this.#shell?.catch(() => null)
    if (this.#slots.taken === 0 && shell?.isBusy !== true) await this.#disconnect()
  }

  /** The shell that stays, started when it is not there; null where there is none to be had now. */
  async #keptShell(client: Client, once: string): Promise<KeptShell | null> {
    if (this.#keepsNone) return null
    const kept = await this.#shell?.catch(() => null)
    if (kept !== undefined && kept !== null) {
      if (kept.isBusy) return null
      if (kept.isUsable && kept.once === once) return kept
      this.#retire(kept)
    } else if (this.#shell !== null) return null
    const opening = openChannel(client, KEPT_SHELL).then((channel) => new KeptShell(channel, once))
    this.#shell = opening
    try {
      return await opening
    } catch (error) {
      if (this.#shell === opening) this.#shell = null
      if (error instanceof ChannelRefused) this.#keepsNone = true
      // Whatever it was, the way that is left says so with its reason.
      return null
    }
  }

  #forget(shell: KeptShell): void {
    void this.#shell?.then(
      (kept) => {
        if (kept === shell) this.#shell = null
      },
      () => {},
    )
  }

  #retire(shell: KeptShell): void {
    this.#shell = null
    void shell.leave()
  }

  /** Gives the session of the shell that stays to somebody who needs it more; false where there is none to give. */
  async #giveShellUp(): Promise<boolean> {
    const shell = await this.#shell?.catch(() => null)
    if (shell === undefined || shell === null) return false
    this.#keepsNone = true
    this.#shell = null
    await shell.leave()
    return true
  }

  async tunnel(target: TunnelTarget): Promise<Duplex> {
    const kept = this.#client !== null
    try {
      return await forwardOut(await this.#connected(), target)
    } catch (error) {
      if (error instanceof HeadroomError) throw error
      // A connection that sleep or a change of network ended is noticed only when it is used.
      if (!kept || error instanceof ForwardRefused) throw tunnelRefused(this.#name, target, error)
      await this.#disconnect()
      return forwardOut(await this.#connected(), target).catch((again: unknown) => {
        throw tunnelRefused(this.#name, target, again)
      })
    }
  }

  async close(): Promise<void> {
    // A connection that is still being made would keep the program from ending for as long as its time limits.
    this.#closing.abort()
    await this.#disconnect()
  }

  /** Ends the connection; the next command makes a new one. */
  async #disconnect(): Promise<void> {
    const client = await this.#client?.catch(() => null)
    this.#client = null
    this.#shell = null
    if (!client) return
    client.end()
    // A link that is dead takes no farewell: without this it would stand until the system gives it up.
    setTimeout(() => client.destroy(), GRACE_MS).unref()
  }

  #connected(): Promise<Client> {
    if (this.#closing.signal.aborted) throw linkLost(this.#name)
    this.#client ??= this.#connect(this.#closing.signal).then(
      (client) => {
        this.#shell = null
        this.#keepsNone = false
        client.once('close', () => {
          this.#client = null
          this.#shell = null
        })
        return client
      },
      (error: unknown) => {
        this.#client = null
        throw this.#closing.signal.aborted ? linkLost(this.#name, error) : error
      },
    )
    return this.#client
  }

  /**
   * Opens a channel. A kept connection that turns out to be gone is made anew once, and a server that allows fewer
   * sessions is given fewer: neither has started the command yet.
   */
  async #open(text: string, signal?: AbortSignal): Promise<{ client: Client; channel: ClientChannel }> {
    let tries = 0
    for (let attempt = 0; ; attempt++) {
      const kept = this.#client !== null
      const client = await this.#connected()
      if (signal?.aborted) throw commandCancelled(this.#name)
      try {
        return { client, channel: await openChannel(client, text) }
      } catch (error) {
        if (error instanceof ChannelRefused) {
          if ((await this.#giveShellUp()) || this.#slots.taken <= 1) {
            // The server counts a session as ended a moment after it has said so.
            tries += 1
            if (tries > SESSION_TRIES) throw sessionRefused(this.#name, error)
            await delay(SESSION_PAUSE_MS)
            continue
          }
          this.#slots.lower(this.#slots.taken - 1)
          this.#slots.give()
          await this.#slots.take(signal).catch(() => {
            throw commandCancelled(this.#name)
          })
          continue
        }
        if (!kept || attempt > 0) throw linkLost(this.#name, error)
        await this.#disconnect()
      }
    }
  }

  /**
   * Kills a process group by `kill` in a session of its own, because sshd passes on no signals to root's sessions. A
   * server that allows no further session on the connection is asked on a second one.
   */
  async #kill(client: Client, processId: number, sudo: boolean): Promise<void> {
    if (!Number.isInteger(processId) || processId <= 1) return
    const text = killText(processId, sudo)
    const quiet = (channel: ClientChannel) => channel.on('data', () => {}).on('error', () => {})
    try {
      quiet(await openChannel(client, text))
    } catch (error) {
      // Without a connection there is no means to kill; the caller learns that the link was lost.
      if (!(error instanceof ChannelRefused)) return
      const second = await this.#connect(this.#closing.signal).catch(() => null)
      if (second === null) return
      const channel = await openChannel(second, text).catch(() => null)
      if (channel === null) second.end()
      else quiet(channel).once('close', () => second.end())
    }
  }

  #follow(
    client: Client,
    channel: ClientChannel,
    token: string,
    invocation: Invocation,
    sinks: Sinks,
    signal?: AbortSignal,
  ): Promise<Exit> {
    return new Promise((resolve, reject) => {
      const start = new StartLine(token)
      let exit: Exit | null = null
      let problem: unknown = null
      let giveUp: NodeJS.Timeout | undefined
      const { timeoutMs } = invocation
      const timer =
        timeoutMs === undefined ? undefined : setTimeout(() => kill(commandTimeout(this.#name, timeoutMs)), timeoutMs)
      const cancel = () => kill(commandCancelled(this.#name))
      const settle = () => {
        clearTimeout(timer)
        clearTimeout(giveUp)
        signal?.removeEventListener('abort', cancel)
        client.removeListener('close', lost)
        if (problem !== null) reject(problem)
        else if (exit !== null) resolve(exit)
        else reject(linkLost(this.#name))
      }
      const lost = () => settle()
      let killed = false
      // A command cancelled before its start line came is killed when the line comes.
      const killStarted = () => {
        if (killed || start.processId === null) return
        killed = true
        void this.#kill(client, start.processId, invocation.sudo)
      }
      const kill = (error: unknown) => {
        if (problem !== null) return
        problem = error
        killStarted()
        // Something that left the process group may hold the channel open; it must not keep the caller waiting.
        giveUp = setTimeout(() => {
          channel.close()
          settle()
        }, 2 * GRACE_MS)
      }
      const give = (sink: (chunk: Buffer) => void | Promise<void>, chunk: Buffer) => {
        if (problem !== null || chunk.length === 0) return
        try {
          holdUntil(channel, sink(chunk), kill)
        } catch (error) {
          kill(error)
        }
      }
      client.once('close', lost)
      signal?.addEventListener('abort', cancel, { once: true })
      if (signal?.aborted) cancel()
      channel.on('data', (chunk: Buffer) => {
        give(sinks.onStdout, start.take(chunk))
        if (problem !== null) killStarted()
      })
      channel.stderr.on('data', (chunk: Buffer) => give(sinks.onStderr, chunk))
      channel.on('error', () => {})
      // Its 'exit' may have passed by now: a command can end in the very packet that says that it began. 'close' comes
      // only after the output was read, and says the same; without it, the connection ended first.
      channel.on('close', (code?: number | null, name?: string) => {
        if (code !== undefined)
          exit = { exitCode: code, signal: name === undefined ? null : name.startsWith('SIG') ? name : `SIG${name}` }
        give(sinks.onStdout, start.rest())
        settle()
      })
      feed(channel, invocation.stdin, invocation.input)
    })
  }
}

class ChannelRefused extends Error {}
class ForwardRefused extends Error {}

function forwardOut(client: Client, { address, port }: TunnelTarget): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new Error('the connection was closed'))
    client.once('close', closed)
    try {
      client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
        client.removeListener('close', closed)
        if (!error) resolve(channel)
        else reject(/open fail/i.test(error.message) ? new ForwardRefused(error.message) : error)
      })
    } catch (error) {
      client.removeListener('close', closed)
      reject(error)
    }
  })
}

function openChannel(client: Client, text: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new Error('the connection was closed'))
    client.once('close', closed)
    try {
      client.exec(text, (error, channel) => {
        client.removeListener('close', closed)
        if (error === undefined || error === null) resolve(channel)
        else reject(/open fail/i.test(error.message) ? new ChannelRefused(error.message) : error)
      })
    } catch (error) {
      client.removeListener('close', closed)
      reject(error)
    }
  })
}

function sessionRefused(name: string, cause: Error): HeadroomError {
  return new HeadroomError(
    {
      code: 'SESSION_REFUSED',
      fact: `${name} let you log in, but runs no commands: ${cause.message}.`,
      fix: 'Allow sessions for this user on the server (MaxSessions, ForceCommand, the login shell).',
    },
    { cause },
  )
}
