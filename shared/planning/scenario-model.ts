import { nearest } from '../format/nearest.ts'
import type { Plan } from '../model/plan.ts'
import { HeadroomError } from '../model/problem.ts'
import type { Assumptions, Simulation } from '../model/scenario.ts'
import type { Stage } from '../model/stage.ts'
import type { CostModel, StageCostModel } from './cost-model.ts'
import { demandAt } from './demand.ts'
import { type DriverModel, driverModel } from './driver-model.ts'
import { migrationMinor } from './migration.ts'
import { driverOf, rulesOf, type ScenarioRule } from './scenario-rules.ts'
import { largestSupply } from './supply.ts'
import { lastWhere } from './threshold.ts'

type Missing = Simulation['notModelled']

/** A move that is made on every path. */
export interface Move {
  month: number
  stage: number
}

export interface ScenarioModel {
  /** The stage it starts from. */
  start: number
  drivers: DriverModel
  demands: { driver: number; base: number; rate: number; alpha: number }[]
  /** Resources whose supply every reachable stage states: index into demands, and the supply by stage. */
  charted: { demand: number; resource: string; name: string; supply: number[] }[]
  /** By stage: the largest value of a driver that every demand on it leaves within its supply; Infinity where none is. */
  carries: Float64Array[]
  rules: ScenarioRule[]
  moves: readonly Move[]
  /** By stage: stages that a path must have held before it is entered. Those up to the start in the plan, and those whose effort is "done", are. */
  after: readonly (readonly number[])[]
  minimumMonths: Int32Array
  costs: readonly StageCostModel[]
  /** By stage: minor units and hours of moving to it. */
  once: Float64Array
  /** What is paid beside it on moving to a stage, in the state of the move; null where nothing hangs on that. */
  onceAt: readonly (((state: Float64Array) => number) | null)[]
  hours: Float64Array
  notModelled: Missing
}

/**
 * Everything about a plan that does not change from path to path. `moves` are those the policy makes on every path.
 * @throws UNKNOWN_STAGE, and what driverModel throws
 */
export function scenarioModel(
  plan: Plan,
  costs: CostModel,
  assumptions: Assumptions,
  moves: readonly { month: number; stage: string }[] = [],
): ScenarioModel {
  const start = stageIndex(plan, assumptions.stage ?? plan.stage, 'stage')
  const drivers = driverModel(plan, assumptions)
  const notModelled: Missing = []
  const all = plan.stages.flatMap((_, index) => rulesOf(plan, index, start, costs, notModelled))
  const after = plan.stages.map((stage) =>
    stage.after.flatMap((id) => {
      const index = plan.stages.findIndex((other) => other.id === id)
      return index > start && plan.stages[index]?.effort !== 'done' ? [index] : []
    }),
  )
  const { policy } = assumptions
  const fixed = fixedMoves(plan, start, moves, after, notModelled)
  const reachable =
    policy.kind === 'triggers' ? reach(start, all, after) : new Set([start, ...fixed.map((move) => move.stage)])
  missingCosts(plan, start, reachable, costs, notModelled)

  return {
    start,
    drivers,
    demands: plan.demand.map(({ driver, base, rate, alpha }) => ({
      driver: driverOf(plan, driver),
      base,
      rate,
      alpha: alpha ?? 1,
    })),
    charted: chartedDemands(plan, reachable, notModelled),
    carries: plan.stages.map((stage) => carries(plan, stage)),
    rules: all.filter((rule) => rule.always || reachable.has(rule.stage)),
    moves: fixed,
    after,
    minimumMonths: Int32Array.from(plan.stages, (stage) => stage.minimumMonths ?? 0),
    costs: costs.stages,
    once: Float64Array.from(plan.stages, (stage, index) => {
      const { onceMinor = 0, onceAt = null } = costs.stages[index] ?? {}
      return (onceAt ? 0 : onceMinor) + (migrationMinor(plan, stage, assumptions.rates) ?? 0)
    }),
    onceAt: plan.stages.map((_, index) => costs.stages[index]?.onceAt ?? null),
    hours: Float64Array.from(plan.stages, (_, index) => costs.stages[index]?.hours ?? 0),
    notModelled: merged(notModelled),
  }

  function missingCosts(
    of: Plan,
    present: number,
    held: ReadonlySet<number>,
    { stages }: CostModel,
    into: Missing,
  ): void {
    for (const at of held) {
      const stage = of.stages[at] as Stage
      for (const { id, name, why } of stages[at]?.unpriced ?? [])
        into.push({ id: `${stage.id}/${id}`, name: `Cost of ${name}`, why })
      if (stages[at]?.stated === false)
        into.push({ id: stage.id, name: `Cost of ${stage.name}`, why: 'The plan lists no costs for it.' })
      if (at !== present && stage.migrationCost && migrationMinor(of, stage, assumptions.rates) === null) {
        const why = `The plan has no rate from ${stage.migrationCost.currency} to ${of.currency}.`
        into.push({ id: `${stage.id}/migration`, name: `Cost of moving to ${stage.name}`, why })
      }
    }
  }
}

