import { z } from 'zod'
import { type Plan, PlanSchema } from '../../../shared/model/plan.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { WritableDatabase } from '../workspace/index.ts'

/** How many revisions are kept to go back to. */
const REVISIONS_KEPT = 200

/** The plan in force, or null. @throws PLAN_DAMAGED when what is stored is no plan any more. */
export function readPlan(database: WritableDatabase): Plan | null {
  const body = database
    .prepare<[], string>(
      'SELECT body FROM plan_revision JOIN plan_head ON plan_head.revision = plan_revision.id WHERE only_row = 1',
    )
    .pluck()
    .get() as string | undefined
  if (body === undefined) return null
  const parsed = PlanSchema.safeParse(JSON.parse(body))
  if (!parsed.success) {
    throw new HeadroomError({
      code: 'PLAN_DAMAGED',
      fact: `The stored plan does not fit its schema: ${z.prettifyError(parsed.error)}.`,
      fix: 'Choose a blueprint again, or import the plan from a YAML file.',
    })
  }
  return parsed.data
}

/** Stores a plan as the newest revision and puts it in force, in one transaction. `reason` says what changed. */
export function savePlan(database: WritableDatabase, plan: Plan, reason: string, now: number): void {
  database
    .transaction(() => {
      const { lastInsertRowid } = database
        .prepare('INSERT INTO plan_revision (saved_at, reason, body) VALUES (?, ?, ?)')
        .run(now, reason, JSON.stringify(plan))
      database
        .prepare(
          `INSERT INTO plan_head (only_row, revision) VALUES (1, ?)
           ON CONFLICT (only_row) DO UPDATE SET revision = excluded.revision`,
        )
        .run(lastInsertRowid)
      database.prepare('DELETE FROM plan_revision WHERE id <= ?').run(Number(lastInsertRowid) - REVISIONS_KEPT)
    })
    .immediate()
}
