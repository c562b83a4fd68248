import type { Finding, PathStep } from '../format/schema-findings.ts'
import type { Edit, EditPath } from '../model/edit.ts'
import type { Plan } from '../model/plan.ts'
import { HeadroomError } from '../model/problem.ts'
import type { Stage } from '../model/stage.ts'
import { checkPlan } from './check-plan.ts'
import { applyEdit, type Edited, pathText, valueAt } from './edit-plan.ts'
import { nameAt } from './edit-words.ts'
import { idOf, type Reference, referencesTo } from './plan-references.ts'
import { refitted } from './refit-plan.ts'

/** How many further findings an edit's refusal lists. */
const LISTED = 20

/**
 * Carries out an edit of a sound plan and checks what it made as a whole: the schema's shape and every reference in it.
 * Faults that the plan had before are not held against the edit.
 * @throws NOTHING_THERE, NAME_TAKEN (see applyEdit); STILL_REFERRED when something that is named elsewhere would go;
 * EDIT_INVALID with the field, its value and what to write, `details` listing further faults
 */
export function editPlan(plan: Plan, edit: Edit): Edited {
  const { plan: edited, inverse } = applyEdit(plan, edit)
  const { plan: fitted, findings } = refitted(plan, edited)
  if (findings.length > 0) throw refusal(plan, edited, edit, findings)
  const broken = newFindings(plan, fitted)
  if (broken.length > 0) throw refusal(plan, fitted, edit, broken)
  return { plan: fitted, inverse }
}

function newFindings(before: Plan, after: Plan): Finding[] {
  const narrowed = narrowedTo(before, after)
  const found = checkPlan(narrowed)
  if (found.length === 0) return []
  const known = new Set(checkPlan(before).map((one) => keyOf(before, one)))
  return found.filter((one) => !known.has(keyOf(narrowed, one)))
}

const keyOf = (plan: Plan, { path, message }: Finding): string => `${pathText(namedPath(plan, path))} ${message}`

/** What stages are checked against; while none of it changes, a stage that stays the same object stays as sound as it was. */
const CHECKED_AGAINST = ['currency', 'rates', 'drivers', 'demand', 'needs', 'vat'] as const

/** The plan with the untouched stages emptied of what cannot have become wrong, so that checking costs what was edited. */
function narrowedTo(before: Plan, after: Plan): Plan {
  if (CHECKED_AGAINST.some((key) => before[key] !== after[key])) return after
  if (before.stages.length !== after.stages.length) return after
  if (before.stages.some((stage, at) => stage.id !== after.stages[at]?.id)) return after
  return {
    ...after,
    stages: after.stages.map((stage, at) => (stage === before.stages[at] ? emptied(stage) : stage)),
  }
}

const shells = new WeakMap<Stage, Stage>()
function emptied(stage: Stage): Stage {
  let shell = shells.get(stage)
  if (!shell) {
    const { positions: _, ...rest } = stage
    shell = {
      ...rest,
      nodes: [],
      links: [],
      supply: {},
      capacity: [],
      lineItems: [],
      limits: [],
      triggers: [],
      autoscalers: [],
    }
    shells.set(stage, shell)
  }
  return shell
}

/** A path of indexes as the path of ids that edits use. */
export function namedPath(plan: Plan, path: readonly PathStep[]): EditPath {
  const named: EditPath = []
  let here: unknown = plan
  for (const step of path) {
    const next: unknown = typeof here === 'object' && here !== null ? (here as Record<PathStep, unknown>)[step] : null
    named.push(Array.isArray(here) ? (idOf(next) ?? step) : step)
    here = next
  }
  return named
}

function refusal(before: Plan, after: Plan, edit: Edit, findings: readonly Finding[]): HeadroomError {
  const gone = removedBy(before, edit)
  if (gone) return gone
  const first = findings[0] as Finding
  const path = namedPath(after, first.path)
  const value = valueAt(after, path)
  const field = pathText(path)
  const details = Object.fromEntries(
    findings.slice(1, 1 + LISTED).map((one) => [pathText(namedPath(after, one.path)), one.message]),
  )
  return new HeadroomError({
    code: 'EDIT_INVALID',
    fact: `${nameAt(after, path)}: ${first.message.replace(/[.]$/, '')}.`,
    fix: 'Correct it; the plan is as it was.',
    field,
    ...(value === undefined ? {} : { value: typeof value === 'object' ? JSON.stringify(value) : String(value) }),
    ...(findings.length > 1 ? { details } : {}),
  })
}

/** The refusal to take away what is still named elsewhere, or null when the edit takes nothing such away. */
function removedBy(plan: Plan, edit: Edit): HeadroomError | null {
  const removals = edit.op === 'all' ? edit.edits : [edit]
  for (const one of removals) {
    if (one.op !== 'remove') continue
    const references = referencesTo(plan, one.path)
    if (references.length > 0) return stillReferred(plan, one.path, references)
  }
  return null
}

function stillReferred(plan: Plan, path: EditPath, references: readonly Reference[]): HeadroomError {
  const names = references.map((one) => nameAt(plan, one.path))
  const shown = names.slice(0, 5).join('; ')
  const more = names.length > 5 ? `; and ${names.length - 5} more` : ''
  return new HeadroomError({
    code: 'STILL_REFERRED',
    fact: `${nameAt(plan, path)} is still named by: ${shown}${more}.`,
    fix: 'Change or remove those first.',
    field: pathText(path),
    value: String(path.at(-1)),
    details: Object.fromEntries(references.slice(0, LISTED).map((one, at) => [pathText(one.path), names[at] ?? ''])),
  })
}
