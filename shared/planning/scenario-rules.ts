import { MONTH_MS, parseDuration } from '../format/duration.ts'
import type { Comparison, Condition } from '../model/condition.ts'
import { minorDigits } from '../model/money.ts'
import type { Plan } from '../model/plan.ts'
import type { Simulation } from '../model/scenario.ts'
import type { Stage } from '../model/stage.ts'
import { stageAvailability } from './availability.ts'
import type { CostModel, StageCostModel } from './cost-model.ts'
import { demandAt } from './demand.ts'
import { compare } from './judge-series.ts'
import { needWords } from './need-words.ts'
import { largestSupply } from './supply.ts'
import { lastWhere } from './threshold.ts'

/**
 * A condition on a path's drivers. Demands never fall when their driver rises, so a comparison of one turns over at one
 * value of the driver: a `limit` holds where the driver lies above `last` (`above`) or at most there. `busy` says that it
 * looks at the busiest sustained hours of the week, as demands do, and not at the month's own level. A `cost` is asked of
 * the path itself, where the stage's cost is a formula of its state.
 */
export type RuleTest =
  | { kind: 'limit'; driver: number; above: boolean; last: number; busy: boolean }
  | { kind: 'cost'; stage: number; perDriver: boolean; op: Comparison; minor: number }
  | { kind: 'all' | 'any'; parts: readonly RuleTest[] }

/** A trigger or a stated capacity, ready to be watched on a path. Stages are indexes into the plan's list. */
export interface ScenarioRule {
  id: string
  name: string
  stage: number
  direction: 'up' | 'down'
  to: number | null
  sustainMs: number
  /** How many months in a row it must hold; a sustain time under a month counts as one. */
  months: number
  /** Watched from the start against its own stage's supply; otherwise only while its stage is held. */
  always: boolean
  test: RuleTest
}

interface Compiled {
  test: RuleTest | null
  missing: string[]
}

type Missing = Simulation['notModelled']

/** The rules of a stage that growth can fire; what it cannot is added to `notModelled` for the stages from `present` on. */
export function rulesOf(
  plan: Plan,
  index: number,
  present: number,
  costs: CostModel,
  notModelled: Missing,
): ScenarioRule[] {
  const stage = plan.stages[index] as Stage
  const last = plan.stages.length - 1
  const rules: ScenarioRule[] = []
  for (const trigger of stage.triggers) {
    const named = plan.stages.findIndex((other) => other.id === trigger.to)
    const beside = trigger.direction === 'up' ? index + 1 : index - 1
    const to = named >= 0 ? named : beside >= 0 && beside <= last ? beside : null
    const { test, missing } = compile(trigger.when, plan, index, costs)
    const { id, name, direction } = trigger
    if (index >= present) for (const why of missing) notModelled.push({ id, name, why })
    if (!test) continue
    const sustainMs = parseDuration(trigger.for)
    const months = Math.max(1, Math.ceil(sustainMs / MONTH_MS))
    const always = direction === 'up' && index >= present
    rules.push({ id, name, stage: index, direction, to, sustainMs, months, always, test })
  }
  for (const capacity of stage.capacity) {
    const driver = plan.drivers.findIndex((one) => one.id === capacity.driver)
    const max = capacity.max
    if (max === null || driver < 0) continue
    rules.push({
      id: `capacity-${capacity.driver}`,
      name: `${plan.drivers[driver]?.name} above the stated capacity of ${max.toLocaleString('en')}`,
      stage: index,
      direction: 'up',
      to: index < last ? index + 1 : null,
      sustainMs: 0,
      months: 1,
      always: index >= present,
      test: { kind: 'limit', driver, above: true, last: max, busy: false },
    })
  }
  return rules
}

/** A branch over several tests; one alone stands for itself, and what is the same in every month is settled here. */
function branch(kind: 'all' | 'any', tests: readonly RuleTest[]): RuleTest {
  const deciding = kind === 'any'
  const parts = tests.filter((test) => constantOf(test) !== !deciding)
  const decided = parts.find((test) => constantOf(test) === deciding)
  if (decided) return decided
  const [first = always(!deciding)] = parts
  return parts.length > 1 ? { kind, parts } : first
}

/** The comparison of something that never falls when the driver rises. */
function rising(driver: number, busy: boolean, op: Comparison, value: number, at: (x: number) => number): RuleTest {
  const above = op === '>' || op === '>='
  const last = lastWhere((x) => compare(at(x), op, value) !== above)
  return { kind: 'limit', driver, above, last, busy }
}

const always = (truth: boolean): RuleTest => ({
  kind: 'limit',
  driver: 0,
  above: true,
  last: truth ? -1 : Number.POSITIVE_INFINITY,
  busy: false,
})

