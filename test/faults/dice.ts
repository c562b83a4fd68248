/** Chance from a seed: the same seed gives the same throws, on any machine (mulberry32). */
export interface Dice {
  /** 0 <= x < 1 */
  float(): number
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number
  pick<T>(of: readonly T[]): T
  /** True so often of one. */
  chance(ratio: number): boolean
}

export function diceOf(seed: number): Dice {
  let state = seed >>> 0
  const float = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), 1 | state)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (low: number, high: number) => low + Math.floor(float() * (high - low + 1))
  return {
    float,
    whole,
    pick(of) {
      const one = of[whole(0, of.length - 1)]
      if (one === undefined) throw new Error('there is nothing to pick from')
      return one
    },
    chance: (ratio) => float() < ratio,
  }
}
