import { setImmediate as turn } from 'node:timers/promises'
import type { Audit } from '../../../shared/model/run.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import { exported, firstHash, readJournal } from './journal.ts'
import * as store from './store.ts'

/**
 * Verifies the journal of every run, oldest first, and that each run's beginning names the run before it as that stood.
 * So a run that was taken out of the middle shows at the one after it. Gives way to other work after each run.
 */
export async function verifyAll(db: WritableDatabase, now: () => number): Promise<Audit> {
  const audit: Audit = { at: now(), runs: 0, entries: 0, broken: [] }
  for (const runId of store.runIds(db).toReversed()) {
    const run = store.readRun(db, runId)
    const { entries, brokenAt } = readJournal(db, runId)
    audit.runs += 1
    audit.entries += entries.length
    const fault =
      brokenAt === null
        ? orderFault(db, entries[0]?.data.after)
        : `Entry ${brokenAt} of its journal, or what stood before it, is not what was written.`
    if (fault !== null)
      audit.broken.push({ runId, name: run.name, createdAt: run.createdAt, entry: brokenAt ?? 1, fact: fault })
    await turn()
  }
  audit.at = now()
  return audit
}

/** The run that the next one names as the one before it; null where there is none yet. */
export function lastRun(db: WritableDatabase): { runId: string; hash: string } | null {
  const row = db.prepare('SELECT id, journal_hash AS hash FROM playbook_run ORDER BY rowid DESC LIMIT 1').get() as
    | { id: string; hash: string | null }
    | undefined
  return row ? { runId: row.id, hash: row.hash || firstHash(row.id) } : null
}

function orderFault(db: WritableDatabase, after: unknown): string | null {
  if (typeof after !== 'object' || after === null || !('runId' in after) || !('hash' in after)) return null
  const { runId, hash } = after as { runId: string; hash: string }
  const { entries } = readJournal(db, runId)
  if (entries.length === 0) return `The run before it (${runId}) is gone.`
  if (hash === firstHash(runId) || entries.some((entry) => entry.hash === hash)) return null
  return `The run before it (${runId}) is not what it was when this one began.`
}

/** Every journal of runs that began from then on, in one document. */
export function exportedAudit(
  db: WritableDatabase,
  format: 'markdown' | 'json',
  from: number,
  at: number,
): { fileName: string; text: string } {
  const runs = store
    .runIds(db)
    .toReversed()
    .map((runId) => store.readRun(db, runId))
    .filter(({ createdAt }) => createdAt >= from)
  const documents = runs.map((run) => exported(run, readJournal(db, run.id), store.readProofs(db, run.id), format).text)
  const name = `headroom-audit-${new Date(at).toISOString().slice(0, 10)}`
  if (format === 'json') {
    const all = documents.map((text) => JSON.parse(text) as unknown)
    return {
      fileName: `${name}.json`,
      text: `${JSON.stringify({ format: 'headroom/audit@1', at, from, runs: all }, null, 2)}\n`,
    }
  }
  return { fileName: `${name}.md`, text: documents.length === 0 ? 'Nothing was run.\n' : documents.join('\n---\n\n') }
}
