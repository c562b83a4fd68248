import type { Price } from '../model/catalogue.ts'
import { minorDigits } from '../model/money.ts'
import type { Plan } from '../model/plan.ts'
import type { Calculation, Cell } from '../model/reference.ts'
import type { Stage } from '../model/stage.ts'
import { type PriceOf, stageCosts } from './cost.ts'
import { findPrice } from './cost-sku.ts'
import { tariffAmount } from './cost-tariff.ts'
import { rateInto, statedRates } from './currency.ts'
import { evaluate, namesOf, parseFormula } from './formula.ts'
import { type Fraction, fractionOf, multiply, toNumber } from './fraction.ts'

/** From min to max; max null has no end. Money is in decimal units of the plan's currency. */
export interface Span {
  min: number
  max: number | null
}
export interface CalculatedCell {
  stated: Cell | null
  computed: Span | null
  /** True when both are there and do not agree. */
  differs: boolean
  /** True when the value is above the column's limit. */
  over: boolean
  /** Why nothing was computed, or what is left out of it. */
  note: string | null
  price: {
    sku: string
    region: string
    amount: number
    currency: string
    asOf: string | null
    confidence: Price['confidence']
  } | null
}
export interface CalculatedTable {
  id: string
  rows: { id: string; cells: Record<string, CalculatedCell> }[]
}

type Column = Calculation['columns'][number]
type Row = Calculation['rows'][number]
export type Computed = Pick<CalculatedCell, 'computed' | 'note' | 'price'>
const NOTHING: Computed = { computed: null, note: null, price: null }

/** Agreement of figures that sources round: within half a percent. */
const ROUNDING = 0.005

/**
 * Every cell of a table as its source states it, and as the columns say it is computed. A formula takes the stated figure
 * of another column where there is one and the computed one otherwise; a range is computed at both ends. A stage's cost is
 * taken at the row's `at`. Stated and computed agree when one lies within the other, give or take half a percent.
 */
export function calculate(table: Calculation, plan: Plan, priceOf: PriceOf): CalculatedTable {
  return {
    id: table.id,
    rows: table.rows.map((row) => {
      const cells: Record<string, CalculatedCell> = {}
      for (const column of table.columns) {
        const stated = row.cells[column.id] ?? null
        const found = computeCell(column, row, cells, plan, priceOf)
        const said = spanOf(stated)
        const value = said ?? found.computed
        const known: Record<string, CalculatedCell> = {
          ...cells,
          [column.id]: { stated, ...found, differs: false, over: false },
        }
        const limit = column.limit === undefined ? null : evaluateSpan(column.limit, known)
        cells[column.id] = {
          stated,
          ...found,
          differs: said !== null && found.computed !== null && !agree(said, found.computed),
          over: limit?.max != null && value !== null && (value.max ?? Number.POSITIVE_INFINITY) > limit.max,
        }
      }
      return { id: row.id, cells }
    }),
  }
}

function computeCell(
  { id, computed }: Column,
  row: Row,
  cells: Readonly<Record<string, CalculatedCell>>,
  plan: Plan,
  priceOf: PriceOf,
): Computed {
  if (!computed) return NOTHING
  if ('formula' in computed) {
    const stated = Object.fromEntries(
      Object.entries(row.cells).map(([name, cell]) => [
        name,
        { stated: cell, computed: null, differs: false, over: false, note: null, price: null },
      ]),
    )
    const span = evaluateSpan(computed.formula, { ...stated, ...cells })
    return span ? { ...NOTHING, computed: span } : NOTHING
  }
  if ('ofStage' in computed) return ofStage(computed.ofStage, row, plan, priceOf)
  if ('use' in computed) return byUse(computed.use, cells, plan)
  const sku = row.skus[id]
  return sku === undefined ? NOTHING : catalogued(sku, plan, priceOf)
}

/** A stated cell as figures; null for words. */
export function spanOf(cell: Cell | null | undefined): Span | null {
  if (cell === null || cell === undefined || typeof cell === 'string') return null
  return typeof cell === 'number' ? { min: cell, max: cell } : cell
}

/** The formula at the low and at the high ends of what it names; null where a name has no figure or there is no value. */
function evaluateSpan(text: string, cells: Readonly<Record<string, CalculatedCell>>): Span | null {
  const formula = parseFormula(text, Object.keys(cells))
  const spans = new Map<string, Span>()
  for (const name of namesOf(formula)) {
    const span = spanOf(cells[name]?.stated) ?? cells[name]?.computed
    if (!span) return null
    spans.set(name, span)
  }
  const open = [...spans.values()].some((span) => span.max === null)
  const low = evaluate(formula, (name) => spans.get(name)?.min ?? Number.NaN)
  const high = evaluate(formula, (name) => spans.get(name)?.max ?? spans.get(name)?.min ?? Number.NaN)
  if (!Number.isFinite(low) || !Number.isFinite(high)) return null
  return { min: Math.min(low, high), max: open ? null : Math.max(low, high) }
}

