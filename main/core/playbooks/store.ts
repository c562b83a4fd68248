import type * as z from 'zod'
import type { Problem } from '../../../shared/model/problem.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { OutputLine, Proof, Run, StepRunSchema } from '../../../shared/model/run.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import { hostStepsOf, standsIn } from './host-memory.ts'
import { takeLocks } from './locks.ts'
import type { StepPlan } from './steps/step.ts'

type StepRun = z.infer<typeof StepRunSchema>

interface RunRow {
  id: string
  playbook_id: string
  name: string
  source: string
  state: Run['state']
  parameters: string
  plan: string
  host_ids: string
  created_at: number
  ended_at: number | null
  problem: string | null
  outcome: string | null
  output_seq: number
  rehearsal: 0 | 1
}
interface StepRow {
  idx: number
  id: string
  name: string
  kind: string
  state: StepRun['state']
  started_at: number | null
  ended_at: number | null
  progress: number | null
  progress_text: string | null
  problem: string | null
  memory: string
  undo: StepRun['undo']
}

export interface NewRun {
  id: string
  playbookId: string
  name: string
  rehearsal: boolean
  source: string
  parameters: Record<string, string>
  plan: StepPlan[]
  steps: { id: string; name: string; kind: string; undo: StepRun['undo'] }[]
  hostIds: string[]
  at: number
  /** The app that starts it, as locks name it. */
  instance: string
}

const parsed = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T))

/** Puts a run, its steps and its locks into the database in one transaction. HOST_BUSY names the run that holds a host. */
export function insertRun(db: WritableDatabase, run: NewRun, hostName: (id: string) => string): void {
  db.transaction(() => {
    db.prepare(
      `INSERT INTO playbook_run (id, playbook_id, name, source, state, parameters, plan, host_ids, created_at, rehearsal)
       VALUES (?, ?, ?, ?, 'running', ?, ?, ?, CAST(? AS INTEGER), CAST(? AS INTEGER))`,
    ).run(
      run.id,
      run.playbookId,
      run.name,
      run.source,
      JSON.stringify(run.parameters),
      JSON.stringify(run.plan),
      JSON.stringify(run.hostIds),
      run.at,
      run.rehearsal ? 1 : 0,
    )
    const step = db.prepare(
      `INSERT INTO playbook_step (run_id, idx, id, name, kind, state, undo)
       VALUES (?, CAST(? AS INTEGER), ?, ?, ?, 'pending', ?)`,
    )
    run.steps.forEach(({ id, name, kind, undo }, index) => void step.run(run.id, index, id, name, kind, undo))
    takeLocks(db, run.id, run.hostIds, run, hostName)
  })()
}

export function runIds(db: WritableDatabase): string[] {
  return (db.prepare('SELECT id FROM playbook_run ORDER BY created_at DESC, rowid DESC').all() as { id: string }[]).map(
    ({ id }) => id,
  )
}

export function runIdsIn(db: WritableDatabase, states: readonly Run['state'][]): string[] {
  return (
    db.prepare(`SELECT id FROM playbook_run WHERE state IN (${states.map(() => '?').join(', ')})`).all(...states) as {
      id: string
    }[]
  ).map(({ id }) => id)
}

/** Closed runs since then that have not noted that the folders of their commands are gone. */
export const untidied = (db: WritableDatabase, since: number): string[] =>
  db
    .prepare(
      `SELECT DISTINCT r.id FROM playbook_run r JOIN playbook_step s ON s.run_id = r.id
       WHERE r.state IN ('succeeded', 'failed', 'stopped') AND r.ended_at > ?
         AND (s.memory LIKE '%"job":{"name"%' OR s.memory LIKE '%"ended":["%')`,
    )
    .pluck()
    .all(since) as string[]

/** RUN_NOT_FOUND when there is none. */
export function readRun(db: WritableDatabase, runId: string): Run {
  const row = rowOf(db, runId)
  const steps = db.prepare('SELECT * FROM playbook_step WHERE run_id = ? ORDER BY idx').all(runId) as StepRow[]
  return {
    id: row.id,
    playbookId: row.playbook_id,
    name: row.name,
    rehearsal: row.rehearsal === 1,
    state: row.state,
    hostIds: JSON.parse(row.host_ids) as string[],
    parameters: JSON.parse(row.parameters) as Record<string, string>,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    steps: steps.map(stepOf),
    problem: parsed<Problem>(row.problem),
    outcome: row.outcome,
    waiting: row.state === 'stopped' ? waitingOf(steps) : null,
    lastSeq: row.output_seq,
  }
}

