import type { Stage } from '../model/stage.ts'

/**
 * How much of a resource a stage offers at most: what it states, or what its autoscalers reach at their maximum where that
 * is more. Several autoscalers of one resource add up, but for node pools, which carry what the others ask for. Null where
 * neither is stated.
 */
export function largestSupply(stage: Pick<Stage, 'supply' | 'autoscalers'>, resource: string): number | null {
  const stated = stage.supply[resource]
  const reach = (pool: boolean): number =>
    stage.autoscalers
      .filter((one) => (one.kind === 'nodes') === pool)
      .reduce((sum, { max, metrics }) => {
        const metric = metrics.find((one) => one.resource === resource)
        return sum + (metric ? max * metric.perReplica : 0)
      }, 0)
  const most = Math.max(stated ?? 0, reach(false), reach(true))
  return most > 0 ? most : stated === undefined ? null : 0
}
