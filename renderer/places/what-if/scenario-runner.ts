import type { Assumptions, Simulation } from '../../../shared/model/scenario.ts'

/** While a slider moves, a rougher result keeps pace; the full one follows when it rests. So many paths take under a frame. */
export const DRAFT_PATHS = 2000
/** The slider has come to rest when nothing changed for this long. */
const RESTS_AFTER_MS = 220

export interface ScenarioState {
  /** The newest result there is; it stays while the next one is computed. */
  simulation: Simulation | null
  error: unknown
  /** True until `simulation` is the full answer to what is wanted. */
  busy: boolean
}

type Simulate = (assumptions: Assumptions, signal: AbortSignal) => Promise<Simulation>

/**
 * Decides which simulation runs when. A full run that is no longer wanted is cancelled at once. A draft is let finish and
 * the newest assumptions go next: drafts follow each other as fast as they are answered, and none ever waits behind another.
 */
export class ScenarioRunner {
  #state: ScenarioState
  #wanted: Assumptions | null = null
  #answered: { wanted: Assumptions; simulation: Simulation } | null = null
  #moving = false
  #running: { full: boolean; aborter: AbortController } | null = null
  #lastDraft: Assumptions | null = null
  #rest: ReturnType<typeof setTimeout> | undefined
  readonly #simulate: Simulate
  readonly #listeners = new Set<() => void>()

  /** `known`: what these assumptions gave the last time, shown until it is computed anew. */
  constructor(simulate: Simulate, known: Simulation | null = null) {
    this.#simulate = simulate
    this.#state = { simulation: known, error: null, busy: false }
  }

  get state(): ScenarioState {
    return this.#state
  }

  /** The newest full answer and the very wish that it answers. */
  get answered(): { wanted: Assumptions; simulation: Simulation } | null {
    return this.#answered
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The first wish is answered in full at once; later ones are taken as movement until they rest. */
  want(assumptions: Assumptions): void {
    this.#moving = this.#wanted !== null
    this.#wanted = assumptions
    this.#set({ ...this.#state, busy: true, error: null })
    clearTimeout(this.#rest)
    if (this.#moving)
      this.#rest = setTimeout(() => {
        this.#moving = false
        this.#next()
      }, RESTS_AFTER_MS)
    if (this.#running?.full) this.#cancel()
    this.#next()
  }

  stop(): void {
    clearTimeout(this.#rest)
    this.#cancel()
    this.#wanted = null
    this.#moving = false
  }

  #cancel(): void {
    const running = this.#running
    this.#running = null
    running?.aborter.abort()
  }

  #next(): void {
    const wanted = this.#wanted
    if (this.#running || wanted === null) return
    if (!this.#moving) return void this.#run(wanted, true)
    if (this.#lastDraft === wanted) return
    this.#lastDraft = wanted
    void this.#run({ ...wanted, paths: Math.min(wanted.paths, DRAFT_PATHS) }, false)
  }

  async #run(assumptions: Assumptions, full: boolean): Promise<void> {
    const wanted = this.#wanted
    const running = { full, aborter: new AbortController() }
    this.#running = running
    try {
      const simulation = await this.#simulate(assumptions, running.aborter.signal)
      if (this.#running !== running) return
      this.#running = null
      const done = full && wanted === this.#wanted
      if (done) this.#answered = { wanted: assumptions, simulation }
      this.#set({ simulation, error: null, busy: !done })
      if (!done) this.#next()
    } catch (error) {
      if (this.#running !== running) return
      this.#running = null
      if (wanted === this.#wanted) this.#set({ ...this.#state, error, busy: false })
      else this.#next()
    }
  }

  #set(state: ScenarioState): void {
    this.#state = state
    for (const tell of this.#listeners) tell()
  }
}
