import { DAY_MS, HOUR_MS, parseDuration } from '../../format/duration.ts'
import type { AutoscaleInput, AutoscaleWeek, FixedSize, ScalerWeek } from '../../model/autoscale-week.ts'
import type { Autoscaler } from '../../model/autoscaler.ts'
import type { Plan } from '../../model/plan.ts'
import { HeadroomError } from '../../model/problem.ts'
import type { Stage } from '../../model/stage.ts'
import { HOURS_PER_MONTH } from '../cost.ts'
import { profileOfWeek } from '../seasonality.ts'
import { checkAutoscalers } from './check.ts'
import { wholeUp } from './control-law.ts'
import { curveAt, demandOf, roughness } from './load.ts'
import type { UnitPrice } from './price.ts'
import { carriesPods, run } from './run.ts'
import { neededBy } from './scaler.ts'
import { BUCKET_MS, judgeStep, type TalliedMetric, Tally } from './tally.ts'

const WEEK_MS = 7 * DAY_MS
const HOURS = 168
/** Before the week begins the same curve runs for a day, so that it does not start from a guess. */
const WARM_UP_MS = DAY_MS
const MINUTE_MS = 60_000

type Need = (metric: number) => number

/** What is kept of an autoscaler while the week runs. */
interface Kept {
  spec: Autoscaler
  metrics: (TalliedMetric & { resource: string })[]
  carrier: boolean
  tally: Tally
  /** By step: the loads by metric, and the replicas that the load needs at its target and at all. */
  loads: Float64Array[]
  atTarget: Float64Array
  atFull: Float64Array
}

/**
 * A week of the stage's autoscalers on the driver's hourly curve, in steps of the shortest sync period (15 s by default),
 * beside fixed sizes on the very same load. Money: a replica is paid from the moment it is asked for, by time, at its row's
 * monthly price over 730 hours; `prices` has the unit price of each named cost row.
 * @throws UNKNOWN_STAGE, NO_AUTOSCALER and what checkAutoscalers throws
 */
