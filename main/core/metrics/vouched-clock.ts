/** So long a clock has to go on evenly before what it calls old is dropped. */
const PROVEN_MS = 24 * 3_600_000
/** At once so far ahead it was set, or this computer slept for very long: either makes it prove itself anew. */
const LEAP_MS = 48 * 3_600_000

/**
 * The time by which retention goes. A clock that is years ahead for a moment (a flat battery, a wrong date typed in, a virtual
 * machine put back) must not make all history too old. So at the start, and after a leap, the time is the newest that was
 * measured before, and the clock's only once it has gone on for a day of this computer's waking time. Where the clock is
 * behind, the time is the clock's.
 */
export class VouchedClock {
  readonly #now: () => number
  readonly #elapsed: () => number
  #until: number
  #last: { at: number; elapsed: number }
  #provenMs = 0

  /** `newest`: the time of the newest sample there is. */
  constructor(given: { now: () => number; elapsed: () => number }, newest: number | null) {
    this.#now = () => given.now()
    this.#elapsed = () => given.elapsed()
    this.#last = { at: this.#now(), elapsed: this.#elapsed() }
    this.#until = newest ?? this.#last.at
  }

  /** Epoch milliseconds, never after the clock's. To be asked often: a leap is told by two answers. */
  now(): number {
    const { at, elapsed } = this.#last
    this.#last = { at: this.#now(), elapsed: this.#elapsed() }
    const gone = this.#last.elapsed - elapsed
    this.#provenMs = Math.abs(this.#last.at - at - gone) > LEAP_MS ? 0 : this.#provenMs + gone
    if (this.#provenMs >= PROVEN_MS) this.#until = this.#last.at
    return Math.min(this.#until, this.#last.at)
  }
}
