import type { Price } from '../model/catalogue.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import type { Tariff } from './cost-tariff.ts'
import { largestSupply } from './supply.ts'

/** A size of the catalogue with what it costs, and what it offers as a share of the size that the row has. */
export interface Size {
  price: Price
  tariff: Tariff
  cores: number
  memory: number
}

/** Where in a state the use of a stage's cores and memory is read: the demand, and the supply it is over. */
export interface Utilisation {
  cores: Reading | null
  memory: Reading | null
}
interface Reading {
  at: number
  supply: number
}

/**
 * The use of a stage that sizes are chosen by: its demand in cores, and its demand in bytes whose resource or name tells
 * of memory or RAM, each over the stage's supply. Null where the plan does not state both.
 */
export function utilisationOf(
  plan: Pick<Plan, 'drivers' | 'demand'>,
  stage: Pick<Stage, 'supply' | 'autoscalers'>,
): Utilisation {
  const reading = (fits: (demand: Plan['demand'][number]) => boolean): Reading | null => {
    const index = plan.demand.findIndex((demand) => fits(demand) && (largestSupply(stage, demand.resource) ?? 0) > 0)
    const resource = plan.demand[index]?.resource
    if (resource === undefined) return null
    return { at: plan.drivers.length + index, supply: largestSupply(stage, resource) as number }
  }
  return {
    cores: reading((demand) => demand.unit === 'cores'),
    memory: reading(
      (demand) => demand.unit === 'bytes' && /\b(memory|ram)\b/i.test(`${demand.resource} ${demand.name}`),
    ),
  }
}

/**
 * Which size carries the demand in a state at the target utilisation: the index of the first (cheapest) that fits, or -1
 * when only the row's own does. A dimension that the plan says nothing about is never made smaller.
 */
export function sizeIn(sizes: readonly Size[], use: Utilisation, target: number, state: Float64Array): number {
  const cores = use.cores ? (state[use.cores.at] as number) / use.cores.supply / target : 1
  const memory = use.memory ? (state[use.memory.at] as number) / use.memory.supply / target : 1
  for (let i = 0; i < sizes.length; i += 1) {
    const size = sizes[i] as Size
    if (size.cores >= cores && size.memory >= memory) return i
  }
  return -1
}
