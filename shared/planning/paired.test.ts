import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { breakEven, type Cumulative, rangeOfDifferences } from './paired.ts'

const money = fc.integer({ min: -1e9, max: 1e9 })

describe('the range of differences', () => {
  it('is the opposite one for opposite differences', () => {
    fc.assert(
      fc.property(fc.array(money, { minLength: 1, maxLength: 60 }), (values) => {
        const range = rangeOfDifferences(Float64Array.from(values))
        const back = rangeOfDifferences(Float64Array.from(values, (value) => -value))
        expect([back.p90, back.p50, back.p10]).toEqual([0 - range.p10, 0 - range.p50, 0 - range.p90])
        expect(range.p10).toBeLessThanOrEqual(range.p50)
        expect(range.p50).toBeLessThanOrEqual(range.p90)
      }),
    )
  })

  it('takes the values a tenth from either end', () => {
    expect(rangeOfDifferences(Float64Array.from({ length: 100 }, (_, index) => 100 - index))).toEqual({
      p10: 10,
      p50: 50.5,
      p90: 91,
    })
  })
})

/** Monthly costs by path, added up. */
function cumulative(paths: readonly (readonly number[])[]): Cumulative {
  const months = paths[0]?.length ?? 0
  const total = Array.from({ length: months }, (_, month) =>
    Float64Array.from(paths, (costs) => costs.slice(0, month + 1).reduce((sum, cost) => sum + cost, 0)),
  )
  return { months, paths: paths.length, total }
}

describe('break-even', () => {
  const cheap = [10, 10, 10, 10, 10, 10]
  it('is the first month in which the one that was cheaper has cost more', () => {
    // A move for 25 that saves 8 a month: 27, 29, 31, 33 against 10, 20, 30, 40.
    const moved = [27, 2, 2, 2, 2, 2]
    expect(breakEven(cumulative([cheap]), cumulative([moved]))).toEqual({
      share: 1,
      month: { p10: 3, p50: 3, p90: 3 },
      cheaperFirst: 'a',
    })
  })

  it('comes on some paths only where the paths differ, and not at all where one is always cheaper', () => {
    const never = [100, 10, 10, 10, 10, 10]
    const late = [40, 2, 2, 2, 2, 2]
    const soon = [12, 2, 2, 2, 2, 2]
    const five = cumulative([cheap, cheap, cheap, cheap, cheap])
    expect(breakEven(five, cumulative([soon, soon, late, never, never]))).toEqual({
      share: 0.6,
      month: { p10: 1, p50: 4, p90: null },
      cheaperFirst: 'a',
    })
    expect(breakEven(five, five)).toEqual({ share: 0, month: { p10: null, p50: null, p90: null }, cheaperFirst: null })
  })

  it('is the same seen from the other side', () => {
    const costs = fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 5, maxLength: 5 }), {
      minLength: 3,
      maxLength: 3,
    })
    fc.assert(
      fc.property(costs, costs, (a, b) => {
        const there = breakEven(cumulative(a), cumulative(b))
        const back = breakEven(cumulative(b), cumulative(a))
        expect({ share: back.share, month: back.month }).toEqual({ share: there.share, month: there.month })
        const turned = { a: 'b', b: 'a' } as const
        expect(back.cheaperFirst).toBe(there.cheaperFirst && turned[there.cheaperFirst])
      }),
    )
  })
})
