import { HeadroomError } from '../../../shared/model/problem.ts'
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
