/** A place of the window that was just gone to has asked for all it shows within this long. */
const RESTED_MS = 200
/** Where questions never end, as while a long import is watched, work still goes on after so many waits. */
const MOST_WAITS = 3

/** Lets work that nobody waits for go when nobody asks: on a small computer it would take the processor from what somebody looks at. */
export class Quiet {
  readonly #elapsed: () => number
  #askedAt = Number.NEGATIVE_INFINITY

  /** `elapsed` as of the environment. */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed
  }

  /** Somebody has asked the engine something. */
  asked(): void {
    this.#askedAt = this.#elapsed()
  }

  /** Until nobody has asked anything for 200 ms, but 600 ms at most. */
  async come(): Promise<void> {
    for (let waits = 0; waits < MOST_WAITS; waits++) {
      const left = RESTED_MS - (this.#elapsed() - this.#askedAt)
      if (left <= 0) return
      await new Promise((resolve) => setTimeout(resolve, left))
    }
  }
}
