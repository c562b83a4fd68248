/**
 * Logarithm and exponential made of +, -, *, / and exact scaling by powers of two only. IEEE 754 fixes those to the last
 * bit, so a seed gives the same digits in every engine; Math.log and Math.exp are left to the engine by ECMA-262.
 */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const LOG2_E = Math.LOG2E
const SQRT_2 = Math.SQRT2

const scratch = new DataView(new ArrayBuffer(8))

/** 2^k for -1022 <= k <= 1023 at k + 1022, exact since doubling is. */
const POWERS_OF_TWO = Float64Array.from({ length: 2046 })
POWERS_OF_TWO[0] = 2.2250738585072014e-308
for (let i = 1; i < POWERS_OF_TWO.length; i += 1) POWERS_OF_TWO[i] = 2 * (POWERS_OF_TWO[i - 1] as number)
const powerOfTwo = (k: number): number => POWERS_OF_TWO[k + 1022] as number

/** e^x to about 1 unit in the last place; 0 below -745, Infinity above 709.78. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return Number.NaN
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY
  if (x < -745.2) return 0
  const k = Math.round(x * LOG2_E)
  const r = x - k * LN2_HIGH - k * LN2_LOW
  // Taylor's series on |r| <= ln(2)/2: the first term left out is below 5e-18.
  let sum = 1 / 6227020800
  sum = sum * r + 1 / 479001600
  sum = sum * r + 1 / 39916800
  sum = sum * r + 1 / 3628800
  sum = sum * r + 1 / 362880
  sum = sum * r + 1 / 40320
  sum = sum * r + 1 / 5040
  sum = sum * r + 1 / 720
  sum = sum * r + 1 / 120
  sum = sum * r + 1 / 24
  sum = sum * r + 1 / 6
  sum = sum * r + 0.5
  sum = sum * r + 1
  sum = sum * r + 1
  if (k > 1000) return sum * powerOfTwo(1000) * powerOfTwo(k - 1000)
  if (k < -1000) return sum * powerOfTwo(-1000) * powerOfTwo(k + 1000)
  return sum * powerOfTwo(k)
}

/** Natural logarithm to about 2 units in the last place; -Infinity for 0, NaN below. */
export function ln(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN
  if (x === Number.POSITIVE_INFINITY) return x
  let value = x
  let exponent = 0
  if (value < 2.2250738585072014e-308) {
    value *= 18014398509481984
    exponent = -54
  }
  scratch.setFloat64(0, value)
  const high = scratch.getUint32(0)
  exponent += (high >>> 20) - 1023
  scratch.setUint32(0, (high & 0xfffff) | 0x3ff00000)
  let m = scratch.getFloat64(0)
  if (m > SQRT_2) {
    m /= 2
    exponent += 1
  }
  // ln m = 2 artanh((m - 1) / (m + 1)); |s| <= 0.1716, so the series ends at s^21 with an error below 1e-17.
  const s = (m - 1) / (m + 1)
  const s2 = s * s
  let sum = 1 / 21
  sum = sum * s2 + 1 / 19
  sum = sum * s2 + 1 / 17
  sum = sum * s2 + 1 / 15
  sum = sum * s2 + 1 / 13
  sum = sum * s2 + 1 / 11
  sum = sum * s2 + 1 / 9
  sum = sum * s2 + 1 / 7
  sum = sum * s2 + 1 / 5
  sum = sum * s2 + 1 / 3
  return exponent * LN2_HIGH + (exponent * LN2_LOW + 2 * s + 2 * s * s2 * sum)
}

/** x^a for x >= 0, as e^(a ln x). */
export function power(x: number, a: number): number {
  if (a === 1) return x
  if (x === 0) return a > 0 ? 0 : a === 0 ? 1 : Number.POSITIVE_INFINITY
  return exp(a * ln(x))
}
