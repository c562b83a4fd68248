import type { StageCost } from '../contract/contract.ts'
import { MONTH_MS, parseDuration } from '../format/duration.ts'
import type { Comparison, Condition } from '../model/condition.ts'
import { minorDigits } from '../model/money.ts'
import type { Plan } from '../model/plan.ts'
import type { Assumptions, Simulation } from '../model/scenario.ts'
import type { Stage } from '../model/stage.ts'
import { power } from './elementary.ts'

/**
 * A condition on a path's state, which is its driver values and then its demands, each in the plan's order. A leaf compares
 * `state[at] / per` with `value`. One shape for leaves and branches: this is the innermost loop of the Monte Carlo.
 */
export interface Test {
  kind: 'leaf' | 'all' | 'any'
  at: number
  per: number
  op: Comparison
  value: number
  parts: readonly Test[]
}

const leaf = (at: number, per: number, op: Comparison, value: number): Test => ({
  kind: 'leaf',
  at,
  per,
  op,
  value,
  parts: [],
})
/** A branch over several tests; one alone stands for itself. */
const branch = (kind: 'all' | 'any', parts: readonly Test[]): Test =>
  parts.length === 1 ? (parts[0] as Test) : { kind, at: 0, per: 1, op: '>', value: 0, parts }

export function holds(test: Test, state: Float64Array): boolean {
  if (test.kind === 'leaf') {
    const observed = (state[test.at] as number) / test.per
    switch (test.op) {
      case '>':
        return observed > test.value
      case '>=':
        return observed >= test.value
      case '<':
        return observed < test.value
      case '<=':
        return observed <= test.value
    }
  }
  const all = test.kind === 'all'
  for (const part of test.parts) if (holds(part, state) !== all) return !all
  return all
}

/** Growth factors outside of which a test surely fails; in between it must be asked. */
export interface Bounds {
  below: number
  above: number
}

/**
 * Demands never fall when their driver rises, so a comparison turns over at one factor at most. The bounds keep a margin
 * well above the rounding of both ways of computing, so they change no outcome, only the time it takes.
 */
export function boundsOf(test: Test, model: Pick<ScenarioModel, 'drivers' | 'demands'>): Bounds {
  if (test.kind !== 'leaf') {
    const parts = test.parts.map((part) => boundsOf(part, model))
    const below = parts.map((part) => part.below)
    const above = parts.map((part) => part.above)
    return test.kind === 'all'
      ? { below: Math.max(...below), above: Math.min(...above) }
      : { below: Math.min(...below), above: Math.max(...above) }
  }
  const never = { below: 0, above: Number.POSITIVE_INFINITY }
  const demand = model.demands[test.at - model.drivers.length]
  const { driver, base, rate, alpha } = demand ?? { driver: test.at, base: 0, rate: 1, alpha: 1 }
  const present = model.drivers[driver] ?? 0
  if (!(present > 0 && rate > 0)) return never
  const limit = test.value * test.per
  const margin = 1e-9 * Math.max(Math.abs(limit), base)
  const factor = (asked: number): number => power((asked - base) / rate, 1 / alpha) / present
  if (test.op === '>' || test.op === '>=') {
    return limit - margin > base ? { ...never, below: factor(limit - margin) * (1 - 1e-9) } : never
  }
  return limit + margin > base ? { ...never, above: factor(limit + margin) * (1 + 1e-9) } : never
}

/** A trigger or a stated capacity, ready to be watched on a path. Stages are indexes into the plan's list. */
export interface ScenarioRule {
  id: string
  name: string
  stage: number
  direction: 'up' | 'down'
  to: number | null
  /** How many months in a row it must hold; a sustain time under a month counts as one. */
  months: number
  /** Watched from the start against its own stage's supply; otherwise only while its stage is held. */
  always: boolean
  test: Test
}

export interface ScenarioModel {
  present: number
  /** Each driver's value at present; the primary one comes from the assumptions and the others keep their ratio to it. */
  drivers: number[]
  primary: number
  demands: { driver: number; base: number; rate: number; alpha: number }[]
  /** Resources whose supply every reachable stage states: index into demands, and the supply by stage. */
  charted: { demand: number; resource: string; name: string; supply: number[] }[]
  rules: ScenarioRule[]
  /** Minor units a month while a stage is held (the middle of a stated range), and once on moving to it. */
  monthly: number[]
  once: number[]
  notModelled: Simulation['notModelled']
}

