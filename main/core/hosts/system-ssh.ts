import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Environment } from '../environment.ts'
import { EndMark } from './end-mark.ts'
import { feed, holdUntil } from './feed.ts'
import { commandCancelled, commandTimeout, linkLost, tunnelRefused } from './problems.ts'
import { ProgramStream } from './program-stream.ts'
import { killText, wrappedWithMark } from './remote-shell.ts'
import { configOptions } from './ssh-settings.ts'
import { StartLine } from './start-line.ts'
import type { Starts } from './starts.ts'
import { systemSshProblem } from './system-ssh-problems.ts'
import { type Exit, GRACE_MS, type Invocation, type Sinks, type Transport, type TunnelTarget } from './transport.ts'

/** ssh's own exit status for everything that is not the remote command's. */
const SSH_FAILED = 255
const MAX_STDERR = 16 * 1024
export interface SystemSshOptions {
  /** The host's name in messages. */
  name: string
  /** The name as in the operator's SSH configuration. */
  alias: string
  environment: Environment
  /** Lines of known_hosts with the keys that the operator accepted in this app, beside ssh's own files. */
  acceptedKeys(): string
  /** ssh's own known_hosts files for this name. */
  knownHostsFiles: readonly string[]
  connectTimeoutMs: number
  starts: Starts
}

/**
 * Runs commands by the system's ssh, for what the SSH library cannot do: certificates, FIDO keys, ProxyCommand, GSSAPI,
 * PKCS#11. One connection is kept (ControlMaster) where the platform has it. Host keys are checked by ssh itself and never
 * accepted by it; nothing is asked on a terminal (BatchMode).
 */
export class SystemSshTransport implements Transport {
  readonly #options: SystemSshOptions
  readonly #running = new Set<(error: HeadroomError) => void>()
  /** Short, because a socket's path may have some 100 characters only. */
  #folder: string | null = null
  /** The accepted keys as they stand in the folder. */
  #written: string | null = null

  constructor(options: SystemSshOptions) {
    this.#options = options
  }

  async execute(invocation: Invocation, sinks: Sinks, signal?: AbortSignal): Promise<Exit> {
    const { name, alias, starts } = this.#options
    if (signal?.aborted) throw commandCancelled(name)
    // Whether a connection is kept is known to ssh alone; a command that has begun has one.
    const started = await starts.enter(alias, signal).catch(() => {
      throw commandCancelled(name)
    })
    try {
      return await this.#execute(invocation, sinks, started, signal)
    } finally {
      started()
    }
  }

