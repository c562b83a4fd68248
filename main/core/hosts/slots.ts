/** Lets a limited number of holders in at a time; the others wait in line. */
export class Slots {
  #limit: number
  #taken = 0
  readonly #waiting: (() => void)[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  get taken(): number {
    return this.#taken
  }

  /** Resolves when a slot is there; rejects with the signal's reason when that comes first. */
  take(signal?: AbortSignal): Promise<void> {
    if (this.#taken < this.#limit) {
      this.#taken++
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', leave)
        this.#taken++
        resolve()
      }
      const leave = () => {
        const at = this.#waiting.indexOf(enter)
        if (at >= 0) this.#waiting.splice(at, 1)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', leave, { once: true })
      this.#waiting.push(enter)
    })
  }

  give(): void {
    this.#taken--
    if (this.#taken < this.#limit) this.#waiting.shift()?.()
  }

  /** For a server that allows fewer at a time than was assumed. */
  lower(limit: number): void {
    this.#limit = Math.max(1, Math.min(this.#limit, limit))
  }
}