function stepOf(step: StepRow): StepRun {
  const memory = JSON.parse(step.memory) as Record<string, unknown>
  return {
    index: step.idx,
    id: step.id,
    name: step.name,
    kind: step.kind,
    state: step.state,
    startedAt: step.started_at,
    endedAt: step.ended_at,
    progress: step.progress,
    progressText: step.progress_text,
    problem: parsed<Problem>(step.problem),
    hosts: hostStepsOf(memory),
    undo: step.undo,
    reason: typeof memory.skipReason === 'string' ? memory.skipReason : null,
  }
}

/** What the first step that is still to come waits for; written down by the step itself. One that was approved waits no more. */
function waitingOf(steps: readonly StepRow[]): Run['waiting'] {
  const next = steps.find(({ state }) => state !== 'succeeded' && state !== 'skipped')
  if (next?.state !== 'pending') return null
  const { waiting, approvedBy } = JSON.parse(next.memory) as {
    waiting?: Omit<NonNullable<Run['waiting']>, 'step'>
    approvedBy?: string
  }
  return waiting && approvedBy === undefined ? { step: next.id, ...waiting } : null
}

/** Up to which step a run is being undone, as its index; null where it is not. */
export function readUndoTo(db: WritableDatabase, runId: string): number | null {
  return db.prepare('SELECT undo_to FROM playbook_run WHERE id = ?').pluck().get(runId) as number | null
}

export function writeUndoTo(db: WritableDatabase, runId: string, index: number | null): void {
  db.prepare('UPDATE playbook_run SET undo_to = CAST(? AS INTEGER) WHERE id = ?').run(index, runId)
}

/** A step that is done again has neither an earlier try's times nor its progress. */
export function forgetStep(db: WritableDatabase, runId: string, index: number, state: 'undone' | 'pending'): void {
  db.prepare(
    `UPDATE playbook_step SET state = ?, progress = NULL, progress_text = NULL, problem = NULL, memory = '{}'
     WHERE run_id = ? AND idx = CAST(? AS INTEGER)`,
  ).run(state, runId, index)
}

export function lastSeq(db: WritableDatabase, runId: string): number {
  return db.prepare('SELECT output_seq FROM playbook_run WHERE id = ?').pluck().get(runId) as number
}

/** How many lines of a step and server the run has stored after this one. */
export function countLines(
  db: WritableDatabase,
  runId: string,
  { step, host, seq }: { step: string; host: string; seq: number },
): { stdout: number; stderr: number } {
  const rows = db
    .prepare(
      `SELECT stream, count(*) AS n FROM playbook_output
       WHERE run_id = ? AND seq > CAST(? AS INTEGER) AND step = ? AND host = ? GROUP BY stream`,
    )
    .all(runId, seq, step, host) as { stream: string; n: number }[]
  const of = (stream: string) => rows.find((row) => row.stream === stream)?.n ?? 0
  return { stdout: of('stdout'), stderr: of('stderr') }
}

export function readPlan(db: WritableDatabase, runId: string): { source: string; plan: StepPlan[] } {
  const row = rowOf(db, runId)
  return { source: row.source, plan: JSON.parse(row.plan) as StepPlan[] }
}

function rowOf(db: WritableDatabase, runId: string): RunRow {
  const row = db.prepare('SELECT * FROM playbook_run WHERE id = ?').get(runId) as RunRow | undefined
  if (row) return row
  throw new HeadroomError({
    code: 'RUN_NOT_FOUND',
    fact: `There is no run "${runId}".`,
    fix: 'Choose one from the list of runs.',
    field: 'runId',
    value: runId,
  })
}

