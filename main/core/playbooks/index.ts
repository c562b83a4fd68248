import { join } from 'node:path'
import { HeadroomError, type Problem } from '../../../shared/model/problem.ts'
import type { JournalEntry, OutputLine, PlaybookSummary, Preview, Proof, Run } from '../../../shared/model/run.ts'
import { parsePlaybook } from '../../../shared/playbook/parse.ts'
import type { Playbook } from '../../../shared/playbook/schema.ts'
import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { Hosts } from '../hosts/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { append, exported, readJournal } from './journal.ts'
import { findPlaybook, loadPlaybooks, summaryOf } from './loader.ts'
import { planContext, planPlaybook } from './planner.ts'
import { redactionOf } from './redaction.ts'
import { interruptedProblem, Runner } from './runner.ts'
import { handlerOf } from './steps/index.ts'
import * as store from './store.ts'
import { type ResolvedValues, resolveValues } from './values.ts'

/** Values of a playbook's parameters as the operator gave them; secrets come in here once and are kept as `Secret`. */
export type ParameterValues = Record<string, string | number | boolean>

/** What the core offers about playbooks and their runs. Every method throws `HeadroomError` with a stable code. */
export interface Playbooks {
  list(): PlaybookSummary[]
  /** Reads only: checks the parameters, connects, runs every check and returns the exact commands. */
  preview(playbookId: string, parameters: ParameterValues): Promise<Preview>
  /** Previews again and starts when the hash is the same; PREVIEW_CHANGED, HOST_BUSY, or the first problem of the preview otherwise. */
  start(playbookId: string, parameters: ParameterValues, previewHash: string): Promise<Run>
  /** All runs, newest first. */
  runs(): Run[]
  run(runId: string): Run
  /** Asks a run to stop, or closes an interrupted one: what it left on the hosts is ended and removed. */
  stop(runId: string): Promise<Run>
  /** Goes on from the first step that did not succeed. SECRET_NEEDED when a secret was not kept. */
  resume(runId: string, secrets: Record<string, string>): Promise<Run>
  /** The run now and after every change, until it ends or the signal fires. */
  follow(runId: string, signal?: AbortSignal): AsyncGenerator<Run>
  output(runId: string, afterSeq: number, limit: number): { lines: OutputLine[]; more: boolean }
  journal(runId: string): { entries: JournalEntry[]; intact: boolean; brokenAt: number | null }
  exportJournal(runId: string, format: 'markdown' | 'json'): { fileName: string; text: string }
  proofs(runId: string): Proof[]
  /** Counts and compares both sides again, now. */
  proveAgain(runId: string, secrets: Record<string, string>): Promise<Proof>
  close(): Promise<void>
}

export interface PlaybooksDeps {
  workspace: Workspace
  hosts: Hosts
  environment: Environment
  events: EventHub
}

