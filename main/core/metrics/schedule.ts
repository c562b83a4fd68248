const MAX_BACKOFF = 8
const OVERDUE = 2
/** Over how long hosts are spread after sleep, however long the interval is: what is shown is old. */
const WOKEN_SPREAD_MS = 4000

/** When a host is due, and how its failures put the next round off. Pure: times come in. */
export class Schedule {
  readonly #due = new Map<string, { at: number; failures: number; running: boolean }>()

  /** Hosts that are new get their first round within a quarter of an interval, spread by `random` (0..1). */
  track(hostIds: readonly string[], now: number, everyMs: number, random: () => number): void {
    for (const id of hostIds)
      if (!this.#due.has(id)) this.#due.set(id, { at: now + (everyMs / 4) * random(), failures: 0, running: false })
    // A laptop that slept wakes with every host overdue: they are spread again, and none makes up for what it missed.
    for (const entry of this.#due.values())
      if (!entry.running && now - entry.at > OVERDUE * everyMs) entry.at = now + (everyMs / 4) * random()
    const wanted = new Set(hostIds)
    for (const [id, entry] of this.#due) if (!wanted.has(id) && !entry.running) this.#due.delete(id)
  }

  /** The hosts to start now. Each is marked as running, and comes again only after `ended`. */
  take(now: number): string[] {
    const taken: string[] = []
    for (const [id, entry] of this.#due) {
      if (entry.running || entry.at > now) continue
      entry.running = true
      taken.push(id)
    }
    return taken
  }

  /**
   * The next round is one interval after this one's planned time, so that rounds keep their rhythm; rounds that were missed
   * (a laptop that slept) are not made up for. After f failures in a row it is 2^f intervals, at most 8.
   */
  ended(id: string, ok: boolean, now: number, everyMs: number, random: () => number): void {
    const entry = this.#due.get(id)
    if (!entry) return
    entry.running = false
    entry.failures = ok ? 0 : entry.failures + 1
    const wait = everyMs * Math.min(2 ** entry.failures, MAX_BACKOFF)
    const jitter = 1 + (random() - 0.5) * 0.1
    const next = entry.at + wait * jitter
    entry.at = next > now ? next : now + wait * jitter
  }

  /** Everything is due anew, after the interval changed. */
  restart(now: number, everyMs: number, random: () => number): void {
    for (const entry of this.#due.values()) entry.at = now + (everyMs / 4) * random()
  }

  /** After this computer slept: what failed before says nothing of now, so every host is due at once, spread by `random`. */
  woken(now: number, everyMs: number, random: () => number): void {
    for (const entry of this.#due.values()) {
      entry.failures = 0
      if (!entry.running) entry.at = now + Math.min(everyMs / 4, WOKEN_SPREAD_MS) * random()
    }
  }

  /** Milliseconds until the next host is due; null when none is waiting. */
  nextIn(now: number): number | null {
    let next: number | null = null
    for (const entry of this.#due.values())
      if (!entry.running) next = Math.min(next ?? Number.POSITIVE_INFINITY, Math.max(0, entry.at - now))
    return next
  }
}