function stageIndex(plan: Plan, id: string, field: string): number {
  const index = plan.stages.findIndex((stage) => stage.id === id)
  if (index >= 0) return index
  const ids = plan.stages.map((stage) => stage.id)
  const near = nearest(id, ids)
  throw new HeadroomError({
    code: 'UNKNOWN_STAGE',
    fact: `The plan has no stage "${id}".`,
    fix: `${near ? `Did you mean "${near}"? ` : ''}Name one of: ${ids.join(', ')}.`,
    field,
    value: id,
  })
}

/**
 * Stated moves in order of their months. One that would leave a stage before its least stay waits for its end, and one
 * into a stage whose prerequisites have not been held is left out; both are told.
 */
function fixedMoves(
  plan: Plan,
  start: number,
  stated: readonly { month: number; stage: string }[],
  after: readonly (readonly number[])[],
  notModelled: Missing,
): Move[] {
  const moves: Move[] = []
  const done = new Set([start])
  let held = start
  // The present stage has been held for as long as anyone knows.
  let free = 0
  const inOrder = stated
    .map(({ month, stage }, index) => ({ month, stage: stageIndex(plan, stage, `policy.moves.${index}.stage`) }))
    .sort((a, b) => a.month - b.month)
  for (const { month, stage } of inOrder) {
    const nameOf = (index: number) => plan.stages[index]?.name ?? ''
    const tell = (why: string) =>
      notModelled.push({
        id: `move-${month}-${plan.stages[stage]?.id}`,
        name: `Move to ${nameOf(stage)} in month ${month}`,
        why,
      })
    const missing = (after[stage] ?? []).filter((other) => !done.has(other))
    if (missing.length > 0) {
      tell(`${missing.map(nameOf).join(', ')} must be done before; it is left out.`)
      continue
    }
    if (stage === held) continue
    if (month < free) tell(`${nameOf(held)} is kept until month ${free}; the move is made then.`)
    const at = Math.max(month, free)
    moves.push({ month: at, stage })
    held = stage
    done.add(stage)
    free = at + (plan.stages[stage]?.minimumMonths ?? 0)
  }
  return moves
}

function chartedDemands(plan: Plan, reachable: ReadonlySet<number>, notModelled: Missing): ScenarioModel['charted'] {
  return plan.demand.flatMap((demand, index) => {
    const supplies = plan.stages.map((stage) => largestSupply(stage, demand.resource))
    // No stage has a supply of it: it is watched as an amount, such as the size of a database, and not as a share.
    if (supplies.every((supply) => supply === null)) return []
    const missing = [...reachable].filter((at) => !((supplies[at] ?? 0) > 0))
    if (missing.length > 0) {
      const names = missing.map((at) => plan.stages[at]?.name).join(', ')
      const why = `No supply of it is stated for ${names}.`
      notModelled.push({ id: demand.resource, name: `Use of ${demand.name}`, why })
      return []
    }
    const supply = supplies.map((one) => one ?? Number.NaN)
    return [{ demand: index, resource: demand.resource, name: demand.name, supply }]
  })
}

function carries(plan: Plan, stage: Stage): Float64Array {
  const most = new Float64Array(plan.drivers.length).fill(Number.POSITIVE_INFINITY)
  for (const demand of plan.demand) {
    const supply = largestSupply(stage, demand.resource)
    if (supply === null) continue
    const driver = driverOf(plan, demand.driver)
    most[driver] = Math.min(
      most[driver] as number,
      lastWhere((x) => demandAt(demand, x) <= supply),
    )
  }
  return most
}

/** One entry for each thing, with every reason once: the same trigger may stand in several stages. */
function merged(list: Missing): Missing {
  const entries = new Map<string, { id: string; name: string; whys: Set<string> }>()
  for (const { id, name, why } of list) {
    const key = JSON.stringify([id, name])
    const entry = entries.get(key) ?? { id, name, whys: new Set() }
    entries.set(key, entry)
    entry.whys.add(why)
  }
  return [...entries.values()].map(({ id, name, whys }) => ({ id, name, why: [...whys].join(' ') }))
}

/** The stages that moves can lead to from the start, itself and the prerequisites on the way included. */
function reach(start: number, rules: readonly ScenarioRule[], after: readonly (readonly number[])[]): Set<number> {
  const found = new Set([start])
  for (const at of found) {
    for (const rule of rules) if (rule.stage === at && rule.to !== null) found.add(rule.to)
    for (const before of after[at] ?? []) found.add(before)
  }
  return found
}
