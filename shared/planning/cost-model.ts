import type { LeverName } from '../model/line-item.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import { amountColumns, amountMeter, canGiveUp, varies } from './cost-amount.ts'
import { stateOf } from './cost-quantity.ts'
import { isPriced, type PricedRow, type Pricing, type Row, rowsOf } from './cost-row.ts'
import type { PriceOf } from './cost-sku.ts'
import type { Fill } from './formula-columns.ts'
import { toNumber } from './fraction.ts'
import { pulledLevers } from './levers.ts'

/**
 * The costs of every stage, ready for the innermost loop of the Monte Carlo. Money is in minor units of the plan's
 * currency; `state` is the driver values and then the demand values, each in the plan's order.
 */
export interface CostModel {
  stages: readonly StageCostModel[]
  /** The levers that are pulled, in the order they act; `savedMinor` and `variableSaved` have one entry for each. */
  levers: readonly LeverName[]
}

/** A cost of many states, each an entry in the columns of what it reads of them. */
export interface CostColumns {
  reads: readonly number[]
  fill: Fill
}

export interface StageCostModel {
  /** A month, of the rows whose cost does not move with the state; the middle of a stated range. */
  constantMinor: number
  /** What the other rows add a month; null when there is none. */
  variable: ((state: Float64Array) => number) | null
  /** The same of many states at once; null where there is none, or where some row can be told state by state only. */
  variableColumns: CostColumns | null
  /**
   * Paid on moving to the stage: its rows charged once, at the drivers' present values. The cost of moving itself is the
   * plan's migrationCost.
   */
  onceMinor: number
  /** The same in the state of the move, such as an hour of work for each tenant that is moved; null where it is always the same. */
  onceAt: ((state: Float64Array) => number) | null
  /** Hours of work of moving to it. */
  hours: number
  /** Taken off `constantMinor` and `variable` as long as the path never left the present stage; 0 for every other stage. */
  grandfatheredMinor: number
  grandfatheredVariable: ((state: Float64Array) => number) | null
  /** A month, by lever, of the constant rows. */
  savedMinor: readonly number[]
  /** Adds to `into`, by lever, what was saved on the variable rows in this state; null when nothing can be. */
  variableSaved: ((state: Float64Array, into: Float64Array) => void) | null
  /** Rows without a price, and why; they count as 0. */
  unpriced: readonly { id: string; name: string; why: string }[]
  /** False when the plan lists no costs for it at all. */
  stated: boolean
}

/**
 * The cost model of a plan. It computes in binary floats what stageCosts computes in fractions: each row is rounded to
 * minor units as there, and the two differ by at most one minor unit a row. Of a range the middle counts. A formula without
 * a value in some state counts as 0 there. Savings of a row that keeps an old price are none.
 */
export function costModel(plan: Plan, priceOf: PriceOf, pricing: Pricing = {}): CostModel {
  const levers = pulledLevers(pricing.levers ?? {})
  const done = new Map<string, StageCostModel>()
  const context: Context = { plan, priceOf, pricing, levers, done, open: new Set() }
  return { stages: plan.stages.map((stage) => stageModel(stage, context, stage.id === plan.stage, 'middle')), levers }
}

interface Context {
  plan: Plan
  priceOf: PriceOf
  pricing: Pricing
  levers: readonly LeverName[]
  done: Map<string, StageCostModel>
  open: Set<string>
}

/** Which end of a stated range counts. */
type End = 'low' | 'high' | 'middle'

