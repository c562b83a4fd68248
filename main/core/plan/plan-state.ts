import { nearest } from '../../../shared/format/nearest.ts'
import type { Edit, EditPath } from '../../../shared/model/edit.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { valueAt } from '../../../shared/planning/edit-plan.ts'

/** What the operator states about today. Left-out parts stay as they are. */
export interface PlanState {
  stage?: string
  drivers?: Record<string, number>
  needs?: Record<string, boolean | number>
  /** Optimisations in place, by id. */
  applied?: Record<string, boolean>
}

/**
 * The edit that states today otherwise; parts that stay as they are need none.
 * @throws UNKNOWN_STAGE, UNKNOWN_DRIVER, UNKNOWN_NEED, UNKNOWN_OPTIMISATION (each names those there are), NEGATIVE_VALUE
 */
export function editOfState(plan: Plan, change: PlanState): Edit {
  const edits: Edit[] = []
  const set = (path: EditPath, value: unknown): void => {
    if (valueAt(plan, path) !== value) edits.push({ op: 'set', path, value })
  }
  if (change.stage !== undefined) {
    known('stage', change.stage, plan.stages, 'stage')
    set(['stage'], change.stage)
  }
  for (const [id, value] of Object.entries(change.drivers ?? {})) {
    known('driver', id, plan.drivers, `drivers.${id}`)
    notNegative(value, `drivers.${id}`, plan.drivers.find((one) => one.id === id)?.name ?? id)
    set(['drivers', id, 'present'], value)
  }
  const needs = Object.keys(plan.needs).map((id) => ({ id, name: id }))
  for (const [id, value] of Object.entries(change.needs ?? {})) {
    known('need', id, needs, `needs.${id}`)
    if (typeof value === 'number') notNegative(value, `needs.${id}`, id)
    set(['needs', id], value)
  }
  for (const [id, applied] of Object.entries(change.applied ?? {})) {
    known('optimisation', id, plan.optimisations, `applied.${id}`)
    set(['optimisations', id, 'applied'], applied)
  }
  return edits.length === 1 && edits[0] ? edits[0] : { op: 'all', edits }
}

function known(kind: string, id: string, list: readonly { id: string; name: string }[], field: string): void {
  if (list.some((one) => one.id === id)) return
  const ids = list.map((one) => one.id)
  const near = nearest(id, ids)
  throw new HeadroomError({
    code: `UNKNOWN_${kind.toUpperCase()}`,
    fact: `The plan has no ${kind} "${id}".`,
    fix:
      ids.length === 0
        ? `It has none at all; add one to the plan first.`
        : `${near ? `Did you mean "${near}"? ` : ''}Choose one of: ${ids.join(', ')}.`,
    field,
    value: id,
  })
}

function notNegative(value: number, field: string, name: string): void {
  if (value >= 0 && Number.isFinite(value)) return
  throw new HeadroomError({
    code: 'NEGATIVE_VALUE',
    fact: `${name} cannot be ${value}.`,
    fix: 'Give a number of 0 or more.',
    field,
    value: String(value),
  })
}
