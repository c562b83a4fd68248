import type { PricedRow } from './cost-row.ts'
import { type Tariff, tariffAmount, tariffColumn, tariffMeter } from './cost-tariff.ts'
import type { Fill } from './formula-columns.ts'
import { type Fraction, fractionOf, multiply, toNumber } from './fraction.ts'
import { type Size, sizeIn } from './right-size.ts'

/** Which of a row's prices: the ends of its stated range, or the old one that it keeps. */
export type Which = 'low' | 'high' | 'old'

const tariffOf = (row: PricedRow, which: Which): Tariff => (which === 'old' ? (row.old ?? row.low) : row[which])

/** The size that right-sizing gives a row in a state; null when it keeps its own. */
export function sizeOf({ sizes }: PricedRow, state: Float64Array): Size | null {
  return sizes?.list[sizeIn(sizes.list, sizes.use, sizes.target, state)] ?? null
}

/** The exact cost of a row in minor units as its price is stated, before the other levers; null where its formula has no value. */
export function exactAmount(row: PricedRow, which: Which, state: Float64Array, sized: boolean): Fraction | null {
  const value = row.quantity.at(state)
  if (Number.isNaN(value)) return null
  const quantity = fractionOf(value)
  if (row.of) {
    const base = exactAmount(row.of.row, which, state, sized)
    return base && multiply(multiply(base, row.of.share), quantity)
  }
  const size = sized && which !== 'old' ? sizeOf(row, state) : null
  return tariffAmount(size ? size.tariff : tariffOf(row, which), quantity)
}

/** True when a lever acts on a row that keeps an old price, which is then given up where that costs less. */
export const canGiveUp = (row: PricedRow): boolean =>
  row.factors.length > 0 || row.sizes !== null || row.of?.row.sizes != null

/** True when its cost, before the other levers, is not the same in every state. */
export function varies(row: PricedRow): boolean {
  return row.quantity.varies || row.sizes !== null || (row.of !== null && varies(row.of.row))
}

/** The same as exactAmount in binary floats, times `scale`, for loops; 0 where the formula has no value. */
export function amountMeter(
  row: PricedRow,
  which: Which,
  sized: boolean,
  scale: number,
): (state: Float64Array) => number {
  const quantity = row.quantity.at
  if (row.of) {
    const base = amountMeter(row.of.row, which, sized, scale * toNumber(row.of.share))
    return (state) => (quantity(state) > 0 ? quantity(state) * base(state) : 0)
  }
  const own = tariffMeter(tariffOf(row, which))
  const { sizes } = row
  if (!sized || !sizes || which === 'old') {
    // A NaN is above nothing, so the meter answers 0 for it.
    return (state) => own(quantity(state)) * scale
  }
  const others = sizes.list.map((size) => tariffMeter(size.tariff))
  const { list, use, target } = sizes
  return (state) => {
    const meter = others[sizeIn(list, use, target, state)] ?? own
    return meter(quantity(state)) * scale
  }
}

/** amountMeter of many states at once, to the digit; null where it depends on another row or on a size. */
export function amountColumns(row: PricedRow, which: Which, scale: number): Fill | null {
  if (row.of || (row.sizes && which !== 'old')) return null
  const own = tariffColumn(tariffOf(row, which))
  const { fill } = row.quantity
  return (states, count, into) => {
    fill(states, count, into)
    own(into, count, scale)
  }
}
