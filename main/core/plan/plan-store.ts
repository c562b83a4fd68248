import * as z from 'zod'
import { type Edit, EditSchema } from '../../../shared/model/edit.ts'
import { type Plan, PlanSchema } from '../../../shared/model/plan.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { applyEdit } from '../../../shared/planning/edit-plan.ts'
import type { WritableDatabase } from '../workspace/index.ts'

/** At least so many revisions are kept to go back to. */
const REVISIONS_KEPT = 200
/** After so many edits one revision holds the whole plan again, so that no reading follows more than these. */
const EDITS_BETWEEN_BODIES = 20

/** A plan and the number of its revision. */
export interface Revision {
  revision: number
  plan: Plan
}

/** What led to a revision: an edit with the one that leads back, or another plan altogether. */
export interface Change {
  reason: string
  edit?: { edit: Edit; inverse: Edit; token?: string }
}

/** This process alone writes the file, so what it read or wrote last stands until it writes again. */
const read = new WeakMap<WritableDatabase, Revision>()

/** The plan in force with its revision, or null. @throws PLAN_DAMAGED when what is stored is no plan any more. */
export function readHead(database: WritableDatabase): Revision | null {
  const revision = database.prepare<[], number>('SELECT revision FROM plan_head').pluck().get() as number | undefined
  if (revision === undefined) return null
  const known = read.get(database)
  if (known?.revision === revision) return known
  const head = { revision, plan: readRevision(database, revision) }
  read.set(database, head)
  return head
}

/** The plan in force, or null. @throws PLAN_DAMAGED */
export function readPlan(database: WritableDatabase): Plan | null {
  return readHead(database)?.plan ?? null
}

/** The plan of a revision: the nearest whole one before it, with the edits since. @throws PLAN_DAMAGED */
export function readRevision(database: WritableDatabase, revision: number): Plan {
  const rows = database
    .prepare<{ revision: number }, { body: string | null; edit: string | null }>(
      `SELECT body, edit FROM plan_revision
       WHERE id <= :revision
         AND id >= (SELECT max(id) FROM plan_revision WHERE id <= :revision AND body IS NOT NULL)
       ORDER BY id`,
    )
    .all({ revision })
  const [whole, ...edits] = rows
  try {
    let value = JSON.parse(whole?.body ?? 'null') as Plan
    for (const { edit } of edits) value = applyEdit(value, EditSchema.parse(JSON.parse(edit ?? 'null'))).plan
    return PlanSchema.parse(value)
  } catch (error) {
    throw damaged(error instanceof z.ZodError ? z.prettifyError(error) : String(error))
  }
}

/**
 * Stores a plan as the newest revision and puts it in force, in one transaction. What was undone before is gone with it.
 * @returns the revision's number
 */
export function savePlan(database: WritableDatabase, plan: Plan, change: Change | string, now: number): number {
  const { reason, edit } = typeof change === 'string' ? { reason: change, edit: undefined } : change
  const save = database.transaction(() => {
    database.prepare('DELETE FROM plan_revision WHERE id > (SELECT revision FROM plan_head)').run()
    const whole = !edit || editsSinceBody(database) >= EDITS_BETWEEN_BODIES
    const { lastInsertRowid } = database
      .prepare('INSERT INTO plan_revision (saved_at, reason, body, edit, inverse, token) VALUES (?, ?, ?, ?, ?, ?)')
      .run(
        now,
        reason,
        whole ? JSON.stringify(plan) : null,
        edit ? JSON.stringify(edit.edit) : null,
        edit ? JSON.stringify(edit.inverse) : null,
        edit?.token ?? null,
      )
    const revision = Number(lastInsertRowid)
    putInForce(database, revision)
    if (whole) forgetOldest(database)
    return revision
  })
  const revision = save.immediate()
  read.set(database, { revision, plan })
  return revision
}

/** Takes the plan and all of its revisions away, in one transaction. */
export function forgetPlan(database: WritableDatabase): void {
  database
    .transaction(() => {
      database.prepare('DELETE FROM plan_head').run()
      database.prepare('DELETE FROM plan_revision').run()
    })
    .immediate()
  read.delete(database)
}

/** Points the head at a revision that is stored. `plan` is that revision's, where it is known already. */
export function moveHead(database: WritableDatabase, revision: number, plan?: Plan): Revision {
  const head = { revision, plan: plan ?? readRevision(database, revision) }
  putInForce(database, revision)
  read.set(database, head)
  return head
}

function putInForce(database: WritableDatabase, revision: number): void {
  database
    .prepare(
      `INSERT INTO plan_head (only_row, revision) VALUES (1, ?)
       ON CONFLICT (only_row) DO UPDATE SET revision = excluded.revision`,
    )
    .run(revision)
}

function editsSinceBody(database: WritableDatabase): number {
  return database
    .prepare('SELECT count(*) FROM plan_revision WHERE id > (SELECT max(id) FROM plan_revision WHERE body IS NOT NULL)')
    .pluck()
    .get() as number
}

/** Drops what is older than the kept revisions, up to one that is whole, which can then be the first. */
function forgetOldest(database: WritableDatabase): void {
  database
    .prepare(
      `DELETE FROM plan_revision WHERE id < (
         SELECT max(id) FROM plan_revision
         WHERE body IS NOT NULL
           AND id <= (SELECT id FROM plan_revision ORDER BY id DESC LIMIT 1 OFFSET ${REVISIONS_KEPT - 1})
       )`,
    )
    .run()
}

function damaged(what: string): HeadroomError {
  return new HeadroomError({
    code: 'PLAN_DAMAGED',
    fact: `The stored plan does not fit its schema: ${what}.`,
    fix: 'Choose a blueprint again, or import the plan from a YAML file.',
  })
}
