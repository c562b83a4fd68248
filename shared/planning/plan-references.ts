import type { Condition } from '../model/condition.ts'
import type { EditPath } from '../model/edit.ts'
import type { Plan } from '../model/plan.ts'
import { referenceFields } from '../model/reference.ts'

/** What other parts of a plan call by its id. Nodes and rows are known within their stage only, questions within their tree. */
export type ReferredKind =
  | 'stage'
  | 'driver'
  | 'resource'
  | 'need'
  | 'node'
  | 'row'
  | 'option'
  | 'optimisation'
  | 'runbook'
  | 'question'

/** A place that names something. `as` says how: the value itself, the key of a map, or a name within a formula. */
export interface Reference {
  kind: ReferredKind
  name: string
  path: EditPath
  as: 'value' | 'key' | 'formula'
  /** The stage whose nodes or rows are meant, or the tree whose questions. */
  within?: string
}

/** Every place of a plan that names a stage, driver, demand resource, need, node or row by its id, in the plan's order. */
export function referencesOf(plan: Plan): Reference[] {
  const found: Reference[] = []
  const say = (
    kind: ReferredKind,
    name: string | undefined,
    path: EditPath,
    more: Partial<Pick<Reference, 'as' | 'within'>> = {},
  ): void => {
    if (name !== undefined) found.push({ kind, name, path, as: 'value', ...more })
  }
  const inCondition = (condition: Condition, path: EditPath): void => {
    if ('all' in condition) for (const [at, one] of condition.all.entries()) inCondition(one, [...path, 'all', at])
    else if ('any' in condition) for (const [at, one] of condition.any.entries()) inCondition(one, [...path, 'any', at])
    else if ('driver' in condition) say('driver', condition.driver, [...path, 'driver'])
    else if ('need' in condition) say('need', condition.need, [...path, 'need'])
  }
  const names = [...plan.drivers.map((one) => one.id), ...plan.demand.map((one) => one.resource)]
  const inFormula = (text: string, path: EditPath): void => {
    for (const name of new Set(namesInFormula(text, names)))
      say(plan.drivers.some((one) => one.id === name) ? 'driver' : 'resource', name, path, { as: 'formula' })
  }

  say('stage', plan.stage, ['stage'])
  for (const demand of plan.demand) say('driver', demand.driver, ['demand', demand.resource, 'driver'])
  for (const event of plan.events) say('driver', event.driver, ['events', event.id, 'driver'])
  for (const stage of plan.stages) {
    const base: EditPath = ['stages', stage.id]
    const within = stage.id
    for (const [at, link] of stage.links.entries()) {
      say('node', link.from, [...base, 'links', at, 'from'], { within })
      say('node', link.to, [...base, 'links', at, 'to'], { within })
    }
    for (const node of Object.keys(stage.positions ?? {}))
      say('node', node, [...base, 'positions', node], { as: 'key', within })
    for (const resource of Object.keys(stage.supply))
      say('resource', resource, [...base, 'supply', resource], { as: 'key' })
    for (const [at, capacity] of stage.capacity.entries())
      say('driver', capacity.driver, [...base, 'capacity', at, 'driver'])
    for (const item of stage.lineItems) {
      say('row', item.of, [...base, 'lineItems', item.id, 'of'], { within })
      if (typeof item.quantity !== 'string') continue
      const path: EditPath = [...base, 'lineItems', item.id, 'quantity']
      inFormula(item.quantity, path)
    }
    for (const trigger of stage.triggers) {
      const path: EditPath = [...base, 'triggers', trigger.id]
      say('stage', trigger.to, [...path, 'to'])
      inCondition(trigger.when, [...path, 'when'])
    }
    for (const scaler of stage.autoscalers) {
      const path: EditPath = [...base, 'autoscalers', scaler.id]
      for (const [at, metric] of scaler.metrics.entries())
        say('resource', metric.resource, [...path, 'metrics', at, 'resource'])
      say('row', scaler.lineItem, [...path, 'lineItem'], { within })
    }
    say('stage', stage.relativeCost?.over, [...base, 'relativeCost', 'over'])
    for (const [at, other] of stage.after.entries()) say('stage', other, [...base, 'after', at])
  }
  for (const rail of plan.guardRails) {
    for (const [at, stage] of rail.against.entries()) say('stage', stage, ['guardRails', rail.id, 'against', at])
    if (rail.when) inCondition(rail.when, ['guardRails', rail.id, 'when'])
  }
  const resources = new Set(plan.demand.map((one) => one.resource))
  for (const one of plan.optimisations) {
    for (const [at, name] of one.helps.entries())
      if (resources.has(name)) say('resource', name, ['optimisations', one.id, 'helps', at])
  }
  for (const milestone of plan.milestones) say('stage', milestone.stage, ['milestones', milestone.id, 'stage'])
  for (const [at, point] of plan.decisionPoints.entries())
    if (typeof point !== 'string') say('stage', point.before, ['decisionPoints', at, 'before'])
  for (const tree of plan.decisionTrees) {
    const base: EditPath = ['decisionTrees', tree.id]
    const within = tree.id
    say('question', tree.root, [...base, 'root'], { within })
    for (const question of tree.questions)
      for (const answer of question.answers)
        say('question', answer.next, [...base, 'questions', question.id, 'answers', answer.id, 'next'], { within })
  }
  for (const part of Object.keys(referenceFields) as (keyof typeof referenceFields)[])
    walkAdvice(plan[part], [part], { say, inCondition, inFormula })
  return found
}

