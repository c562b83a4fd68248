import { AssumptionsSchema } from '../../../shared/model/scenario.ts'
import { type Rename, renamedAssumptions } from '../../../shared/planning/scenario-rename.ts'
import type { WritableDatabase } from '../workspace/index.ts'

/**
 * Lets the scenarios kept for a plan follow renames of its stages and drivers; removed ones too, since they can be brought
 * back. Those whose assumptions cannot be read stay as they are. To be called in the transaction that renames.
 * @returns whether any scenario changed
 */
export function renameInScenarios(database: WritableDatabase, plan: string, renames: readonly Rename[]): boolean {
  if (renames.length === 0) return false
  const rows = database
    .prepare<[string], { id: string; body: string }>('SELECT id, body FROM scenario WHERE plan = ?')
    .all(plan)
  const write = database.prepare('UPDATE scenario SET body = ? WHERE id = ?')
  let any = false
  for (const { id, body } of rows) {
    const parsed = AssumptionsSchema.safeParse(JSON.parse(body))
    if (!parsed.success) continue
    const renamed = renamedAssumptions(parsed.data, renames)
    if (renamed === parsed.data) continue
    write.run(JSON.stringify(renamed), id)
    any = true
  }
  return any
}
