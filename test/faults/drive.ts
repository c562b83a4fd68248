import { setTimeout as pause } from 'node:timers/promises'
import { HeadroomError } from '../../shared/model/problem.ts'
import type { Run } from '../../shared/model/run.ts'
import { Gone, type Session } from './session.ts'

/** What is to be run, and what to see at each of its ends. */
export interface Change {
  playbookId: string
  parameters: Record<string, string | number | boolean>
  /** Looks at the servers; gives a sentence for each promise that is broken. `again`: a step failed, and was begun anew. */
  look(run: Run, again: boolean): string[]
}

const TRIES = 8
/** Links are tried again for minutes before a run is interrupted. */
const LONGEST_MS = 400_000

/** A run that is started, followed through every fault, and resumed until it has come to its end. */
export class Drive {
  readonly #session: Session
  readonly #change: Change
  #runId: string | null = null
  state: Run['state'] | 'none' = 'none'
  readonly #begun = Promise.withResolvers<void>()
  readonly breaches: string[] = []
  readonly said: string[] = []
  /** A step failed and said so; resuming the run begins it again. */
  failed = false

  constructor(session: Session, change: Change) {
    this.#session = session
    this.#change = change
  }

  get runId(): string | null {
    return this.#runId
  }

  /** Resolves when a run was started, or when none ever will be. */
  get begun(): Promise<void> {
    return this.#begun.promise
  }

  /** Until it has succeeded, or, where `stop` says so and the faults are over, until it is stopped. */
  async work(calm: AbortSignal, stop: boolean): Promise<void> {
    let tries = 0
    while (tries < TRIES)
      try {
        const run = await this.#step(stop && calm.aborted)
        this.state = run.state
        this.#look(run)
        if (run.state === 'succeeded' || (stop && calm.aborted && closed(run))) return
        if (run.problem !== null) this.said.push(`${run.state}: ${run.problem.code} ${run.problem.fact}`)
        if (calm.aborted) tries += 1
        await pause(50)
      } catch (error) {
        if (!(error instanceof Gone)) {
          if (calm.aborted) tries += 1
          this.#refused(error)
        }
        await pause(100)
      }
    this.#begun.resolve()
    this.breaches.push(`The run does not come to its end: it is ${this.state}. ${this.said.slice(-3).join(' ')}`)
  }

  #look(run: Run): void {
    this.breaches.push(...this.#change.look(run, this.failed))
    this.failed ||= run.state === 'failed'
    if (run.state !== 'succeeded' && run.state !== 'stopped' && run.problem === null)
      this.breaches.push(`The run is ${run.state} without saying why.`)
    if (run.problem?.code === 'INTERNAL') this.breaches.push(`The run ended with: ${run.problem.fact}`)
    const open = run.steps.filter(({ state }) => state !== 'succeeded' && state !== 'skipped')
    if (run.state === 'succeeded' && open.length > 0)
      this.breaches.push(`The run succeeded with steps undone: ${open.map(({ id }) => id).join(', ')}.`)
  }

  async #step(stop: boolean): Promise<Run> {
    const [found] = await this.#session.call((core) => core.playbooks.runs())
    if (found === undefined) return await this.#start()
    const { id: runId } = found
    this.#runId = runId
    if (found.state === 'running' || found.state === 'stopping') return await this.#ended(runId)
    if (found.state === 'succeeded' || (stop && closed(found))) return found
    if (stop) return await this.#session.call((core) => core.playbooks.stop({ runId }))
    await this.#session.call((core) => core.playbooks.resume({ runId, secrets: {} }))
    return await this.#ended(runId)
  }

  async #start(): Promise<Run> {
    const { playbookId, parameters } = this.#change
    const preview = await this.#session.call((core) => core.playbooks.preview({ playbookId, parameters }))
    if (preview.problems[0]) throw new HeadroomError(preview.problems[0])
    const { id } = await this.#session.call((core) =>
      core.playbooks.start({ playbookId, parameters, previewHash: preview.hash }),
    )
    this.#runId = id
    this.#begun.resolve()
    return await this.#ended(id)
  }

  async #ended(runId: string): Promise<Run> {
    for (const until = performance.now() + LONGEST_MS; ; ) {
      const run = await this.#session.call((core) => core.playbooks.run({ runId }))
      if (run.state !== 'running' && run.state !== 'stopping') return run
      if (performance.now() > until) throw new Error(`The run is ${run.state} for ${LONGEST_MS / 1000} s.`)
      await pause(40)
    }
  }

  #refused(error: unknown): void {
    const { code, fact } =
      error instanceof HeadroomError
        ? error.problem
        : { code: 'INTERNAL', fact: error instanceof Error ? error.stack : '' }
    this.said.push(`${code} ${fact}`)
    if (code === 'INTERNAL') this.breaches.push(`Starting, resuming or stopping said: ${fact}`)
  }

  /** When all is over: the journal is whole and tells every step. */
  async check(): Promise<void> {
    const runId = this.#runId
    if (runId === null) return
    const journal = await this.#session.call((core) => core.playbooks.journal({ runId }))
    if (!journal.intact) this.breaches.push(`The journal is broken at entry ${journal.brokenAt}.`)
    const run = await this.#session.call((core) => core.playbooks.run({ runId }))
    for (const { id, state } of run.steps)
      if (state === 'succeeded' && !journal.entries.some(({ kind, step }) => kind === 'step-succeeded' && step === id))
        this.breaches.push(`Step ${id} succeeded and the journal does not say so.`)
    const locks = await this.#session.call((core) => core.playbooks.locks())
    if (closed(run) && locks.length > 0) this.breaches.push(`A run that is ${run.state} still holds its servers.`)
  }

  /** The lines that a step's commands printed, as the run tells them. */
  async printed(of: string): Promise<string[]> {
    const runId = this.#runId ?? ''
    const { lines } = await this.#session.call((core) => core.playbooks.output({ runId, afterSeq: 0, limit: 2000 }))
    return lines.filter(({ step, stream }) => step === of && stream === 'stdout').map(({ text }) => text)
  }
}

/** Nothing of it goes on. */
const closed = ({ state }: Pick<Run, 'state'>) => state === 'succeeded' || state === 'failed' || state === 'stopped'
