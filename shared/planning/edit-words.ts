import type { Edit, EditPath } from '../model/edit.ts'
import type { Plan } from '../model/plan.ts'
import { applyEdit, valueAt } from './edit-plan.ts'
import { idOf } from './plan-references.ts'

/** What an entry of a list is called. */
const ENTRIES: Readonly<Record<string, string>> = {
  stages: 'stage',
  drivers: 'driver',
  demand: 'demand',
  events: 'event',
  guardRails: 'guard rail',
  optimisations: 'optimisation',
  options: 'option',
  decisionPoints: 'decision point',
  milestones: 'milestone',
  tables: 'table',
  nodes: 'node',
  services: 'service',
  links: 'link',
  capacity: 'capacity',
  lineItems: 'row',
  tiers: 'tier',
  limits: 'limit',
  triggers: 'trigger',
  autoscalers: 'autoscaler',
  metrics: 'metric',
  after: 'stage to wait for',
  prerequisites: 'prerequisite',
  risks: 'risk',
  irreversible: 'move without return',
  tasks: 'task',
  playbooks: 'playbook',
  notes: 'note',
  needs: 'need',
  supply: 'supply',
  rates: 'rate',
  against: 'stage argued against',
  helps: 'what it helps',
  pieces: 'piece',
  points: 'point',
  schedule: 'time',
  policies: 'policy',
  checklists: 'checklist',
  decisionTrees: 'decision tree',
  questions: 'question',
  answers: 'answer',
  advice: 'advice',
  runbooks: 'runbook',
  signs: 'list of signs',
  alerts: 'alert rule',
  strategies: 'strategy',
  bottlenecks: 'bottleneck',
  items: 'item',
  steps: 'step',
  actions: 'step',
  carries: 'capacity',
  components: 'component',
  calculations: 'table',
  columns: 'column',
  rows: 'row',
  years: 'year',
  approaches: 'way to run it',
}

/** Fields whose word is not their key in plain letters. */
const FIELDS: Readonly<Record<string, string>> = {
  amount: 'price',
  sku: 'catalogue price',
  per: 'charging',
  vatIncluded: 'VAT',
  vat: 'VAT',
  onDemandShare: 'share at list price',
  id: 'id',
  to: 'stage led to',
  for: 'sustain time',
  when: 'condition',
  of: 'whole',
  ramGb: 'RAM',
  diskGb: 'disk',
  vcpu: 'vCPU',
  stage: 'present stage',
  present: 'present value',
  statedTotal: 'stated total',
  relativeCost: 'cost relative to another stage',
  durationMonths: 'duration',
  minimumMonths: 'minimum stay',
  downtimeMinutes: 'downtime',
  migrationCost: 'cost of moving',
  lineItems: 'rows',
  hourOfDay: 'by hour of the day',
  dayOfWeek: 'by day of the week',
  monthOfYear: 'by month of the year',
}

const lower = (key: string): string => FIELDS[key] ?? ENTRIES[key] ?? key.replace(/([A-Z])/g, ' $1').toLowerCase()
const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** What an edit does, in words for the history: "Price of VPS in One VPS changed from 12 to 15". `plan` is the one before it. */
export function describeEdit(plan: Plan, edit: Edit): string {
  switch (edit.op) {
    case 'set': {
      const old = valueAt(plan, edit.path)
      const subject = upper(subjectOf(plan, edit.path))
      if (edit.path.length === 1 && edit.path[0] === 'stage')
        return `Present stage changed from ${stageName(plan, old)} to ${stageName(plan, edit.value)}`
      const from = shown(old)
      const to = shown(edit.value)
      if (old === undefined) return to === null ? `${subject} set` : `${subject} set to ${to}`
      return from === null || to === null ? `${subject} changed` : `${subject} changed from ${from} to ${to}`
    }
    case 'unset':
      return `${upper(subjectOf(plan, edit.path))} cleared`
    case 'insert': {
      const noun = ENTRIES[String(edit.path.at(-1))] ?? 'entry'
      return `${upper(noun)}${named(edit.value)} added${inWhole(plan, edit.path.slice(0, -1), 'to')}`
    }
    case 'remove': {
      const noun = ENTRIES[String(edit.path.at(-2))] ?? 'entry'
      const value = valueAt(plan, edit.path)
      const name = typeof value === 'object' || typeof value === 'string' ? named(value) : ` ${edit.path.at(-1)}`
      return `${upper(noun)}${name} removed${inWhole(plan, edit.path.slice(0, -2), 'from')}`
    }
    case 'move': {
      const noun = ENTRIES[String(edit.path.at(-2))] ?? 'entry'
      return `${upper(noun)}${named(valueAt(plan, edit.path))} moved to place ${edit.to + 1}${inWhole(plan, edit.path.slice(0, -2), 'in')}`
    }
    case 'rename':
      return `Id of ${thingAt(plan, edit.path) ?? edit.path.at(-1)} changed from ${edit.path.at(-1)} to ${edit.to}`
    case 'all':
      return edit.reason ?? severalWords(plan, edit.edits)
  }
}

