import { HeadroomError, type Problem } from '../../../shared/model/problem.ts'
import type { WritableDatabase } from '../workspace/index.ts'

interface Holder {
  id: string
  name: string
  state: string
  since: number
  instance: string
}

/** Takes the lock of every host for a run, or none: HOST_BUSY names who holds it. A lock the run holds already is fine. */
export function takeLocks(
  db: WritableDatabase,
  runId: string,
  hostIds: readonly string[],
  { at, instance }: { at: number; instance: string },
  hostName: (id: string) => string,
): void {
  db.transaction(() => {
    for (const hostId of hostIds) {
      const holder = holderOf(db, hostId)
      if (holder && holder.id !== runId)
        throw new HeadroomError({
          code: 'HOST_BUSY',
          fact: `${hostName(hostId)} is held by the run "${holder.name}" (${holder.id}), which is ${holder.state}, since ${new Date(holder.since).toISOString()}${holder.instance === '' ? '' : ` by ${holder.instance}`}.`,
          fix:
            holder.state === 'interrupted'
              ? 'Resume that run or stop it, then start this one. If neither can be done, break its lock.'
              : 'Wait until that run ends, or stop it.',
          details: { runId: holder.id, hostId, since: String(holder.since), instance: holder.instance },
        })
      db.prepare(
        `INSERT INTO playbook_lock (host_id, run_id, since, instance) VALUES (?, ?, CAST(? AS INTEGER), ?)
         ON CONFLICT (host_id) DO UPDATE SET instance = excluded.instance`,
      ).run(hostId, runId, at, instance)
    }
  })()
}

export function holderOf(db: WritableDatabase, hostId: string): Holder | null {
  const row = db
    .prepare(
      `SELECT r.id, r.name, r.state, l.since, l.instance
       FROM playbook_lock l JOIN playbook_run r ON r.id = l.run_id WHERE l.host_id = ?`,
    )
    .get(hostId) as Holder | undefined
  return row ?? null
}

export function releaseLocks(db: WritableDatabase, runId: string): void {
  db.prepare('DELETE FROM playbook_lock WHERE run_id = ?').run(runId)
}

export function releaseLock(db: WritableDatabase, hostId: string): void {
  db.prepare('DELETE FROM playbook_lock WHERE host_id = ?').run(hostId)
}

/** Whether a run holds a server at all. */
export function holdsAny(db: WritableDatabase, runId: string): boolean {
  return db.prepare('SELECT 1 FROM playbook_lock WHERE run_id = ? LIMIT 1').get(runId) !== undefined
}

/** A server that a run could not get, because a run of another workspace holds it. */
export interface HeldElsewhere {
  hostId: string
  /** The run of this workspace that wanted it, and when. */
  wantedBy: string
  at: number
  runId: string
  name: string
  /** Its workspace, and who started it there. */
  workspace: string
  by: string
  /** How long before `at`; null where the lock does not say. */
  sinceMs: number | null
  signOfLifeMs: number | null
}

/** What the newest run on each server was refused for. A run that is resumed, and one that comes after it, ends that. */
export function heldElsewhere(db: WritableDatabase): HeldElsewhere[] {
  const rows = db
    .prepare(
      `SELECT r.id, r.ended_at AS at, r.problem FROM playbook_run r
       WHERE r.problem ->> '$.code' = 'HOST_BUSY' AND r.problem ->> '$.details.elsewhere' IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM playbook_run n
         WHERE n.rowid > r.rowid AND instr(n.host_ids, r.problem ->> '$.details.hostId') > 0)
       ORDER BY r.rowid DESC`,
    )
    .all() as { id: string; at: number; problem: string }[]
  return rows.map(({ id, at, problem }) => {
    const { details = {} } = JSON.parse(problem) as Problem
    const { hostId = '', runId = '', name = '', elsewhere: workspace = '', holder: by = '' } = details
    const { sinceMs, signOfLifeMs } = details
    const number = (text: string | undefined) => (text === undefined ? null : Number(text))
    return {
      hostId,
      wantedBy: id,
      at,
      runId,
      name,
      workspace,
      by,
      sinceMs: number(sinceMs),
      signOfLifeMs: number(signOfLifeMs),
    }
  })
}
