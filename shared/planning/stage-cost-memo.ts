import type { StageCost } from '../contract/contract.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import { type PriceOf, stageCosts } from './cost.ts'

/** What a stage's cost depends on besides the stage. */
const DEPENDS_ON = ['currency', 'rates', 'vat', 'drivers', 'demand', 'needs', 'stage'] as const

/**
 * The costs of all stages, counted again only for stages that are not the same objects as before. An edit keeps what it
 * does not touch, so its cost is that of one stage. A stage whose cost is stated over another one counts as changed with it.
 */
export function costMemo(priceOf: PriceOf): (plan: Plan) => StageCost[] {
  let last: Plan | null = null
  let known = new Map<Stage, StageCost>()
  return (plan) => {
    const before = last
    if (before === null || DEPENDS_ON.some((key) => before[key] !== plan[key])) known = new Map()
    const fresh = new Set<Stage>()
    const byId = new Map(plan.stages.map((stage) => [stage.id, stage]))
    for (const stage of plan.stages) {
      for (const one of chainOf(stage, byId)) if (!known.has(one)) fresh.add(stage)
    }
    const counted = new Map<string, StageCost>()
    if (fresh.size === plan.stages.length) {
      for (const cost of stageCosts(plan, priceOf)) counted.set(cost.stage, cost)
    } else {
      for (const stage of fresh) {
        const cost = stageCosts({ ...plan, stages: chainOf(stage, byId) }, priceOf)[0]
        if (cost) counted.set(stage.id, cost)
      }
    }
    const next = new Map<Stage, StageCost>()
    const costs = plan.stages.map((stage) => {
      const cost = (counted.get(stage.id) ?? known.get(stage)) as StageCost
      next.set(stage, cost)
      return cost
    })
    last = plan
    known = next
    return costs
  }
}

/** A stage and those its cost is stated over, each once. */
function chainOf(stage: Stage, byId: ReadonlyMap<string, Stage>): Stage[] {
  const chain = [stage]
  for (;;) {
    const over = chain.at(-1)?.relativeCost?.over
    const next = over === undefined ? undefined : byId.get(over)
    if (!next || chain.includes(next)) return chain
    chain.push(next)
  }
}
