import type { Edit } from '../../../shared/model/edit.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { WritableDatabase } from '../workspace/index.ts'

/** One revision of the plan, for the list: what was done to get there, and when (UTC epoch milliseconds). */
export interface HistoryEntry {
  revision: number
  savedAt: number
  reason: string
  state: 'past' | 'present' | 'undone'
}

/** The kept revisions, newest first. */
export function readHistory(database: WritableDatabase): HistoryEntry[] {
  return database
    .prepare<[], HistoryEntry>(
      `SELECT id AS revision, saved_at AS savedAt, reason,
              CASE WHEN id < head.revision THEN 'past' WHEN id = head.revision THEN 'present' ELSE 'undone' END AS state
       FROM plan_revision, plan_head AS head ORDER BY id DESC`,
    )
    .all()
}

/** What undo and redo would take back or do again, in words; null where there is nothing. */
export function readWays(database: WritableDatabase): { undo: string | null; redo: string | null } {
  const head = database.prepare('SELECT revision FROM plan_head').pluck().get() as number | undefined
  if (head === undefined) return { undo: null, redo: null }
  return {
    undo: before(database, head) === null ? null : reasonOf(database, head),
    redo: reasonOf(database, after(database, head) ?? -1),
  }
}

/**
 * A step along the history: where it leads, what it takes back or does again in words, and the edit that gets there, or
 * null where one whole plan takes the place of another.
 * @throws NOTHING_TO_UNDO, NOTHING_TO_REDO
 */
export function stepOf(
  database: WritableDatabase,
  head: number,
  way: 'undo' | 'redo',
): { to: number; reason: string; change: Edit | null } {
  const to = way === 'undo' ? before(database, head) : after(database, head)
  if (to === null) {
    throw new HeadroomError(
      way === 'undo'
        ? { code: 'NOTHING_TO_UNDO', fact: 'Nothing is left to undo.', fix: 'Edit the plan, or choose a blueprint.' }
        : {
            code: 'NOTHING_TO_REDO',
            fact: 'Nothing was undone.',
            fix: 'Undo something first; a new edit ends redoing.',
          },
    )
  }
  const row = database
    .prepare<[number], { reason: string; edit: string | null; inverse: string | null }>(
      'SELECT reason, edit, inverse FROM plan_revision WHERE id = ?',
    )
    .get(way === 'undo' ? head : to)
  const change = way === 'undo' ? row?.inverse : row?.edit
  return { to, reason: row?.reason ?? '', change: change ? (JSON.parse(change) as Edit) : null }
}

/**
 * The edits that lead from one kept revision to another, in the order they are to be done; none where a whole plan took
 * the place of another on the way.
 */
export function editsBetween(database: WritableDatabase, from: number, to: number): Edit[] {
  const back = to < from
  const rows = database
    .prepare<{ low: number; high: number }, { edit: string | null }>(
      `SELECT ${back ? 'inverse' : 'edit'} AS edit FROM plan_revision
       WHERE id > :low AND id <= :high ORDER BY id ${back ? 'DESC' : 'ASC'}`,
    )
    .all({ low: Math.min(from, to), high: Math.max(from, to) })
  const edits = rows.flatMap(({ edit }) => (edit === null ? [] : [JSON.parse(edit) as Edit]))
  return edits.length === rows.length ? edits : []
}

/** Whether a revision is kept. @throws NO_REVISION */
export function needRevision(database: WritableDatabase, revision: number): void {
  if (reasonOf(database, revision) !== null) return
  throw new HeadroomError({
    code: 'NO_REVISION',
    fact: `The plan has no revision ${revision} any more.`,
    fix: 'Read the history again and choose one that it lists.',
    field: 'revision',
    value: String(revision),
  })
}

/** The revision that a sent edit made, or null when it never arrived. */
export function revisionOfToken(database: WritableDatabase, token: string): number | null {
  const found = database.prepare('SELECT id FROM plan_revision WHERE token = ?').pluck().get(token)
  return (found as number | undefined) ?? null
}

/** The edit of a window that has not seen the newest revision. */
export function changedElsewhere(base: number, head: number): HeadroomError {
  return new HeadroomError({
    code: 'PLAN_CHANGED_ELSEWHERE',
    fact: 'The plan was changed in another window meanwhile.',
    fix: 'Look at it as it is now and make the edit again.',
    field: 'base',
    value: String(base),
    details: { revision: String(head) },
  })
}

function reasonOf(database: WritableDatabase, revision: number): string | null {
  return (
    (database.prepare('SELECT reason FROM plan_revision WHERE id = ?').pluck().get(revision) as string | undefined) ??
    null
  )
}

function before(database: WritableDatabase, head: number): number | null {
  return database.prepare('SELECT max(id) FROM plan_revision WHERE id < ?').pluck().get(head) as number | null
}

function after(database: WritableDatabase, head: number): number | null {
  return database.prepare('SELECT min(id) FROM plan_revision WHERE id > ?').pluck().get(head) as number | null
}