  #execute(invocation: Invocation, sinks: Sinks, started: () => void, signal?: AbortSignal): Promise<Exit> {
    const { name } = this.#options
    const token = `headroom-${randomBytes(12).toString('hex')}`
    const start = new StartLine(token)
    const own255 = new EndMark(`${token} 255`)
    const child = this.#spawn(wrappedWithMark(invocation.text, token, `${token} 255`))
    return new Promise((resolve, reject) => {
      let problem: unknown = null
      let force: NodeJS.Timeout | undefined
      let told = ''
      let killed = false
      const killStarted = () => {
        if (killed || start.processId === null) return
        killed = true
        this.#spawn(killText(start.processId, invocation.sudo)).on('error', () => {})
      }
      const kill = (error: unknown) => {
        if (problem !== null) return
        problem = error
        killStarted()
        force = setTimeout(() => {
          child.kill('SIGKILL')
          child.stdout?.destroy()
          child.stderr?.destroy()
        }, 2 * GRACE_MS)
      }
      const { timeoutMs } = invocation
      const timer =
        timeoutMs === undefined ? undefined : setTimeout(() => kill(commandTimeout(name, timeoutMs)), timeoutMs)
      const cancel = () => kill(commandCancelled(name))
      signal?.addEventListener('abort', cancel, { once: true })
      this.#running.add(kill)
      const settle = () => {
        clearTimeout(timer)
        clearTimeout(force)
        signal?.removeEventListener('abort', cancel)
        this.#running.delete(kill)
      }
      const give = (sink: (chunk: Buffer) => void | Promise<void>, chunk: Buffer) => {
        if (problem !== null || chunk.length === 0) return
        try {
          holdUntil(child.stdout, sink(chunk), kill)
        } catch (error) {
          kill(error)
        }
      }
      child.stdout?.on('data', (chunk: Buffer) => {
        give(sinks.onStdout, start.take(chunk))
        if (start.processId !== null) started()
        if (problem !== null) killStarted()
      })
      child.stderr?.on('data', (chunk: Buffer) => {
        // Until the command has begun, what comes here is ssh's own: it tells why a login failed.
        if (start.processId === null && told.length < MAX_STDERR) told += chunk.toString('utf8')
        else give(sinks.onStderr, own255.take(chunk))
      })
      child.stdin?.on('error', () => {})
      feed(child.stdin, invocation.stdin, invocation.input)
      child.on('error', (error) => {
        settle()
        reject(noSsh(error))
      })
      child.on('close', (exitCode, exitSignal) => {
        settle()
        give(sinks.onStdout, start.rest())
        give(sinks.onStderr, own255.rest())
        if (problem !== null) reject(problem)
        else if (start.processId === null) reject(systemSshProblem(name, this.#options.alias, told))
        // ssh says 255 for a lost link; a command that ends with it leaves its mark.
        else if (exitCode === SSH_FAILED && !own255.seen) reject(linkLost(name))
        else resolve({ exitCode, signal: exitSignal })
      })
    })
  }

  /** `ssh -W`: the stream is the program's standard input and output. */
  tunnel(target: TunnelTarget): Promise<Duplex> {
    const { name, alias } = this.#options
    const address = target.address.includes(':') ? `[${target.address}]` : target.address
    const child = this.#start(['-W', `${address}:${target.port}`, '--', alias])
    let told = ''
    child.stderr.on('data', (chunk: Buffer) => {
      if (told.length < MAX_STDERR) told += chunk.toString('utf8')
    })
    // ssh says nothing once the way is open, so that a way which is refused shows only when it ends before the first answer.
    const stream = new ProgramStream(child, (exitCode) => {
      if (exitCode === 0) return null
      // At this level of its log ssh keeps quiet about a refused way, and never about a login that failed.
      return told.trim() === '' || /open failed|forwarding failed|refused by peer/i.test(told)
        ? tunnelRefused(name, target, new Error(told.trim().split('\n')[0]))
        : systemSshProblem(name, alias, told)
    })
    const end = (error: HeadroomError) => stream.destroy(error)
    this.#running.add(end)
    stream.once('close', () => this.#running.delete(end))
    return Promise.resolve(stream)
  }

  async close(): Promise<void> {
    for (const kill of this.#running) kill(commandCancelled(this.#options.name))
    const folder = this.#folder
    this.#folder = null
    this.#written = null
    if (folder === null) return
    await new Promise<void>((resolve) => {
      const child = spawn('ssh', [...this.#ways(folder), '-O', 'exit', '--', this.#options.alias], { stdio: 'ignore' })
      child.on('close', () => resolve())
      child.on('error', () => resolve())
    })
    rmSync(folder, { recursive: true, force: true })
  }

  #spawn(text: string): ChildProcessWithoutNullStreams {
    return this.#start(['-T', '--', this.#options.alias, text])
  }

  #start(words: readonly string[]): ChildProcessWithoutNullStreams {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'hr-'))
    const accepted = this.#options.acceptedKeys()
    if (accepted !== this.#written) writeFileSync(join(this.#folder, 'known'), accepted, { mode: 0o600 })
    this.#written = accepted
    const { environment } = this.#options
    return spawn('ssh', [...this.#ways(this.#folder), ...words], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...environment.env, HOME: environment.home, LC_ALL: 'C' } as NodeJS.ProcessEnv,
    })
  }

  #ways(folder: string): string[] {
    const { environment, connectTimeoutMs, knownHostsFiles } = this.#options
    const files = [join(folder, 'known'), ...knownHostsFiles].map((path) => `"${path.replaceAll('%', '%%')}"`).join(' ')
    const options: [string, string][] = [
      ['BatchMode', 'yes'],
      ['StrictHostKeyChecking', 'yes'],
      ['UpdateHostKeys', 'no'],
      ['UserKnownHostsFile', files],
      ['ForwardAgent', 'no'],
      ['ForwardX11', 'no'],
      ['ClearAllForwardings', 'yes'],
      ['PermitLocalCommand', 'no'],
      ['RequestTTY', 'no'],
      ['RemoteCommand', 'none'],
      ['LogLevel', 'ERROR'],
      ['ConnectTimeout', String(Math.max(1, Math.ceil(connectTimeoutMs / 1000)))],
      ['ServerAliveInterval', '5'],
      ['ServerAliveCountMax', '3'],
      ...(environment.platform === 'win32'
        ? []
        : ([
            ['ControlMaster', 'auto'],
            ['ControlPath', join(folder, '%C')],
            ['ControlPersist', '120'],
          ] as [string, string][])),
    ]
    return [...configOptions(environment), ...options.flatMap(([keyword, value]) => ['-o', `${keyword}=${value}`])]
  }
}

function noSsh(cause: Error): HeadroomError {
  return new HeadroomError(
    {
      code: 'SSH_NOT_FOUND',
      fact: `The "ssh" program of this computer cannot be started: ${cause.message}.`,
      fix: 'Install the OpenSSH client.',
    },
    { cause },
  )
}