export function writeRunState(
  db: WritableDatabase,
  runId: string,
  change: { state: Run['state']; endedAt: number | null; problem: Problem | null; outcome: string | null },
): void {
  db.prepare(
    'UPDATE playbook_run SET state = ?, ended_at = CAST(? AS INTEGER), problem = ?, outcome = ? WHERE id = ?',
  ).run(
    change.state,
    change.endedAt,
    change.problem === null ? null : JSON.stringify(change.problem),
    change.outcome,
    runId,
  )
}

export function writeStep(
  db: WritableDatabase,
  runId: string,
  index: number,
  change: Pick<StepRun, 'state' | 'startedAt' | 'endedAt' | 'problem'>,
): void {
  db.prepare(
    `UPDATE playbook_step SET state = ?, started_at = coalesce(CAST(? AS INTEGER), started_at),
       ended_at = CAST(? AS INTEGER), problem = ? WHERE run_id = ? AND idx = CAST(? AS INTEGER)`,
  ).run(
    change.state,
    change.startedAt,
    change.endedAt,
    change.problem === null ? null : JSON.stringify(change.problem),
    runId,
    index,
  )
}

export function writeProgress(
  db: WritableDatabase,
  runId: string,
  index: number,
  ratio: number | null,
  text: string | null,
): void {
  db.prepare(
    'UPDATE playbook_step SET progress = ?, progress_text = ? WHERE run_id = ? AND idx = CAST(? AS INTEGER)',
  ).run(ratio, text, runId, index)
}

export function readMemory(db: WritableDatabase, runId: string, index: number): Record<string, unknown> {
  const row = db
    .prepare('SELECT memory FROM playbook_step WHERE run_id = ? AND idx = CAST(? AS INTEGER)')
    .get(runId, index) as { memory: string } | undefined
  return row ? (JSON.parse(row.memory) as Record<string, unknown>) : {}
}

export function writeMemory(db: WritableDatabase, runId: string, index: number, memory: Record<string, unknown>): void {
  db.prepare('UPDATE playbook_step SET memory = ? WHERE run_id = ? AND idx = CAST(? AS INTEGER)').run(
    JSON.stringify(memory),
    runId,
    index,
  )
}

/** How things stand at the hosts by what the steps in this state wrote down last; empty when nothing is to be said. */
export function standing(db: WritableDatabase, runId: string, state: StepRun['state'] = 'running'): string {
  return readRun(db, runId)
    .steps.filter((step) => step.state === state)
    .map(({ index }) => standingOf(db, runId, index))
    .filter((text) => text !== '')
    .join(' ')
}

export function standingOf(db: WritableDatabase, runId: string, index: number): string {
  return standsIn(readMemory(db, runId, index))
}

const LINES_AT_ONCE = 50

/** Adds a batch of lines in one transaction; `seq` goes on from the run's last. */
export function insertOutput(db: WritableDatabase, runId: string, lines: readonly Omit<OutputLine, 'seq'>[]): number {
  return db.transaction(() => {
    let seq = (db.prepare('SELECT output_seq AS seq FROM playbook_run WHERE id = ?').get(runId) as { seq: number }).seq
    const insert = (rows: number) =>
      db.prepare(
        `INSERT INTO playbook_output (run_id, seq, at, step, host, stream, text)
         VALUES ${Array<string>(rows).fill('(?, CAST(? AS INTEGER), CAST(? AS INTEGER), ?, ?, ?, ?)').join(', ')}`,
      )
    // Many rows in one statement take half the time of as many statements.
    const many = lines.length < LINES_AT_ONCE ? null : insert(LINES_AT_ONCE)
    for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
      const values: (string | number)[] = []
      const part = lines.slice(from, from + LINES_AT_ONCE)
      for (const line of part) {
        seq += 1
        values.push(runId, seq, line.at, line.step, line.host, line.stream, line.text)
      }
      const statement = part.length === LINES_AT_ONCE && many ? many : insert(part.length)
      statement.run(...values)
    }
    db.prepare('UPDATE playbook_run SET output_seq = CAST(? AS INTEGER) WHERE id = ?').run(seq, runId)
    return seq
  })()
}

