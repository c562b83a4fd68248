import type { Plan } from '../model/plan.ts'
import type { CostModel } from './cost-model.ts'
import { demandWithLog } from './demand.ts'
import { ln } from './elementary.ts'
import { largestSupply } from './supply.ts'

/** The drivers on simulated paths, in one month: columns by driver, in the plan's order, with one entry a path. */
export interface DriverMonth {
  /** The month's level, which use and cost follow. */
  level: readonly Float64Array[]
  /** The highest hour of the month, which overload is judged on. */
  peak: readonly Float64Array[]
}

/** What can be full in a stage: a demand against its supply. */
export interface Capacity {
  id: string
  name: string
}

/** What holding a stage in a month means, over all paths, whatever was held before. Arrays are [stage][month]. */
export interface StageMonths {
  months: number
  paths: number
  /** Mean cost of the month, in whole minor units. */
  cost: Float64Array[]
  /** The same for the present stage as long as it was never left, with its old prices. */
  presentCost: Float64Array
  /** Mean of what is paid once where the stage is entered in the month, in whole minor units. */
  once: Float64Array[]
  /** On how many paths something passes its supply in the month's highest hour. */
  over: Int32Array[]
  capacities: Capacity[]
  /** overBy[stage][month * capacities + capacity]: on how many paths this one does. */
  overBy: Int32Array[]
}

/**
 * Expected cost and overload of every stage in every month, by the same rule as the Monte Carlo: a stage is overloaded where
 * some demand passes the largest supply that the stage reaches. What it does not supply holds nothing back, and neither does
 * a stated capacity, which is a reason to move and no measure of load. `driverMonth` gives the drivers of a month; its arrays may be reused by the caller for the next one.
 */
export function stageMonths(
  plan: Plan,
  costs: CostModel,
  months: number,
  present: number,
  driverMonth: (month: number) => DriverMonth,
): StageMonths {
  const driverCount = plan.drivers.length
  const capacities: Capacity[] = []
  const columns: number[] = []
  const limits: Float64Array[] = []
  for (const [index, { resource, name }] of plan.demand.entries()) {
    const limit = Float64Array.from(plan.stages, (stage) => largestSupply(stage, resource) ?? Number.POSITIVE_INFINITY)
    if (limit.every((one) => one === Number.POSITIVE_INFINITY)) continue
    capacities.push({ id: resource, name })
    columns.push(index)
    limits.push(limit)
  }

  const stageCount = plan.stages.length
  const each = <T>(make: () => T): T[] => Array.from({ length: stageCount }, make)
  const cost = each(() => new Float64Array(months))
  const once = each(() => new Float64Array(months))
  const presentCost = new Float64Array(months)
  const over = each(() => new Int32Array(months))
  const overBy = each(() => new Int32Array(months * capacities.length))
  const demandDriver = plan.demand.map((demand) =>
    Math.max(
      0,
      plan.drivers.findIndex((driver) => driver.id === demand.driver),
    ),
  )
  const varies = costs.stages.some(
    (stage) => stage.variable !== null || stage.grandfatheredVariable !== null || stage.onceAt !== null,
  )
  const state = new Float64Array(driverCount + plan.demand.length)
  let paths = 0
  let flags = new Uint8Array(0)

  const demandColumn = (index: number, drivers: readonly Float64Array[]): Float64Array => {
    const { base, rate, alpha = 1 } = plan.demand[index] as Plan['demand'][number]
    const values = drivers[demandDriver[index] as number] as Float64Array
    return alpha === 1
      ? values.map((x) => base + rate * x)
      : values.map((x) => demandWithLog(base, rate, alpha, x, ln(x)))
  }

  for (let month = 0; month < months; month += 1) {
    const { level, peak } = driverMonth(month)
    paths = level[0]?.length ?? 0
    if (flags.length !== paths) flags = new Uint8Array(paths)

    const peaks = plan.demand.map((_, index) => demandColumn(index, peak))
    for (let stage = 0; stage < stageCount; stage += 1) {
      flags.fill(0)
      const counts = overBy[stage] as Int32Array
      for (let which = 0; which < capacities.length; which += 1) {
        const limit = limits[which]?.[stage] as number
        if (limit === Number.POSITIVE_INFINITY) continue
        counts[month * capacities.length + which] = mark(flags, peaks[columns[which] as number] as Float64Array, limit)
      }
      let overloaded = 0
      for (let path = 0; path < paths; path += 1) overloaded += flags[path] as number
      ;(over[stage] as Int32Array)[month] = overloaded
    }

    const sums = new Float64Array(stageCount)
    const entries = new Float64Array(stageCount)
    let old = 0
    if (varies) {
      const levels = [...level, ...plan.demand.map((_, index) => demandColumn(index, level))]
      for (let path = 0; path < paths; path += 1) {
        for (let column = 0; column < state.length; column += 1)
          state[column] = (levels[column] as Float64Array)[path] as number
        for (let stage = 0; stage < stageCount; stage += 1) {
          const { variable = null, onceAt = null } = costs.stages[stage] ?? {}
          if (variable) sums[stage] = (sums[stage] as number) + variable(state)
          if (onceAt) entries[stage] = (entries[stage] as number) + onceAt(state)
        }
        old += costs.stages[present]?.grandfatheredVariable?.(state) ?? 0
      }
    }
    for (const [stage, model] of costs.stages.entries()) {
      ;(cost[stage] as Float64Array)[month] = Math.round(model.constantMinor + (sums[stage] as number) / paths)
      ;(once[stage] as Float64Array)[month] = model.onceAt
        ? Math.round((entries[stage] as number) / paths)
        : model.onceMinor
    }
    const own = costs.stages[present]
    presentCost[month] = Math.round(
      (own?.constantMinor ?? 0) - (own?.grandfatheredMinor ?? 0) + ((sums[present] as number) - old) / paths,
    )
  }
  return { months, paths, cost, once, presentCost, over, capacities, overBy }
}

/** Sets the flag of every path whose value is above the limit; returns how many these are. */
function mark(flags: Uint8Array, values: Float64Array, limit: number): number {
  let count = 0
  for (let path = 0; path < values.length; path += 1) {
    if ((values[path] as number) > limit) {
      flags[path] = 1
      count += 1
    }
  }
  return count
}