function stageModel(stage: Stage, context: Context, held: boolean, end: End): StageCostModel {
  const { plan, priceOf, pricing, levers, done, open } = context
  const key = `${stage.id} ${held} ${end}`
  const known = done.get(key)
  if (known) return known
  open.add(stage.id)
  const rows = rowsOf(stage, plan, priceOf, pricing)
  const meters = rows.flatMap((row) => (isPriced(row) ? [rowMeter(row, levers, pricing, held, end)] : []))
  const over = stage.relativeCost && relativeModel(stage.relativeCost, context, end)
  open.delete(stage.id)
  const state = stateOf(plan)
  const monthly = meters.filter((meter) => !meter.once)
  const fixed = monthly.filter((meter) => !meter.varies)
  const moving = monthly.filter((meter) => meter.varies)
  const savedMinor = levers.map((_, lever) =>
    fixed.reduce((sum, meter) => sum + (meter.saved[lever]?.(state) ?? 0), over?.model?.savedMinor[lever] ?? 0),
  )
  const saving = moving
    .flatMap((meter) => meter.saved.map((of, lever) => ({ of, lever })))
    .filter(({ of }) => of !== null)
  const overSaved = over?.model?.variableSaved ?? null
  const model: StageCostModel = {
    constantMinor: fixed.reduce((sum, meter) => sum + meter.list(state), over?.model?.constantMinor ?? 0),
    variable: sumOf([...moving.map((meter) => meter.list), over?.model?.variable ?? null]),
    variableColumns: columnsOf([
      ...moving.map((meter) => meter.columns),
      ...(over?.model?.variable ? [over.model.variableColumns] : []),
    ]),
    onceMinor: meters.reduce((sum, meter) => sum + (meter.once ? meter.list(state) : 0), 0),
    onceAt: meters.some((meter) => meter.once && meter.varies)
      ? sumOf(meters.filter((meter) => meter.once).map((meter) => meter.list))
      : null,
    hours: stage.migrationCost?.hours ?? 0,
    grandfatheredMinor: fixed.reduce((sum, meter) => sum + (meter.kept?.(state) ?? 0), 0),
    grandfatheredVariable: sumOf(moving.map((meter) => meter.kept)),
    savedMinor,
    variableSaved:
      saving.length === 0 && !overSaved
        ? null
        : (at, into) => {
            for (const { of, lever } of saving) into[lever] = (into[lever] as number) + (of?.(at) ?? 0)
            overSaved?.(at, into)
          },
    unpriced: [
      ...rows.flatMap((row) => (isPriced(row) ? unvalued(row, state) : [{ ...named(row), why: row.why }])),
      ...(over?.why ? [{ id: 'relative-cost', name: stage.name, why: over.why }] : []),
    ],
    stated: stage.lineItems.length > 0 || stage.relativeCost !== undefined,
  }
  done.set(key, model)
  return model
}

const named = ({ item }: Row) => ({ id: item.id, name: item.name })

function unvalued(row: PricedRow, state: Float64Array): StageCostModel['unpriced'] {
  if (!Number.isNaN(row.quantity.at(state))) return []
  return [{ ...named(row), why: `The formula "${row.item.quantity}" has no value at present.` }]
}

type Meter = (state: Float64Array) => number
interface RowMeter {
  once: boolean
  varies: boolean
  /** At the list price less the levers. */
  list: Meter
  columns: CostColumns | null
  /** What an old price takes off that. */
  kept: Meter | null
  /** By lever; null where one does not act. */
  saved: (Meter | null)[]
}

const rounded = (minor: number): number => Math.floor(minor + 0.5)

function rowMeter(row: PricedRow, levers: readonly LeverName[], pricing: Pricing, held: boolean, end: End): RowMeter {
  const once = row.item.per === 'once'
  const scale = toNumber(pricing.tax ? row.tax.gross : row.tax.net)
  const left = row.factors.map((factor) => toNumber(factor.left))
  /** The rounded end, or the middle of both, after some of the levers; of a row paid once the upper end. */
  const after = (sized: boolean, factor: number): Meter => {
    const high = amountMeter(row, once || end !== 'low' ? 'high' : 'low', sized, scale * factor)
    if (row.high === row.low || once || end !== 'middle') return (state) => rounded(high(state))
    const low = amountMeter(row, 'low', sized, scale * factor)
    return (state) => (rounded(low(state)) + rounded(high(state))) / 2
  }
  const list = after(true, left.at(-1) ?? 1)
  const columns = listColumns(row, end, scale * (left.at(-1) ?? 1))
  const old = held && row.old ? amountMeter(row, 'old', false, scale) : null
  const acted = canGiveUp(row)
  const upper = amountMeter(row, 'high', true, scale * (left.at(-1) ?? 1))
  const keeps = (state: Float64Array, price: number): boolean => !(acted && rounded(upper(state)) < price)
  const kept: Meter | null =
    old &&
    ((state) => {
      const price = rounded(old(state))
      return keeps(state, price) ? list(state) - price : 0
    })

  /** Each lever's step down from what the ones before it have left. */
  let before = after(false, 1)
  const saved = levers.map((lever): Meter | null => {
    const at = row.factors.findIndex((factor) => factor.lever === lever)
    const acts = lever === 'right-sized' ? row.sizes !== null || row.of?.row.sizes != null : at >= 0
    if (!acts) return null
    const from = before
    const to = after(true, lever === 'right-sized' ? 1 : (left[at] as number))
    before = to
    return (state) => (old && keeps(state, rounded(old(state))) ? 0 : from(state) - to(state))
  })
  return { once, varies: varies(row), list, columns, kept, saved }
}

