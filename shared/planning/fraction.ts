/** An exact rational number; `under` is positive. Prices are decimals, which binary floats do not hold exactly. */
export interface Fraction {
  over: bigint
  under: bigint
}

/** A number as its shortest decimal text reads: 0.1 is exactly one tenth. Throws RangeError for NaN and infinities. */
export function fractionOf(value: number): Fraction {
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`)
  const [digits = '0', exponent = '0'] = String(value).split('e')
  const [whole = '0', decimals = ''] = digits.split('.')
  const power = BigInt(exponent) - BigInt(decimals.length)
  const over = BigInt(whole + decimals)
  return power >= 0n ? { over: over * 10n ** power, under: 1n } : { over, under: 10n ** -power }
}

export const multiply = (a: Fraction, b: Fraction): Fraction => ({ over: a.over * b.over, under: a.under * b.under })
export const add = (a: Fraction, b: Fraction): Fraction => ({
  over: a.over * b.under + b.over * a.under,
  under: a.under * b.under,
})
export const subtract = (a: Fraction, b: Fraction): Fraction => add(a, { over: -b.over, under: b.under })
/** @throws RangeError when `b` is 0 */
export function divide(a: Fraction, b: Fraction): Fraction {
  if (b.over === 0n) throw new RangeError('division by zero')
  const sign = b.over < 0n ? -1n : 1n
  return { over: sign * a.over * b.under, under: sign * a.under * b.over }
}
/** Below 0 when `a` is the smaller one, 0 when they are equal. */
export function order(a: Fraction, b: Fraction): number {
  const difference = a.over * b.under - b.over * a.under
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
export const smaller = (a: Fraction, b: Fraction): Fraction => (order(a, b) <= 0 ? a : b)
/** The nearest binary float, for loops; good to 15 digits. */
export const toNumber = ({ over, under }: Fraction): number => {
  const whole = over / under
  return Number(whole) + Number(((over - whole * under) * 10n ** 18n) / under) / 1e18
}
export const isWhole = (value: Fraction): boolean => value.over % value.under === 0n

/** The nearest whole number, halves away from zero (as invoices round), as a number. */
export function roundHalfAway({ over, under }: Fraction): number {
  const size = over < 0n ? -over : over
  const rounded = (2n * size + under) / (2n * under)
  return Number(over < 0n ? -rounded : rounded)
}
