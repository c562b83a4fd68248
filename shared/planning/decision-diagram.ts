/**
 * A reduced ordered binary decision diagram (Bryant 1986) over variables 0..n-1, for monotone functions of independent
 * components. A function is a number: 0 is false, 1 is true, and equal functions are equal numbers.
 */
export interface DecisionDiagram {
  variable(index: number): number
  and(a: number, b: number): number
  or(a: number, b: number): number
  /**
   * The probability that `root` is true when variable i is true with probability `up[i]`, all independent, and how much
   * that changes with each: the derivative by `up[i]`, which is P(root | i up) - P(root | i down), Birnbaum's importance.
   */
  probability(root: number, up: readonly number[]): { value: number; importance: Float64Array }
}

/** Thrown inside when a diagram outgrows its bound; callers try another order or say so. */
export class DiagramTooLarge extends Error {}

const FALSE = 0
const TRUE = 1
/** Node numbers stay below this, so that two of them make one exact number. */
const WIDE = 2 ** 26

/** An empty diagram in which `limit` nodes may be made (at most 2^26); beyond that its operations throw DiagramTooLarge. */
export function decisionDiagram(variables: number, limit: number): DecisionDiagram {
  const at: number[] = [variables, variables]
  const low: number[] = [FALSE, TRUE]
  const high: number[] = [FALSE, TRUE]
  const unique = Array.from({ length: variables }, () => new Map<number, number>())
  const conjunctions = new Map<number, number>()
  const disjunctions = new Map<number, number>()

  function node(variable: number, whenDown: number, whenUp: number): number {
    if (whenDown === whenUp) return whenDown
    const known = unique[variable] as Map<number, number>
    const key = whenDown * WIDE + whenUp
    const found = known.get(key)
    if (found !== undefined) return found
    if (at.length >= limit) throw new DiagramTooLarge()
    const made = at.push(variable) - 1
    low.push(whenDown)
    high.push(whenUp)
    known.set(key, made)
    return made
  }

  /** `ends` decides the pairs in which one side is a constant. */
  function apply(a: number, b: number, memo: Map<number, number>, zero: number, one: number): number {
    if (a === zero || b === zero) return zero
    if (a === one || a === b) return b
    if (b === one) return a
    const key = a < b ? a * WIDE + b : b * WIDE + a
    const found = memo.get(key)
    if (found !== undefined) return found
    const top = Math.min(at[a] as number, at[b] as number)
    const [aLow, aHigh] = at[a] === top ? [low[a] as number, high[a] as number] : [a, a]
    const [bLow, bHigh] = at[b] === top ? [low[b] as number, high[b] as number] : [b, b]
    const result = node(top, apply(aLow, bLow, memo, zero, one), apply(aHigh, bHigh, memo, zero, one))
    memo.set(key, result)
    return result
  }

  return {
    variable: (index) => node(index, FALSE, TRUE),
    and: (a, b) => apply(a, b, conjunctions, FALSE, TRUE),
    or: (a, b) => apply(a, b, disjunctions, TRUE, FALSE),
    probability(root, up) {
      // A node is always made after the two it points to, so rising numbers see children first and falling ones parents.
      const below = new Float64Array(root + 1)
      if (root >= TRUE) below[TRUE] = 1
      for (let index = 2; index <= root; index += 1) {
        const p = up[at[index] as number] as number
        below[index] = (1 - p) * (below[low[index] as number] as number) + p * (below[high[index] as number] as number)
      }
      const reached = new Float64Array(root + 1)
      reached[root] = 1
      const importance = new Float64Array(variables)
      for (let index = root; index >= 2; index -= 1) {
        const weight = reached[index] as number
        if (weight === 0) continue
        const variable = at[index] as number
        const p = up[variable] as number
        const [down, ok] = [low[index] as number, high[index] as number]
        importance[variable] =
          (importance[variable] as number) + weight * ((below[ok] as number) - (below[down] as number))
        reached[down] = (reached[down] as number) + weight * (1 - p)
        reached[ok] = (reached[ok] as number) + weight * p
      }
      return { value: below[root] as number, importance }
    },
  }
}
