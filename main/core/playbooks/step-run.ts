import { setTimeout as pause } from 'node:timers/promises'
import { parseDuration } from '../../../shared/format/duration.ts'
import { HeadroomError, type Problem, problemOf } from '../../../shared/model/problem.ts'
import { conditionHolds } from '../../../shared/playbook/condition.ts'
import type { Step } from '../../../shared/playbook/schema.ts'
import { eachLimited } from './each-limited.ts'
import { onHost, PARALLEL } from './planner.ts'
import { keepRegistered } from './registered.ts'
import { type RunParts, runContext } from './run-context.ts'
import { memoryOfHost, memoryOfStep, type StepMemory, writeHostState } from './step-memory.ts'
import { handlerOf } from './steps/index.ts'
import { Interrupted, type RunContext, type StepOutcome, type StepPlan } from './steps/step.ts'
import * as store from './store.ts'
import type { ResolvedValues } from './values.ts'

const DELAY_MS = 5000

/** One step of a run, on one server, on several, or on none. */
export class StepRun {
  readonly #run: RunParts
  readonly #values: ResolvedValues
  readonly #of: { step: Step; index: number; plan: StepPlan; playbookId: string }
  readonly #world: {
    signal: AbortSignal
    journal: RunContext['journal']
    tell(): void
    clean(problem: Problem): Problem
  }

  constructor(
    run: RunParts,
    values: ResolvedValues,
    of: { step: Step; index: number; plan: StepPlan; playbookId: string },
    world: { signal: AbortSignal; journal: RunContext['journal']; tell(): void; clean(problem: Problem): Problem },
  ) {
    this.#run = run
    this.#values = values
    this.#of = of
    this.#world = world
  }

  /** Does the step. On several servers it goes on with those that are not done yet; the first that fails begins no other. */
  async run(): Promise<StepOutcome & { reason?: string }> {
    const { step, plan } = this.#of
    if (step.when !== undefined && !this.#holds(step.when))
      return { kind: 'skip', reason: 'Its condition does not hold.' }
    if (plan.byHost === undefined)
      return await this.#one(step, plan, null, memoryOfStep(this.#run.db, this.#run.runId, this.#of.index))
    return await this.#onEach(plan.byHost)
  }

  /** Ends and removes what a stopped or interrupted try left on the hosts. */
  async abandon(): Promise<void> {
    const { step } = this.#of
    const { abandon } = handlerOf(step)
    if (abandon)
      await this.#each(
        ({ state }) => state === 'running',
        (one, context) => abandon(one, context),
        'stopped',
      )
  }

  /** Takes the step back where it was done, on the last server first. */
  async undo(): Promise<void> {
    const { undo } = handlerOf(this.#of.step)
    if (undo)
      await this.#each(
        ({ state }) => state === 'succeeded',
        (one, context) => undo(one, context),
        'undone',
      )
  }

  #holds(when: string): boolean {
    const planned = this.#of.plan.holds
    if (planned !== null && planned !== undefined) return planned
    return conditionHolds(when, (name) => this.#values.known(name)) === true
  }

  async #onEach(byHost: Record<string, StepPlan>): Promise<StepOutcome> {
    const { db, runId, environment } = this.#run
    const { step, index } = this.#of
    const failed: { name: string; problem: Problem }[] = []
    const names = new Map(this.#run.hosts.list().map(({ id, name }) => [id, name]))
    const known = () => new Map((store.readRun(db, runId).steps[index]?.hosts ?? []).map((one) => [one.hostId, one]))
    for (const id of Object.keys(byHost))
      if (!known().has(id))
        writeHostState(db, { runId, index }, { id, name: names.get(id) ?? id }, { state: 'pending' })
    const isDone = (id: string) => ['succeeded', 'skipped'].includes(known().get(id)?.state ?? '')
    const limit = ('parallel' in step ? step.parallel : undefined) ?? PARALLEL
    let trouble: unknown = null
    await eachLimited(
      Object.keys(byHost).filter((id) => !isDone(id)),
      limit,
      async (id) => {
        const host = { id, name: names.get(id) ?? id }
        // The state and its entry in the journal are written both or neither, whenever this process dies.
        const say = (state: 'running' | 'succeeded' | 'skipped' | 'failed', text: string, problem?: Problem) => {
          db.transaction(() => {
            writeHostState(db, { runId, index }, host, { state, problem: problem ?? null })
            const kind = state === 'running' ? 'host-started' : `host-${state}`
            this.#world.journal(kind, id, text, problem ? { code: problem.code } : {})
          })()
          this.#world.tell()
        }
        this.#world.signal.throwIfAborted()
        say('running', `"${this.#values.plain(step.name)}" begins on ${host.name}.`)
        try {
          const plan = byHost[id] as StepPlan
          const outcome = await this.#one(onHost(step, id), plan, id, memoryOfHost(db, runId, index, id))
          say(outcome.kind === 'skip' ? 'skipped' : 'succeeded', `${host.name} is done.`)
        } catch (error) {
          // A server that was stopped or lost sight of stays as it is: what it left there has still to be ended.
          if (error instanceof Interrupted || this.#world.signal.aborted) throw error
          const problem = this.#world.clean(problemOf(error))
          if (problem.code === 'INTERNAL') environment.log.error({ err: error, runId }, 'a step broke')
          say('failed', problem.fact, problem)
          failed.push({ name: host.name, problem })
          throw error
        }
      },
    ).catch((error: unknown) => {
      trouble = error
    })
    if (trouble instanceof Interrupted || (trouble !== null && this.#world.signal.aborted)) throw trouble
    if (failed.length > 0)
      throw new HeadroomError(
        hostsFailed(failed, Object.keys(byHost).filter(isDone).length, Object.keys(byHost).length),
      )
    if (trouble !== null) throw trouble
    const all = [...known().values()]
    return all.every(({ state }) => state === 'skipped') ? { kind: 'skip' } : { kind: 'done' }
  }

  /** Tries it, and tries it again as often as the step allows. */
  async #one(step: Step, plan: StepPlan, hostId: string | null, memory: StepMemory): Promise<StepOutcome> {
    const { environment } = this.#run
    const retries = 'retries' in step ? (step.retries ?? 0) : 0
    const delayMs = 'delay' in step && step.delay !== undefined ? parseDuration(step.delay) : DELAY_MS
    const [startedAt, from] = [environment.now(), environment.elapsed()]
    const fresh = Object.keys(memory.read()).every((key) => key === 'hosts')
    for (let attempt = 1; ; attempt += 1)
      try {
        const context = this.#context(step, plan, hostId, memory)
        const outcome = await handlerOf(step).run(step, context)
        if (outcome.kind !== 'wait' && outcome.registered)
          await keepRegistered({ ...this.#run, values: this.#values }, memory, step.id, hostId, outcome.registered)
        const on = hostId ?? plan.hostIds[0]
        // Only a try that nothing disturbed tells how long the step takes.
        if (outcome.kind === 'done' && fresh && attempt === 1 && on !== undefined && plan.hostIds.length === 1)
          store.addTiming(this.#run.db, {
            ...{ playbookId: this.#of.playbookId, step: step.id, hostId: on, at: startedAt },
            ms: environment.elapsed() - from,
          })
        return outcome
      } catch (error) {
        if (!(error instanceof Interrupted) && !this.#world.signal.aborted) endJobOf(memory)
        if (attempt > retries || error instanceof Interrupted || this.#world.signal.aborted) throw error
        const { fact, code } = this.#world.clean(problemOf(error))
        this.#world.journal('retry', hostId, `Try ${attempt} of ${retries + 1} failed: ${fact}`, { code, attempt })
        await pause(delayMs, undefined, { signal: this.#world.signal })
      }
  }

  async #each(
    which: (host: { state: string }) => boolean,
    work: (step: Step, context: RunContext) => Promise<void>,
    after: 'stopped' | 'undone',
  ): Promise<void> {
    const { db, runId } = this.#run
    const { step, plan, index } = this.#of
    if (plan.byHost === undefined)
      return await work(step, this.#context(step, plan, null, memoryOfStep(db, runId, index)))
    const hosts = store.readRun(db, runId).steps[index]?.hosts.filter(which) ?? []
    for (const { hostId, hostName } of hosts.toReversed()) {
      const own = plan.byHost[hostId] as StepPlan
      await work(onHost(step, hostId), this.#context(step, own, hostId, memoryOfHost(db, runId, index, hostId)))
      db.transaction(() => {
        writeHostState(db, { runId, index }, { id: hostId, name: hostName }, { state: after })
        this.#world.journal(`host-${after}`, hostId, `${hostName} is ${after}.`)
      })()
      this.#world.tell()
    }
  }

  #context(step: Step, plan: StepPlan, hostId: string | null, memory: StepMemory): RunContext {
    const scope = hostId ?? plan.hostIds[0] ?? null
    const values = scope === null ? this.#values : this.#values.forHost(scope)
    return runContext(this.#run, values, { step, index: this.#of.index, plan, memory }, this.#world)
  }
}

/** The step has failed, so its detached command is not looked for any more; its folder goes at the run's end. */
function endJobOf(memory: StepMemory): void {
  const { job, ended = [] } = memory.read() as { job?: { name: string } | null; ended?: string[] }
  if (job) memory.write({ job: null, ended: [...ended, job.name] })
}

function hostsFailed(failed: readonly { name: string; problem: Problem }[], done: number, all: number): Problem {
  const first = failed[0] as { name: string; problem: Problem }
  if (failed.length === 1)
    return {
      ...first.problem,
      fact: `${first.problem.fact} (${done} of ${all} servers are done; ${first.name} failed.)`,
    }
  return {
    code: 'HOSTS_FAILED',
    fact: `It failed on ${failed.length} of ${all} servers: ${failed.map(({ name, problem }) => `${name}: ${problem.fact}`).join(' ')}`,
    fix: first.problem.fix,
    details: Object.fromEntries(failed.map(({ name, problem }) => [name, problem.fact])),
  }
}
