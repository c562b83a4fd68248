import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { forkCore } from '../../main/launch/index.ts'
import { joinLocally } from '../../main/link/index.ts'
import { type CoreClient, clientOver } from '../../shared/contract/client.ts'
import { HeadroomError, type Problem, ProblemSchema } from '../../shared/model/problem.ts'
import { isRunning } from '../lab/index.ts'
import { pagesOf, startDesktop } from './desktop-shell.ts'
import type { Place } from './ground.ts'
import type { Program } from './program.ts'
import type { Shell } from './schedule.ts'

/** The line to the core broke before the answer: whether the work was done is not known. */
export class Gone extends Error {}

const ANSWER_MS = 90_000
const START_MS = 90_000

interface Line {
  core: CoreClient
  pid: number
  gone: Promise<never>
  close(): void
}

/**
 * The program under test, held by this harness as a shell would, by the real web host or by the desktop app, and a line to its core that is
 * made anew as often as it breaks. What ends without having been asked to is a breach.
 */
export class Session {
  readonly #program: Program
  readonly #place: Place
  readonly #shell: Shell
  readonly breaches: string[] = []
  /** The process that holds the core: the core itself, the web host, or the desktop app. */
  #holder: { pid: number; ended: Promise<string> } | null = null
  #starting: Promise<void> | null = null
  #line: Promise<Line> | null = null
  #corePid = 0
  /** Whose end was asked for. */
  readonly #expected = new Set<number>()
  #shiftMs = 0
  #stopped = false
  /** Another program that may hold the workspace for a moment, where it came while this one was dead. */
  #rival: Promise<unknown> | null = null
  /** While the workspace is to be closed, nobody starts the program. */
  #closed: Promise<void> | null = null

  constructor(program: Program, place: Place, shell: Shell) {
    this.#program = program
    this.#place = place
    this.#shell = shell
  }

  get shiftMs(): number {
    return this.#shiftMs
  }

  /** @throws Gone, HeadroomError as the core says it */
  async call<T>(work: (core: CoreClient) => Promise<T>): Promise<T> {
    const line = await this.#connected()
    const late = new AbortController()
    try {
      const limit = pause(ANSWER_MS, undefined, { signal: late.signal }).then(() => {
        this.breaches.push(`The core gave no answer in ${ANSWER_MS / 1000} s.`)
        throw new Gone('late')
      })
      limit.catch(() => {})
      return await Promise.race([work(line.core), line.gone, limit])
    } catch (error) {
      throw problemIn(error)
    } finally {
      late.abort()
    }
  }

