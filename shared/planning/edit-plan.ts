import { nearest } from '../format/nearest.ts'
import type { Edit, EditPath } from '../model/edit.ts'
import type { Plan } from '../model/plan.ts'
import { HeadroomError } from '../model/problem.ts'
import { idOf, type Reference, referencesTo, referredAt, renamedInFormula } from './plan-references.ts'

type Step = EditPath[number]
type Fields = Record<string, unknown>

/** A plan after an edit, and the edit that leads back to the plan before. */
export interface Edited {
  plan: Plan
  inverse: Edit
}

/**
 * Carries out an edit. Parts that it does not touch stay the same objects, so that what was computed of them stays good.
 * The result has the shape the edit gives it: whether it still is a sound plan is for checkEdited to say.
 * @throws NOTHING_THERE when the path leads nowhere; NAME_TAKEN when a rename or an insert would give an id twice
 */
export function applyEdit(plan: Plan, edit: Edit): Edited {
  switch (edit.op) {
    case 'set':
      return set(plan, edit.path, edit.value)
    case 'unset': {
      const old = valueAt(plan, edit.path)
      if (old === undefined) return { plan, inverse: { op: 'all', edits: [] } }
      return taken(plan, edit.path)
    }
    case 'insert':
      return insert(plan, edit)
    case 'remove':
      if (valueAt(plan, edit.path) === undefined) throw nothingThere(plan, edit.path)
      return taken(plan, edit.path)
    case 'move':
      return move(plan, edit)
    case 'rename':
      return rename(plan, edit)
    case 'all': {
      let now = plan
      const inverses: Edit[] = []
      for (const one of edit.edits) {
        const step = applyEdit(now, one)
        now = step.plan
        inverses.unshift(step.inverse)
      }
      return { plan: now, inverse: { op: 'all', edits: inverses } }
    }
  }
}

/** What stands at a path of a plan, or undefined. */
export function valueAt(plan: Plan, path: EditPath): unknown {
  let here: unknown = plan
  for (const step of path) here = inside(here, step)
  return here
}

function inside(here: unknown, step: Step): unknown {
  if (Array.isArray(here)) return here[indexOf(here, step)]
  if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined
  return (here as Fields)[step]
}

function indexOf(list: readonly unknown[], step: Step): number {
  return typeof step === 'number' ? step : list.findIndex((one) => idOf(one) === step)
}

/** The same path by places in lists, so that it leads to the same entry when the entry's id is what changes. */
function placed(plan: Plan, path: EditPath): EditPath {
  let here: unknown = plan
  return path.map((step) => {
    const at = Array.isArray(here) ? indexOf(here, step) : step
    here = inside(here, step)
    return at
  })
}

/** The plan with `change` applied to the value at `path`; only what lies on the way is copied. */
function changed(plan: Plan, path: EditPath, change: (value: unknown) => unknown): Plan {
  const step = (here: unknown, at: number): unknown => {
    if (at === path.length) return change(here)
    const key = path[at] as Step
    if (Array.isArray(here)) {
      const index = indexOf(here, key)
      if (index < 0 || index >= here.length) throw nothingThere(plan, path.slice(0, at + 1))
      const old: unknown = here[index]
      const value = step(old, at + 1)
      if (Object.is(value, old)) return here
      return here.with(index, value)
    }
    if (typeof here !== 'object' || here === null || key === '__proto__')
      throw nothingThere(plan, path.slice(0, at + 1))
    const fields = here as Fields
    const old = Object.hasOwn(fields, key) ? fields[key] : undefined
    const value = step(old, at + 1)
    if (Object.is(value, old)) return here
    if (value === undefined) {
      const { [key]: _gone, ...rest } = fields
      return rest
    }
    return { ...fields, [key]: value }
  }
  return step(plan, 0) as Plan
}

function set(plan: Plan, path: EditPath, value: unknown): Edited {
  const missing = firstMissing(plan, path)
  if (missing === null) {
    const old = valueAt(plan, path)
    return { plan: changed(plan, path, () => value), inverse: { op: 'set', path: placed(plan, path), value: old } }
  }
  // An optional map that is not there yet is made on the way.
  let made = value
  for (const step of path.slice(missing + 1).reverse()) {
    if (typeof step === 'number') throw nothingThere(plan, path.slice(0, missing + 1))
    made = { [step]: made }
  }
  const at = path.slice(0, missing + 1)
  return { plan: changed(plan, at, () => made), inverse: { op: 'unset', path: placed(plan, at) } }
}

/** The index of the first step that leads to nothing, or null. A step into a list must lead to an entry. */
function firstMissing(plan: Plan, path: EditPath): number | null {
  let here: unknown = plan
  for (const [at, step] of path.entries()) {
    const next = inside(here, step)
    if (next === undefined) {
      if (Array.isArray(here)) throw nothingThere(plan, path.slice(0, at + 1))
      return at
    }
    here = next
  }
  return null
}

function taken(plan: Plan, path: EditPath): Edited {
  const parent = path.slice(0, -1)
  const last = path.at(-1) as Step
  const value = valueAt(plan, path)
  const list = parent.length === 0 ? plan : valueAt(plan, parent)
  if (Array.isArray(list)) {
    const at = indexOf(list, last)
    return {
      plan: changed(plan, parent, (here) => (here as unknown[]).toSpliced(at, 1)),
      inverse: { op: 'insert', path: placed(plan, parent), at, value },
    }
  }
  return { plan: changed(plan, path, () => undefined), inverse: { op: 'set', path: placed(plan, path), value } }
}