/** Everything about a plan that does not change from path to path. */
export function scenarioModel(plan: Plan, costs: readonly StageCost[], assumptions: Assumptions): ScenarioModel {
  const present = plan.stages.findIndex((stage) => stage.id === plan.stage)
  const primary = Math.max(
    0,
    plan.drivers.findIndex((driver) => driver.primary),
  )
  const stated = plan.drivers[primary]?.present ?? 0
  const scale = stated > 0 ? assumptions.present / stated : 1
  const drivers = plan.drivers.map((driver, index) =>
    index === primary ? assumptions.present : driver.present * scale,
  )
  const notModelled: Simulation['notModelled'] = []
  const rules = plan.stages.flatMap((stage, index) => rulesOf(plan, stage, index, present, notModelled))
  const moves = assumptions.policy.kind === 'triggers'
  const reachable = moves ? reach(present, rules) : new Set([present])

  const charted = plan.demand.flatMap((demand, index) => {
    // No stage has a supply of it: it is watched as an amount, such as the size of a database, and not as a share.
    if (plan.stages.every((stage) => stage.supply[demand.resource] === undefined)) return []
    const missing = [...reachable].filter((at) => !((plan.stages[at]?.supply[demand.resource] ?? 0) > 0))
    if (missing.length > 0) {
      const names = missing.map((at) => plan.stages[at]?.name).join(', ')
      notModelled.push({
        id: demand.resource,
        name: `Use of ${demand.name}`,
        why: `No supply of it is stated for ${names}.`,
      })
      return []
    }
    const supply = plan.stages.map((stage) => stage.supply[demand.resource] ?? Number.NaN)
    return [{ demand: index, resource: demand.resource, name: demand.name, supply }]
  })

  const costOf = (stage: Stage) => costs.find((cost) => cost.stage === stage.id)
  for (const at of reachable) {
    const stage = plan.stages[at] as Stage
    const cost = costOf(stage)
    const unpriced = cost?.lines.filter((line) => !line.priced) ?? []
    for (const line of unpriced)
      notModelled.push({
        id: `${stage.id}/${line.id}`,
        name: `Cost of ${line.name}`,
        why: line.note ?? 'It has no price.',
      })
    if (!cost || cost.lines.length === 0)
      notModelled.push({ id: stage.id, name: `Cost of ${stage.name}`, why: 'The plan lists no costs for it.' })
    if (at !== present && stage.migrationCost && migrationMinor(plan, stage) === null) {
      const why = `The plan has no rate from ${stage.migrationCost.currency} to ${plan.currency}.`
      notModelled.push({ id: `${stage.id}/migration`, name: `Cost of moving to ${stage.name}`, why })
    }
  }

  return {
    present,
    drivers,
    primary,
    demands: plan.demand.map((demand) => ({
      driver: Math.max(
        0,
        plan.drivers.findIndex((driver) => driver.id === demand.driver),
      ),
      base: demand.base,
      rate: demand.rate,
      alpha: demand.alpha ?? 1,
    })),
    charted,
    rules: rules.filter((rule) => rule.always || reachable.has(rule.stage)),
    monthly: plan.stages.map((stage) => {
      const cost = costOf(stage)
      return cost ? (cost.perMonthMinor + cost.maxPerMonthMinor) / 2 : 0
    }),
    once: plan.stages.map((stage) => (costOf(stage)?.onceMinor ?? 0) + (migrationMinor(plan, stage) ?? 0)),
    notModelled: merged(notModelled),
  }
}

/** One entry for each thing, with every reason once: the same trigger may stand in several stages. */
function merged(list: Simulation['notModelled']): Simulation['notModelled'] {
  const entries = new Map<string, { id: string; name: string; whys: Set<string> }>()
  for (const { id, name, why } of list) {
    const key = JSON.stringify([id, name])
    const entry = entries.get(key) ?? { id, name, whys: new Set() }
    entries.set(key, entry)
    entry.whys.add(why)
  }
  return [...entries.values()].map(({ id, name, whys }) => ({ id, name, why: [...whys].join(' ') }))
}