export function autoscaleWeek(
  plan: Plan,
  input: AutoscaleInput,
  prices: Readonly<Record<string, UnitPrice>>,
): AutoscaleWeek {
  const stage = stageOf(plan, input.stageId)
  const autoscalers = input.autoscalers ?? stage.autoscalers
  if (autoscalers.length === 0)
    throw new HeadroomError({
      code: 'NO_AUTOSCALER',
      fact: `${stage.name} has no autoscaler.`,
      fix: 'Try one with the documented defaults, or add one to the stage in Plan.',
      field: 'stageId',
      value: stage.id,
    })
  checkAutoscalers(plan, autoscalers)

  const driver = plan.drivers.find((one) => one.primary) ?? (plan.drivers[0] as Plan['drivers'][number])
  const at = input.at ?? driver.present
  const profile = profileOfWeek(input.seasonality ?? plan.seasonality)
  const stepMs = Math.min(60_000, Math.max(5000, Math.min(...autoscalers.map((one) => parseDuration(one.sync)))))
  const from = -Math.ceil(WARM_UP_MS / stepMs) * stepMs
  const rough = roughness(input, from, WEEK_MS)
  const driverAt = latestOf((time) => at * curveAt(profile, time) * rough(time))
  const demands = new Map(plan.demand.map((demand) => [demand.resource, { demand, of: demandOf(plan, demand) }]))
  const askedAt = (resource: string, primary: number): number => demands.get(resource)?.of(primary) ?? 0
  const isRate = (resource: string): boolean => demands.get(resource)?.demand.unit === 'per_second'
  const queuedOf = (spec: Autoscaler): boolean[] =>
    spec.metrics.map(({ resource }) => spec.kind === 'keda' && isRate(resource))
  const loadsAt = (spec: Autoscaler, time: number): number[] =>
    spec.metrics.map(({ resource }) => askedAt(resource, driverAt(time)))
  const needAt = (spec: Autoscaler, time: number): number => neededBy(spec, loadsAt(spec, time), queuedOf(spec))

  const carries = carriesPods(autoscalers)
  const carrier = autoscalers.findIndex(carries)
  const steps = Math.ceil(WEEK_MS / stepMs)
  const kept = autoscalers.map((spec, index): Kept => {
    const metrics = tallied(spec, index === carrier, queuedOf(spec))
    return {
      spec,
      metrics,
      carrier: index === carrier,
      tally: new Tally(index === carrier ? { tolerance: 0 } : spec, metrics, stepMs, WEEK_MS),
      loads: metrics.map(() => new Float64Array(steps)),
      atTarget: new Float64Array(steps),
      atFull: new Float64Array(steps),
    }
  })
  const clamp = (spec: Autoscaler, count: number): number => Math.min(spec.max, Math.max(spec.min, count))
  const workloads = autoscalers.filter((spec) => spec.kind !== 'nodes')
  const pods = { now: 0, target: 0, full: 0 }
  let peak = 0
  let low = Number.POSITIVE_INFINITY
  let sum = 0

  run(
    {
      autoscalers,
      load: (resource, time) => askedAt(resource, driverAt(time)),
      foreseen: (resource, begin, forMs) => askedAt(resource, at * highest(profile, begin, forMs)),
      isRate,
      from,
      to: WEEK_MS,
      stepMs,
      initial: (spec) =>
        carries(spec)
          ? clamp(
              spec,
              wholeUp(workloads.reduce((all, one) => all + clamp(one, needAt(one, from)), 0) / (spec.podsPerNode ?? 1)),
            )
          : clamp(spec, needAt(spec, from)),
    },
    (time, index, seen) => {
      if (time < 0) return
      const one = kept[index] as Kept
      const step = Math.round(time / stepMs)
      if (index === (workloads.length > 0 ? autoscalers.indexOf(workloads[0] as Autoscaler) : 0)) {
        pods.now = 0
        pods.target = 0
        pods.full = 0
        const value = driverAt(time)
        peak = Math.max(peak, value)
        low = Math.min(low, value)
        sum += value
      }
      if (one.carrier) {
        const load = Float64Array.of(pods.now)
        one.tally.add(time, { ...seen, loads: load, backlog: Float64Array.of(0) })
        ;(one.loads[0] as Float64Array)[step] = pods.target
        one.atTarget[step] = wholeUp(pods.target / (one.spec.podsPerNode ?? 1))
        one.atFull[step] = wholeUp(pods.full / (one.spec.podsPerNode ?? 1))
        return
      }
      one.tally.add(time, seen)
      one.loads.forEach((series, metric) => {
        series[step] = seen.loads[metric] ?? 0
      })
      one.atTarget[step] = Math.max(one.spec.min, neededBy(one.spec, [...seen.loads], queuedOf(one.spec)))
      one.atFull[step] = Math.max(
        one.spec.min,
        most(one, (metric) => seen.loads[metric] ?? 0),
      )
      if (one.spec.kind !== 'nodes') {
        pods.now += seen.replicas
        pods.target += one.atTarget[step] as number
        pods.full += one.atFull[step] as number
      }
    },
  )

  const scalers = kept.map((one) => weekOf(one, plan, stepMs, prices, carrier >= 0))
  const priced = scalers.filter((one) => one.monthMinor !== null)
  const fixed = (one: ScalerWeek): number => one.fixed.find((size) => size.kind === 'target')?.monthMinor ?? 0
  return {
    stage: { id: stage.id, name: stage.name },
    driver: { name: driver.name, unit: driver.unit, mean: sum / steps, peak, low },
    currency: plan.currency,
    bucketMinutes: BUCKET_MS / MINUTE_MS,
    stepSeconds: stepMs / 1000,
    scalers,
    monthMinor: priced.length > 0 ? priced.reduce((all, one) => all + (one.monthMinor ?? 0), 0) : null,
    fixedMonthMinor: priced.length > 0 ? priced.reduce((all, one) => all + fixed(one), 0) : null,
  }
}

/**
 * The metrics as they are counted. Those of a pool that carries pods are the pods themselves; a queue whose length is given
 * is held against the entries that one worker is to have.
 */
function tallied(spec: Autoscaler, carrier: boolean, queued: readonly boolean[]): Kept['metrics'] {
  if (carrier) {
    const perNode = spec.podsPerNode ?? 1
    return [{ resource: 'pods', perReplica: perNode, target: perNode, queue: false, waits: false }]
  }
  return spec.metrics.map(({ resource, perReplica, target }, metric) => {
    const queue = queued[metric] === true
    const waits = spec.kind === 'keda' && !queue
    return {
      resource,
      perReplica: waits ? target : perReplica,
      target: spec.kind === 'keda' ? target : perReplica * target,
      queue,
      waits,
    }
  })
}

const most = ({ metrics }: Kept, load: Need): number =>
  metrics.reduce((all, { perReplica }, metric) => Math.max(all, wholeUp(load(metric) / perReplica)), 0)

