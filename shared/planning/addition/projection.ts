import type { AdditionInput, AdditionRow, Level } from '../../model/addition.ts'
import type { Labels, Unit } from '../../model/metric.ts'
import type { Demand, Plan } from '../../model/plan.ts'
import type { Stage } from '../../model/stage.ts'
import { demandAt } from '../demand.ts'
import { grownValue, growthOf } from '../growth.ts'
import type { Evidence, MeasuredSeries } from '../judge.ts'
import { unitOfMetric } from '../metric-words.ts'

/** The mean length of a month, in which growth laws count. */
const MONTH_MS = 30.4375 * 86_400_000
/** Metrics that show the same thing as another, in other units. */
const ALSO: Readonly<Record<string, string>> = {
  postgres_connections_total: 'postgres_connections_used_ratio',
  postgres_connections_used_ratio: 'postgres_connections_total',
}

export type Values = Readonly<Record<string, number>>

/**
 * What is measured now, carried along the plan's demand. A measured value keeps the plan's shape of demand (its base, its
 * rate, its exponent, fitted or assumed) and passes through what was measured: value x demand(then) / demand(now). So demand
 * per unit is the measured one, whatever the plan assumed of its size. `times` scales what is to come: 0 is without it, 1 is
 * as asked.
 */
export interface Projection {
  /** The drivers by the date, with so many times of what is to come. */
  drivers(times: number): Values
  /** Conditions judged on one value of each series, so that nothing need be sustained. */
  evidence(times: number): Evidence
  /** A demand of the present stage in its own unit, and what it rests on; null where a stage's supply would be needed. */
  demand(resource: string, times: number): { value: number; basis: AdditionRow['basis'] } | null
  /** Whether the plan says how a metric goes along with a driver that is added to. */
  isMoved(metric: string): boolean
  /** The levels of a metric, the highest first. */
  levels(metric: string, labels?: Labels): readonly Level[]
}

export interface Given {
  plan: Plan
  stage: Stage
  input: AdditionInput
  levels: readonly Level[]
  now: number
}

export function project({ plan, stage, input, levels, now }: Given): Projection {
  const grown = grownDrivers(plan, input.at === null ? 0 : Math.max(0, (input.at - now) / MONTH_MS))
  const present: Values = Object.fromEntries(plan.drivers.map((one) => [one.id, one.present]))
  const drivers = (times: number): Values =>
    Object.fromEntries(plan.drivers.map(({ id }) => [id, (grown[id] ?? 0) + times * (input.add[id] ?? 0)]))
  const shownBy = (metric: string): Demand[] => {
    const direct = plan.demand.filter((one) => one.metric === metric)
    return direct.length > 0
      ? direct
      : plan.demand.filter((one) => one.metric !== undefined && ALSO[metric] === one.metric)
  }
  const sum = (demands: readonly Demand[], at: Values): number =>
    demands.reduce((total, one) => total + demandAt(one, at[one.driver] ?? 0), 0)
  const factor = (metric: string, times: number): number => {
    const demands = shownBy(metric)
    const before = sum(demands, present)
    return before > 0 ? sum(demands, drivers(times)) / before : 1
  }
  const found = new Map<string, Level[]>()
  const of = (metric: string, labels: Labels = {}): Level[] => {
    const key = JSON.stringify([metric, labels])
    let all = found.get(key)
    if (!all) {
      const carries = (one: Level) => Object.entries(labels).every(([name, value]) => one.labels[name] === value)
      all = levels.filter((one) => one.metric === metric && carries(one)).sort((a, b) => b.value - a.value)
      found.set(key, all)
    }
    return all
  }
  /** What stands in for a metric that nobody measured: the plan's own figure of it. */
  const assumed = (metric: string, times: number): number | null => {
    const demands = plan.demand.filter((one) => one.metric === metric)
    const [first] = demands
    if (!first) return null
    const supply = metric.endsWith('_ratio') ? stage.supply[first.resource] : 1
    return supply ? sum(demands, drivers(times)) / supply : null
  }
  const seriesAt =
    (times: number) =>
    (metric: string, labels: Labels | undefined): MeasuredSeries[] => {
      const one = (value: number, from: Pick<Level, 'hostId' | 'hostName' | 'labels'>): MeasuredSeries => ({
        ...{ hostId: from.hostId, hostName: from.hostName, labels: from.labels, metric },
        ...{ unit: unitOfMetric(metric) satisfies Unit, samples: [{ at: now, value }] },
      })
      const measured = of(metric, labels)
      if (measured.length > 0) return measured.map((level) => one(level.value * factor(metric, times), level))
      const value = assumed(metric, times)
      return value === null ? [] : [one(value, { hostId: '', hostName: 'the plan', labels: {} })]
    }
  return {
    drivers,
    evidence(times) {
      const at = drivers(times)
      return {
        ...{ now, expectedIntervalMs: 1, series: seriesAt(times) },
        drivers: plan.drivers.map((one) => ({ ...one, present: at[one.id] ?? one.present })),
        // More that are to come are an onboarding, which some plans have rules for.
        needs: 'onboarding' in plan.needs ? { ...plan.needs, onboarding: true } : plan.needs,
      }
    },
    demand(resource, times) {
      const demands = plan.demand.filter((one) => one.resource === resource)
      const stated = sum(demands, drivers(times))
      const before = sum(demands, present)
      const metric = demands.find((one) => one.metric !== undefined)?.metric
      const supply = stage.supply[resource]
      const level = metric === undefined ? undefined : of(metric)[0]
      const other = metric === undefined || level ? undefined : of(ALSO[metric] ?? '')[0]
      const seen = level ?? other
      if (!seen || before <= 0) return demands.length === 0 ? null : { value: stated, basis: 'assumed' }
      if (seen.metric.endsWith('_ratio') && !supply) return { value: stated, basis: 'assumed' }
      const measured = seen.metric.endsWith('_ratio') ? seen.value * (supply as number) : seen.value
      return { value: (measured * stated) / before, basis: 'measured' }
    },
    isMoved: (metric) => shownBy(metric).some((one) => (input.add[one.driver] ?? 0) > 0 && one.rate > 0),
    levels: of,
  }
}

/** The median value of each driver after so many months of the plan's growth; seasons and events are not in it. */
function grownDrivers(plan: Plan, months: number): Values {
  const primary = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  const after = (growth: Plan['growth'], present: number): number => {
    if (months === 0) return present
    const law = growthOf(growth, present)
    let value = present
    // Each piece of a growth starts from where the one before it ended.
    for (const end of [...law.ends.filter((one) => one < months), months]) value = grownValue(law.at(end), value, 0, 0)
    return value
  }
  const times =
    primary && primary.present > 0 ? after(primary.growth ?? plan.growth, primary.present) / primary.present : 1
  return Object.fromEntries(
    plan.drivers.map((one) => [one.id, one.growth ? after(one.growth, one.present) : one.present * times]),
  )
}