function ofStage(
  fact: 'monthly-cost' | 'over-first' | 'months' | 'nodes',
  row: Row,
  plan: Plan,
  priceOf: PriceOf,
): Computed {
  const stage = plan.stages.find((one) => one.id === row.stage)
  if (!stage) return NOTHING
  if (fact === 'months') return { ...NOTHING, computed: stage.durationMonths ?? null }
  if (fact === 'nodes') return { ...NOTHING, computed: { min: nodesOf(stage), max: nodesOf(stage) } }
  const at = row.at ?? null
  const ends = [at?.min, at?.max].filter((one): one is number => typeof one === 'number')
  const primary = (plan.drivers.find((one) => one.primary) ?? plan.drivers[0])?.id ?? ''
  const all = (ends.length === 0 ? [undefined] : ends).map((value) =>
    stageCosts(plan, priceOf, {}, value === undefined ? {} : { [primary]: value }),
  )
  const costs = all.flatMap((one) => one.find((cost) => cost.stage === stage.id) ?? [])
  const unpriced = [...new Set(costs.flatMap((cost) => cost.lines.flatMap((line) => (line.priced ? [] : line.name))))]
  const note = unpriced.length > 0 ? `without ${unpriced.join(', ')}: no price` : null
  const low = Math.min(...costs.map((cost) => cost.perMonthMinor))
  const high = Math.max(...costs.map((cost) => cost.maxPerMonthMinor))
  if (!Number.isFinite(low)) return NOTHING
  if (fact === 'monthly-cost') {
    const scale = 10 ** minorDigits(plan.currency)
    return { ...NOTHING, computed: { min: low / scale, max: high / scale }, note }
  }
  const first = all[0]?.[0]
  if (!first || first.perMonthMinor === 0) return NOTHING
  return {
    ...NOTHING,
    computed: { min: low / first.perMonthMinor - 1, max: high / first.maxPerMonthMinor - 1 },
    note,
  }
}

/** The machines of a stage: what others run for you, and what only passes traffic on, is none. */
const nodesOf = (stage: Stage): number =>
  stage.nodes.reduce((sum, { kind, count }) => sum + (kind === 'server' || kind === 'cluster' ? count : 0), 0)

type UseColumn = Extract<NonNullable<Column['computed']>, { use: unknown }>['use']

function byUse(parts: UseColumn, cells: Readonly<Record<string, CalculatedCell>>, plan: Plan): Computed {
  let low = fractionOf(0)
  let high: Fraction | null = fractionOf(0)
  const plus = (a: Fraction, b: Fraction): Fraction => ({
    over: a.over * b.under + b.over * a.under,
    under: a.under * b.under,
  })
  for (const { of, price } of parts) {
    const span = spanOf(cells[of]?.stated) ?? cells[of]?.computed
    const rate = rateInto(plan, price.currency, statedRates(plan))
    if (!span || !rate) return NOTHING
    const tariff = {
      free: fractionOf(price.free),
      tiers: price.tiers.map(({ upTo, amount }) => ({
        upTo: upTo === null ? null : fractionOf(upTo),
        rate: fractionOf(amount),
      })),
    }
    const amount = (quantity: number) => multiply(tariffAmount(tariff, fractionOf(quantity)), rate)
    low = plus(low, amount(span.min))
    high = high && span.max !== null ? plus(high, amount(span.max)) : null
  }
  return { ...NOTHING, computed: { min: toNumber(low), max: high && toNumber(high) } }
}

/** The catalogue's monthly price of a SKU in the plan's currency, or why there is none. */
export function catalogued(sku: string, plan: Plan, priceOf: PriceOf): Computed {
  const rates = statedRates(plan)
  const price = findPrice(sku, plan, rates, priceOf)
  if (typeof price === 'string') return { ...NOTHING, note: price }
  const rate = rateInto(plan, price.currency, rates)
  const { monthly, region, currency, asOf, confidence } = price
  if (monthly === null || !rate) return { ...NOTHING, note: `no monthly price for ${sku}` }
  const value = toNumber(multiply(fractionOf(monthly), rate))
  return {
    computed: { min: value, max: value },
    note: null,
    price: { sku, region, amount: monthly, currency, asOf, confidence },
  }
}

const within = (inner: Span, outer: Span): boolean => {
  const top = outer.max ?? Number.POSITIVE_INFINITY
  const end = inner.max ?? Number.POSITIVE_INFINITY
  return (
    inner.min >= outer.min - Math.abs(outer.min) * ROUNDING &&
    end <= top + (Number.isFinite(top) ? Math.abs(top) * ROUNDING : 0)
  )
}
/** One within the other; an open stated range ("300 or more") agrees with all that reaches it. */
export const agree = (a: Span, b: Span): boolean => within(a, b) || within(b, a)
