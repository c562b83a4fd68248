export interface StartLimits {
  /** Connections that may be starting at the same time. */
  atOnce: number
  /** The same for one server, or for all that lie behind one jump host. */
  atOnceEach: number
  /** A start that takes longer than this gives its place to the next one, and goes on without. */
  patienceMs: number
}
/**
 * sshd drops logins at random beyond 10 unfinished ones (MaxStartups 10:30:100), and counts one a little longer than we do:
 * hence the limit for each. The one for all keeps this computer and its network usable.
 */
export const START_LIMITS: StartLimits = { atOnce: 32, atOnceEach: 6, patienceMs: 2000 }

interface Waiting {
  key: string
  enter(): void
}

/**
 * Lets connections start a few at a time, in the order in which they asked; one whose own server is busy lets those behind
 * it pass. A start is dear for both ends (key exchange, signatures) and guarded by sshd's MaxStartups and by firewalls that
 * count. A server that does not answer waits outside after a moment, so that a hundred of them delay the others by seconds
 * and not by a hundred time limits.
 */
export class Starts {
  readonly #limits: StartLimits
  #taken = 0
  readonly #takenBy = new Map<string, number>()
  readonly #waiting: Waiting[] = []

  constructor(limits: StartLimits = START_LIMITS) {
    this.#limits = limits
  }

  /** Does the work when its turn has come. Rejects with the signal's reason when it is aborted while it waits. */
  async run<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const leave = await this.enter(key, signal)
    try {
      return await work()
    } finally {
      leave()
    }
  }

  /** Resolves when the turn has come, with what gives the place back; calling that twice does no harm. */
  enter(key: string, signal?: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      const aborted = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1)
        reject(signal?.reason)
      }
      const entry: Waiting = {
        key,
        enter: () => {
          signal?.removeEventListener('abort', aborted)
          resolve(this.#take(key))
        },
      }
      signal?.addEventListener('abort', aborted, { once: true })
      this.#waiting.push(entry)
      this.#admit()
    })
  }

  #take(key: string): () => void {
    this.#taken += 1
    this.#takenBy.set(key, (this.#takenBy.get(key) ?? 0) + 1)
    let given = false
    const give = () => {
      if (given) return
      given = true
      clearTimeout(timer)
      this.#taken -= 1
      const left = (this.#takenBy.get(key) ?? 1) - 1
      if (left > 0) this.#takenBy.set(key, left)
      else this.#takenBy.delete(key)
      this.#admit()
    }
    const timer = setTimeout(give, this.#limits.patienceMs)
    return give
  }

  #admit(): void {
    const { atOnce, atOnceEach } = this.#limits
    for (let i = 0; i < this.#waiting.length && this.#taken < atOnce; ) {
      const next = this.#waiting[i] as Waiting
      if ((this.#takenBy.get(next.key) ?? 0) >= atOnceEach) i += 1
      else {
        this.#waiting.splice(i, 1)
        next.enter()
      }
    }
  }
}
