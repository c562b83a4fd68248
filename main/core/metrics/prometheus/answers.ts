import { AsyncLocalStorage } from 'node:async_hooks'

/** An answer that was asked for: under way, there, or refused. */
interface Answer {
  askedAt: number
  under: Promise<void> | null
  value?: unknown
  error?: unknown
}

/** Thrown where an answer is not there yet, for whoever runs the work again when it is. */
class NotYet extends Error {}

const MOST_ANSWERS = 2_000
/** Work that asks for something new on every run is given up: it would never be complete. */
const MOST_RUNS = 50

/**
 * Lets code that reads at once read from a server. `read` gives an answer that is there, and asks for one that is not; within
 * `complete` it then stops the work, which is run again when the answer has come. Outside of it, what is not there is
 * `undefined` (and an answer that is too old serves until the new one is there).
 */
export class Answers {
  readonly #answers = new Map<string, Answer>()
  readonly #waiting = new AsyncLocalStorage<Set<Promise<void>>>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  read<T>(key: string, freshMs: number, ask: () => Promise<T>): T | undefined {
    const waiting = this.#waiting.getStore()
    let answer = this.#answers.get(key)
    if (!answer || (answer.under === null && this.#now() - answer.askedAt > freshMs))
      answer = this.#ask(key, ask, answer)
    if (answer.under !== null && waiting) {
      waiting.add(answer.under)
      throw new NotYet('the answer is under way')
    }
    if (answer.error !== undefined && waiting) throw answer.error
    return answer.value as T | undefined
  }

  /** Runs `work` until all it read was there. Throws what it throws, and what asking threw. */
  async complete<T>(work: () => T | Promise<T>): Promise<T> {
    for (let run = 0; ; run += 1) {
      const waiting = new Set<Promise<void>>()
      const outcome = await this.#waiting.run(waiting, async () => {
        try {
          return { value: await work() }
        } catch (error) {
          return { error }
        }
      })
      if (waiting.size === 0 || run >= MOST_RUNS) {
        if ('error' in outcome) throw outcome.error
        return outcome.value
      }
      await Promise.all(waiting)
    }
  }

  clear(): void {
    this.#answers.clear()
  }

  #ask<T>(key: string, ask: () => Promise<T>, before: Answer | undefined): Answer {
    const answer: Answer = { askedAt: this.#now(), under: null, value: before?.value }
    answer.under = ask().then(
      (value) => {
        answer.value = value
        answer.error = undefined
        answer.under = null
      },
      (error: unknown) => {
        answer.error = error
        answer.under = null
      },
    )
    this.#answers.delete(key)
    this.#answers.set(key, answer)
    if (this.#answers.size > MOST_ANSWERS) this.#answers.delete(this.#answers.keys().next().value as string)
    return answer
  }
}