/** The list price of a row that is not paid once, of many states; `scale` as for amountMeter. */
function listColumns(row: PricedRow, end: End, scale: number): CostColumns | null {
  const { reads } = row.quantity
  const high = amountColumns(row, end === 'low' ? 'low' : 'high', scale)
  if (!high) return null
  const low = row.high === row.low || end !== 'middle' ? null : amountColumns(row, 'low', scale)
  let lows = new Float64Array(0)
  return {
    reads,
    fill(states, count, into) {
      high(states, count, into)
      if (!low) {
        for (let i = 0; i < count; i += 1) into[i] = rounded(into[i] as number)
        return
      }
      if (lows.length < count) lows = new Float64Array(count)
      low(states, count, lows)
      for (let i = 0; i < count; i += 1) into[i] = (rounded(lows[i] as number) + rounded(into[i] as number)) / 2
    },
  }
}

/** The sum of several, in their order; null where one of them is. */
function columnsOf(list: readonly (CostColumns | null)[], factors?: readonly number[]): CostColumns | null {
  const parts = list.filter((one) => one !== null)
  if (parts.length === 0 || parts.length < list.length) return null
  let own = new Float64Array(0)
  return {
    reads: [...new Set(parts.flatMap((one) => one.reads))],
    fill(states, count, into) {
      if (own.length < count) own = new Float64Array(count)
      into.fill(0, 0, count)
      for (const [at, one] of parts.entries()) {
        one.fill(states, count, own)
        const factor = factors?.[at] ?? 1
        for (let i = 0; i < count; i += 1) into[i] = (into[i] as number) + (own[i] as number) * factor
      }
    },
  }
}

function sumOf(meters: readonly (Meter | null)[]): Meter | null {
  const list = meters.filter((meter) => meter !== null)
  const [first, second] = list
  if (!first) return null
  if (!second) return first
  return (state) => {
    let sum = 0
    for (let i = 0; i < list.length; i += 1) sum += (list[i] as Meter)(state)
    return sum
  }
}

type Relative = NonNullable<Stage['relativeCost']>

/** The costs of a stage that is priced as a share on top of another one, at that one's list prices. */
function relativeModel(
  relative: Relative,
  context: Context,
  end: End,
): { model: StageCostModel | null; why: string | null } {
  const { plan, open } = context
  const base = open.has(relative.over) ? undefined : plan.stages.find((stage) => stage.id === relative.over)
  const ends = end === 'middle' ? (['low', 'high'] as const) : [end]
  const parts = base ? ends.map((one) => scaledModel(base, relative, context, one, 1 / ends.length)) : []
  const [first] = parts
  if (!first?.stated) return { model: null, why: `The cost of ${base?.name ?? relative.over} is not known.` }
  const savings = parts.flatMap(({ variableSaved }) => variableSaved ?? [])
  return {
    why: null,
    model: {
      ...first,
      constantMinor: parts.reduce((sum, part) => sum + part.constantMinor, 0),
      variable: sumOf(parts.map((part) => part.variable)),
      variableColumns: columnsOf(parts.filter((part) => part.variable).map((part) => part.variableColumns)),
      savedMinor: first.savedMinor.map((_, at) => parts.reduce((sum, part) => sum + (part.savedMinor[at] ?? 0), 0)),
      variableSaved:
        savings.length === 0
          ? null
          : (state, into) => {
              for (const add of savings) add(state, into)
            },
    },
  }
}

/** One end of the other stage's costs with this stage's share on top, of which `weight` counts. */
function scaledModel(base: Stage, relative: Relative, context: Context, end: 'low' | 'high', weight: number) {
  const of = stageModel(base, context, false, end)
  const factor = (1 + (end === 'low' ? relative.min : (relative.max ?? relative.min))) * weight
  const { variable, variableSaved } = of
  const scratch = new Float64Array(context.levers.length)
  return {
    ...of,
    constantMinor: of.constantMinor * factor,
    variable: variable && ((state: Float64Array) => variable(state) * factor),
    variableColumns: columnsOf([of.variableColumns], [factor]),
    savedMinor: of.savedMinor.map((minor) => minor * factor),
    variableSaved:
      variableSaved &&
      ((state: Float64Array, into: Float64Array) => {
        scratch.fill(0)
        variableSaved(state, scratch)
        for (let i = 0; i < scratch.length; i += 1) into[i] = (into[i] as number) + (scratch[i] as number) * factor
      }),
  } satisfies StageCostModel
}
