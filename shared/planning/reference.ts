import { parseDuration } from '../format/duration.ts'
import type { Condition } from '../model/condition.ts'
import type { Plan } from '../model/plan.ts'
import type { PriceOf } from './cost.ts'
import { demandAt } from './demand.ts'
import { type Evidence, type Judged, judge } from './judge.ts'
import { type CalculatedTable, type Computed, calculate, catalogued } from './reference-table.ts'
import { largestSupply } from './supply.ts'

/** What is known today about a condition somewhere in the reference parts of a plan. */
export type JudgedReference = Pick<Judged, 'state' | 'condition' | 'why'>
export interface BottleneckFound {
  /** The resources by how much of the stage's supply they use at the end of the range, the most used first. */
  use: { resource: string; name: string; ratio: number }[]
  /** Whether the one that the source names is the most used; null where it names none or nothing can be computed. */
  agrees: boolean | null
}
export interface Reference {
  /** By the place of what carries the condition: "decisionTrees/growth/questions/start/answers/yes". */
  judged: Record<string, JudgedReference>
  tables: CalculatedTable[]
  bottlenecks: Record<string, BottleneckFound>
  /** The catalogue's price of each option that names a SKU. */
  prices: Record<string, Computed>
}

const JUDGED_PARTS = ['options', 'decisionTrees', 'runbooks', 'signs', 'alerts'] as const

/** The reference parts of a plan computed and judged: what its tables come to, which branches and signs hold today. */
export function reference(plan: Plan, evidence: Evidence, priceOf: PriceOf): Reference {
  const judged: Record<string, JudgedReference> = {}
  for (const { place, condition, sustainMs } of conditionsOf(plan)) {
    const { state, condition: words, why } = judge(condition, sustainMs, evidence)
    judged[place] = { state, condition: words, why }
  }
  return {
    judged,
    tables: plan.calculations.map((table) => calculate(table, plan, priceOf)),
    bottlenecks: Object.fromEntries(
      plan.bottlenecks.flatMap((one) => (one.range ? [[one.id, bottleneckOf(one, one.range, plan)]] : [])),
    ),
    prices: Object.fromEntries(
      plan.options.flatMap((one) => (one.sku === undefined ? [] : [[one.id, catalogued(one.sku, plan, priceOf)]])),
    ),
  }
}

export interface PlacedCondition {
  place: string
  condition: Condition
  sustainMs: number
}

/** Every condition of the reference parts, with its place and how long it must hold. */
export function conditionsOf(plan: Plan): PlacedCondition[] {
  const found: PlacedCondition[] = []
  const walk = (value: unknown, place: string): void => {
    if (Array.isArray(value)) {
      for (const [at, one] of value.entries()) walk(one, `${place}/${(one as { id?: string } | null)?.id ?? at}`)
      return
    }
    if (typeof value !== 'object' || value === null) return
    const { when, condition, for: held } = value as { when?: unknown; condition?: unknown; for?: unknown }
    const stated = typeof when === 'object' ? when : condition
    if (typeof stated === 'object' && stated !== null) {
      const sustainMs = typeof held === 'string' ? parseDuration(held) : 0
      found.push({ place, condition: stated as Condition, sustainMs })
    }
    for (const [key, one] of Object.entries(value)) {
      if (key !== 'when' && key !== 'condition' && typeof one === 'object') walk(one, `${place}/${key}`)
    }
  }
  for (const part of JUDGED_PARTS) walk(plan[part], part)
  return found
}

type Bottleneck = Plan['bottlenecks'][number]

/** What is most used at the end of a range of the driver, on the stage that carries it: demand over supply. */
function bottleneckOf(one: Bottleneck, range: NonNullable<Bottleneck['range']>, plan: Plan): BottleneckFound {
  const stage = plan.stages.find((each) => each.id === range.stage)
  const value = range.max ?? range.min
  const use = plan.demand
    .flatMap((demand) => {
      const supply = stage ? largestSupply(stage, demand.resource) : null
      if (!supply || demand.driver !== range.driver) return []
      return { resource: demand.resource, name: demand.name, ratio: demandAt(demand, value) / supply }
    })
    .sort((a, b) => b.ratio - a.ratio)
  const first = use[0]
  const agrees = !first || one.resources.length === 0 ? null : one.resources.includes(first.resource)
  return { use, agrees }
}