function weekOf(
  one: Kept,
  plan: Plan,
  stepMs: number,
  prices: Readonly<Record<string, UnitPrice>>,
  hasCarrier: boolean,
): ScalerWeek {
  const { spec, tally } = one
  const price = spec.lineItem === undefined ? null : (prices[spec.lineItem] ?? null)
  const unit = price?.monthMinor ?? null
  const weekMinor = unit === null ? null : (tally.replicaMs / HOUR_MS) * (unit / HOURS_PER_MONTH)
  return {
    id: spec.id,
    name: spec.name,
    kind: spec.kind,
    min: spec.min,
    max: spec.max,
    metrics: one.metrics.map((metric, index) => {
      const demand = plan.demand.find((each) => each.resource === metric.resource)
      return {
        resource: metric.resource,
        name: one.carrier ? 'Pods' : (demand?.name ?? metric.resource),
        unit: one.carrier ? 'count' : (demand?.unit ?? 'count'),
        perReplica: metric.perReplica,
        target: metric.target,
        load: [...(tally.load[index] ?? [])],
        backlog: metric.queue ? [...(tally.backlog[index] ?? [])] : null,
      }
    }),
    replicas: [...tally.replicas],
    ready: [...tally.ready],
    pending: [...tally.pending],
    overTarget: [...tally.overTarget],
    overload: [...tally.overload],
    minutesOverTarget: tally.overTargetMs / MINUTE_MS,
    minutesOverload: tally.overloadMs / MINUTE_MS,
    minutesPending: tally.pendingMs / MINUTE_MS,
    longestOverTarget: tally.longestMs / MINUTE_MS,
    mean: tally.mean,
    lowest: tally.lowest,
    highest: tally.highest,
    meanUtilisation: tally.meanUtilisation,
    peakUtilisation: tally.peakUtilisation,
    ups: tally.ups,
    downs: tally.downs,
    reversals: tally.reversals,
    unitMonthMinor: unit,
    weekMinor: weekMinor === null ? null : Math.round(weekMinor),
    monthMinor: weekMinor === null ? null : Math.round((weekMinor * HOURS_PER_MONTH) / HOURS),
    costUnknown: unit === null ? (price?.unknown ?? noRow(spec, hasCarrier)) : null,
    fixed: fixedSizes(one, unit, stepMs),
  }
}

function noRow(spec: Autoscaler, hasCarrier: boolean): string {
  return hasCarrier && spec.kind !== 'nodes'
    ? 'Pods are paid for through their nodes.'
    : `${spec.name} names no cost row of the stage.`
}

/** Three sizes that never change, and how the same week would have been with each. Equal sizes are one. */
function fixedSizes(one: Kept, unit: number | null, stepMs: number): FixedSize[] {
  const sizes: [FixedSize['kind'], number][] = [
    ['target', one.atTarget.reduce((all, count) => Math.max(all, count), 0)],
    ['full', one.atFull.reduce((all, count) => Math.max(all, count), 0)],
    ['mean', Math.max(1, Math.round(one.tally.mean))],
  ]
  const tolerance = one.carrier ? 0 : one.spec.tolerance
  return sizes
    .filter(([, size], index) => sizes.findIndex(([, other]) => other === size) === index)
    .map(([kind, size]) => {
      const loads = new Float64Array(one.metrics.length)
      const backlog = new Float64Array(one.metrics.length)
      let over = 0
      let overload = 0
      for (let step = 0; step < one.atTarget.length; step += 1) {
        one.loads.forEach((series, metric) => {
          loads[metric] = series[step] as number
        })
        const judged = judgeStep(one.metrics, tolerance, { ready: size, loads, backlog })
        if (judged.over) over += stepMs
        if (judged.overload) overload += stepMs
        one.metrics.forEach(({ queue, perReplica }, metric) => {
          if (!queue) return
          const change = (((loads[metric] as number) - size * perReplica) * stepMs) / 1000
          backlog[metric] = Math.max(0, (backlog[metric] as number) + change)
        })
      }
      return {
        kind,
        size,
        minutesOverTarget: over / MINUTE_MS,
        minutesOverload: overload / MINUTE_MS,
        monthMinor: unit === null ? null : Math.round(size * unit),
      }
    })
}

/** Remembers the answer for the latest time: all autoscalers of a step ask for the same one. */
function latestOf(value: (time: number) => number): (time: number) => number {
  let time = Number.NaN
  let answer = 0
  return (asked) => {
    if (asked !== time) {
      time = asked
      answer = value(asked)
    }
    return answer
  }
}

/** The highest point of the weekly curve within a time; it bends only in the middles of hours. */
function highest(profile: Float64Array, from: number, forMs: number): number {
  let best = Math.max(curveAt(profile, from), curveAt(profile, from + forMs))
  const last = Math.min(from + forMs, from + WEEK_MS)
  for (let middle = (Math.ceil(from / HOUR_MS - 0.5) + 0.5) * HOUR_MS; middle <= last; middle += HOUR_MS)
    best = Math.max(best, curveAt(profile, middle))
  return best
}

function stageOf(plan: Plan, id: string): Stage {
  const stage = plan.stages.find((one) => one.id === id)
  if (stage) return stage
  throw new HeadroomError({
    code: 'UNKNOWN_STAGE',
    fact: `The plan has no stage "${id}".`,
    fix: `Choose one of: ${plan.stages.map((one) => one.id).join(', ')}.`,
    field: 'stageId',
    value: id,
  })
}
