import { join } from 'node:path'
import { HeadroomError, type Problem, problemOf } from '../../../shared/model/problem.ts'
import type { Run } from '../../../shared/model/run.ts'
import type { Playbook } from '../../../shared/playbook/schema.ts'
import { AGREED, agreementOf, agreementsIn } from './agreement.ts'
import { exportedAudit, lastRun, verifyAll } from './audit.ts'
import { type Reviewed, Reviews } from './drift.ts'
import { endNotice } from './end-notice.ts'
import { handOver } from './handover.ts'
import { heldServers } from './held-servers.ts'
import { HostLocks } from './host-locks.ts'
import type { ParameterValues, Playbooks, PlaybooksDeps } from './interface.ts'
import { closeUnseen, interrupt, SERVER_REMOVED, serversTaken } from './interruption.ts'
import { append, exported, readJournal } from './journal.ts'
import {
  findPlaybook,
  keptSource,
  loadPlaybooks,
  type PlaybookMemory,
  playbookKept,
  playbookNames,
  summaryOf,
} from './loader.ts'
import { holdsAny, takeLocks } from './locks.ts'
import { Turns } from './output.ts'
import { parsedAhead } from './parsed-ahead.ts'
import { checkApproval, checkSkip, checkUndo, personOf } from './person.ts'
import { type Estimates, planContext, planPlaybook } from './planner.ts'
import { redactionOf } from './redaction.ts'
import { rehearsed } from './rehearsal.ts'
import { RunSecrets } from './run-secrets.ts'
import { Runner } from './runner.ts'
import { handlerOf } from './steps/index.ts'
import type { StepPlan } from './steps/step.ts'
import * as store from './store.ts'
import { baseIn, userPlaybooks } from './user-playbooks.ts'
import { type ResolvedValues, resolveValues } from './values.ts'
import { Watchers } from './watchers.ts'

export { refuseDuringClosedRun, refuseDuringRun } from './open-runs.ts'
export type { ParameterValues, Playbooks, PlaybooksDeps }

const SETTLE_AGAIN_MS = 1000
/** What a server still has of a run after so long, it keeps. */
const TIDIED_FOR_MS = 7 * 86_400_000