/** Keys under which the parts of a plan beyond its ladder name something else. */
const ADVICE_KEYS: Readonly<Record<string, ReferredKind>> = {
  stage: 'stage',
  driver: 'driver',
  option: 'option',
  partOf: 'option',
  optimisation: 'optimisation',
  runbook: 'runbook',
}

interface Sayers {
  say: (kind: ReferredKind, name: string, path: EditPath) => void
  inCondition: (condition: Condition, path: EditPath) => void
  inFormula: (text: string, path: EditPath) => void
}

/** Those parts are many and alike: a key means the same in each. Only what a table computes is not a name. */
function walkAdvice(value: unknown, path: EditPath, sayers: Sayers): void {
  if (Array.isArray(value)) {
    for (const [at, one] of (value as unknown[]).entries()) walkAdvice(one, [...path, idOf(one) ?? at], sayers)
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    const here = [...path, key]
    const kind = ADVICE_KEYS[key]
    if (kind && typeof inner === 'string') sayers.say(kind, inner, here)
    else if (key === 'when' || key === 'condition') {
      if (typeof inner === 'object' && inner !== null) sayers.inCondition(inner as Condition, here)
    } else if (key === 'resources') {
      for (const [at, name] of (inner as string[]).entries()) sayers.say('resource', name, [...here, at])
    } else if (key === 'quantity' && typeof inner === 'string') sayers.inFormula(inner, here)
    else if (key !== 'computed' && key !== 'settings' && key !== 'was') walkAdvice(inner, here, sayers)
  }
}

/** The id an entry of a list goes by: its `id`, or a demand's `resource`. */
export function idOf(entry: unknown): string | null {
  if (typeof entry !== 'object' || entry === null) return null
  const { id, resource } = entry as { id?: unknown; resource?: unknown }
  if (typeof id === 'string') return id
  return typeof resource === 'string' && 'assumed' in entry ? resource : null
}

const KINDS: Readonly<Record<string, ReferredKind>> = {
  stages: 'stage',
  drivers: 'driver',
  demand: 'resource',
  needs: 'need',
  options: 'option',
  optimisations: 'optimisation',
  runbooks: 'runbook',
}

/** What the thing at a path is to the rest of the plan, or null when nothing refers to things of its kind by id. */
export function referredAt(path: EditPath): { kind: ReferredKind; name: string; within?: string } | null {
  const [first, name, list, inner] = path
  if (typeof name !== 'string') return null
  if (path.length === 2) {
    const kind = KINDS[String(first)]
    return kind ? { kind, name } : null
  }
  if (path.length === 4 && first === 'stages' && typeof inner === 'string') {
    if (list === 'nodes') return { kind: 'node', name: inner, within: name }
    if (list === 'lineItems') return { kind: 'row', name: inner, within: name }
  }
  if (path.length === 4 && first === 'decisionTrees' && list === 'questions' && typeof inner === 'string')
    return { kind: 'question', name: inner, within: name }
  return null
}

/** The places that name the thing at a path, not counting those inside of it. */
export function referencesTo(plan: Plan, path: EditPath): Reference[] {
  const thing = referredAt(path)
  if (!thing) return []
  return referencesOf(plan).filter(
    (one) =>
      one.kind === thing.kind &&
      one.name === thing.name &&
      (thing.within === undefined || one.within === thing.within) &&
      !path.every((step, at) => one.path[at] === step),
  )
}

const RUN = /[A-Za-z_][A-Za-z0-9_-]*/g

/** The known names of a formula, in order. A name may hold hyphens, so "cpu-1" is `cpu` less 1 where only `cpu` is known. */
function namesInFormula(text: string, known: readonly string[]): string[] {
  const found: string[] = []
  replaceNames(text, known, (name) => {
    found.push(name)
    return name
  })
  return found
}

/** A formula with one name replaced wherever it stands as a name of its own. */
export function renamedInFormula(text: string, known: readonly string[], from: string, to: string): string {
  return replaceNames(text, known, (name) => (name === from ? to : name))
}

function replaceNames(text: string, known: readonly string[], change: (name: string) => string): string {
  return text.replace(RUN, (run) => {
    const parts = run.split('-')
    const out: string[] = []
    for (let at = 0; at < parts.length; ) {
      let end = parts.length
      while (end > at + 1 && !known.includes(parts.slice(at, end).join('-'))) end -= 1
      const name = parts.slice(at, end).join('-')
      out.push(known.includes(name) ? change(name) : name)
      at = end
    }
    return out.join('-')
  })
}
