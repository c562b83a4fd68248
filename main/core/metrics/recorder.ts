import type { HostRound } from './store.ts'

/** Rounds that end within this time of each other are written together: the fleet's rounds come in waves. */
const GATHERED_MS = 40
/** So many are written without waiting longer, which keeps one write below some 20 ms. */
const MOST_GATHERED = 32

interface Waiting {
  round: HostRound
  resolve(stored: number): void
  reject(error: unknown): void
}

/**
 * Writes rounds of many hosts in few transactions. What a crash takes are the rounds of the last moment, and of each all or
 * nothing. One that cannot be written fails for itself: the others are written without it.
 */
export class Recorder {
  readonly #write: (rounds: readonly HostRound[]) => number[]
  #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(write: (rounds: readonly HostRound[]) => number[]) {
    this.#write = write
  }

  /** Resolves with the number of values stored, once they are on disk; rejects with what writing them throws. */
  add(round: HostRound): Promise<number> {
    // A second one of the same host builds on what the first one leaves.
    if (this.#waiting.some((one) => one.round.hostId === round.hostId)) this.flush()
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.#waiting.push({ round, resolve, reject })
    if (this.#waiting.length >= MOST_GATHERED) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), GATHERED_MS)
    return promise
  }

  /** Writes what is gathered now. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const waiting = this.#waiting
    this.#waiting = []
    if (waiting.length === 0) return
    try {
      const stored = this.#write(waiting.map(({ round }) => round))
      for (const [i, { resolve }] of waiting.entries()) resolve(stored[i] ?? 0)
    } catch (error) {
      if (waiting.length === 1) waiting[0]?.reject(error)
      else for (const one of waiting) this.#alone(one)
    }
  }

  #alone({ round, resolve, reject }: Waiting): void {
    try {
      resolve(this.#write([round])[0] ?? 0)
    } catch (error) {
      reject(error)
    }
  }
}
