import { type Autoscaler, AutoscalerSchema } from '../../model/autoscaler.ts'
import type { Demand, Plan } from '../../model/plan.ts'

export type PresetName = 'hpa' | 'keda' | 'nodes'

/** A pod that requests half a core and 512 MiB, as the VPS-to-Kubernetes document's API does. */
const POD_CORES = 0.5
const POD_BYTES = 512 * 2 ** 20
/** Entries that one worker empties in the time between two looks at the queue, where the plan says nothing. */
const WORKER_ENTRIES = 200
/** A node of 4 cores and 8 GiB, which carries eight such pods by its cores. */
const NODE_CORES = 4
const PODS_PER_NODE = 8

const byUnit = (plan: Plan, unit: Demand['unit'], words: RegExp): Demand | undefined =>
  plan.demand.find((one) => one.unit === unit && words.test(one.resource)) ??
  plan.demand.find((one) => one.unit === unit && words.test(one.name.toLowerCase()))

/**
 * An autoscaler with the documented defaults, on the plan's own demands; null where the plan has none that fits.
 * hpa: 70% of the CPU and 80% of the memory that is requested, 3 to 20 pods. keda: 100 entries a worker, 2 to 50 workers.
 * nodes: a pool that follows the pods, 3 to 10 nodes that are ready after 2 minutes.
 */
export function presetOf(name: PresetName, plan: Plan, lineItem?: string): Autoscaler | null {
  if (name === 'hpa') {
    const cpu = byUnit(plan, 'cores', /./)
    const memory = byUnit(plan, 'bytes', /mem|ram/)
    if (!cpu && !memory) return null
    return AutoscalerSchema.parse({
      id: 'api',
      name: 'API pods',
      kind: 'hpa',
      min: 3,
      max: 20,
      metrics: [
        ...(cpu ? [{ resource: cpu.resource, perReplica: POD_CORES, target: 0.7 }] : []),
        ...(memory ? [{ resource: memory.resource, perReplica: POD_BYTES, target: 0.8 }] : []),
      ],
    })
  }
  if (name === 'keda') {
    const queue = byUnit(plan, 'count', /queue|job|task|backlog/) ?? byUnit(plan, 'per_second', /job|task|queue/)
    if (!queue) return null
    return AutoscalerSchema.parse({
      id: 'workers',
      name: 'Workers',
      kind: 'keda',
      min: 2,
      max: 50,
      metrics: [{ resource: queue.resource, perReplica: queue.unit === 'count' ? WORKER_ENTRIES : 10, target: 100 }],
      polling: '30s',
      cooldown: '5m',
    })
  }
  const cpu = byUnit(plan, 'cores', /./) ?? plan.demand[0]
  if (!cpu) return null
  return AutoscalerSchema.parse({
    id: 'nodes',
    name: 'Node pool',
    kind: 'nodes',
    min: 3,
    max: 10,
    metrics: [{ resource: cpu.resource, perReplica: NODE_CORES, target: 0.8 }],
    startup: '2m',
    podsPerNode: PODS_PER_NODE,
    ...(lineItem === undefined ? {} : { lineItem }),
  })
}
