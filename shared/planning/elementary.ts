/**
 * Logarithm and exponential made of +, -, *, / and exact scaling by powers of two only. IEEE 754 fixes those to the last
 * bit, so a seed gives the same digits in every engine; Math.log and Math.exp are left to the engine by ECMA-262.
 */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const LOG2_E = Math.LOG2E
const SQRT_2 = Math.SQRT2

/** One number and its two 32-bit words, and which of them is the high one: the second, as on all but a few machines. */
const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)
float[0] = 1
const HIGH = words[1] === 0 ? 0 : 1

/** 2^k for -1022 <= k <= 1023 at k + 1022, exact since doubling is. */
const POWERS_OF_TWO = Float64Array.from({ length: 2046 })
POWERS_OF_TWO[0] = 2.2250738585072014e-308
for (let i = 1; i < POWERS_OF_TWO.length; i += 1) POWERS_OF_TWO[i] = 2 * (POWERS_OF_TWO[i - 1] as number)
const powerOfTwo = (k: number): number => POWERS_OF_TWO[k + 1022] as number

/** How finely powers of two are tabled: 2^(j/64). */
const STEPS = 64

/** Taylor's series of e^r for |r| <= ln(2)/2; the first term left out is below 5e-18. */
function series(r: number): number {
  let sum = 1 / 6227020800
  for (let n = 13; n > 0; n -= 1) sum = sum * r + 1 / factorial(n - 1)
  return sum
}
const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
const FRACTIONAL_POWERS = Float64Array.from({ length: STEPS }, (_, j) =>
  j <= STEPS / 2
    ? series((j / STEPS) * LN2_HIGH + (j / STEPS) * LN2_LOW)
    : 2 * series(((j - STEPS) / STEPS) * LN2_HIGH + ((j - STEPS) / STEPS) * LN2_LOW),
)

/**
 * e^x to about 2 units in the last place; 0 below -745, Infinity above 709.78. x = k ln(2)/64 + r, so the result is a
 * tabled power of two times a series in |r| <= 0.0055, whose first term left out is below 3e-20.
 */
export function exp(x: number): number {
  if (!(x <= 709.782712893384)) return x > 0 ? Number.POSITIVE_INFINITY : Number.NaN
  if (x < -745.2) return 0
  const k = Math.round(x * (LOG2_E * STEPS))
  const r = x - k * (LN2_HIGH / STEPS) - k * (LN2_LOW / STEPS)
  const r2 = r * r
  // Pairs of terms do not wait for each other.
  const tail = 1 / 24 + r * (1 / 120) + r2 * (1 / 720 + r * (1 / 5040))
  const size = (1 + r + r2 * (0.5 + r * (1 / 6) + r2 * tail)) * (FRACTIONAL_POWERS[k & (STEPS - 1)] as number)
  const power = k >> 6
  if (power > 1000) return size * powerOfTwo(1000) * powerOfTwo(power - 1000)
  if (power < -1000) return size * powerOfTwo(-1000) * powerOfTwo(power + 1000)
  return size * powerOfTwo(power)
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
  float[0] = value
  const high = words[HIGH] as number
  exponent += (high >>> 20) - 1023
  words[HIGH] = (high & 0xfffff) | 0x3ff00000
  return lnOf(float[0] as number, exponent)
}

/** ln(m 2^exponent) for 1 <= m < 2. */
function lnOf(mantissa: number, power: number): number {
  const large = mantissa > SQRT_2
  const m = large ? mantissa / 2 : mantissa
  const exponent = large ? power + 1 : power
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

/** `ln` of the first `count` values, to the digit. Taking all numbers apart before the arithmetic lets a processor work ahead. */
export function lnColumn(values: Float64Array, count: number, into: Float64Array): void {
  const from = new Uint32Array(values.buffer, values.byteOffset, 2 * count)
  const to = new Uint32Array(into.buffer, into.byteOffset, 2 * count)
  for (let i = 0; i < count; i += 1) {
    to[2 * i + HIGH] = ((from[2 * i + HIGH] as number) & 0xfffff) | 0x3ff00000
    to[2 * i + 1 - HIGH] = from[2 * i + 1 - HIGH] as number
  }
  for (let i = 0; i < count; i += 1) {
    const exponent = (from[2 * i + HIGH] as number) >>> 20
    // Zero, the tiniest, infinite and negative numbers have exponents of their own.
    const plain = exponent > 0 && exponent < 0x7ff
    into[i] = plain ? lnOf(into[i] as number, exponent - 1023) : ln(values[i] as number)
  }
}

/** x^a for x >= 0, as e^(a ln x). */
export function power(x: number, a: number): number {
  if (a === 1) return x
  if (x === 0) return a > 0 ? 0 : a === 0 ? 1 : Number.POSITIVE_INFINITY
  return exp(a * ln(x))
}
