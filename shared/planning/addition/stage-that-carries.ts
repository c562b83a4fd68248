import type { StageCost } from '../../contract/contract.ts'
import { formatQuantity } from '../../format/quantity.ts'
import type { AdditionCheck } from '../../model/addition.ts'
import type { Plan } from '../../model/plan.ts'
import type { Stage } from '../../model/stage.ts'
import { pricedCost } from '../rules.ts'
import { largestSupply } from '../supply.ts'
import type { Projection } from './projection.ts'

/**
 * The first stage from the present one on that carries what is to come, and what stops those before it: the stated capacity
 * of each driver, and each demand within the stage's supply, up to its critical limit where it has one on that metric.
 */
export function stageThatCarries(
  plan: Plan,
  index: number,
  projection: Projection,
  isPresentFit: boolean,
): { stage: Stage | null; tooSmall: AdditionCheck['tooSmall'] } {
  const tooSmall: AdditionCheck['tooSmall'] = []
  for (const [at, stage] of plan.stages.entries()) {
    if (at < index) continue
    const why =
      at === index ? (isPresentFit ? null : stopsAt(plan, stage, projection)) : stopsAt(plan, stage, projection)
    if (at === index ? isPresentFit : why === null) return { stage, tooSmall }
    tooSmall.push({ id: stage.id, name: stage.name, why: why ?? 'A rule of this stage asks for a move.' })
  }
  return { stage: null, tooSmall }
}

function stopsAt(plan: Plan, stage: Stage, projection: Projection): string | null {
  const at = projection.drivers(1)
  for (const { driver: id, max } of stage.capacity) {
    const driver = plan.drivers.find((one) => one.id === id)
    const value = at[id]
    if (!driver || max === null || value === undefined || value <= max) continue
    return `It is stated to carry up to ${formatQuantity(max, 'count')} ${driver.unit}; ${formatQuantity(value, 'count')} are asked for.`
  }
  for (const resource of new Set(plan.demand.map((one) => one.resource))) {
    const demand = plan.demand.find((one) => one.resource === resource)
    const supply = largestSupply(stage, resource)
    const asked = projection.demand(resource, 1)
    if (!demand || !asked || supply === null) continue
    const limit = stage.limits.find((one) => one.metric === demand.metric && one.metric.endsWith('_ratio'))
    const share = Math.min(1, limit?.critical ?? 1)
    if (asked.value <= supply * share) continue
    const of = share < 1 ? `, ${formatQuantity(share, 'ratio')} of ${formatQuantity(supply, demand.unit)}` : ''
    return `${demand.name}: ${formatQuantity(asked.value, demand.unit)} are asked for; it carries ${formatQuantity(supply * share, demand.unit)}${of}.`
  }
  return null
}

/** A stage's monthly cost as a range; null where the plan prices nothing of it. */
export function costOf(costs: readonly StageCost[], stage: string): AdditionCheck['present']['now'] {
  const cost = pricedCost(costs, stage)
  return cost && { minor: cost.perMonthMinor, maxMinor: cost.maxPerMonthMinor, currency: cost.currency }
}
