import type { z } from 'zod'
import type { Problem } from '../../../shared/model/problem.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { OutputLine, Proof, Run, StepRunSchema } from '../../../shared/model/run.ts'
import type { WritableDatabase } from '../workspace/index.ts'
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
}

export interface NewRun {
  id: string
  playbookId: string
  name: string
  source: string
  parameters: Record<string, string>
  plan: StepPlan[]
  steps: { id: string; name: string; kind: string }[]
  hostIds: string[]
  at: number
}

const parsed = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T))

/** Puts a run, its steps and its locks into the database in one transaction. HOST_BUSY names the run that holds a host. */
export function insertRun(db: WritableDatabase, run: NewRun, hostName: (id: string) => string): void {
  db.transaction(() => {
    db.prepare(
      `INSERT INTO playbook_run (id, playbook_id, name, source, state, parameters, plan, host_ids, created_at)
       VALUES (?, ?, ?, ?, 'running', ?, ?, ?, CAST(? AS INTEGER))`,
    ).run(
      run.id,
      run.playbookId,
      run.name,
      run.source,
      JSON.stringify(run.parameters),
      JSON.stringify(run.plan),
      JSON.stringify(run.hostIds),
      run.at,
    )
    const step = db.prepare(
      `INSERT INTO playbook_step (run_id, idx, id, name, kind, state) VALUES (?, CAST(? AS INTEGER), ?, ?, ?, 'pending')`,
    )
    run.steps.forEach(({ id, name, kind }, index) => void step.run(run.id, index, id, name, kind))
    takeLocks(db, run.id, run.hostIds, run.at, hostName)
  })()
}

/** Takes the lock of every host for a run, or none. A lock the run holds already is fine. */
export function takeLocks(
  db: WritableDatabase,
  runId: string,
  hostIds: readonly string[],
  at: number,
  hostName: (id: string) => string,
): void {
  db.transaction(() => {
    for (const hostId of hostIds) {
      const holder = db
        .prepare(
          `SELECT r.id, r.name, r.state FROM playbook_lock l JOIN playbook_run r ON r.id = l.run_id WHERE l.host_id = ?`,
        )
        .get(hostId) as { id: string; name: string; state: string } | undefined
      if (holder && holder.id !== runId)
        throw new HeadroomError({
          code: 'HOST_BUSY',
          fact: `${hostName(hostId)} is held by the run "${holder.name}" (${holder.id}), which is ${holder.state}.`,
          fix:
            holder.state === 'interrupted'
              ? 'Resume that run or stop it, then start this one.'
              : 'Wait until that run ends, or stop it.',
          details: { runId: holder.id },
        })
      db.prepare(
        `INSERT INTO playbook_lock (host_id, run_id, since) VALUES (?, ?, CAST(? AS INTEGER)) ON CONFLICT DO NOTHING`,
      ).run(hostId, runId, at)
    }
  })()
}

export function releaseLocks(db: WritableDatabase, runId: string): void {
  db.prepare('DELETE FROM playbook_lock WHERE run_id = ?').run(runId)
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

/** RUN_NOT_FOUND when there is none. */
export function readRun(db: WritableDatabase, runId: string): Run {
  const row = rowOf(db, runId)
  const steps = db.prepare('SELECT * FROM playbook_step WHERE run_id = ? ORDER BY idx').all(runId) as StepRow[]
  return {
    id: row.id,
    playbookId: row.playbook_id,
    name: row.name,
    state: row.state,
    hostIds: JSON.parse(row.host_ids) as string[],
    parameters: JSON.parse(row.parameters) as Record<string, string>,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    steps: steps.map((step) => ({
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
    })),
    problem: parsed<Problem>(row.problem),
    outcome: row.outcome,
    lastSeq: row.output_seq,
  }
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
  const { stands } = readMemory(db, runId, index)
  return typeof stands === 'string' ? stands : ''
}

/** Adds a batch of lines in one transaction; `seq` goes on from the run's last. */
export function insertOutput(db: WritableDatabase, runId: string, lines: readonly Omit<OutputLine, 'seq'>[]): number {
  return db.transaction(() => {
    let seq = (db.prepare('SELECT output_seq AS seq FROM playbook_run WHERE id = ?').get(runId) as { seq: number }).seq
    const insert = db.prepare(
      `INSERT INTO playbook_output (run_id, seq, at, step, host, stream, text)
       VALUES (?, CAST(? AS INTEGER), CAST(? AS INTEGER), ?, ?, ?, ?)`,
    )
    for (const line of lines) {
      seq += 1
      insert.run(runId, seq, line.at, line.step, line.host, line.stream, line.text)
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
