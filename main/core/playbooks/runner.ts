import { HeadroomError, type Problem, problemOf } from '../../../shared/model/problem.ts'
import type { Run } from '../../../shared/model/run.ts'
import type { Playbook, Step } from '../../../shared/playbook/schema.ts'
import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { Hosts } from '../hosts/index.ts'
import type { Workspace, WritableDatabase } from '../workspace/index.ts'
import type { Agreement } from './agreement.ts'
import { removeJobs } from './detached.ts'
import { type HostLocks, serversToChange } from './host-locks.ts'
import { interruptedProblem, withStanding } from './interruption.ts'
import { append } from './journal.ts'
import { throughLinkLoss } from './link-loss.ts'
import { releaseLocks } from './locks.ts'
import { OutputBatches, type Turns } from './output.ts'
import { type Redaction, redactionOf } from './redaction.ts'
import { restoreRegistered } from './registered.ts'
import type { RunParts } from './run-context.ts'
import { memoryOfHost, memoryOfStep } from './step-memory.ts'
import { StepRun } from './step-run.ts'
import { Interrupted, type PlanContext, type StepPlan } from './steps/step.ts'
import * as store from './store.ts'
import type { ResolvedValues } from './values.ts'

export interface RunnerDeps {
  db: WritableDatabase
  hosts: Hosts
  environment: Environment
  events: EventHub
  metrics: PlanContext['metrics']
  artifact?: PlanContext['artifact']
  hostLocks: HostLocks
  /** Of all runs: whose output is stored next. */
  turns: Turns
  /** What a failure of a file of the workspace means. */
  explain: Workspace['explain']
}

/**
 * Why a run's signal fired: the operator stopped it; or the core is closing, or another took one of its servers, and the
 * work on the hosts goes on.
 */
type StopReason = 'stop' | 'close' | 'lost'

/** One run being driven through its steps. */
export class Runner {
  readonly #deps: RunnerDeps
  readonly #runId: string
  readonly #playbook: Playbook
  readonly #plans: StepPlan[]
  readonly #values: ResolvedValues
  readonly #agreements: readonly Agreement[] | null
  readonly #redaction: Redaction
  readonly #controller = new AbortController()
  readonly #output: OutputBatches
  readonly #changed: () => void
  #stopReason: StopReason | null = null
  /** What took a server away from the run. */
  #lost: Problem | null = null
  readonly #hostKeys = new Map<string, string[]>()
  finished: Promise<void> = Promise.resolve()

  constructor(
    deps: RunnerDeps,
    run: {
      runId: string
      playbook: Playbook
      plans: StepPlan[]
      values: ResolvedValues
      agreements: readonly Agreement[] | null
    },
    changed: () => void,
  ) {
    this.#deps = deps
    this.#runId = run.runId
    this.#playbook = run.playbook
    this.#plans = run.plans
    this.#values = run.values
    this.#agreements = run.agreements
    this.#redaction = redactionOf(run.values.secrets)
    this.#changed = changed
    const put = (lines: Parameters<typeof store.insertOutput>[2]) => {
      const lastSeq = this.#stored(() => store.insertOutput(deps.db, run.runId, lines))
      deps.events.emit({ kind: 'run', runId: run.runId, lastSeq })
      changed()
    }
    this.#output = new OutputBatches(store.readRun(deps.db, run.runId).lastSeq, put, deps.turns)
  }

