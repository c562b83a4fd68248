import type { StageCost } from '../contract/contract.ts'
import type { Growth } from '../model/growth.ts'
import type { Plan } from '../model/plan.ts'
import type { Assumptions } from '../model/scenario.ts'
import type { Stage } from '../model/stage.ts'
import { type PriceOf, stageCosts } from '../planning/cost.ts'
import { costModel } from '../planning/cost-model.ts'
import { migrationMinor } from '../planning/migration.ts'
import { simulate } from '../planning/simulate.ts'

/** A month of the middle path: the stage that is held, the drivers' values, and what every row costs then. */
export interface MiddleMonth {
  index: number
  stage: Stage
  /** True in the month in which the stage is entered, with what is paid once for that. */
  entered: boolean
  migrationMinor: number
  /** Driver values by id. */
  drivers: Record<string, number>
  cost: StageCost
  /** What the simulation itself says this month costs, minor units: the rows' middles, within a minor unit a row. */
  simulatedMinor: number
}

const certain = <G extends Growth>(growth: G): G => ({ ...growth, deviation: 0 })

/**
 * The path of a scenario on which nothing is left to chance: every driver grows by the middle of its growth, and an event
 * happens where it is as likely as not. It is the path that a P50 speaks of as long as paths differ by growth alone, and,
 * unlike a P50 of each month, it is one course of things, whose rows can be added up.
 * @throws what `simulate` throws
 */
export function middlePath(plan: Plan, assumptions: Assumptions, priceOf: PriceOf): MiddleMonth[] {
  const calm: Plan = {
    ...plan,
    growth: certain(plan.growth),
    drivers: plan.drivers.map((one) => (one.growth ? { ...one, growth: certain(one.growth) } : one)),
  }
  const events = (assumptions.events ?? plan.events).flatMap((one) =>
    one.probability >= 0.5 ? [{ ...one, probability: 1 }] : [],
  )
  const sure: Assumptions = {
    ...assumptions,
    growth: certain(assumptions.growth),
    events,
    paths: 100,
    ...(assumptions.drivers
      ? {
          drivers: Object.fromEntries(
            Object.entries(assumptions.drivers).map(([id, one]) => [
              id,
              one.growth ? { ...one, growth: certain(one.growth) } : one,
            ]),
          ),
        }
      : {}),
  }
  const { levers, tax, rates } = assumptions
  const pricing = { levers, tax, rates }
  const start = plan.stages.findIndex((one) => one.id === (assumptions.stage ?? plan.stage))
  const months: MiddleMonth[] = []
  let before = start
  simulate(calm, costModel(calm, priceOf, pricing), sure, {
    onMonth(index, path) {
      const kind = path.kind[0] as number
      const at = kind === plan.stages.length ? start : kind
      const stage = plan.stages[at] as Stage
      const entered = at !== before
      before = at
      const state = path.stateOf(0)
      const drivers = Object.fromEntries(plan.drivers.map((driver, column) => [driver.id, state[column] as number]))
      // Old prices are kept as long as the plan's present stage was never left.
      const kept = kind === start && stage.id === plan.stage
      const priced: Plan = { ...plan, stage: kept ? plan.stage : '', stages: withBases(stage, plan) }
      months.push({
        index,
        stage,
        entered,
        migrationMinor: entered ? (migrationMinor(plan, stage, rates) ?? 0) : 0,
        drivers,
        cost: stageCosts(priced, priceOf, pricing, drivers).find((one) => one.stage === stage.id) as StageCost,
        simulatedMinor: path.cost[0] as number,
      })
    },
  })
  return months
}

/** The stage, and those that its cost is stated relative to. */
function withBases(stage: Stage, plan: Plan): Stage[] {
  const list = [stage]
  for (let over = stage.relativeCost?.over; over !== undefined; ) {
    const base = plan.stages.find((one) => one.id === over)
    if (!base || list.includes(base)) break
    list.push(base)
    over = base.relativeCost?.over
  }
  return list
}
