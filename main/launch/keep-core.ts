import type { Link } from '../../shared/contract/link.ts'
import type { Notice } from '../../shared/model/alert.ts'
import type { Problem } from '../../shared/model/problem.ts'
import { type CoreStart, type FromCore, Relay, type ToCore } from '../link/index.ts'

/** A running core process, whichever way it was launched. `port`, where given, is transferred with the message. */
export interface CoreChild {
  post(message: ToCore, port?: unknown): void
  onMessage(listener: (message: FromCore) => void): void
  onExit(listener: (how: string) => void): void
  kill(): void
  pid: number | undefined
}

export interface Keychain {
  encrypt(plain: string): Promise<string>
  decrypt(sealed: string): Promise<string>
}

export type CoreStatus =
  | { state: 'starting' }
  | { state: 'up'; pid: number | undefined }
  /** The core ended by itself; it is started again after `retryMs`. */
  | { state: 'down'; how: string; retryMs: number }
  /** The core could not open the workspace; it is tried again after `retryMs`. */
  | { state: 'failed'; problem: Problem; retryMs: number }

const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 10_000
/** A core that lived this long ends the back-off. */
const STEADY_MS = 30_000
const STOP_MS = 5000

/** Starts the core, starts it again with growing pauses when it ends, and opens links to whichever one runs. */
export class CoreKeeper {
  readonly #launch: () => CoreChild
  readonly #start: CoreStart
  /** Goes to the next core that is launched, and to no other. */
  #restore: string | undefined
  readonly #keychain: Keychain | undefined
  readonly #notify: ((notice: Notice) => void) | undefined
  readonly #listeners = new Set<(status: CoreStatus) => void>()
  #status: CoreStatus = { state: 'starting' }
  /** The process, from its launch to its end. */
  #launched: CoreChild | null = null
  /** The same process, once it serves. */
  #child: CoreChild | null = null
  #relay: Relay | null = null
  #retryMs = FIRST_RETRY_MS
  #timers = new Set<NodeJS.Timeout>()
  #stopping = false

  constructor(options: {
    launch: () => CoreChild
    start: CoreStart
    keychain?: Keychain
    notify?: (notice: Notice) => void
  }) {
    this.#launch = options.launch
    this.#start = options.start
    this.#keychain = options.keychain
    this.#notify = options.notify
  }

  get status(): CoreStatus {
    return this.#status
  }

  /** Hears every change from now on. Returns what stops it. */
  onStatus(listener: (status: CoreStatus) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  run(): void {
    this.#say({ state: 'starting' })
    const child = this.#launch()
    this.#launched = child
    const relay = new Relay((message) => child.post(message))
    let problem: Problem | null = null
    let steady: NodeJS.Timeout | null = null
    child.onMessage((message) => {
      if (message.kind === 'ready') {
        if (this.#stopping) return
        this.#child = child
        this.#relay = relay
        steady = this.#later(STEADY_MS, () => {
          this.#retryMs = FIRST_RETRY_MS
        })
        this.#say({ state: 'up', pid: child.pid })
      } else if (message.kind === 'failed') {
        problem = message.problem
        child.post({ kind: 'stop' })
      } else if (message.kind === 'keychain') {
        void this.#answerKeychain(child, message)
      } else if (message.kind === 'notice') {
        this.#notify?.(message.notice)
      } else {
        relay.receive(message)
      }
    })
    child.onExit((how) => {
      if (steady) this.#cancel(steady)
      this.#launched = null
      this.#child = null
      this.#relay = null
      relay.end()
      if (this.#stopping) return
      const retryMs = this.#retryMs
      this.#retryMs = Math.min(LAST_RETRY_MS, retryMs * 2)
      this.#say(problem ? { state: 'failed', problem, retryMs } : { state: 'down', how, retryMs })
      // Whoever heard that may have stopped the keeper.
      if (!this.#stopping) this.#later(retryMs, () => this.run())
    })
    const restore = this.#restore
    this.#restore = undefined
    child.post({ kind: 'start', start: restore === undefined ? this.#start : { ...this.#start, restore } })
  }

  /** The next core puts this backup in place before it opens the workspace: the way out when it cannot be opened. */
  restoreNext(id: string): void {
    this.#restore = id
  }

  /** A new line to the running core, or null while there is none. */
  connect(): Link | null {
    return this.#relay?.open() ?? null
  }

  /** Hands a transferable port to the running core; false while there is none. */
  connectPort(port: unknown): boolean {
    if (!this.#child) return false
    this.#child.post({ kind: 'port' }, port)
    return true
  }

  /** Asks the core to close its workspace, and ends it when that takes too long. */
  async stop(): Promise<void> {
    this.#stopping = true
    for (const timer of this.#timers) clearTimeout(timer)
    const child = this.#launched
    if (!child) return
    await new Promise<void>((done) => {
      const late = setTimeout(() => child.kill(), STOP_MS)
      child.onExit(() => {
        clearTimeout(late)
        done()
      })
      child.post({ kind: 'stop' })
    })
  }

  async #answerKeychain(child: CoreChild, request: { id: number; verb: 'encrypt' | 'decrypt'; text: string }) {
    try {
      if (!this.#keychain) throw new Error('this shell has no keychain')
      const text = await this.#keychain[request.verb](request.text)
      child.post({ kind: 'keychain-reply', id: request.id, text, error: null })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      child.post({ kind: 'keychain-reply', id: request.id, text: null, error: message })
    }
  }

  #say(status: CoreStatus): void {
    this.#status = status
    // Those of now: one that begins to listen because of this change hears the next one.
    for (const listener of [...this.#listeners]) listener(status)
  }

  #later(ms: number, what: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      what()
    }, ms)
    this.#timers.add(timer)
    return timer
  }

  #cancel(timer: NodeJS.Timeout): void {
    clearTimeout(timer)
    this.#timers.delete(timer)
  }
}
