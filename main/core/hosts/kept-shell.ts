import { randomBytes } from 'node:crypto'
import type { ClientChannel } from 'ssh2'
import { StartLine } from './start-line.ts'
import { type Exit, GRACE_MS, type KeptText, type Sinks } from './transport.ts'

/** Calls after which a shell is made anew: an hour of rounds, so that nothing it gathers stays for good. */
const MOST_CALLS = 240
/** What comes before the shell's first word, such as the greeting of a login script, is passed over up to this size. */
const MAX_NOISE_BYTES = 64 * 1024

/** A call that got no answer, or half of one. */
export class ShellEnded extends Error {
  constructor() {
    super('the shell on the host ended')
  }
}

interface Call {
  sinks: Sinks
  begin: Buffer
  end: Buffer
  begun: boolean
  /** What was not handed over yet, because a mark may stand in it. */
  held: Buffer
  settled: Promise<void>
  resolve(exit: Exit): void
  reject(error: unknown): void
}

/**
 * A shell that stays on a host between calls: it reads `once` a single time and each call's text after that, so that a call
 * costs no session, no start of a shell and no sending of the script. A call runs in a subshell of its own, without input;
 * its output stands between two lines with a mark that only this shell's input tells.
 */
export class KeptShell {
  readonly once: string
  readonly #channel: ClientChannel
  readonly #start: StartLine
  readonly #mark = randomBytes(12).toString('hex')
  #call: Call | null = null
  #calls = 0
  #noise = 0
  #over = false

  /** The channel of a `sh -s` that was told nothing yet. */
  constructor(channel: ClientChannel, once: string) {
    this.once = once
    this.#channel = channel
    this.#start = new StartLine(this.#mark)
    channel.on('data', (chunk: Buffer) => this.#take(chunk))
    channel.stderr.on('data', (chunk: Buffer) => this.#give(() => this.#call?.sinks.onStderr(chunk)))
    channel.on('error', () => {})
    channel.on('close', () => {
      this.#over = true
      this.#fail(new ShellEnded())
    })
  }

  /** The id of the remote process group, once known. */
  get processId(): number | null {
    return this.#start.processId
  }
  get isBusy(): boolean {
    return this.#call !== null
  }
  get isUsable(): boolean {
    return !this.#over && this.#calls < MOST_CALLS
  }

  /** Resolves with the status of the text's subshell. Rejects with ShellEnded, and with what a sink throws. */
  run({ text }: KeptText, sinks: Sinks): Promise<Exit> {
    this.#calls += 1
    const mark = `${this.#mark}-${this.#calls}`
    if (this.#over) return Promise.reject(new ShellEnded())
    const { promise, resolve, reject } = Promise.withResolvers<Exit>()
    const settled = promise.then(
      () => {},
      () => {},
    )
    this.#call = {
      ...{ sinks, begun: false, held: Buffer.alloc(0), settled, resolve, reject },
      begin: Buffer.from(`${mark} begins\n`),
      end: Buffer.from(`\n${mark} `),
    }
    const once = this.#calls === 1 ? `echo "${this.#mark} $$"\n${this.once}` : ''
    this.#channel.write(`${once}echo '${mark} begins'\n(\n${text}\n) </dev/null\nprintf '\\n%s %s\\n' '${mark}' "$?"\n`)
    return promise
  }

  /** Ends the shell; a call under way fails. */
  end(): void {
    this.#over = true
    this.#fail(new ShellEnded())
    this.#channel.end()
    this.#channel.close()
  }

  get #idle(): Promise<void> {
    const call = this.#call
    return call === null ? Promise.resolve() : call.settled
  }

  /**
   * Lets the shell come to its end by itself, once no call is under way: the server gives its session back when the shell is
   * gone, which a channel that is closed from here does not wait for.
   */
  async leave(): Promise<void> {
    await this.#idle
    this.#over = true
    this.#channel.end()
    const force = setTimeout(() => this.#channel.close(), GRACE_MS)
    await this.closed
    clearTimeout(force)
  }

  /** Resolves when the channel is closed. */
  get closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#channel.destroyed) resolve()
      else this.#channel.once('close', () => resolve())
    })
  }

  #fail(error: unknown): void {
    const call = this.#call
    this.#call = null
    call?.reject(error)
  }

  #give(hand: () => void | Promise<void>): void {
    try {
      void hand()
    } catch (error) {
      this.#fail(error)
    }
  }

  #take(chunk: Buffer): void {
    const rest = this.#start.take(chunk)
    if (this.#start.processId === null) {
      this.#noise += chunk.length
      if (this.#noise > MAX_NOISE_BYTES) this.end()
      return
    }
    const call = this.#call
    if (call === null || rest.length === 0) return
    let all = call.held.length === 0 ? rest : Buffer.concat([call.held, rest])
    if (!call.begun) {
      const at = all.indexOf(call.begin)
      if (at < 0) {
        call.held = Buffer.from(all.subarray(Math.max(0, all.length - call.begin.length)))
        return
      }
      call.begun = true
      all = all.subarray(at + call.begin.length)
    }
    const end = all.indexOf(call.end)
    if (end < 0) {
      const sure = Math.max(0, all.length - call.end.length)
      call.held = Buffer.from(all.subarray(sure))
      if (sure > 0) this.#give(() => call.sinks.onStdout(all.subarray(0, sure)))
      return
    }
    const told = all.subarray(end + call.end.length)
    const lineEnd = told.indexOf(0x0a)
    if (end > 0) this.#give(() => call.sinks.onStdout(all.subarray(0, end)))
    if (this.#call !== call) return
    if (lineEnd < 0) {
      call.held = Buffer.from(all.subarray(end))
      return
    }
    this.#call = null
    const status = Number(told.toString('latin1', 0, lineEnd))
    // A shell tells 128 and the signal's number of what a signal ended, as every shell does.
    call.resolve({ exitCode: status, signal: null })
  }
}
