import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { feed, holdUntil } from './feed.ts'
import { commandCancelled, commandTimeout, tunnelRefused } from './problems.ts'
import { type Exit, GRACE_MS, type Invocation, type Sinks, type Transport, type TunnelTarget } from './transport.ts'

/** Runs commands on this computer, each in a process group of its own, so that all of it can be killed. */
export class LocalTransport implements Transport {
  readonly #name: string
  readonly #env: Readonly<Record<string, string | undefined>>
  readonly #running = new Set<(error: HeadroomError) => void>()

  constructor(name: string, env: Readonly<Record<string, string | undefined>>) {
    this.#name = name
    this.#env = env
  }

  execute(invocation: Invocation, sinks: Sinks, signal?: AbortSignal): Promise<Exit> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(commandCancelled(this.#name))
      const child = spawn('sh', ['-c', invocation.text], {
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { ...this.#env } as NodeJS.ProcessEnv,
      })
      let problem: unknown = null
      let force: NodeJS.Timeout | undefined
      const kill = (error: unknown) => {
        if (problem !== null) return
        problem = error
        killGroup(child, 'SIGTERM', invocation.sudo)
        force = setTimeout(() => {
          killGroup(child, 'SIGKILL', invocation.sudo)
          // A process that left the group may still hold the pipes open; it must not keep the caller waiting.
          child.stdout.destroy()
          child.stderr.destroy()
        }, GRACE_MS)
      }
      const { timeoutMs } = invocation
      const timer =
        timeoutMs === undefined ? undefined : setTimeout(() => kill(commandTimeout(this.#name, timeoutMs)), timeoutMs)
      const cancel = () => kill(commandCancelled(this.#name))
      signal?.addEventListener('abort', cancel, { once: true })
      this.#running.add(kill)
      const settle = () => {
        clearTimeout(timer)
        clearTimeout(force)
        signal?.removeEventListener('abort', cancel)
        this.#running.delete(kill)
      }
      const sink = (give: (chunk: Buffer) => void | Promise<void>) => (chunk: Buffer) => {
        if (problem !== null) return
        try {
          holdUntil(child.stdout, give(chunk), kill)
        } catch (error) {
          kill(error)
        }
      }
      child.stdout.on('data', sink(sinks.onStdout))
      child.stderr.on('data', sink(sinks.onStderr))
      // A command that does not read its input closes the pipe; that is no failure.
      child.stdin.on('error', () => {})
      feed(child.stdin, invocation.stdin, invocation.input)
      child.on('error', (error) => {
        settle()
        reject(noShell(error))
      })
      child.on('close', (exitCode, exitSignal) => {
        settle()
        if (problem !== null) reject(problem)
        else resolve({ exitCode, signal: exitSignal })
      })
    })
  }

  tunnel({ address, port }: TunnelTarget): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: address, port, noDelay: true })
      const failed = (error: Error) => reject(tunnelRefused(this.#name, { address, port }, error))
      socket.once('error', failed)
      socket.once('connect', () => {
        socket.removeListener('error', failed)
        resolve(socket)
      })
    })
  }

  async close(): Promise<void> {
    for (const kill of this.#running) kill(commandCancelled(this.#name))
  }
}

function killGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL', sudo: boolean): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The group is gone already, or all of it is root's.
  }
  if (sudo)
    spawn('sudo', ['-n', 'kill', `-${signal.slice(3)}`, '--', `-${child.pid}`], { stdio: 'ignore' }).on(
      'error',
      () => {},
    )
}

function noShell(cause: Error): HeadroomError {
  return new HeadroomError(
    {
      code: 'NO_SHELL',
      fact: `Commands cannot be run on this computer: ${cause.message}.`,
      fix: 'A POSIX sh is needed; on Windows, add your servers over SSH instead.',
    },
    { cause },
  )
}
