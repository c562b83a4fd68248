/** Factors are set in steps of 0.05 by hand and kept to three decimals. */
export const FACTOR_STEP = 0.05

export const roundedFactor = (value: number): number => Math.max(0, Number(value.toFixed(3)))

export const snappedFactor = (value: number): number => roundedFactor(Math.round(value / FACTOR_STEP) * FACTOR_STEP)

export const meanOf = (factors: readonly number[]): number =>
  factors.reduce((sum, one) => sum + one, 0) / factors.length

/** The same shape with an average of 1; null where every factor is 0, which has no shape. */
export function levelled(factors: readonly number[]): number[] | null {
  const mean = meanOf(factors)
  return mean > 0 ? factors.map((one) => roundedFactor(one / mean)) : null
}

/** The top of the bars' axis: above the largest factor by a little, in halves, and 2 at least. */
export const topOf = (factors: readonly number[]): number => Math.max(2, Math.ceil(Math.max(...factors) * 2.2) / 2)