  start(): void {
    this.finished = this.#drive().catch((error: unknown) => {
      this.#deps.environment.log.error({ err: error, runId: this.#runId }, 'a run broke')
    })
  }

  /** Whether a person stopped it, who needs not be told. */
  get wasStopped(): boolean {
    return this.#stopReason === 'stop'
  }

  stop(reason: StopReason): void {
    this.#stopReason ??= reason
    this.#controller.abort(new Error(reason))
  }

  /**
   * Ends what an interrupted try left on the hosts, then closes the run as stopped.
   * @throws STOP_INCOMPLETE when that could not be done; the run stays interrupted and can be stopped again
   */
  async abandon(): Promise<void> {
    const left = await this.#stopped(null, null)
    if (left) throw new HeadroomError(left)
    await this.#removeFolders()
    await this.#giveServersBack()
  }

  /** Does what an end of the program kept a closed run from: removes its folders and gives its servers back. */
  async tidy(): Promise<void> {
    await this.#removeFolders('quietly')
    await this.#giveServersBack()
  }

  async #drive(): Promise<void> {
    const { db, hosts } = this.#deps
    try {
      await restoreRegistered({ db, hosts, runId: this.#runId, values: this.#values }, this.#playbook.steps)
    } catch (error) {
      return await this.#broken(error, null, null)
    }
    try {
      await this.#takeServers()
    } catch (error) {
      if (this.#stopReason !== null) return await this.#broken(error, null, null)
      // What an earlier try began may still go on.
      const began = store.readRun(db, this.#runId).steps.some(({ state }) => state === 'running')
      return this.#finish(began ? 'interrupted' : 'failed', this.#problemOf(error, null), null)
    }
    const undoTo = store.readUndoTo(db, this.#runId)
    await (undoTo === null ? this.#forward() : this.#back(undoTo))
    if (this.#stopReason !== 'close') await this.#removeFolders()
    if (store.readRun(db, this.#runId).state === 'interrupted') this.#deps.hostLocks.leave(this.#runId)
    else await this.#giveServersBack()
  }

  /** Takes the locks that lie on the servers, before the first of them is changed. HOST_BUSY names who holds one. */
  async #takeServers(): Promise<void> {
    const { environment, hostLocks } = this.#deps
    const wanted = { runId: this.#runId, name: this.#playbook.name, hostIds: serversToChange(this.#plans) }
    await throughLinkLoss({ environment, signal: this.#controller.signal }, () =>
      hostLocks.take(
        wanted,
        (hostId, fact) => this.#journal('lock-not-left', null, hostId, fact),
        (problem) => {
          this.#lost = problem
          this.stop('lost')
        },
      ),
    )
  }

  async #giveServersBack(): Promise<void> {
    const { hosts, hostLocks } = this.#deps
    const present = new Set(hosts.list().map(({ id }) => id))
    await hostLocks.release(
      this.#runId,
      serversToChange(this.#plans).filter((id) => present.has(id)),
    )
  }

  /** Removes the folders of detached commands that have ended, with one command for each server. */
  async #removeFolders(how: 'quietly' | 'aloud' = 'aloud'): Promise<void> {
    const { db, hosts } = this.#deps
    const folders = new Map<string, { names: string[]; forget: (() => void)[] }>()
    for (const [index, { hostIds, byHost }] of this.#plans.entries())
      for (const hostId of hostIds) {
        const memory = byHost ? memoryOfHost(db, this.#runId, index, hostId) : memoryOfStep(db, this.#runId, index)
        const { ended = [], job } = memory.read() as { ended?: string[]; job?: { name: string } | null }
        // A step that succeeded keeps its command until here: had that not been written down, it would be looked for.
        const { state, hosts: onHosts } = store.readRun(db, this.#runId).steps[index] ?? { state: 'pending', hosts: [] }
        const done = (onHosts.find((one) => one.hostId === hostId)?.state ?? state) === 'succeeded'
        const names = done && job ? [...ended, job.name] : ended
        if (names.length === 0) continue
        const found = folders.get(hostId) ?? { names: [], forget: [] }
        folders.set(hostId, found)
        found.names.push(...names)
        // Only once they are gone: a server that is away now is asked again at the next end of the run.
        found.forget.push(() => memory.write({ ended: [], ...(done && { job: null }) }))
      }
    await Promise.all(
      [...folders].map(async ([hostId, { names, forget }]) => {
        try {
          await hosts.run(hostId, removeJobs(names))
          for (const one of forget) one()
        } catch (error) {
          if (how === 'quietly') return
          const host = hosts.list().find(({ id }) => id === hostId)?.name ?? hostId
          const text = `${problemOf(error).fact} Folders with the output of commands are still among the temporary files of ${host}: ${names.map((name) => `headroom-${name}`).join(', ')}.`
          this.#journal('folders-left', null, hostId, text)
        }
      }),
    )
  }

  async #forward(): Promise<void> {
    const { db, environment } = this.#deps
    const troubles: string[] = []
    for (const [index, step] of this.#playbook.steps.entries()) {
      const state = store.readRun(db, this.#runId).steps[index]?.state
      if (state === 'succeeded' || state === 'skipped') continue
      if (this.#controller.signal.aborted) return await this.#broken(new Error('stopped'), null, null)
      if (state === 'undone') store.forgetStep(db, this.#runId, index, 'pending')
      this.#together(() => {
        this.#journal('step-started', step.id, null, `Step "${this.#values.plain(step.name)}" begins.`)
        store.writeStep(db, this.#runId, index, {
          state: 'running',
          startedAt: environment.now(),
          endedAt: null,
          problem: null,
        })
      })
      this.#tell()
      try {
        const outcome = await this.#step(step, index).run()
        this.#output.flush()
        if (outcome.kind === 'wait') {
          this.#endStep(index, step, 'pending', null, outcome.outcome)
          return this.#finish('stopped', null, outcome.outcome)
        }
        const skipped = outcome.kind === 'skip'
        const said = skipped ? (outcome.reason ?? 'It was done already.') : outcome.outcome
        this.#endStep(index, step, skipped ? 'skipped' : 'succeeded', null, said)
      } catch (error) {
        this.#output.flush()
        const optional = step.optional === true && !(error instanceof Interrupted) && this.#stopReason === null
        if (!optional) return await this.#broken(error, index, step)
        const problem = this.#problemOf(error, index)
        troubles.push(`"${this.#values.plain(step.name)}" failed, which was optional: ${problem.fact}`)
        this.#endStep(index, step, 'failed', problem, null)
      }
    }
    const outcome = store
      .readRun(db, this.#runId)
      .steps.map((_step, index) => store.readMemory(db, this.#runId, index).outcome)
      .filter((text) => typeof text === 'string')
    this.#finish(
      'succeeded',
      null,
      [...(outcome.length > 0 ? outcome : ['All steps are done.']), ...troubles].join(' '),
    )
  }

  /** Takes back every step from the last one down to this index. */
  async #back(undoTo: number): Promise<void> {
    const { db } = this.#deps
    const left: string[] = []
    const undone: string[] = []
    for (const [index, step] of [...this.#playbook.steps.entries()].toReversed()) {
      if (index < undoTo) break
      const name = this.#values.plain(step.name)
      const found = store.readRun(db, this.#runId).steps[index]
      if (!found || found.state === 'undone' || found.state === 'pending') continue
      const did =
        found.state === 'succeeded' ||
        found.state === 'running' ||
        found.hosts.some(({ state }) => state === 'succeeded')
      if (did && found.undo === 'yes') {
        if (this.#controller.signal.aborted) return await this.#broken(new Error('stopped'), null, null)
        this.#together(() => {
          this.#journal('undo-started', step.id, null, `Undoing "${name}" begins.`)
          store.writeStep(db, this.#runId, index, { state: 'running', startedAt: null, endedAt: null, problem: null })
        })
        this.#tell()
        try {
          await this.#step(step, index).undo()
          this.#output.flush()
        } catch (error) {
          this.#output.flush()
          return await this.#broken(error, index, step)
        }
        undone.push(name)
      } else if (did && found.state !== 'skipped') left.push(name)
      this.#together(() => {
        store.forgetStep(db, this.#runId, index, 'undone')
        this.#journal(
          'step-undone',
          step.id,
          null,
          did && found.undo === 'yes' ? `Step "${name}" is undone.` : `Step "${name}" has nothing that is taken back.`,
        )
      })
      this.#tell()
    }
    store.writeUndoTo(db, this.#runId, null)
    const said = [
      undone.length > 0 ? `Undone: ${undone.join(', ')}.` : 'Nothing was to be undone.',
      left.length > 0 ? `Left as it is, since the playbook names no way back: ${left.join(', ')}.` : '',
    ]
    this.#finish('stopped', null, said.join(' ').trim())
  }

  /** Writing here that a full disk or a damaged file stops, told as that. */
  #stored<T>(write: () => T): T {
    try {
      return write()
    } catch (error) {
      throw this.#explained(error)
    }
  }

  #explained(error: unknown): unknown {
    const found = this.#deps.explain(error)
    return found ? new HeadroomError(found.problem, { cause: error }) : error
  }

  #problemOf(error: unknown, index: number | null): Problem {
    const found = this.#clean(problemOf(this.#explained(error)))
    if (found.code === 'INTERNAL') this.#deps.environment.log.error({ err: error, runId: this.#runId }, 'a step broke')
    return withStanding(found, index === null ? '' : store.standingOf(this.#deps.db, this.#runId, index))
  }

  async #broken(error: unknown, index: number | null, step: Step | null): Promise<void> {
    if (this.#stopReason === 'stop') return void (await this.#stopped(index, step))
    if (error instanceof Interrupted || this.#stopReason === 'close' || this.#stopReason === 'lost') {
      const stands = store.standing(this.#deps.db, this.#runId)
      return this.#finish(
        'interrupted',
        this.#lost
          ? withStanding(this.#clean(this.#lost), stands)
          : error instanceof Interrupted
            ? withStanding(this.#clean(error.problem), stands)
            : interruptedProblem(stands),
        null,
      )
    }
    const problem = this.#problemOf(error, index)
    if (index !== null && step !== null) this.#endStep(index, step, 'failed', problem, null)
    this.#finish('failed', problem, null)
  }

  /** Null when nothing goes on any more; else what stood in the way, and the run is interrupted and keeps its locks. */
  async #stopped(index: number | null, step: Step | null): Promise<Problem | null> {
    const { db, environment } = this.#deps
    try {
      await this.#abandonFrom(store.readRun(db, this.#runId))
    } catch (failure) {
      if (failure instanceof Interrupted) {
        const held = withStanding(this.#clean(failure.problem), store.standing(db, this.#runId))
        this.#finish('interrupted', held, null)
        return held
      }
      const { code, fact } = this.#clean(problemOf(failure))
      if (code === 'INTERNAL') environment.log.error({ err: failure, runId: this.#runId }, 'stopping a run broke')
      const problem: Problem = {
        code: 'STOP_INCOMPLETE',
        fact: `Not everything could be ended: ${fact} ${store.standing(db, this.#runId)}`.trim(),
        fix: 'Stop it again when its servers can be reached, or resume it. If a server is gone for good, remove it from the list, then stop the run.',
      }
      this.#finish('interrupted', problem, null)
      return problem
    }
    const outcome = `Stopped by the operator. ${store.standing(db, this.#runId, 'stopped')}`.trim()
    if (index !== null && step !== null) this.#endStep(index, step, 'stopped', null, 'Stopped by the operator.')
    this.#finish('stopped', null, outcome)
    return null
  }

  async #abandonFrom(run: Run): Promise<void> {
    for (const [index, step] of this.#playbook.steps.entries()) {
      if (run.steps[index]?.state !== 'running') continue
      await this.#step(step, index).abandon()
      store.writeStep(this.#deps.db, this.#runId, index, {
        state: 'stopped',
        startedAt: null,
        endedAt: this.#deps.environment.now(),
        problem: null,
      })
    }
    this.#output.flush()
  }

  #endStep(
    index: number,
    step: Step,
    state: 'succeeded' | 'skipped' | 'failed' | 'stopped' | 'pending',
    problem: Problem | null,
    outcome: string | undefined | null,
  ): void {
    const { db, environment } = this.#deps
    const how = state === 'pending' ? 'waits' : state === 'skipped' ? 'was skipped' : state
    this.#together(() => {
      if (outcome && state === 'succeeded')
        store.writeMemory(db, this.#runId, index, { ...store.readMemory(db, this.#runId, index), outcome })
      store.writeStep(db, this.#runId, index, { state, startedAt: null, endedAt: environment.now(), problem })
      if (state === 'succeeded') store.writeProgress(db, this.#runId, index, 1, outcome ?? null)
      this.#journal(
        `step-${state}`,
        step.id,
        null,
        `Step "${this.#values.plain(step.name)}" ${how}.${problem ? ` ${problem.fact}` : outcome ? ` ${outcome}` : ''}`,
        problem ? { code: problem.code } : {},
      )
    })
  }

  /** A state and its entry in the journal are written both or neither, whenever this process dies. */
  #together(write: () => void): void {
    this.#deps.db.transaction(write)()
  }

  /** The run's end: locks are kept only while something may go on at the hosts. */
  #finish(
    state: 'succeeded' | 'failed' | 'stopped' | 'interrupted',
    problem: Problem | null,
    outcome: string | null,
  ): void {
    const { db, environment } = this.#deps
    this.#output.flush()
    this.#together(() => {
      this.#journal(
        `run-${state}`,
        null,
        null,
        problem ? problem.fact : (outcome ?? state),
        problem ? { code: problem.code } : {},
      )
      store.writeRunState(db, this.#runId, { state, endedAt: environment.now(), problem, outcome })
      if (state !== 'interrupted') releaseLocks(db, this.#runId)
    })
    this.#tell()
  }

  #tell(): void {
    const { db, events } = this.#deps
    events.emit({ kind: 'run', runId: this.#runId, lastSeq: store.readRun(db, this.#runId).lastSeq })
    this.#changed()
  }

  #journal(
    kind: string,
    step: string | null,
    hostId: string | null,
    text: string,
    data: Record<string, unknown> = {},
  ): void {
    const { db, environment, hosts } = this.#deps
    const host = hostId === null ? null : (hosts.list().find(({ id }) => id === hostId)?.name ?? hostId)
    const { text: clean, deep } = this.#redaction
    append(db, this.#runId, { at: environment.now(), kind, step, host, text: clean(text), data: deep(data) })
  }

  #clean(problem: Problem): Problem {
    return this.#redaction.deep(problem)
  }

  #step(step: Step, index: number): StepRun {
    const plan = this.#plans[index] as StepPlan
    const run: RunParts = {
      ...this.#deps,
      ...{ runId: this.#runId, redaction: this.#redaction, output: this.#output, agreements: this.#agreements },
      hostKeys: (hostId) => this.#keysOf(hostId),
    }
    return new StepRun(
      run,
      this.#values,
      { step, index, plan, playbookId: this.#playbook.id },
      {
        signal: this.#controller.signal,
        journal: (kind, hostId, text, data) => this.#journal(kind, step.id, hostId, text, data),
        tell: () => this.#tell(),
        clean: (problem) => this.#clean(problem),
      },
    )
  }

  #keysOf(hostId: string): string[] {
    const known = this.#hostKeys.get(hostId)
    if (known) return known
    const { hosts } = this.#deps
    const host = hosts.list().find(({ id }) => id === hostId)
    const at = host?.route ?? host
    const found =
      host?.kind === 'ssh' && at
        ? hosts.knownKeys().filter(({ address, port }) => address === at.address && port === (at.port ?? 22))
        : []
    const fingerprints = [...new Set(found.map(({ fingerprint }) => fingerprint))]
    this.#hostKeys.set(hostId, fingerprints)
    return fingerprints
  }
}