export function readOutput(
  db: WritableDatabase,
  runId: string,
  afterSeq: number,
  limit: number,
): { lines: OutputLine[]; more: boolean } {
  const lines = db
    .prepare(
      `SELECT seq, at, step, host, stream, text FROM playbook_output
       WHERE run_id = ? AND seq > CAST(? AS INTEGER) ORDER BY seq LIMIT CAST(? AS INTEGER)`,
    )
    .all(runId, afterSeq, limit + 1) as OutputLine[]
  return { lines: lines.slice(0, limit), more: lines.length > limit }
}

export function insertProof(db: WritableDatabase, runId: string, proof: Proof): void {
  db.prepare(
    `INSERT INTO playbook_proof (run_id, seq, proof)
     SELECT ?, coalesce(max(seq), 0) + 1, ? FROM playbook_proof WHERE run_id = ?`,
  ).run(runId, JSON.stringify(proof), runId)
}

export function readProofs(db: WritableDatabase, runId: string): Proof[] {
  return (
    db.prepare('SELECT proof FROM playbook_proof WHERE run_id = ? ORDER BY seq').all(runId) as { proof: string }[]
  ).map(({ proof }) => JSON.parse(proof) as Proof)
}

const TIMINGS_KEPT = 9

/** Notes how long a step took on a server; the latest nine are kept. */
export function addTiming(
  db: WritableDatabase,
  one: { playbookId: string; step: string; hostId: string; at: number; ms: number },
): void {
  db.transaction(() => {
    db.prepare(
      `INSERT OR REPLACE INTO playbook_timing (playbook_id, step, host_id, at, ms)
       VALUES (@playbookId, @step, @hostId, CAST(@at AS INTEGER), CAST(@ms AS INTEGER))`,
    ).run(one)
    db.prepare(
      `DELETE FROM playbook_timing WHERE playbook_id = @playbookId AND step = @step AND host_id = @hostId AND at NOT IN
         (SELECT at FROM playbook_timing WHERE playbook_id = @playbookId AND step = @step AND host_id = @hostId
          ORDER BY at DESC LIMIT ${TIMINGS_KEPT})`,
    ).run({ playbookId: one.playbookId, step: one.step, hostId: one.hostId })
  })()
}

/** How long a step takes on these servers at once: the longest of their medians; null where one of them never did it. */
export function estimateOf(
  db: WritableDatabase,
  playbookId: string,
  step: string,
  hostIds: readonly string[],
): { ms: number; runs: number } | null {
  const statement = db
    .prepare('SELECT ms FROM playbook_timing WHERE playbook_id = ? AND step = ? AND host_id = ? ORDER BY ms')
    .pluck()
  const found = hostIds.map((hostId) => statement.all(playbookId, step, hostId) as number[])
  if (found.length === 0 || found.some((all) => all.length === 0)) return null
  const medians = found.map((all) => {
    const middle = Math.floor(all.length / 2)
    return all.length % 2 === 1 ? (all[middle] as number) : ((all[middle - 1] as number) + (all[middle] as number)) / 2
  })
  return { ms: Math.max(...medians), runs: Math.min(...found.map((all) => all.length)) }
}

/**
 * How long the step took in its last rehearsal that succeeded. A database move counts only on the same servers: another
 * pair says nothing about it.
 */
export function rehearsalOf(
  db: WritableDatabase,
  playbookId: string,
  step: { id: string; kind: string },
  hostIds: readonly string[],
  hostName: (id: string) => string,
): { ms: number; runs: number; rehearsed: { at: number; hosts: string[] } } | null {
  const rows = db
    .prepare(
      `SELECT s.started_at AS startedAt, s.ended_at AS endedAt, r.host_ids AS hostIds
       FROM playbook_run r JOIN playbook_step s ON s.run_id = r.id
       WHERE r.playbook_id = ? AND r.rehearsal = 1 AND s.id = ? AND s.state = 'succeeded' ORDER BY s.ended_at DESC`,
    )
    .all(playbookId, step.id) as { startedAt: number; endedAt: number; hostIds: string }[]
  for (const { startedAt, endedAt, hostIds: json } of rows) {
    const on = JSON.parse(json) as string[]
    if (step.kind === 'postgres-move' && !hostIds.every((id) => on.includes(id))) continue
    return { ms: endedAt - startedAt, runs: 0, rehearsed: { at: endedAt, hosts: on.map(hostName) } }
  }
  return null
}