function severalWords(plan: Plan, edits: readonly Edit[]): string {
  const first = edits[0]
  if (!first) return 'Nothing changed'
  const words = describeEdit(plan, first)
  if (edits.length === 1) return words
  if (edits.length === 2) {
    const second = edits[1] as Edit
    return `${words}; ${describeEdit(applyEdit(plan, first).plan, second)}`
  }
  return `${words}; and ${edits.length - 1} more changes`
}

/** What stands at a path, in words: "Price of VPS in One VPS". */
export function nameAt(plan: Plan, path: EditPath): string {
  return upper(subjectOf(plan, path))
}

/** The words for a path: the field, what it belongs to, and the stage around that. */
function subjectOf(plan: Plan, path: EditPath): string {
  const thing = deepestThing(plan, path)
  if (!thing) {
    const [first = '', second] = path
    const word = lower(String(first))
    return second === undefined ? `${word} of the plan` : `${word} ${fieldWords(path.slice(1))}`
  }
  const rest = path.slice(thing.depth)
  const around = thing.depth > 2 ? inWhole(plan, path.slice(0, 2), 'in') : ''
  if (rest.length === 0) return `${ENTRIES[String(path[thing.depth - 2])] ?? 'entry'} ${thing.name}${around}`
  return `${fieldWords(rest)} of ${thing.name}${around}`
}

/** "price", "smallest duration", "supply cpu": the words of the steps below a thing. */
function fieldWords(steps: EditPath): string {
  const words = steps.filter((step) => step !== 'price' || steps.length === 1)
  const last = words.at(-1)
  if ((last === 'min' || last === 'max') && words.length > 1)
    return `${last === 'min' ? 'smallest' : 'largest'} ${lower(String(words.at(-2)))}`
  if (words.includes('when')) return 'condition'
  return words
    .map((step) => (typeof step === 'number' ? String(step + 1) : lower(step)))
    .slice(-2)
    .join(' ')
}

function deepestThing(plan: Plan, path: EditPath): { name: string; depth: number } | null {
  for (let depth = path.length; depth >= 2; depth -= 1) {
    const name = thingAt(plan, path.slice(0, depth))
    if (name !== null && Array.isArray(valueAt(plan, path.slice(0, depth - 1)))) return { name, depth }
  }
  return null
}

/** The name of the entry at a path, or null when it has none. */
function thingAt(plan: Plan, path: EditPath): string | null {
  const value = valueAt(plan, path)
  return idOf(value) === null ? null : nameOf(value)
}

function nameOf(value: unknown): string | null {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return null
  const { name, text, title, id, what, from, to, driver } = value as Record<string, unknown>
  for (const one of [name, title, text, what, id, driver]) if (typeof one === 'string' && one !== '') return cut(one)
  return typeof from === 'string' && typeof to === 'string' ? `${from} to ${to}` : null
}

const named = (value: unknown): string => {
  const name = nameOf(value)
  return name === null ? '' : ` ${name}`
}

function inWhole(plan: Plan, path: EditPath, word: string): string {
  if (path.length < 2) return ''
  const thing = deepestThing(plan, path)
  return thing ? ` ${word} ${thing.name}` : ''
}

const stageName = (plan: Plan, id: unknown): string => plan.stages.find((one) => one.id === id)?.name ?? String(id)

/** A value short enough for a sentence, or null. */
function shown(value: unknown): string | null {
  if (typeof value === 'number') return new Intl.NumberFormat('en', { maximumFractionDigits: 10 }).format(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value === '' ? 'nothing' : quoted(value)
  return value === null ? 'no end' : null
}

const quoted = (text: string): string => `“${cut(text)}”`
const cut = (text: string): string => (text.length > 48 ? `${text.slice(0, 47)}…` : text)
