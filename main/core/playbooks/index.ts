import { join } from 'node:path'
import { HeadroomError, type Problem } from '../../../shared/model/problem.ts'
import type { Run } from '../../../shared/model/run.ts'
import { parsePlaybook } from '../../../shared/playbook/parse.ts'
import type { Playbook } from '../../../shared/playbook/schema.ts'
import type { ParameterValues, Playbooks, PlaybooksDeps } from './interface.ts'
import { closeUnseen, interrupt } from './interruption.ts'
import { append, exported, readJournal } from './journal.ts'
import { findPlaybook, loadPlaybooks, summaryOf } from './loader.ts'
import { planContext, planPlaybook } from './planner.ts'
import { redactionOf } from './redaction.ts'
import { RunSecrets } from './run-secrets.ts'
import { Runner } from './runner.ts'
import { handlerOf } from './steps/index.ts'
import * as store from './store.ts'
import { type ResolvedValues, resolveValues } from './values.ts'
import { Watchers } from './watchers.ts'

export type { ParameterValues, Playbooks, PlaybooksDeps }

/** Opens the area. Runs that were going on when the core last ended become interrupted, and say so. */
export function createPlaybooks({ workspace, hosts, environment, events }: PlaybooksDeps): Playbooks {
  const db = workspace.app
  const folders = { shipped: join(environment.resources, 'playbooks'), workspace: join(workspace.folder, 'playbooks') }
  const active = new Map<string, Runner>()
  /** Runs that are just being resumed or closed: a second window has to wait. */
  const claimed = new Set<string>()
  const watchers = new Watchers()
  const secrets = new RunSecrets(db, hosts, environment)
  const load = () => loadPlaybooks(folders)
  const hostName = (id: string) => hosts.list().find((host) => host.id === id)?.name ?? id
  const changed = (runId: string) => watchers.changed(runId)
  const sweep = () =>
    void secrets.sweep().catch((error: unknown) => environment.log.error({ err: error }, 'deleting run secrets broke'))

  for (const runId of store.runIdsIn(db, ['running', 'stopping'])) interrupt(db, environment, runId)
  sweep()
  const daily = setInterval(sweep, 86_400_000).unref()
  let present = new Set(hosts.list().map(({ id }) => id))
  const unlisten = events.listen(({ kind }) => {
    if (kind !== 'hosts') return
    const now = new Set(hosts.list().map(({ id }) => id))
    if ([...present].some((id) => !now.has(id))) sweep()
    present = now
  })

  function launch(runId: string, playbook: Playbook, values: ResolvedValues): Runner {
    const { plan } = store.readPlan(db, runId)
    return new Runner({ db, hosts, environment, events }, { runId, playbook, plans: plan, values }, () =>
      changed(runId),
    )
  }

  function drive(runId: string, runner: Runner): void {
    active.set(runId, runner)
    runner.start()
    void runner.finished
      .then(() => {
        active.delete(runId)
        // Only when the runner itself broke, such as on a full disk here.
        if (isGoing(store.readRun(db, runId))) interrupt(db, environment, runId)
        changed(runId)
        sweep()
      })
      .catch((error: unknown) => environment.log.error({ err: error, runId }, 'ending a run broke'))
  }

  /** Keeps the secrets of a run that is going on already. Without a keychain that takes them, it is only asked again. */
  async function keepSecrets(runId: string, given: ResolvedValues['secrets']): Promise<void> {
    const refused = await secrets.keep(runId, given)
    if (refused === null) return
    note(runId, 'secrets-not-kept', `${refused} Resuming this run or proving it again will ask for its secrets.`)
  }

  function note(runId: string, kind: string, text: string): void {
    append(db, runId, { at: environment.now(), kind, step: null, host: null, text, data: {} })
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
      return await work()
    } finally {
      claimed.delete(runId)
    }
  }

  /** A run's playbook and values as they were, its secrets as given now or as kept. SECRET_NEEDED, HOST_NOT_FOUND. */
  async function restored(runId: string, given: Record<string, string>, needed = true) {
    const run = store.readRun(db, runId)
    const playbook = parsePlaybook(store.readPlan(db, runId).source, run.playbookId)
    const found = needed ? await secrets.reveal(run, playbook, given) : {}
    return { run, playbook, values: resolveValues(playbook, { ...run.parameters, ...found }, hosts) }
  }

  /** Closes an interrupted run. Its secrets are needed only where there is something to end. */
  async function closeInterrupted(run: Run): Promise<void> {
    const playbook = parsePlaybook(store.readPlan(db, run.id).source, run.playbookId)
    const present = new Set(hosts.list().map(({ id }) => id))
    const toEnd = playbook.steps.some(
      (step, index) => run.steps[index]?.state === 'running' && handlerOf(step).abandon !== undefined,
    )
    if (run.hostIds.some((id) => !present.has(id))) {
      closeUnseen(db, environment, run.id)
      events.emit({ kind: 'run', runId: run.id, lastSeq: run.lastSeq })
      changed(run.id)
      return
    }
    const { values } = await restored(run.id, {}, toEnd).catch((error: unknown) => {
      if (!(error instanceof HeadroomError) || error.code !== 'SECRET_NEEDED') throw error
      throw new HeadroomError({ ...error.problem, fix: 'Resume the run, which asks for it, then stop it.' })
    })
    await launch(run.id, playbook, values).abandon()
  }

  const api: Playbooks = {
    list: () => load().map(summaryOf),

    async preview(playbookId, parameters) {
      const loaded = findPlaybook(load(), playbookId)
      const values = resolveValues(loaded.playbook, parameters, hosts)
      const { preview } = await planPlaybook(loaded, values, planContext(hosts, environment, values))
      return redactionOf(values.secrets).deep(preview)
    },

    async start(playbookId, parameters, previewHash) {
      const loaded = findPlaybook(load(), playbookId)
      const values = resolveValues(loaded.playbook, parameters, hosts)
      const planned = await planPlaybook(loaded, values, planContext(hosts, environment, values))
      const first = planned.preview.problems[0]
      if (first) throw new HeadroomError(first)
      if (planned.preview.hash !== previewHash) throw new HeadroomError(changedPreview())
      const runId = environment.newId()
      const { playbook } = loaded
      store.insertRun(
        db,
        {
          id: runId,
          playbookId,
          name: playbook.name,
          source: loaded.source,
          parameters: values.shown,
          plan: planned.plans,
          steps: playbook.steps.map(({ id, name, kind }) => ({ id, name: values.plain(name), kind })),
          hostIds: planned.hostIds,
          at: environment.now(),
        },
        hostName,
      )
      append(db, runId, {
        at: environment.now(),
        kind: 'run-started',
        step: null,
        host: null,
        text: `${playbook.name} starts.`,
        data: { playbookId, previewHash, parameters: values.shown },
      })
      drive(runId, launch(runId, playbook, values))
      await keepSecrets(runId, values.secrets)
      return store.readRun(db, runId)
    },

    runs: () => store.runIds(db).map((id) => store.readRun(db, id)),
    run: (runId) => store.readRun(db, runId),

    async stop(runId) {
      const run = store.readRun(db, runId)
      const runner = active.get(runId)
      if (runner) {
        if (run.state === 'running') {
          note(runId, 'stop-asked', 'The operator asks the run to stop.')
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
        if (active.has(runId) || before.state === 'succeeded' || isGoing(before))
          throw new HeadroomError({
            code: 'RUN_NOT_RESUMABLE',
            fact: `The run is ${active.has(runId) ? 'going on' : before.state}.`,
            fix: 'Only a run that failed, was stopped or was interrupted can be resumed.',
          })
        const { run, playbook, values } = await restored(runId, given)
        const runner = launch(runId, playbook, values)
        db.transaction(() => {
          store.takeLocks(db, runId, run.hostIds, environment.now(), hostName)
          note(runId, 'run-resumed', 'The run goes on.')
          store.writeRunState(db, runId, { state: 'running', endedAt: null, problem: null, outcome: null })
        })()
        drive(runId, runner)
        await keepSecrets(runId, values.secrets)
        return store.readRun(db, runId)
      }),

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
      const { steps } = parsePlaybook(source, run.playbookId)
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
      const raw = await prove(step, { ...planContext(hosts, environment, values), plan: stepPlan })
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
      clearInterval(daily)
      unlisten()
      const runners = [...active.values()]
      for (const runner of runners) runner.stop('close')
      await Promise.all(runners.map(({ finished }) => finished))
    },
  }
  return api
}

const isGoing = ({ state }: Run): boolean => state === 'running' || state === 'stopping'

const changedPreview = (): Problem => ({
  code: 'PREVIEW_CHANGED',
  fact: 'What the playbook would do is no longer what was reviewed: the file, a server or a parameter changed.',
  fix: 'Review it again, then start.',
})
