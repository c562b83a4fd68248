const LARGEST = Number.MAX_VALUE
/** A number and its two 32-bit words, and which of them is the high one: the second, as on all but a few machines. */
const value = new Float64Array([1])
const words = new Uint32Array(value.buffer)
const HIGH = words[1] === 0 ? 0 : 1

/**
 * The largest number from 0 on for which `test` is true, where it is true up to some number and false beyond it:
 * -Infinity when it is false at 0 already, Infinity when it is true throughout. Exact to the last bit, because it halves
 * the range of floating-point numbers themselves, first by their high words; so `x > last` is the same as `!test(x)`.
 */
export function lastWhere(test: (x: number) => boolean): number {
  if (!test(0)) return Number.NEGATIVE_INFINITY
  if (test(LARGEST)) return Number.POSITIVE_INFINITY
  value[0] = LARGEST
  const largest = words[HIGH] as number
  const holds = (high: number, low: number): boolean => {
    words[HIGH] = high
    words[1 - HIGH] = low
    return test(value[0] as number)
  }
  const high = lastWord(largest + 1, (word) => holds(word, 0))
  // Where the high word is the largest one, the low one ends before that of the largest number, since the test is false there.
  const low = lastWord(2 ** 32, (word) => holds(high, word))
  words[HIGH] = high
  words[1 - HIGH] = low
  return value[0] as number
}

/** The largest whole number from 0 up to `end`, without it, for which `test` is true; true at 0. */
function lastWord(end: number, test: (word: number) => boolean): number {
  let low = 0
  let high = end
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (test(middle)) low = middle
    else high = middle
  }
  return low
}

/** `lastWhere` after everything was multiplied by `factor`: `x * factor > last` as a limit on x itself. */
export function limitUnder(last: number, factor: number): number {
  if (factor > 0) return last / factor
  return last < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}
