import { parseDuration } from '../../format/duration.ts'
import type { Autoscaler } from '../../model/autoscaler.ts'
import {
  behaviourOf,
  controller,
  DEFAULT_DOWN,
  DEFAULT_UP,
  desiredByAverage,
  desiredByUsage,
  wholeUp,
} from './control-law.ts'
import { activation } from './keda.ts'
import { nodePool, UNNEEDED_MS } from './node-pool.ts'
import { add, type Replicas, ready, remove, replicas, settle, total, unreported } from './replicas.ts'
import { minimumAt, type ScheduledMinimum, scheduleOf } from './schedule.ts'

/** A metric of an autoscaler: how much is asked now, and how much is foreseen within the time it scales ahead. */
export interface Demanded {
  now: number
  ahead: number
}

/** One autoscaler at work. Its loads are in the order of its metrics. Times are milliseconds. */
export interface Scaler {
  spec: Autoscaler
  /** Pods, or nodes of a pool. */
  replicas: Replicas
  /** The entries that wait, of each metric that is a rate; 0 for the others. */
  backlog: Float64Array
  /** Takes the decisions that are due. `startsAt` says when what is added now serves. */
  act(now: number, loads: readonly Demanded[], startsAt: number): void
}

export interface ScalerOptions {
  /** Metrics whose demand is a rate: it arrives in a queue, which a replica empties by `perReplica` a second. */
  queued: readonly boolean[]
  initial: number
}

/** What one metric asks for at its target, as a number of replicas. A queue that is kept up with needs no more than its rate. */
export function neededFor(spec: Autoscaler, metric: number, load: number, queued: boolean): number {
  const { perReplica, target } = spec.metrics[metric] as Autoscaler['metrics'][number]
  if (spec.kind === 'keda') return wholeUp(load / (queued ? perReplica : target))
  return wholeUp(load / (perReplica * target))
}

/** The replicas that the greediest of all metrics asks for. */
export function neededBy(spec: Autoscaler, loads: readonly number[], queued: readonly boolean[]): number {
  return loads.reduce((most, load, metric) => Math.max(most, neededFor(spec, metric, load, queued[metric] === true)), 0)
}

/** The least that is allowed at a time: the stated minimum, a scheduled one, or what is foreseen; never above the maximum. */
function leastAt(
  spec: Autoscaler,
  schedule: readonly ScheduledMinimum[],
  now: number,
  loads: readonly Demanded[],
  queued: readonly boolean[],
): number {
  const foreseen =
    spec.ahead === undefined
      ? 0
      : neededBy(
          spec,
          loads.map((load) => load.ahead),
          queued,
        )
  return Math.min(spec.max, Math.max(spec.min, minimumAt(schedule, now), foreseen))
}

/** True once every `every` milliseconds, from the first call on. */
function clock(every: number): (now: number) => boolean {
  let next: number | null = null
  return (now) => {
    next ??= now
    if (now < next) return false
    while (next <= now) next += every
    return true
  }
}

function resize(all: Replicas, to: number, startsAt: number): void {
  const have = total(all)
  if (to > have) add(all, to - have, startsAt)
  else remove(all, have - to)
}

/** An HPA, or KEDA on top of one. */
export function podScaler(spec: Autoscaler, { queued, initial }: ScalerOptions): Scaler {
  const all = replicas(initial)
  const backlog = new Float64Array(spec.metrics.length)
  const due = clock(parseDuration(spec.sync))
  const schedule = scheduleOf(spec)
  const law = controller(behaviourOf(spec.scaleUp, DEFAULT_UP), behaviourOf(spec.scaleDown, DEFAULT_DOWN))
  const poller =
    spec.kind === 'keda'
      ? activation({
          min: spec.min,
          activation: spec.activation ?? 0,
          pollingMs: parseDuration(spec.polling ?? '30s'),
          cooldownMs: parseDuration(spec.cooldown ?? '5m'),
        })
      : null
  const entries = (loads: readonly Demanded[], metric: number): number =>
    queued[metric] ? (backlog[metric] as number) : (loads[metric]?.now ?? 0)

  return {
    spec,
    replicas: all,
    backlog,
    act(now, loads, startsAt) {
      settle(all, now)
      const current = total(all)
      const min = leastAt(spec, schedule, now, loads, queued)
      if (poller) {
        const waiting = spec.metrics.reduce((most, _, metric) => Math.max(most, entries(loads, metric)), 0)
        const polled = poller.poll(now, current, waiting)
        // A scheduled minimum holds it up, as a second trigger of the same ScaledObject would.
        if (polled !== current && (polled > current || min === 0)) return resize(all, polled, startsAt)
        if (current === 0 && min === 0) return
      }
      if (!due(now)) return
      const missing = unreported(all, now)
      const pods = { reporting: ready(all, now) - missing, missing, unready: current - ready(all, now) }
      const desired = spec.metrics.reduce((most, { perReplica, target }, metric) => {
        if (poller) return Math.max(most, desiredByAverage(entries(loads, metric), target, current, spec.tolerance))
        // What the pods that report use: their part of what all serving pods carry.
        const serving = pods.reporting + missing
        const usage = serving > 0 ? ((loads[metric]?.now ?? 0) * pods.reporting) / serving : 0
        return Math.max(most, desiredByUsage(usage, perReplica * target, pods, spec.tolerance))
      }, 0)
      const bounds = { min: poller ? Math.max(1, min) : min, max: spec.max }
      resize(all, law.decide(now, current, Math.max(desired, 0), bounds), startsAt)
    },
  }
}

/** What a node pool carries: so many pods, each a part of a node; `move` is told how many have to leave a removed node. */
export interface Carried {
  pods(): number
  perNode: number
  move(count: number): void
}

/** A node pool: with `carried`, for the pods of the others; without, for its own metrics. */
export function nodeScaler(spec: Autoscaler, { initial, queued }: ScalerOptions, carried: Carried | null): Scaler {
  const all = replicas(initial)
  const due = clock(parseDuration(spec.sync))
  const schedule = scheduleOf(spec)
  const startupMs = parseDuration(spec.startup)
  const pool = nodePool(all, {
    max: spec.max,
    startupMs,
    unneededMs: spec.scaleDown ? parseDuration(spec.scaleDown.stabilisation) : UNNEEDED_MS,
  })
  return {
    spec,
    replicas: all,
    backlog: new Float64Array(spec.metrics.length),
    act(now, loads) {
      settle(all, now)
      if (!due(now)) return
      const nodes = total(all)
      const min = carried
        ? Math.min(spec.max, Math.max(spec.min, minimumAt(schedule, now)))
        : leastAt(spec, schedule, now, loads, queued)
      if (carried) {
        const pods = carried.pods()
        const used = nodes > 0 ? pods / (nodes * carried.perNode) : 0
        const { removed } = pool.scale(now, wholeUp(pods / carried.perNode), used, min)
        if (removed > 0) carried.move(Math.min(pods, Math.floor(pods / nodes)))
        return
      }
      const asked = loads.map((load) => load.now)
      const used = spec.metrics.reduce(
        (most, { perReplica }, metric) => Math.max(most, (asked[metric] ?? 0) / (Math.max(1, nodes) * perReplica)),
        0,
      )
      pool.scale(now, neededBy(spec, asked, queued), used, min)
    },
  }
}