/** What a test says of every driver value there is; null where that differs. */
function constantOf(test: RuleTest): boolean | null {
  if (test.kind !== 'limit' || !test.above) return null
  return test.last < 0 ? true : test.last === Number.POSITIVE_INFINITY ? false : null
}

/** A condition as a test, with a reason for each part that the model cannot follow. `test` is null when none is left. */
function compile(condition: Condition, plan: Plan, index: number, costs: CostModel): Compiled {
  if ('all' in condition || 'any' in condition) {
    const kind = 'all' in condition ? 'all' : 'any'
    const parts = ('all' in condition ? condition.all : condition.any).map((one) => compile(one, plan, index, costs))
    const missing = parts.flatMap((part) => part.missing)
    const known = parts.flatMap((part) => (part.test ? [part.test] : []))
    // One part that cannot be followed leaves a conjunction open; a disjunction can still be met by the others.
    const open = known.length === 0 || (kind === 'all' && known.length < parts.length)
    return { test: open ? null : branch(kind, known), missing }
  }
  if ('derived' in condition) return compileDerived(condition, plan, index, costs)
  if ('need' in condition) {
    const why = `It depends on the need "${needWords(condition.need)}", which the operator states and growth does not change.`
    return { test: null, missing: [why] }
  }
  if ('driver' in condition) {
    const driver = plan.drivers.findIndex((one) => one.id === condition.driver)
    if (driver < 0) return { test: null, missing: [`The plan has no driver "${condition.driver}".`] }
    return { test: rising(driver, false, condition.op, condition.value, (x) => x), missing: [] }
  }
  return compileMetric(condition, plan, plan.stages[index] as Stage)
}

/** A metric is followed through the demand that names it: a `_ratio` as use of the stage's supply, any other as the demand itself. */
function compileMetric(condition: Extract<Condition, { metric: string }>, plan: Plan, stage: Stage): Compiled {
  const { metric, op, value } = condition
  const parts: RuleTest[] = []
  const missing: string[] = []
  for (const demand of plan.demand) {
    if (demand.metric !== metric) continue
    const supply = metric.endsWith('_ratio') ? (largestSupply(stage, demand.resource) ?? 0) : 1
    if (supply > 0)
      parts.push(rising(driverOf(plan, demand.driver), true, op, value, (x) => demandAt(demand, x) / supply))
    else missing.push(`${stage.name} states no supply of ${demand.name}.`)
  }
  if (parts.length > 0) return { test: branch(condition.across ?? 'any', parts), missing }
  return { test: null, missing: missing.length > 0 ? missing : [`No demand of the plan is measured by ${metric}.`] }
}

export const driverOf = (plan: Plan, id: string): number =>
  Math.max(
    0,
    plan.drivers.findIndex((driver) => driver.id === id),
  )

export const primaryOf = (plan: Plan): number =>
  Math.max(
    0,
    plan.drivers.findIndex((driver) => driver.primary),
  )

/** What is computed of the rule's own stage: its availability is a constant, its cost may move with the state. */
function compileDerived(
  condition: Extract<Condition, { derived: string }>,
  plan: Plan,
  index: number,
  costs: CostModel,
): Compiled {
  const stage = plan.stages[index] as Stage
  const { derived, op } = condition
  const needed = condition.need === undefined ? condition.value : plan.needs[condition.need]
  if (typeof needed !== 'number') {
    const why =
      condition.need === undefined
        ? 'It compares with no value.'
        : `No value is stated for the need "${needWords(condition.need)}".`
    return { test: null, missing: [why] }
  }
  if (derived === 'availability') {
    const { value, unknown } = stageAvailability(stage)
    if (value === null) return { test: null, missing: [unknown ?? 'The availability cannot be computed.'] }
    return { test: always(compare(value, op, needed)), missing: [] }
  }
  const cost = costs.stages[index] as StageCostModel
  if (!cost.stated) return { test: null, missing: [`The plan lists no costs for ${stage.name}.`] }
  const minor = needed * 10 ** minorDigits(plan.currency)
  const perDriver = derived === 'cost_per_driver'
  if (cost.variable !== null) return { test: { kind: 'cost', stage: index, perDriver, op, minor }, missing: [] }
  const constant = cost.constantMinor - cost.grandfatheredMinor
  if (!perDriver) return { test: always(compare(constant, op, minor)), missing: [] }
  // A constant cost over a driver falls as the driver rises; nobody there costs nothing each, as in the bands.
  const falls = op === '>' || op === '>='
  const last = lastWhere((x) => compare(constant / x, op, minor) === falls)
  return { test: { kind: 'limit', driver: primaryOf(plan), above: !falls, last, busy: false }, missing: [] }
}