  /** Starts the program where none runs. @throws HeadroomError where it refuses the workspace */
  async start(): Promise<void> {
    if (this.#holder !== null) return
    const before = this.#rival
    const starts = {
      harness: () => this.#startCore(),
      web: () => this.#startWeb(),
      electron: () => this.#startDesktop(),
    }
    this.#starting ??= starts[this.#shell]().finally(() => {
      this.#starting = null
    })
    await this.#starting.catch(async (error: unknown) => {
      const rivals = [before, this.#rival].filter((one) => one !== null)
      if (rivals.length === 0 || !/ is in use by /.test(String(error))) throw error
      await Promise.all(rivals)
      throw new Gone('another program had the workspace')
    })
  }

  /** Does what starts another program on the workspace: until it is done, this one may be refused. */
  async beside<T>(work: () => Promise<T>): Promise<T> {
    const working = work()
    const over = working.catch(() => {})
    this.#rival = over
    try {
      return await working
    } finally {
      this.#rival = null
    }
  }

  /** Starts the core itself, with a backup to put in place first where one is named. */
  async #startCore(restore?: string): Promise<void> {
    const child = forkCore({ node: process.execPath, entry: this.#program.core, env: this.#environment() })
    const ended = new Promise<string>((done) => child.onExit(done))
    const answer = new Promise<Problem | null>((done) =>
      child.onMessage((message) => {
        if (message.kind === 'ready') done(null)
        if (message.kind === 'failed') {
          child.post({ kind: 'stop' })
          done(message.problem)
        }
      }),
    )
    const { workspace: folder } = this.#place
    child.post({
      kind: 'start',
      start: { folder, face: 'web', resources: this.#program.resources, keychain: false, restore },
    })
    const said = await Promise.race([answer, ended, pause(START_MS, 'late' as const, { ref: false })])
    if (said === 'late') child.kill()
    if (typeof said === 'string') throw new Error(`The core did not start: ${said}.`)
    if (said !== null) {
      await ended
      throw new HeadroomError(said)
    }
    this.#hold(child.pid ?? 0, ended)
  }

  async #startWeb(): Promise<void> {
    const child = spawn(process.execPath, [this.#program.web], {
      env: { ...this.#environment(), HEADROOM_WORKSPACE: this.#place.workspace },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = once(child, 'exit').then(([code, signal]) => (signal ? `signal ${signal}` : `exit code ${code}`))
    const said = await Promise.race([ready(child), ended.then((how) => new Error(how))])
    if (said instanceof Error) throw refusalOf(said)
    child.stderr.on('data', (text: Buffer) => {
      // The web host starts a core anew by itself, and says how the last one ended.
      const how = /The engine stopped \((exit code [1-9]\d*)\)/.exec(text.toString())?.[1]
      if (how !== undefined) this.breaches.push(`The core ended by itself: ${how}.`)
    })
    this.#hold(child.pid ?? 0, ended)
  }

  async #startDesktop(): Promise<void> {
    const child = await startDesktop(this.#place, this.#environment())
    let said = ''
    child.stderr?.on('data', (text: Buffer) => {
      said = `${said}${text}`.slice(-2000)
    })
    const ended = once(child, 'exit').then(([code, signal]) => (signal ? `signal ${signal}` : `exit code ${code}`))
    const over = new AbortController()
    void ended.then(() => over.abort())
    for (const until = performance.now() + START_MS; ; await pause(50)) {
      const link = await joinLocally(this.#place.workspace)
      link?.close()
      if (link !== null) break
      if (over.signal.aborted || performance.now() > until) {
        child.kill('SIGKILL')
        throw new Error(`The desktop app did not start: ${await ended}. ${said}`)
      }
    }
    this.#hold(child.pid ?? 0, ended)
  }

  #hold(pid: number, ended: Promise<string>): void {
    this.#holder = { pid, ended }
    void ended.then((how) => {
      if (!this.#expected.has(pid) && how !== 'exit code 0')
        this.breaches.push(`The program ended by itself: ${how}. ${this.#lastError()}`)
      if (this.#holder?.pid === pid) this.#holder = null
      this.#line = null
    })
  }

  async #connected(): Promise<Line> {
    for (const until = performance.now() + START_MS; ; ) {
      if (this.#stopped) throw new Gone('stopped')
      await this.#closed
      await this.start()
      this.#line ??= this.#join().catch((error: unknown) => {
        this.#line = null
        throw error
      })
      try {
        return await this.#line
      } catch (error) {
        if (performance.now() > until) throw new Error(`No core is to be reached: ${String(error)}`)
        await pause(50)
      }
    }
  }

  async #join(): Promise<Line> {
    const link = await joinLocally(this.#place.workspace)
    if (link === null) throw new Gone('nobody listens')
    const gone = new Promise<never>((_done, fail) =>
      link.onClose(() => {
        this.#line = null
        fail(new Gone('the line broke'))
      }),
    )
    gone.catch(() => {})
    const core = clientOver(link)
    const { pid } = await Promise.race([core.app.info(), gone])
    this.#corePid = pid
    return { core, pid, gone, close: () => link.close() }
  }

  /** What the log of the program said last of an error. */
  #lastError(): string {
    const file = join(this.#place.workspace, 'headroom.log')
    if (!existsSync(file)) return ''
    const lines = readFileSync(file, 'utf8').split('\n')
    return lines.findLast((line) => /"level":(50|60)/.test(line)) ?? ''
  }

  killCore(): void {
    this.#kill(this.#corePid)
  }

  /** Kills what holds the core; resolves when the core has noticed and ended. False where that takes too long. */
  async killShell(): Promise<boolean> {
    if (this.#shell === 'harness' || this.#holder === null) {
      this.killCore()
      return true
    }
    const core = this.#corePid
    this.#expected.add(core)
    this.#kill(this.#holder.pid)
    for (let tries = 0; tries < 400; tries++) {
      if (!isRunning(core)) return true
      await pause(50)
    }
    return false
  }

  /** Kills the pages of the desktop app. False where they do not come back, or the core does not go on. */
  async killPages(): Promise<boolean> {
    const holder = this.#holder
    if (holder === null) return true
    const before = pagesOf(holder.pid)
    for (const page of before) process.kill(page, 'SIGKILL')
    for (let tries = 0; tries < 600; tries++) {
      if (this.#holder !== holder || pagesOf(holder.pid).some((page) => !before.includes(page))) return true
      await pause(50)
    }
    return false
  }

  #kill(pid: number): void {
    if (pid === 0 || !isRunning(pid)) return
    this.#expected.add(pid)
    process.kill(pid, 'SIGKILL')
  }

  async freeze(forMs: number, simulatedMs: number): Promise<void> {
    const pid = this.#corePid
    if (pid === 0 || !isRunning(pid)) return
    process.kill(pid, 'SIGSTOP')
    await pause(forMs)
    this.#shiftMs += simulatedMs
    writeFileSync(this.#place.clock, String(this.#shiftMs))
    if (!isRunning(pid)) return
    process.kill(pid, 'SIGUSR2')
    process.kill(pid, 'SIGCONT')
  }

  shiftClock(byMs: number): void {
    this.#shiftMs += byMs
    writeFileSync(this.#place.clock, String(this.#shiftMs))
    if (this.#corePid !== 0 && isRunning(this.#corePid)) process.kill(this.#corePid, 'SIGUSR2')
  }

  /** Ends the program as a shell that quits does, or by a kill; `work` is done while nobody has the workspace open. */
  async closed<T>(how: 'tidily' | 'killed', work: () => Promise<T> | T): Promise<T> {
    const over = Promise.withResolvers<void>()
    this.#closed = over.promise
    try {
      if (how === 'killed' && this.#shell === 'harness') this.killCore()
      await this.#end()
      return await work()
    } finally {
      this.#closed = null
      over.resolve()
    }
  }

  /** Opens the closed workspace with a backup put in place first, and closes it again. @throws HeadroomError */
  async restoreClosed(backup: string): Promise<void> {
    await this.#startCore(backup)
    await this.#end()
  }

  /** What the workspace is refused with at an opening, or null; it is closed again. */
  async refusal(): Promise<Problem | null> {
    try {
      await this.#startCore()
      await this.#end()
      return null
    } catch (error) {
      if (error instanceof HeadroomError) return error.problem
      throw error
    }
  }

  async #end(): Promise<void> {
    await this.#starting?.catch(() => {})
    const holder = this.#holder
    if (holder === null) return
    this.#expected.add(holder.pid)
    if (isRunning(holder.pid)) process.kill(holder.pid, 'SIGTERM')
    const how = await Promise.race([holder.ended, pause(START_MS, null, { ref: false })])
    if (how === null) {
      this.breaches.push('The program did not end when asked to.')
      this.#kill(holder.pid)
      this.#kill(this.#corePid)
      await holder.ended
    }
    this.#holder = null
    this.#line = null
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#end()
  }

  #environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      HOME: this.#place.home,
      SSH_AUTH_SOCK: '',
      NODE_COMPILE_CACHE: `${this.#program.core}.cache`,
      HEADROOM_FAULTS_CLOCK: this.#place.clock,
      NODE_OPTIONS: `--import=${new URL('./clock.mjs', import.meta.url).href}`,
    }
  }
}

async function ready(child: ChildProcess): Promise<Error | null> {
  let text = ''
  return new Promise((done) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('Headroom is ready')) done(null)
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    child.once('exit', () => done(new Error(`The web host ended: ${text}`)))
  })
}

/** A web host that ends since the disk is full says so; where it calls that unexpected, it does not. */
function refusalOf(error: Error): Error {
  const isFull = / is full/.test(error.message) && !/unexpected/.test(error.message)
  return isFull ? new HeadroomError({ code: 'DISK_FULL', fact: error.message, fix: 'Make room.' }) : error
}

/** What the contract carries as its one typed error, as the problem it is. */
function problemIn(error: unknown): unknown {
  const parsed = ProblemSchema.safeParse((error as { data?: unknown } | null)?.data)
  return parsed.success ? new HeadroomError(parsed.data) : error
}
