import { add, type Fraction, fractionOf, multiply, order, smaller, subtract, toNumber } from './fraction.ts'

/**
 * What a quantity costs: nothing for the free units, then each part of the rest at the rate of the tier it lies in.
 * `upTo` counts from the end of the free units; the last tier has no end. A plain price is one tier.
 */
export interface Tariff {
  free: Fraction
  tiers: readonly Tier[]
}
interface Tier {
  upTo: Fraction | null
  rate: Fraction
}

export const ZERO = fractionOf(0)
export const ONE = fractionOf(1)

export const flatTariff = (rate: Fraction, free: Fraction = ZERO): Tariff => ({ free, tiers: [{ upTo: null, rate }] })

/** The same tariff in another unit of money or of time. */
export const scaleTariff = ({ free, tiers }: Tariff, by: Fraction): Tariff => ({
  free,
  tiers: tiers.map(({ upTo, rate }) => ({ upTo, rate: multiply(rate, by) })),
})

/** Exact. Quantities up to the free units cost 0. */
export function tariffAmount({ free, tiers }: Tariff, quantity: Fraction): Fraction {
  const billed = order(quantity, free) > 0 ? subtract(quantity, free) : ZERO
  let amount = ZERO
  let from = ZERO
  for (const [index, { upTo, rate }] of tiers.entries()) {
    if (order(billed, from) <= 0) break
    const open = upTo === null || index === tiers.length - 1
    const end = open ? billed : smaller(billed, upTo)
    if (order(end, from) > 0) amount = add(amount, multiply(subtract(end, from), rate))
    if (!open) from = upTo
  }
  return amount
}

/** The same in binary floats, for loops. */
export function tariffMeter({ free, tiers }: Tariff): (quantity: number) => number {
  const start = toNumber(free)
  const [only] = tiers
  if (only && tiers.length === 1) {
    const rate = toNumber(only.rate)
    return (quantity) => (quantity > start ? (quantity - start) * rate : 0)
  }
  const ends = Float64Array.from(tiers, ({ upTo }, index) =>
    upTo === null || index === tiers.length - 1 ? Number.POSITIVE_INFINITY : toNumber(upTo),
  )
  const rates = Float64Array.from(tiers, ({ rate }) => toNumber(rate))
  return (quantity) => {
    const billed = quantity - start
    let amount = 0
    let from = 0
    for (let i = 0; i < ends.length && billed > from; i += 1) {
      const end = ends[i] as number
      amount += (Math.min(billed, end) - from) * (rates[i] as number)
      from = end
    }
    return amount
  }
}

/** Replaces the first `count` quantities by what they cost, times `scale`: tariffMeter to the digit. */
export function tariffColumn(tariff: Tariff): (values: Float64Array, count: number, scale: number) => void {
  const meter = tariffMeter(tariff)
  const [only] = tariff.tiers
  if (!only || tariff.tiers.length > 1)
    return (values, count, scale) => {
      for (let i = 0; i < count; i += 1) values[i] = meter(values[i] as number) * scale
    }
  const start = toNumber(tariff.free)
  const rate = toNumber(only.rate)
  return (values, count, scale) => {
    for (let i = 0; i < count; i += 1) {
      const quantity = values[i] as number
      values[i] = (quantity > start ? (quantity - start) * rate : 0) * scale
    }
  }
}
