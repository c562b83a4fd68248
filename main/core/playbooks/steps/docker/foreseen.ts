import type { PlanContext } from '../step.ts'
import type { Engine } from './engine.ts'

/** Engines that earlier steps of a review will make managers of a swarm. What names the servers is made once a review. */
const reviews = new WeakMap<object, Map<string, { hostId: string }>>()

const keyOf = ({ hostId, dockerHost }: Engine): string => `${hostId} ${dockerHost}`

export function foreseeManager(context: PlanContext, engine: Engine): void {
  const known = reviews.get(context.hostName) ?? new Map<string, { hostId: string }>()
  known.set(keyOf(engine), { hostId: engine.hostId })
  reviews.set(context.hostName, known)
}

export const managerForeseen = (context: PlanContext, engine: Engine): boolean =>
  reviews.get(context.hostName)?.has(keyOf(engine)) ?? false
