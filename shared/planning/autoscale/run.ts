import { parseDuration } from '../../format/duration.ts'
import type { Autoscaler } from '../../model/autoscaler.ts'
import { add, PENDING, pending, place, ready, remove, total } from './replicas.ts'
import { type Carried, type Demanded, nodeScaler, podScaler, type Scaler } from './scaler.ts'

export interface RunInput {
  autoscalers: readonly Autoscaler[]
  /** The demand of a resource at a time, in its unit. */
  load(resource: string, at: number): number
  /** The most that is foreseen of it from a time on, for so long. */
  foreseen(resource: string, from: number, forMs: number): number
  /** Whether a resource is a rate, which a queue-length scaler sees as a queue that fills and is emptied. */
  isRate(resource: string): boolean
  /** Milliseconds after a Monday 00:00 UTC; the run ends before `to`. */
  from: number
  to: number
  stepMs: number
  /** How many there are of each at the beginning, all ready. */
  initial(spec: Autoscaler): number
}

/** One autoscaler in one step, after its decisions. Arrays are by metric and used again in the next step. */
export interface Observed {
  replicas: number
  ready: number
  pending: number
  loads: Float64Array
  backlog: Float64Array
}

/**
 * Lets all autoscalers of a stage run side by side. Every step: KEDA polls and controllers decide where it is time; the node
 * pool that carries pods grows and shrinks; pods that wait are given room on ready nodes; queues fill and are emptied.
 * A pod serves one start-up time after it has a node. Demand is shared by the pods that serve; a pod may use more than it
 * requests, so the metric shows all of the demand. `observe` is called with the state that holds during the step.
 */
export function run(input: RunInput, observe: (at: number, scaler: number, seen: Observed) => void): void {
  const { autoscalers, stepMs } = input
  const queued = autoscalers.map((spec) =>
    spec.metrics.map(({ resource }) => spec.kind === 'keda' && input.isRate(resource)),
  )
  const carrier = autoscalers.findIndex(carriesPods(autoscalers))
  const startup = autoscalers.map((spec) => parseDuration(spec.startup))
  const ahead = autoscalers.map((spec) => (spec.ahead === undefined ? 0 : parseDuration(spec.ahead)))
  const workloads: number[] = []
  const scalers: Scaler[] = []
  const podsOf = (): Scaler[] => workloads.map((index) => scalers[index] as Scaler)
  let clockNow = input.from
  const carried: Carried = {
    perNode: autoscalers[carrier]?.podsPerNode ?? 1,
    pods: () => podsOf().reduce((sum, scaler) => sum + total(scaler.replicas), 0),
    move(count) {
      // Pods of a removed node wait for another one; each workload loses its share of them.
      const all = Math.max(1, carried.pods())
      for (const { replicas } of podsOf()) {
        const moved = Math.min(ready(replicas, clockNow), Math.round((count * total(replicas)) / all))
        remove(replicas, moved)
        add(replicas, moved, PENDING)
      }
    },
  }
  autoscalers.forEach((spec, index) => {
    const options = { queued: queued[index] as boolean[], initial: input.initial(spec) }
    if (spec.kind === 'nodes') scalers.push(nodeScaler(spec, options, index === carrier ? carried : null))
    else {
      workloads.push(index)
      scalers.push(podScaler(spec, options))
    }
  })
  const pool = scalers[carrier]
  // Workloads decide before the pool that has to make room for them.
  const order = [...workloads, ...autoscalers.flatMap((spec, index) => (spec.kind === 'nodes' ? [index] : []))]
  const seen = autoscalers.map(
    (spec): Observed => ({
      replicas: 0,
      ready: 0,
      pending: 0,
      loads: new Float64Array(spec.metrics.length),
      backlog: new Float64Array(spec.metrics.length),
    }),
  )

  const demanded = autoscalers.map((spec) => spec.metrics.map((): Demanded => ({ now: 0, ahead: 0 })))
  for (let now = input.from; now < input.to; now += stepMs) {
    clockNow = now
    for (const index of order) {
      const scaler = scalers[index] as Scaler
      const loads = demanded[index] as Demanded[]
      const { loads: shown } = seen[index] as Observed
      const lead = ahead[index] as number
      scaler.spec.metrics.forEach(({ resource }, metric) => {
        const load = loads[metric] as Demanded
        load.now = input.load(resource, now)
        load.ahead = lead > 0 ? input.foreseen(resource, now, lead) : load.now
        shown[metric] = load.now
      })
      const waits = pool !== undefined && index !== carrier && scaler.spec.kind !== 'nodes'
      scaler.act(now, loads, waits ? PENDING : now + (startup[index] as number))
    }
    if (pool) giveRoom(pool, podsOf(), carried.perNode, now, workloads, startup)
    for (const index of order) {
      const scaler = scalers[index] as Scaler
      const state = seen[index] as Observed
      state.replicas = total(scaler.replicas)
      state.ready = ready(scaler.replicas, now)
      state.pending = pending(scaler.replicas)
      state.backlog.set(scaler.backlog)
      observe(now, index, state)
      ;(queued[index] as boolean[]).forEach((isQueue, metric) => {
        if (!isQueue) return
        const served = state.ready * (scaler.spec.metrics[metric]?.perReplica ?? 0)
        const change = (((state.loads[metric] ?? 0) - served) * stepMs) / 1000
        scaler.backlog[metric] = Math.max(0, (scaler.backlog[metric] ?? 0) + change)
      })
    }
  }
}

/** The pool that carries the pods of the others: the first one that says how many go on a node. */
export function carriesPods(autoscalers: readonly Autoscaler[]): (spec: Autoscaler) => boolean {
  const workloads = autoscalers.some((spec) => spec.kind !== 'nodes')
  return (spec) => workloads && spec.kind === 'nodes' && spec.podsPerNode !== undefined
}

function giveRoom(
  pool: Scaler,
  workloads: readonly Scaler[],
  perNode: number,
  now: number,
  indexes: readonly number[],
  startup: readonly number[],
): void {
  const waiting = workloads.reduce((sum, { replicas }) => sum + pending(replicas), 0)
  if (waiting === 0) return
  const placed = workloads.reduce((sum, { replicas }) => sum + total(replicas), 0) - waiting
  let room = Math.max(0, Math.floor(ready(pool.replicas, now) * perNode + 1e-9) - placed)
  workloads.forEach(({ replicas }, at) => {
    const count = Math.min(room, pending(replicas))
    place(replicas, count, now + (startup[indexes[at] as number] as number))
    room -= count
  })
}
