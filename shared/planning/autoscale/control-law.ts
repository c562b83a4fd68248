import { parseDuration } from '../../format/duration.ts'
import type { Autoscaler } from '../../model/autoscaler.ts'

/**
 * The control law of the HorizontalPodAutoscaler as Kubernetes documents it (autoscaling/v2: "Horizontal Pod Autoscaling",
 * algorithm details and configurable scaling behaviour). Times are milliseconds.
 */
export interface Behaviour {
  stabilisationMs: number
  policies: readonly { type: 'pods' | 'percent'; value: number; periodMs: number }[]
  select: 'max' | 'min' | 'disabled'
}

/** What Kubernetes does where nothing is stated: up at once, by 100% or 4 pods in 15 s; down after 300 s, by 100% in 15 s. */
export const DEFAULT_UP: Behaviour = {
  stabilisationMs: 0,
  policies: [
    { type: 'percent', value: 100, periodMs: 15_000 },
    { type: 'pods', value: 4, periodMs: 15_000 },
  ],
  select: 'max',
}
export const DEFAULT_DOWN: Behaviour = {
  stabilisationMs: 300_000,
  policies: [{ type: 'percent', value: 100, periodMs: 15_000 }],
  select: 'max',
}

/** A stated behaviour without policies keeps the default ones, as the API fills them in. */
export function behaviourOf(stated: Autoscaler['scaleUp'], otherwise: Behaviour): Behaviour {
  if (!stated) return otherwise
  return {
    stabilisationMs: parseDuration(stated.stabilisation),
    policies:
      stated.policies.length > 0
        ? stated.policies.map(({ type, value, period }) => ({ type, value, periodMs: parseDuration(period) }))
        : otherwise.policies,
    select: stated.select,
  }
}

/** Far above the rounding of a division and far below what one pod changes. */
const ROUNDING = 1e-9
/** The next whole number up; a quotient that is whole but for rounding stays what it is. */
export const wholeUp = (value: number): number => Math.ceil(value - ROUNDING * Math.max(1, Math.abs(value)))
const within = (ratio: number, tolerance: number): boolean => Math.abs(ratio - 1) <= tolerance + ROUNDING

/** The pods of a workload as the controller sees them: reporting a usage, serving but not reporting yet, not serving yet. */
export interface PodCounts {
  reporting: number
  missing: number
  unready: number
}

/**
 * The replicas that a metric reported by each pod asks for: ceil(reporting * usage / target), unless the ratio is within
 * the tolerance of 1. When it asks for more, pods not serving yet count as using nothing, and so do those that have not
 * reported; when it asks for fewer, those count as using the whole target. Where that turns the direction or brings the
 * ratio within the tolerance, nothing changes. `usage` is the sum over the reporting pods, `target` what one is to use.
 */
export function desiredByUsage(usage: number, target: number, pods: PodCounts, tolerance: number): number {
  const current = pods.reporting + pods.missing + pods.unready
  if (pods.reporting === 0) return current
  const ratio = usage / (pods.reporting * target)
  const unready = ratio > 1 ? pods.unready : 0
  if (unready === 0 && pods.missing === 0) return within(ratio, tolerance) ? current : wholeUp(ratio * pods.reporting)
  const counted = pods.reporting + pods.missing + unready
  const assumed = usage + (ratio < 1 ? pods.missing * target : 0)
  const careful = assumed / (counted * target)
  if (within(careful, tolerance) || ratio < 1 !== careful < 1) return current
  const desired = wholeUp(careful * counted)
  return careful < 1 ? Math.min(desired, current) : Math.max(desired, current)
}

/** The replicas that a total asks for which is shared out evenly (an external metric's AverageValue, such as a queue). */
export function desiredByAverage(sum: number, target: number, current: number, tolerance: number): number {
  if (current > 0 && within(sum / (current * target), tolerance)) return current
  return wholeUp(sum / target)
}

export interface Bounds {
  min: number
  max: number
}

/** One autoscaler's memory: what it recommended and what it changed. */
export interface Controller {
  /** The replicas to have from now on, when the metrics ask for `desired`. To be called once a sync period. */
  decide(now: number, current: number, desired: number, bounds: Bounds): number
}

export function controller(up: Behaviour, down: Behaviour): Controller {
  const recommended: { at: number; count: number }[] = []
  const changes: { at: number; by: number }[] = []
  const memory = Math.max(up.stabilisationMs, down.stabilisationMs)
  const longest = Math.max(0, ...[...up.policies, ...down.policies].map((policy) => policy.periodMs))

  /** Up no further than the least, down no further than the most that was recommended within the window. */
  function stabilised(now: number, current: number, desired: number): number {
    if (recommended.length === 0) recommended.push({ at: now, count: current })
    let most = desired
    let least = desired
    for (const { at, count } of recommended) {
      if (at > now - up.stabilisationMs) least = Math.min(least, count)
      if (at > now - down.stabilisationMs) most = Math.max(most, count)
    }
    forget(recommended, now - memory)
    recommended.push({ at: now, count: desired })
    return Math.min(Math.max(current, least), most)
  }

  /** How far the policies let it go from what there was when their period began. */
  function limit(now: number, current: number, { policies, select }: Behaviour, direction: 1 | -1): number {
    if (select === 'disabled') return current
    const reach = policies.map(({ type, value, periodMs }) => {
      let start = current
      for (const { at, by } of changes) if (at > now - periodMs) start -= by
      if (type === 'pods') return start + direction * value
      const share = start * (1 + (direction * value) / 100)
      return direction > 0 ? wholeUp(share) : Math.floor(share + ROUNDING)
    })
    // The policy that changes most is the highest of the limits upwards and the lowest downwards.
    const furthest = (select === 'max') === direction > 0
    const chosen = furthest ? Math.max(...reach) : Math.min(...reach)
    return direction > 0 ? Math.max(chosen, current) : Math.min(chosen, current)
  }

  return {
    decide(now, current, desired, { min, max }) {
      let next: number
      if (current > max) next = max
      else if (current < min) next = min
      else {
        const wanted = stabilised(now, current, desired)
        if (wanted > current) next = Math.min(wanted, max, limit(now, current, up, 1))
        else if (wanted < current) next = Math.max(wanted, min, limit(now, current, down, -1))
        else next = current
      }
      forget(changes, now - longest)
      if (next !== current) changes.push({ at: now, by: next - current })
      return next
    },
  }
}

/** Drops what happened at or before a time; lists are in order of time. */
function forget(list: { at: number }[], until: number): void {
  while (list[0] && list[0].at <= until) list.shift()
}