function insert(plan: Plan, { path, at, value }: Extract<Edit, { op: 'insert' }>): Edited {
  const list = valueAt(plan, path)
  if (list === undefined) {
    if (firstMissing(plan, path) !== path.length - 1) throw nothingThere(plan, path)
    return { plan: changed(plan, path, () => [value]), inverse: { op: 'unset', path: placed(plan, path) } }
  }
  if (!Array.isArray(list)) throw nothingThere(plan, path)
  const id = idOf(value)
  if (id !== null && indexOf(list, id) >= 0) throw nameTaken(path, id)
  const index = Math.min(at ?? list.length, list.length)
  return {
    plan: changed(plan, path, (here) => (here as unknown[]).toSpliced(index, 0, value)),
    inverse: { op: 'remove', path: [...placed(plan, path), index] },
  }
}

function move(plan: Plan, { path, to }: Extract<Edit, { op: 'move' }>): Edited {
  const parent = path.slice(0, -1)
  const last = path.at(-1) as Step
  const list = parent.length === 0 ? undefined : valueAt(plan, parent)
  if (!Array.isArray(list)) throw nothingThere(plan, path)
  const from = indexOf(list, last)
  if (from < 0 || from >= list.length) throw nothingThere(plan, path)
  const target = Math.min(to, list.length - 1)
  if (target === from) return { plan, inverse: { op: 'all', edits: [] } }
  return {
    plan: changed(plan, parent, (here) => {
      const entries = here as unknown[]
      return entries.toSpliced(from, 1).toSpliced(target, 0, entries[from])
    }),
    inverse: { op: 'move', path: [...placed(plan, parent), target], to: from },
  }
}

function rename(plan: Plan, { path, to }: Extract<Edit, { op: 'rename' }>): Edited {
  const parent = path.slice(0, -1)
  const from = path.at(-1) as Step
  const holder = parent.length === 0 ? undefined : valueAt(plan, parent)
  const old = valueAt(plan, path)
  if (old === undefined || typeof from === 'number') throw nothingThere(plan, path)
  if (from === to) return { plan, inverse: { op: 'all', edits: [] } }
  if (inside(holder, to) !== undefined) throw nameTaken(parent, to)
  const names = [...plan.drivers.map((one) => one.id), ...plan.demand.map((one) => one.resource)]
  const kind = referredAt(path)?.kind
  // Formulas know drivers and resources by one list of names.
  if ((kind === 'driver' || kind === 'resource') && names.includes(to)) throw nameTaken(parent, to)
  let now = plan
  for (const reference of referencesTo(plan, path)) now = redirected(now, reference, names, to)
  now = changed(now, parent, (here) => {
    if (!Array.isArray(here)) return renamedKey(here as Fields, from, to)
    const key = typeof (old as Fields).id === 'string' ? 'id' : 'resource'
    const index = indexOf(here, from)
    return here.with(index, { ...(here[index] as Fields), [key]: to })
  })
  // References within the thing itself, such as a stage named by its own trigger.
  for (const reference of referencesTo(now, [...parent, from])) now = redirected(now, reference, names, to)
  return { plan: now, inverse: { op: 'rename', path: [...parent, to], to: from } }
}

function redirected(plan: Plan, { path, as, name }: Reference, names: readonly string[], to: string): Plan {
  if (as === 'value') return changed(plan, path, () => to)
  if (as === 'key') return changed(plan, path.slice(0, -1), (here) => renamedKey(here as Fields, name, to))
  return changed(plan, path, (text) => renamedInFormula(String(text), names, name, to))
}

/** The same map with one key called otherwise, in its old place. */
function renamedKey(fields: Fields, from: string, to: string): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key === from ? to : key, value]))
}

/** `stages.mvp.lineItems.vps.price.amount`, the way an edit's path is written for people. */
export const pathText = (path: EditPath): string => path.join('.')

function nothingThere(plan: Plan, path: EditPath): HeadroomError {
  const parent = path.length > 1 ? valueAt(plan, path.slice(0, -1)) : plan
  const known = Array.isArray(parent)
    ? parent.map((one, at) => idOf(one) ?? String(at))
    : typeof parent === 'object' && parent !== null
      ? Object.keys(parent)
      : []
  const last = String(path.at(-1))
  const near = nearest(last, known)
  const some = known.length === 0 ? 'nothing is there' : `there are ${known.slice(0, 12).join(', ')}`
  return new HeadroomError({
    code: 'NOTHING_THERE',
    fact: `The plan has no "${last}" at ${pathText(path)}.`,
    fix: near ? `Did you mean "${near}"?` : `Read the plan again and name what is there: ${some}.`,
    field: pathText(path),
    value: last,
  })
}

function nameTaken(list: EditPath, id: string): HeadroomError {
  return new HeadroomError({
    code: 'NAME_TAKEN',
    fact: `The id "${id}" is taken already.`,
    fix: 'Choose another one.',
    field: pathText([...list, id]),
    value: id,
  })
}
