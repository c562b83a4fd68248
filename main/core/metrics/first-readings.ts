import { pause } from './pause.ts'

/** More servers than this at their first reading fill this computer's processors. */
const MANY = 8
/** One server that does not answer must not keep the others waiting for longer. */
const LONGEST_MS = 2_000
const LOOK_MS = 200

/**
 * A server that is new to the core is read twice, since rates need two readings. With many new ones the first reading of each
 * goes before the second of any: every server shows something sooner, and none shows its rates later than it would have.
 */
export class FirstReadings {
  #underWay = 0

  async read<T>(reading: () => Promise<T>): Promise<T> {
    this.#underWay += 1
    try {
      return await reading()
    } finally {
      this.#underWay -= 1
    }
  }

  /** Resolves when no more than a few first readings are under way, after two seconds at the latest. */
  async letPass(signal: AbortSignal): Promise<void> {
    for (let waited = 0; this.#underWay > MANY && waited < LONGEST_MS && !signal.aborted; waited += LOOK_MS)
      await pause(LOOK_MS, signal)
  }
}