/** Opens the area. Runs that were going on when the core last ended become interrupted, and say so. */
export function createPlaybooks({ workspace, hosts, environment, events }: PlaybooksDeps): Playbooks {
  const db = workspace.app
  const folders = { shipped: join(environment.resources, 'playbooks'), workspace: join(workspace.folder, 'playbooks') }
  const active = new Map<string, Runner>()
  const watchers = new Map<string, Set<() => void>>()
  const load = () => loadPlaybooks(folders)
  const hostName = (id: string) => hosts.list().find((host) => host.id === id)?.name ?? id
  const changed = (runId: string) => watchers.get(runId)?.forEach((wake) => void wake())
  const secretKey = (runId: string, name: string) => `run/${runId}/${name}`

  for (const runId of store.runIdsIn(db, ['running', 'stopping'])) interrupt(runId)

  function interrupt(runId: string): void {
    const problem = interruptedProblem()
    db.transaction(() => {
      append(db, runId, {
        at: environment.now(),
        kind: 'run-interrupted',
        step: null,
        host: null,
        text: problem.fact,
        data: {},
      })
      store.writeRunState(db, runId, { state: 'interrupted', endedAt: environment.now(), problem, outcome: null })
    })()
  }

  function launch(runId: string, playbook: Playbook, values: ResolvedValues): Runner {
    const { plan } = store.readPlan(db, runId)
    const runner = new Runner({ db, hosts, environment, events }, { runId, playbook, plans: plan, values }, () =>
      changed(runId),
    )
    return runner
  }

  function drive(runId: string, runner: Runner): void {
    active.set(runId, runner)
    runner.start()
    void runner.finished.then(() => {
      active.delete(runId)
      changed(runId)
    })
  }

  /** A run's playbook and values as they were, its secrets from the store or as given now. */
  async function restored(runId: string, given: Record<string, string>, need: boolean) {
    const run = store.readRun(db, runId)
    const playbook = parsePlaybook(store.readPlan(db, runId).source, run.playbookId)
    const parameters: ParameterValues = { ...run.parameters }
    for (const parameter of playbook.parameters) {
      const { name } = parameter
      if (parameter.type !== 'secret' || parameters[name] === undefined) continue
      const value = given[name] ?? (await hosts.secrets.get(secretKey(runId, name)))?.reveal()
      if (value === undefined && need)
        throw new HeadroomError({
          code: 'SECRET_NEEDED',
          fact: `${parameter.label} (${name}) of this run was not kept.`,
          fix: 'Give it again.',
          field: name,
        })
      parameters[name] = value ?? 'not-kept'
      if (given[name] !== undefined) await hosts.secrets.put(secretKey(runId, name), given[name])
    }
    return { run, playbook, values: resolveValues(playbook, parameters, hosts) }
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
      const runner = launch(runId, playbook, values)
      for (const secret of values.secrets) await hosts.secrets.put(secretKey(runId, secret.name), secret)
      drive(runId, runner)
      return store.readRun(db, runId)
    },

    runs: () => store.runIds(db).map((id) => store.readRun(db, id)),
    run: (runId) => store.readRun(db, runId),

    async stop(runId) {
      const run = store.readRun(db, runId)
      const runner = active.get(runId)
      if (runner) {
        if (run.state === 'running') {
          append(db, runId, {
            at: environment.now(),
            kind: 'stop-asked',
            step: null,
            host: null,
            text: 'The operator asks the run to stop.',
            data: {},
          })
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
      const { playbook, values } = await restored(runId, {}, false)
      await launch(runId, playbook, values).abandon()
      return store.readRun(db, runId)
    },

    async resume(runId, secrets) {
      const before = store.readRun(db, runId)
      if (active.has(runId) || before.state === 'succeeded' || before.state === 'running')
        throw new HeadroomError({
          code: 'RUN_NOT_RESUMABLE',
          fact: `The run is ${active.has(runId) ? 'going on' : before.state}.`,
          fix: 'Only a run that failed, was stopped or was interrupted can be resumed.',
        })
      const { run, playbook, values } = await restored(runId, secrets, true)
      const runner = launch(runId, playbook, values)
      db.transaction(() => {
        store.takeLocks(db, runId, run.hostIds, environment.now(), hostName)
        append(db, runId, {
          at: environment.now(),
          kind: 'run-resumed',
          step: null,
          host: null,
          text: 'The run goes on.',
          data: {},
        })
        store.writeRunState(db, runId, { state: 'running', endedAt: null, problem: null, outcome: null })
      })()
      drive(runId, runner)
      return store.readRun(db, runId)
    },

    async *follow(runId, signal) {
      let wake: () => void = () => {}
      let dirty = true
      const notice = () => {
        dirty = true
        wake()
      }
      const mine = watchers.get(runId) ?? new Set()
      watchers.set(runId, mine.add(notice))
      signal?.addEventListener('abort', notice)
      try {
        while (!signal?.aborted) {
          if (dirty) {
            dirty = false
            const run = store.readRun(db, runId)
            yield run
            if (run.state !== 'running' && run.state !== 'stopping' && !active.has(runId)) return
          } else
            await new Promise<void>((resolve) => {
              wake = resolve
            })
        }
      } finally {
        mine.delete(notice)
        if (mine.size === 0) watchers.delete(runId)
        signal?.removeEventListener('abort', notice)
      }
    },

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

    async proveAgain(runId, secrets) {
      const { playbook, values } = await restored(runId, secrets, true)
      const { plan } = store.readPlan(db, runId)
      const index = playbook.steps.findIndex((step) => handlerOf(step).prove !== undefined)
      const step = playbook.steps[index]
      const stepPlan = plan[index]
      const prove = step && handlerOf(step).prove
      if (!step || !stepPlan || !prove)
        throw new HeadroomError({
          code: 'NOTHING_TO_PROVE',
          fact: 'This playbook leaves no proof: none of its steps compares two sides.',
          fix: 'Only runs that move data can be proved again.',
        })
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
      const runners = [...active.values()]
      for (const runner of runners) runner.stop('close')
      await Promise.all(runners.map(({ finished }) => finished))
    },
  }
  return api
}

const changedPreview = (): Problem => ({
  code: 'PREVIEW_CHANGED',
  fact: 'What the playbook would do is no longer what was reviewed: the file, a server or a parameter changed.',
  fix: 'Review it again, then start.',
})