/** Opens the area. Runs that were going on when the core last ended become interrupted, and say so. */
export function createPlaybooks({
  workspace,
  hosts,
  environment,
  events,
  metrics = null,
  artifact,
}: PlaybooksDeps): Playbooks {
  const db = workspace.app
  const folders = { shipped: join(environment.resources, 'playbooks'), workspace: join(workspace.folder, 'playbooks') }
  const active = new Map<string, Runner>()
  /** Runs that are just being resumed or closed: a second window has to wait. */
  const claimed = new Set<string>()
  const watchers = new Watchers()
  const turns = new Turns()
  const reviews = new Reviews()
  const by = personOf(environment)
  const deps = { hosts, environment, metrics, artifact }
  const secrets = new RunSecrets(db, hosts, environment)
  const hostLocks = new HostLocks({
    ...{ hosts, environment, workspace: `${environment.machine}:${workspace.folder}`, by: by.user },
    isOurs: (runId) => holdsAny(db, runId),
  })
  let memory: PlaybookMemory | null = null
  const remembered = () => (memory ??= { files: parsedAhead(folders.shipped), all: null })
  const load = () => loadPlaybooks(folders, remembered())
  const hostName = (id: string) => hosts.list().find((host) => host.id === id)?.name ?? id
  const changed = (runId: string) => watchers.changed(runId)
  const sweep = () =>
    void secrets.sweep().catch((error: unknown) => environment.log.error({ err: error }, 'deleting run secrets broke'))

  for (const runId of store.runIdsIn(db, ['running', 'stopping'])) interrupt(db, environment, runId)
  sweep()
  let audited = verifyAll(db, environment.now)
  void audited.then(
    ({ broken }) => {
      for (const { runId, fact } of broken) environment.log.error({ runId, fact }, 'a journal is broken')
      events.emit({ kind: 'playbooks' })
    },
    (error: unknown) => environment.log.error({ err: error }, 'verifying the journals broke'),
  )
  let closed = false
  const daily = setInterval(sweep, 86_400_000).unref()
  let present = new Set(hosts.list().map(({ id }) => id))
  const unlisten = events.listen(({ kind }) => {
    if (kind !== 'hosts') return
    const now = new Set(hosts.list().map(({ id }) => id))
    if ([...present].some((id) => !now.has(id))) sweep()
    present = now
  })

  /** `fresh`: it begins now. One that goes on may send what was agreed to since, too. */
  function launch(runId: string, playbook: Playbook, values: ResolvedValues, fresh = false): Runner {
    const { plan } = store.readPlan(db, runId)
    const agreements = fresh ? null : agreementsIn(readJournal(db, runId).entries)
    return new Runner(
      { db, events, hostLocks, explain: workspace.explain, turns, ...deps },
      { runId, playbook, plans: plan, values, agreements },
      () => changed(runId),
    )
  }

  function drive(runId: string, runner: Runner): void {
    active.set(runId, runner)
    runner.start()
    void runner.finished
      .then(() => {
        if (active.get(runId) === runner) active.delete(runId)
        settle(runId, runner.wasStopped)
      })
      .catch((error: unknown) => environment.log.error({ err: error, runId }, 'ending a run broke'))
  }

  /**
   * A run whose runner itself broke, such as on a full disk here, is interrupted. Where that cannot be written either, it is
   * tried until it can: a run that nobody drives must not be told as running.
   */
  function settle(runId: string, wasStopped = false): void {
    if (closed || active.has(runId)) return
    try {
      if (isGoing(store.readRun(db, runId))) interrupt(db, environment, runId)
    } catch (error) {
      environment.log.error({ err: error, runId }, 'the end of a run could not be written')
      setTimeout(() => settle(runId, wasStopped), SETTLE_AGAIN_MS).unref()
      return
    }
    changed(runId)
    sweep()
    const notice = endNotice(store.readRun(db, runId), environment.now())
    if (notice && !wasStopped) environment.notify?.(notice)
  }

  /** Keeps the secrets of a run that is going on already. Without a keychain that takes them, it is only asked again. */
  async function keepSecrets(runId: string, given: ResolvedValues['secrets']): Promise<void> {
    const refused = await secrets.keep(runId, given)
    if (refused === null) return
    note(runId, 'secrets-not-kept', `${refused} Resuming this run or proving it again will ask for its secrets.`)
  }

  /** A person's doing, or the engine's; the journal names who and through which program. */
  function note(
    runId: string,
    kind: string,
    text: string,
    more: { step?: string; host?: string; data?: Record<string, unknown> } = {},
  ): void {
    const { step = null, host = null, data = {} } = more
    append(db, runId, { at: environment.now(), kind, step, host, text, data: { ...data, by } })
  }

  /** Plans, and keeps the plan for telling later what changed. */
  async function plan(playbookId: string, parameters: ParameterValues, rehearsal = false) {
    const found = findPlaybook(load(), playbookId)
    const loaded = rehearsal
      ? { ...found, source: `# rehearsal\n${found.source}`, playbook: rehearsed(found.playbook) }
      : found
    const values = resolveValues(loaded.playbook, parameters, hosts)
    const estimates: Estimates = (step, hostIds) =>
      store.estimateOf(db, playbookId, step.id, hostIds) ?? store.rehearsalOf(db, playbookId, step, hostIds, hostName)
    const planned = await planPlaybook(loaded, values, planContext(deps, values), estimates)
    planned.preview.rehearsal = rehearsal
    planned.preview.locks = hostLocks.preview(loaded.playbook.name, planned.plans)
    const reviewed: Reviewed = { source: loaded.source, parameters: values.shown, plans: planned.plans }
    return { loaded, values, planned, reviewed }
  }

  async function claim<T>(runId: string, work: () => Promise<T>): Promise<T> {
    if (claimed.has(runId))
      throw new HeadroomError({
        code: 'RUN_BUSY',
        fact: 'This run is just being resumed or stopped, perhaps in another window.',
        fix: 'See what becomes of it, then try again.',
      })
    claimed.add(runId)
    try {
      // A run whose end is told may still be removing what it left on its servers.
      if (!isGoing(store.readRun(db, runId))) await active.get(runId)?.finished
      return await work()
    } finally {
      claimed.delete(runId)
    }
  }

  /** A run's playbook and values as they were, its secrets as given now or as kept. SECRET_NEEDED, HOST_NOT_FOUND. */
  async function restored(runId: string, given: Record<string, string>, needed = true) {
    const run = store.readRun(db, runId)
    const playbook = playbookKept(store.readPlan(db, runId).source, run.playbookId)
    const found = needed ? await secrets.reveal(run, playbook, given) : {}
    return { run, playbook, values: resolveValues(playbook, { ...run.parameters, ...found }, hosts) }
  }

  /** Drives a run on from where it stands, or back while it is being undone. */
  async function goOn(runId: string, given: Record<string, string>, kind: string, text: string): Promise<Run> {
    const { run, playbook, values } = await restored(runId, given)
    const runner = launch(runId, playbook, values)
    db.transaction(() => {
      takeLocks(db, runId, run.hostIds, { at: environment.now(), instance: `${by.user}, ${by.instance}` }, hostName)
      note(runId, kind, text)
      store.writeRunState(db, runId, { state: 'running', endedAt: null, problem: null, outcome: null })
    })()
    drive(runId, runner)
    await keepSecrets(
      runId,
      values.secrets.filter(({ name }) => playbook.parameters.some((one) => one.name === name)),
    )
    return store.readRun(db, runId)
  }

  /** Nobody drives the run that holds the lock. */
  const isStale = (runId: string, state: string) =>
    !active.has(runId) && (state === 'interrupted' || !isGoing({ state }))

  /** Closes an interrupted run. Its secrets are needed only where there is something to end. */
  async function closeInterrupted(run: Run): Promise<void> {
    const playbook = playbookKept(store.readPlan(db, run.id).source, run.playbookId)
    const present = new Set(hosts.list().map(({ id }) => id))
    const toEnd = playbook.steps.some(
      (step, index) => run.steps[index]?.state === 'running' && handlerOf(step).abandon !== undefined,
    )
    if (run.hostIds.some((id) => !present.has(id))) {
      closeUnseen(db, environment, run.id, SERVER_REMOVED)
      events.emit({ kind: 'run', runId: run.id, lastSeq: run.lastSeq })
      changed(run.id)
      return
    }
    try {
      const { values } = await restored(run.id, {}, toEnd).catch((error: unknown) => {
        if (!(error instanceof HeadroomError) || error.code !== 'SECRET_NEEDED') throw error
        throw new HeadroomError({ ...error.problem, fix: 'Resume the run, which asks for it, then stop it.' })
      })
      await launch(run.id, playbook, values).abandon()
    } catch (error) {
      // Its servers were taken away from it, so nobody waits for what it left there; and a newer Headroom may send other
      // commands than were reviewed, which it never does.
      if (holdsAny(db, run.id)) throw error
      closeUnseen(db, environment, run.id, serversTaken(problemOf(error)))
      events.emit({ kind: 'run', runId: run.id, lastSeq: run.lastSeq })
      changed(run.id)
    }
  }

  /** The program may have ended right after a run did, before it tidied up at the servers. */
  async function tidy(runId: string): Promise<void> {
    await claim(runId, async () => {
      const { playbook, values } = await restored(runId, {}, false)
      await launch(runId, playbook, values).tidy()
    })
  }
  for (const runId of store.untidied(db, environment.now() - TIDIED_FOR_MS))
    tidy(runId).catch((error: unknown) => environment.log.warn({ err: error, runId }, 'a run could not be tidied up'))

  const api: Playbooks = {
    list() {
      const all = load()
      return all.map((one) => summaryOf(one, baseIn(folders.workspace, one, all)))
    },
    names: () => playbookNames(folders, remembered()),
    files: userPlaybooks(folders.workspace, load, environment, () => events.emit({ kind: 'playbooks' })),

    async preview(playbookId, parameters, { rehearsal = false } = {}) {
      const { loaded, values, planned, reviewed } = await plan(playbookId, parameters, rehearsal)
      const { hash } = planned.preview
      const before = reviews.latest(playbookId, reviewed)
      planned.preview.changes = before === null ? null : reviews.drift(before, loaded.playbook, reviewed, hostName)
      reviews.keep(hash, reviewed, playbookId)
      return redactionOf(values.secrets).deep(planned.preview)
    },

    async start(playbookId, parameters, previewHash, { rehearsal = false } = {}) {
      const { loaded, values, planned, reviewed } = await plan(playbookId, parameters, rehearsal)
      const first = planned.preview.problems[0]
      if (first) throw new HeadroomError(first)
      if (planned.preview.hash !== previewHash) {
        const changes = reviews.drift(previewHash, loaded.playbook, reviewed, hostName)
        throw new HeadroomError(redactionOf(values.secrets).deep(changedPreview(changes)))
      }
      const runId = environment.newId()
      const { playbook } = loaded
      const after = lastRun(db)
      store.insertRun(
        db,
        {
          id: runId,
          playbookId,
          name: playbook.name,
          rehearsal,
          source: keptSource(loaded),
          parameters: values.shown,
          plan: planned.plans,
          steps: playbook.steps.map((step, index) => ({
            id: step.id,
            name: values.plain(step.name),
            kind: step.kind,
            undo: undoOf(planned.plans[index]),
          })),
          hostIds: planned.hostIds,
          at: environment.now(),
          instance: `${by.user}, ${by.instance}`,
        },
        hostName,
      )
      note(runId, 'run-started', `${playbook.name} starts${rehearsal ? ', as a rehearsal' : ''}.`, {
        data: { playbookId, previewHash, parameters: values.shown, rehearsal, after },
      })
      drive(runId, launch(runId, playbook, values, true))
      await keepSecrets(runId, values.secrets)
      return store.readRun(db, runId)
    },

    async handOver(playbookId, parameters, format) {
      const { loaded, values, planned } = await plan(playbookId, parameters)
      const context = planContext(deps, values)
      return handOver({ loaded, parameters, planned, values, context, at: environment.now() }, format)
    },

    async audit(now = false) {
      if (now) audited = verifyAll(db, environment.now)
      return await audited
    },
    exportAudit: (format, from) => exportedAudit(db, format, from, environment.now()),

    runs: () => store.runIds(db).map((id) => store.readRun(db, id)),
    run: (runId) => store.readRun(db, runId),

    async stop(runId) {
      const run = store.readRun(db, runId)
      const runner = active.get(runId)
      if (runner && isGoing(run)) {
        if (run.state === 'running') {
          note(runId, 'stop-asked', `${by.user} asks the run to stop.`)
          store.writeRunState(db, runId, { state: 'stopping', endedAt: null, problem: null, outcome: null })
          events.emit({ kind: 'run', runId, lastSeq: run.lastSeq })
          runner.stop('stop')
        }
        return store.readRun(db, runId)
      }
      if (run.state !== 'interrupted')
        throw new HeadroomError({
          code: 'RUN_NOT_GOING',
          fact: `The run has ended already: it ${run.state === 'failed' ? 'failed' : `is ${run.state}`}.`,
          fix: 'There is nothing to stop.',
        })
      return await claim(runId, async () => {
        await closeInterrupted(run)
        sweep()
        return store.readRun(db, runId)
      })
    },

    resume: (runId, given) =>
      claim(runId, async () => {
        const before = store.readRun(db, runId)
        if (before.state === 'succeeded' || isGoing(before))
          throw new HeadroomError({
            code: 'RUN_NOT_RESUMABLE',
            fact: `The run is ${before.state}.`,
            fix: 'Only a run that failed, was stopped or was interrupted can be resumed.',
          })
        if (before.waiting?.kind === 'approve')
          throw new HeadroomError({
            code: 'APPROVAL_NEEDED',
            fact: `The run waits for approval: ${before.waiting.text}`,
            fix: 'Approve that step; the run then goes on by itself.',
            field: before.waiting.step,
          })
        return await goOn(runId, given, 'run-resumed', 'The run goes on.')
      }),

    approve: (runId, stepId, typed) =>
      claim(runId, async () => {
        const run = store.readRun(db, runId)
        const waiting = checkApproval(run, stepId, typed)
        const index = run.steps.findIndex(({ id }) => id === stepId)
        note(runId, 'approved', `${by.user} approves: ${waiting.text}`, { step: stepId, data: { typed } })
        store.writeMemory(db, runId, index, { ...store.readMemory(db, runId, index), approvedBy: by.user })
        return await goOn(runId, {}, 'run-resumed', 'The run goes on.')
      }),

    agree: (runId, digest) =>
      claim(runId, async () => {
        const run = store.readRun(db, runId)
        const { now, was } = agreementOf(run, digest)
        note(runId, AGREED, `${by.user} agrees to a command for ${now.hostName} that was not reviewed: ${now.text}`, {
          ...{ host: now.hostName, data: { now, was, digest } },
        })
        const outcome = 'The command is agreed to. Resume the run, or close it.'
        store.writeRunState(db, runId, { state: run.state, endedAt: run.endedAt, problem: null, outcome })
        events.emit({ kind: 'run', runId, lastSeq: run.lastSeq })
        changed(runId)
        return store.readRun(db, runId)
      }),

    skip: (runId, stepId, reason) =>
      claim(runId, async () => {
        const run = store.readRun(db, runId)
        const step = checkSkip(run, stepId, reason)
        db.transaction(() => {
          const memory = store.readMemory(db, runId, step.index)
          store.writeMemory(db, runId, step.index, { ...memory, skipReason: reason.trim() })
          const at = environment.now()
          store.writeStep(db, runId, step.index, { state: 'skipped', startedAt: at, endedAt: at, problem: null })
          note(runId, 'step-skipped', `${by.user} skips "${step.name}": ${reason.trim()}`, { step: stepId })
          const problem = run.problem && step.state === 'failed' ? null : run.problem
          store.writeRunState(db, runId, {
            state: 'stopped',
            endedAt: run.endedAt,
            problem,
            outcome: `"${step.name}" is skipped. Resume the run to go on.`,
          })
        })()
        events.emit({ kind: 'run', runId, lastSeq: run.lastSeq })
        changed(runId)
        return store.readRun(db, runId)
      }),

    undo: (runId, stepId, given) =>
      claim(runId, async () => {
        const run = store.readRun(db, runId)
        const index = checkUndo(run, stepId)
        store.writeUndoTo(db, runId, index)
        try {
          return await goOn(
            runId,
            given,
            'undo-asked',
            `Everything from the step "${stepId}" on is undone, newest first.`,
          )
        } catch (error) {
          store.writeUndoTo(db, runId, null)
          throw error
        }
      }),

    ...heldServers({ db, hosts, environment, events, hostLocks, by, note, changed, isStale }),

    follow: (runId, signal) =>
      watchers.follow(
        runId,
        () => store.readRun(db, runId),
        (run) => !isGoing(run) && !active.has(runId),
        signal,
      ),

    output(runId, afterSeq, limit) {
      store.readRun(db, runId)
      return store.readOutput(db, runId, afterSeq, limit)
    },
    journal(runId) {
      store.readRun(db, runId)
      return readJournal(db, runId)
    },
    exportJournal: (runId, format) =>
      exported(store.readRun(db, runId), readJournal(db, runId), store.readProofs(db, runId), format),
    proofs(runId) {
      store.readRun(db, runId)
      return store.readProofs(db, runId)
    },

    async proveAgain(runId, given) {
      const run = store.readRun(db, runId)
      if (isGoing(run))
        throw new HeadroomError({
          code: 'RUN_NOT_ENDED',
          fact: 'The run is still going on, so both sides are bound to differ.',
          fix: 'Wait for its end, then prove it again.',
        })
      const { plan, source } = store.readPlan(db, runId)
      const { steps } = playbookKept(source, run.playbookId)
      const index = steps.findIndex((step) => handlerOf(step).prove !== undefined)
      const step = steps[index]
      const stepPlan = plan[index]
      const prove = step && handlerOf(step).prove
      if (!step || !stepPlan || !prove)
        throw new HeadroomError({
          code: 'NOTHING_TO_PROVE',
          fact: 'This playbook leaves no proof: none of its steps compares two sides.',
          fix: 'Only runs that move data can be proved again.',
        })
      const { values } = await restored(runId, given)
      const raw = await prove(step, { ...planContext(deps, values), plan: stepPlan })
      const proof = redactionOf(values.secrets).deep(raw)
      store.insertProof(db, runId, proof)
      append(db, runId, {
        at: environment.now(),
        kind: 'proved-again',
        step: step.id,
        host: null,
        text: `${proof.title}: ${proof.equal ? 'equal' : 'different'}.`,
        data: { equal: proof.equal, rows: proof.rows.length },
      })
      changed(runId)
      return proof
    },

    async close() {
      closed = true
      clearInterval(daily)
      unlisten()
      const runners = [...active.values()]
      for (const runner of runners) runner.stop('close')
      await Promise.all(runners.map(({ finished }) => finished))
      hostLocks.close()
    },
  }
  return api
}

const isGoing = ({ state }: { state: string }): boolean => state === 'running' || state === 'stopping'

/** Whether undoing a run takes a step back. */
const undoOf = (plan: StepPlan | undefined): Run['steps'][number]['undo'] =>
  plan?.irreversible ? 'irreversible' : plan?.undoable ? 'yes' : 'nothing'

const changedPreview = (changes: readonly string[]): Problem => ({
  code: 'PREVIEW_CHANGED',
  fact:
    changes.length === 0
      ? 'What the playbook would do is no longer what was reviewed: the file, a server or a parameter changed.'
      : `What the playbook would do is no longer what was reviewed. ${changes.slice(0, 3).join(' ')}${changes.length > 3 ? ` And ${changes.length - 3} more.` : ''}`,
  fix: 'Review it again, then start.',
  details: Object.fromEntries(changes.map((change, index) => [String(index + 1), change])),
})
