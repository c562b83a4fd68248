import type { Columns } from './block-codec.ts'

/** What came of samples from elsewhere. `dropped` counts those that told of a time that was told of already. */
export interface Filled {
  stored: number
  dropped: number
}

/**
 * The samples of an import that may be stored: finite, in order of time, one of each time, and none within half a step of a
 * sample that is there. So what was measured here is never overwritten nor counted twice, an import fills only the holes, and
 * the same import again brings nothing.
 */
export function unknownOnes(samples: Columns, there: Float64Array, stepMs: number): Columns {
  const { at, value } = sorted(samples)
  const keptAt = new Float64Array(at.length)
  const keptValue = new Float64Array(at.length)
  const half = stepMs / 2
  let n = 0
  let next = 0
  for (let i = 0; i < at.length; i += 1) {
    const time = at[i] as number
    const one = value[i] as number
    if (!Number.isFinite(one) || (n > 0 && keptAt[n - 1] === time)) continue
    while (next < there.length && (there[next] as number) < time) next += 1
    const before = next > 0 ? time - (there[next - 1] as number) : Number.POSITIVE_INFINITY
    const after = next < there.length ? (there[next] as number) - time : Number.POSITIVE_INFINITY
    if (after === 0 || before < half || after < half) continue
    keptAt[n] = time
    keptValue[n] = one
    n += 1
  }
  return { at: keptAt.subarray(0, n), value: keptValue.subarray(0, n) }
}

/** The usual distance between samples: the median of the steps; 0 for fewer than two. */
export function usualStep(at: Float64Array): number {
  if (at.length < 2) return 0
  const steps = new Float64Array(at.length - 1)
  for (let i = 1; i < at.length; i += 1) steps[i - 1] = (at[i] as number) - (at[i - 1] as number)
  steps.sort()
  return steps[Math.floor(steps.length / 2)] as number
}

function sorted({ at, value }: Columns): Columns {
  let isSorted = true
  for (let i = 1; isSorted && i < at.length; i += 1) isSorted = (at[i - 1] as number) <= (at[i] as number)
  if (isSorted) return { at, value }
  const order = Array.from({ length: at.length }, (_, i) => i).sort((a, b) => (at[a] as number) - (at[b] as number))
  return {
    at: Float64Array.from(order, (i) => at[i] as number),
    value: Float64Array.from(order, (i) => value[i] as number),
  }
}
