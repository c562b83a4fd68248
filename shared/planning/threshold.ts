const LARGEST = Number.MAX_VALUE
const value = new Float64Array(1)
const bits = new BigUint64Array(value.buffer)

/**
 * The largest number from 0 on for which `test` is true, where it is true up to some number and false beyond it:
 * -Infinity when it is false at 0 already, Infinity when it is true throughout. Exact to the last bit, because it halves
 * the range of floating-point numbers themselves; so `x > last` is the same as `!test(x)`.
 */
export function lastWhere(test: (x: number) => boolean): number {
  if (!test(0)) return Number.NEGATIVE_INFINITY
  if (test(LARGEST)) return Number.POSITIVE_INFINITY
  value[0] = LARGEST
  let low = 0n
  let high = bits[0] as bigint
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    bits[0] = middle
    if (test(value[0] as number)) low = middle
    else high = middle
  }
  bits[0] = low
  return value[0] as number
}

/** `lastWhere` after everything was multiplied by `factor`: `x * factor > last` as a limit on x itself. */
export function limitUnder(last: number, factor: number): number {
  if (factor > 0) return last / factor
  return last < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}
