import { isDeepStrictEqual } from 'node:util'
import type { StageCost } from '../../../shared/contract/contract.ts'
import type { Edit } from '../../../shared/model/edit.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { editPlan } from '../../../shared/planning/check-edit.ts'
import { describeEdit } from '../../../shared/planning/edit-words.ts'
import { newPlan } from '../../../shared/planning/new-plan.ts'
import { renamesOf } from '../../../shared/planning/scenario-rename.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import {
  changedElsewhere,
  editsBetween,
  type HistoryEntry,
  needRevision,
  readHistory,
  readWays,
  revisionOfToken,
  stepOf,
} from './plan-history.ts'
import { moveHead, type Revision, readHead, savePlan } from './plan-store.ts'
import { renameInScenarios } from './scenario-names.ts'

/** What came of an edit or a step: the revision, what it did in words, and the costs that are not as they were. */
export interface Edited {
  revision: number
  reason: string
  costs: StageCost[]
  undo: string | null
  redo: string | null
}

/** Editing the workspace's plan, and its way back and forth. Kept scenarios follow where a stage or driver is renamed. */
export interface Editing {
  /**
   * Carries out one edit on the revision `base`. `token` names it: sent again, it is not done again.
   * @throws PLAN_CHANGED_ELSEWHERE, and what editPlan says (NOTHING_THERE, NAME_TAKEN, STILL_REFERRED, EDIT_INVALID);
   * nothing is saved then
   */
  edit(input: { base: number; edit: Edit; token?: string }): Edited
  /** The same on whatever stands, with words of its own. */
  editNow(edit: Edit, reason?: string): Edited
  /** @throws NOTHING_TO_UNDO, NOTHING_TO_REDO, PLAN_CHANGED_ELSEWHERE. `change` is null where another whole plan stands now. */
  step(way: 'undo' | 'redo', base?: number): Edited & { change: Edit | null }
  /** @throws NO_REVISION */
  goTo(revision: number): Edited
  history(): HistoryEntry[]
  ways(): { undo: string | null; redo: string | null }
  /** An empty plan with one stage. */
  create(input: { name: string; currency: string }): void
}

interface Dependencies {
  database: WritableDatabase
  now: () => number
  costs: (plan: Plan) => StageCost[]
  changed: (revision: number) => void
  scenariosChanged: () => void
  noPlan: () => never
}

export function createEditing({ database, now, costs, changed, scenariosChanged, noPlan }: Dependencies): Editing {
  const head = (): Revision => readHead(database) ?? noPlan()
  const told = (before: Plan, after: Revision, reason: string): Edited => {
    const old = new Map(costs(before).map((cost) => [cost.stage, cost]))
    changed(after.revision)
    return {
      revision: after.revision,
      reason,
      costs: costs(after.plan).filter((cost) => {
        const known = old.get(cost.stage)
        return known !== cost && !isDeepStrictEqual(known, cost)
      }),
      ...readWays(database),
    }
  }
  /** Puts another revision in force, and the names of its stages and drivers into the scenarios, or neither. */
  const moved = <T>(plan: Plan, edits: readonly Edit[], move: () => T): T => {
    const work = database.transaction(() => {
      const result = move()
      return { result, renamed: renameInScenarios(database, plan.id, edits.flatMap(renamesOf)) }
    })
    const { result, renamed } = work.immediate()
    if (renamed) scenariosChanged()
    return result
  }
  const goThere = (before: Revision, to: number, reason: string): Edited => {
    const edits = editsBetween(database, before.revision, to)
    return told(
      before.plan,
      moved(before.plan, edits, () => moveHead(database, to)),
      reason,
    )
  }
  const carryOut = (edit: Edit, given: { token?: string; reason?: string } = {}): Edited => {
    const { plan: before, revision } = head()
    const { plan, inverse } = editPlan(before, edit)
    const reason = given.reason ?? describeEdit(before, edit)
    if (plan === before) return { revision, reason, costs: [], ...readWays(database) }
    const saved = moved(before, [edit], () =>
      savePlan(database, plan, { reason, edit: { edit, inverse, token: given.token } }, now()),
    )
    return told(before, { revision: saved, plan }, reason)
  }
  return {
    edit({ base, edit, token }) {
      const { revision, plan } = head()
      const done = token === undefined ? null : revisionOfToken(database, token)
      if (done !== null && done === revision)
        return {
          revision,
          reason: readHistory(database).find((one) => one.revision === done)?.reason ?? '',
          costs: costs(plan),
          ...readWays(database),
        }
      if (base !== revision) throw changedElsewhere(base, revision)
      return carryOut(edit, { token })
    },
    editNow: (edit, reason) => carryOut(edit, { reason }),
    step(way, base) {
      const before = head()
      if (base !== undefined && base !== before.revision) throw changedElsewhere(base, before.revision)
      const { to, reason, change } = stepOf(database, before.revision, way)
      return { ...goThere(before, to, reason), change }
    },
    goTo(revision) {
      const before = head()
      needRevision(database, revision)
      const reason = readHistory(database).find((one) => one.revision === revision)?.reason ?? ''
      return goThere(before, revision, reason)
    },
    history: () => readHistory(database),
    ways: () => readWays(database),
    create({ name, currency }) {
      changed(savePlan(database, newPlan(name, currency), `New plan ${name}`, now()))
    },
  }
}