/** A stage's stated cost of moving to it in minor units of the plan's currency; null when it cannot be converted. */
function migrationMinor(plan: Plan, stage: Stage): number | null {
  if (!stage.migrationCost) return 0
  const { amount, currency } = stage.migrationCost
  const rate = currency === plan.currency ? 1 : plan.rates?.[currency]
  return rate === undefined ? null : Math.round(amount * rate * 10 ** minorDigits(plan.currency))
}

function rulesOf(
  plan: Plan,
  stage: Stage,
  index: number,
  present: number,
  notModelled: Simulation['notModelled'],
): ScenarioRule[] {
  const rules: ScenarioRule[] = []
  const last = plan.stages.length - 1
  for (const trigger of stage.triggers) {
    const named = plan.stages.findIndex((other) => other.id === trigger.to)
    const beside = trigger.direction === 'up' ? index + 1 : index - 1
    const to = named >= 0 ? named : beside >= 0 && beside <= last ? beside : null
    const compiled = compile(trigger.when, plan, stage)
    if (index >= present) {
      for (const why of compiled.missing) notModelled.push({ id: trigger.id, name: trigger.name, why })
    }
    if (!compiled.test) continue
    const { id, name, direction } = trigger
    const months = Math.max(1, Math.ceil(parseDuration(trigger.for) / MONTH_MS))
    rules.push({
      id,
      name,
      stage: index,
      direction,
      to,
      months,
      always: direction === 'up' && index >= present,
      test: compiled.test,
    })
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
      months: 1,
      always: index >= present,
      test: leaf(driver, 1, '>', max),
    })
  }
  return rules
}

interface Compiled {
  test: Test | null
  missing: string[]
}

/** A condition as a test, with a reason for each part that the model cannot follow. `test` is null when none is left. */
function compile(condition: Condition, plan: Plan, stage: Stage): Compiled {
  if ('all' in condition || 'any' in condition) {
    const kind = 'all' in condition ? 'all' : 'any'
    const parts = ('all' in condition ? condition.all : condition.any).map((one) => compile(one, plan, stage))
    const missing = parts.flatMap((part) => part.missing)
    const known = parts.flatMap((part) => (part.test ? [part.test] : []))
    // One part that cannot be followed leaves a conjunction open; a disjunction can still be met by the others.
    const open = known.length === 0 || (kind === 'all' && known.length < parts.length)
    return { test: open ? null : branch(kind, known), missing }
  }
  if ('need' in condition) {
    const why = `It depends on the need "${condition.need}", which the operator states and growth does not change.`
    return { test: null, missing: [why] }
  }
  if ('driver' in condition) {
    const driver = plan.drivers.findIndex((one) => one.id === condition.driver)
    if (driver < 0) return { test: null, missing: [`The plan has no driver "${condition.driver}".`] }
    return { test: leaf(driver, 1, condition.op, condition.value), missing: [] }
  }
  return compileMetric(condition, plan, stage)
}

/** A metric is followed through the demand that names it: a `_ratio` as use of the stage's supply, any other as the demand itself. */
function compileMetric(condition: Extract<Condition, { metric: string }>, plan: Plan, stage: Stage): Compiled {
  const { metric, op, value } = condition
  const parts: Test[] = []
  const missing: string[] = []
  for (const [index, demand] of plan.demand.entries()) {
    if (demand.metric !== metric) continue
    const supply = metric.endsWith('_ratio') ? (stage.supply[demand.resource] ?? 0) : 1
    if (supply > 0) parts.push(leaf(plan.drivers.length + index, supply, op, value))
    else missing.push(`${stage.name} states no supply of ${demand.name}.`)
  }
  if (parts.length > 0) return { test: branch(condition.across ?? 'any', parts), missing }
  return { test: null, missing: missing.length > 0 ? missing : [`No demand of the plan is measured by ${metric}.`] }
}

/** The stages that moves can lead to from the present one, itself included. */
function reach(present: number, rules: readonly ScenarioRule[]): Set<number> {
  const found = new Set([present])
  for (const at of found) {
    for (const rule of rules) if (rule.stage === at && rule.to !== null) found.add(rule.to)
  }
  return found
}
