import type { PathStep } from '../format/schema-findings.ts'
import type { Condition } from '../model/condition.ts'
import type { Plan } from '../model/plan.ts'
import { FormulaError, parseFormula } from './formula.ts'

type Path = readonly PathStep[]

/** What the check of a whole plan lends to this one. */
export interface CheckTools {
  say(path: Path, message: string, at?: 'value' | 'key'): void
  known(path: Path, kind: string, name: string, list: readonly string[]): void
  condition(condition: Condition, path: Path): void
}

/** What the reference parts of a plan have wrong: names that refer to nothing, names given twice, formulas that cannot be read. */
export function checkReference(plan: Plan, tools: CheckTools): void {
  const { say, known } = tools
  const ids = {
    stage: plan.stages.map((one) => one.id),
    option: plan.options.map((one) => one.id),
    optimisation: plan.optimisations.map((one) => one.id),
    runbook: plan.runbooks.map((one) => one.id),
  }
  const resources = plan.demand.map((one) => one.resource)
  const drivers = plan.drivers.map((one) => one.id)

  /** Conditions and references anywhere under a part, by their key: the same keys mean the same everywhere. */
  const walk = (value: unknown, path: Path): void => {
    if (Array.isArray(value)) {
      unique(value, path, say)
      for (const [at, one] of value.entries()) walk(one, [...path, at])
      return
    }
    if (typeof value !== 'object' || value === null) return
    for (const [key, one] of Object.entries(value)) {
      const here = [...path, key]
      if (key === 'when' && typeof one === 'object') tools.condition(one as Condition, here)
      else if (key === 'condition') tools.condition(one as Condition, here)
      else if (key in ids && typeof one === 'string') known(here, key, one, ids[key as keyof typeof ids])
      else if (key === 'partOf') known(here, 'option', one as string, ids.option)
      else if (key === 'driver' && typeof one === 'string') known(here, 'driver', one, drivers)
      else if (key === 'resources')
        for (const [at, name] of (one as string[]).entries()) known([...here, at], 'demand resource', name, resources)
      else if (key !== 'settings' && key !== 'was' && key !== 'cells' && key !== 'skus') walk(one, here)
    }
  }
  for (const key of PARTS) walk(plan[key], [key])
  if (plan.yearly) walk(plan.yearly, ['yearly'])

  for (const [at, tree] of plan.decisionTrees.entries()) {
    const questions = tree.questions.map((one) => one.id)
    known(['decisionTrees', at, 'root'], 'question', tree.root, questions)
    for (const [of, question] of tree.questions.entries()) {
      for (const [nth, answer] of question.answers.entries()) {
        const path = ['decisionTrees', at, 'questions', of, 'answers', nth]
        if (answer.next !== undefined) known([...path, 'next'], 'question', answer.next, questions)
        else if (answer.advice.length === 0) say(path, 'needs advice, or the question that follows as "next"')
      }
    }
    const loop = loopIn(tree)
    if (loop !== null) say(['decisionTrees', at], `the questions lead back to "${loop}"`)
  }
  checkCalculations(plan, tools)
}

const PARTS = [
  'options',
  'checklists',
  'decisionTrees',
  'runbooks',
  'signs',
  'alerts',
  'components',
  'bottlenecks',
  'strategies',
  'calculations',
] as const

function checkCalculations(plan: Plan, { say, known }: CheckTools): void {
  for (const [at, table] of plan.calculations.entries()) {
    const columns = table.columns.map((one) => one.id)
    for (const [nth, column] of table.columns.entries()) {
      const path = ['calculations', at, 'columns', nth]
      // A column is computed from those that stand left of it or from stated ones, so that nothing can go in circles.
      const usable = table.columns.filter((other, index) => index < nth || !other.computed).map((one) => one.id)
      const names = usable.filter((id) => id !== column.id)
      if (column.computed && 'formula' in column.computed)
        readable(column.computed.formula, names, [...path, 'computed', 'formula'], say)
      if (column.limit !== undefined) readable(column.limit, [...names, column.id], [...path, 'limit'], say)
      if (column.computed && 'use' in column.computed) {
        for (const [of, part] of column.computed.use.entries())
          known([...path, 'computed', 'use', of, 'of'], 'column', part.of, names)
      }
    }
    for (const [nth, row] of table.rows.entries()) {
      for (const key of ['cells', 'skus'] as const) {
        for (const id of Object.keys(row[key])) {
          if (!columns.includes(id)) known(['calculations', at, 'rows', nth, key, id], 'column', id, columns)
        }
      }
    }
  }
}

function readable(text: string, names: readonly string[], path: Path, say: CheckTools['say']): void {
  try {
    parseFormula(text, names)
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error
    say(path, error.message)
  }
}

function unique(list: readonly unknown[], path: Path, say: CheckTools['say']): void {
  const seen = new Set<string>()
  for (const [at, one] of list.entries()) {
    if (typeof one !== 'object' || one === null || !('id' in one) || typeof one.id !== 'string') continue
    if (seen.has(one.id)) say([...path, at, 'id'], `"${one.id}" is there twice`)
    seen.add(one.id)
  }
}

/** A question that can be reached from itself, or null. */
function loopIn(tree: Plan['decisionTrees'][number]): string | null {
  const next = new Map(tree.questions.map((one) => [one.id, one.answers.flatMap((answer) => answer.next ?? [])]))
  const done = new Set<string>()
  const visit = (id: string, open: readonly string[]): string | null => {
    if (open.includes(id)) return id
    if (done.has(id)) return null
    for (const following of next.get(id) ?? []) {
      const found = visit(following, [...open, id])
      if (found !== null) return found
    }
    done.add(id)
    return null
  }
  for (const question of tree.questions) {
    const found = visit(question.id, [])
    if (found !== null) return found
  }
  return null
}
