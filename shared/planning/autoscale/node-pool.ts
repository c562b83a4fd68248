import { add, type Replicas, ready, remove, total } from './replicas.ts'

/**
 * A node pool that follows the pods, as the Kubernetes cluster autoscaler documents it: pods that find no room bring as
 * many nodes as they need, each after its start-up time; a node whose requested share stays under 50% for 10 minutes, and
 * whose pods fit on the others, goes, but not within 10 minutes of an addition. Pods are taken to be spread evenly, so
 * nodes are alike and go one at a time. Times are milliseconds.
 */
export interface NodePool {
  nodes: Replicas
  /** Adds and removes nodes for `wanted` nodes' worth of work that fills `used` of what all nodes offer (0..1). */
  scale(now: number, wanted: number, used: number, min: number): { added: number; removed: number }
}

export const UNNEEDED_BELOW = 0.5
export const UNNEEDED_MS = 600_000
const AFTER_ADDITION_MS = 600_000

export function nodePool(
  nodes: Replicas,
  options: { max: number; startupMs: number; unneededMs: number; afterAdditionMs?: number },
): NodePool {
  const { max, startupMs, unneededMs, afterAdditionMs = AFTER_ADDITION_MS } = options
  let unneededSince: number | null = null
  let addedAt = Number.NEGATIVE_INFINITY
  return {
    nodes,
    scale(now, wanted, used, min) {
      const have = total(nodes)
      const goal = Math.min(max, Math.max(wanted, min))
      if (goal > have) {
        add(nodes, goal - have, now + startupMs)
        addedAt = now
        unneededSince = null
        return { added: goal - have, removed: 0 }
      }
      const spare = have > goal && used < UNNEEDED_BELOW && ready(nodes, now) === have
      if (!spare) {
        unneededSince = null
        return { added: 0, removed: 0 }
      }
      unneededSince ??= now
      if (now - unneededSince < unneededMs || now - addedAt < afterAdditionMs) return { added: 0, removed: 0 }
      remove(nodes, 1)
      return { added: 0, removed: 1 }
    },
  }
}
