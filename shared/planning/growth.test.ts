import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Growth, GrowthSchema } from '../model/growth.ts'
import { grownValue, growthOf } from './growth.ts'

const valueAt = (growth: Growth, present: number, month: number, shock = 0): number => {
  const law = growthOf(growth, present)
  return grownValue(law.at(month), present, law.deviation, shock)
}
const rate = fc.double({ min: -0.5, max: 2, noNaN: true })
const month = fc.integer({ min: 0, max: 120 })
const shock = fc.double({ min: -40, max: 40, noNaN: true })
const present = fc.double({ min: 0, max: 1e6, noNaN: true })
const kinds: fc.Arbitrary<Growth> = fc.oneof(
  rate.map((monthlyRate): Growth => ({ kind: 'exponential', monthlyRate, deviation: 0.2 })),
  fc
    .double({ min: -1e4, max: 1e5, noNaN: true })
    .map((perMonth): Growth => ({ kind: 'linear', perMonth, deviation: 0.2 })),
  rate.map((monthlyRate): Growth => ({ kind: 'logistic', monthlyRate, ceiling: 1e6, deviation: 0.2 })),
  fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 5 }).map(
    (values): Growth => ({
      kind: 'drawn',
      points: values.map((value, index) => ({ month: 3 * index + 1, value })),
      deviation: 0.2,
    }),
  ),
)

describe('every kind', () => {
  it('is exactly the present in month 0', () => {
    fc.assert(
      fc.property(kinds, present, (growth, now) => {
        expect(valueAt(growth, now, 0)).toBe(now)
      }),
    )
  })

  it('never falls when the shock rises, and is never negative', () => {
    fc.assert(
      fc.property(kinds, present, month, shock, shock, (growth, now, at, a, b) => {
        const low = valueAt(growth, now, at, Math.min(a, b))
        expect(low).toBeGreaterThanOrEqual(0)
        expect(low).toBeLessThanOrEqual(valueAt(growth, now, at, Math.max(a, b)))
      }),
    )
  })
})

describe('exponential', () => {
  it('is compound interest when nothing deviates', () => {
    fc.assert(
      fc.property(rate, month, (monthlyRate, at) => {
        const value = valueAt({ kind: 'exponential', monthlyRate, deviation: 0 }, 1, at, 7)
        expect(Math.abs(value / (1 + monthlyRate) ** at - 1)).toBeLessThan(1e-12)
      }),
    )
  })

  it('never falls when the rate rises', () => {
    fc.assert(
      fc.property(rate, rate, month, shock, (a, b, at, path) => {
        const value = (monthlyRate: number) =>
          valueAt({ kind: 'exponential', monthlyRate, deviation: 0.2 }, 5, at, path)
        expect(value(Math.min(a, b))).toBeLessThanOrEqual(value(Math.max(a, b)))
      }),
    )
  })

  it('is the kind of a plan that names none', () => {
    expect(GrowthSchema.parse({ monthlyRate: 0.1, deviation: 0 }).kind).toBe('exponential')
  })
})

describe('linear', () => {
  it('adds the same each month, and ends at 0 where it falls', () => {
    const growth = { kind: 'linear', perMonth: 250, deviation: 0 } as const
    expect([0, 1, 10].map((at) => valueAt(growth, 1000, at))).toEqual([1000, 1250, 3500])
    expect([3, 4, 5].map((at) => valueAt({ ...growth, perMonth: -250 }, 1000, at))).toEqual([250, 0, 0])
  })

  it('strays from its line by the same share everywhere', () => {
    const growth = { kind: 'linear', perMonth: 250, deviation: 0.1 } as const
    expect(valueAt(growth, 1000, 10, 2)).toBeCloseTo(3500 * Math.exp(0.2), 9)
  })
})

describe('logistic', () => {
  const growth = { kind: 'logistic', monthlyRate: 0.2, ceiling: 10_000, deviation: 0.1 } as const

  it('is the logistic curve, half the ceiling where the odds are even', () => {
    for (const at of [1, 12, 36, 120]) {
      const odds = (1000 / 9000) * 1.2 ** at
      expect(valueAt(growth, 1000, at)).toBeCloseTo((10_000 * odds) / (1 + odds), 6)
    }
    expect(valueAt({ ...growth, monthlyRate: 2, ceiling: 4000 }, 1000, 1)).toBeCloseTo(2000, 9)
  })

  // Month 0 is the present, which no shock has moved yet.
  it('never passes its ceiling, whatever the shock', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), shock, (at, path) => {
        expect(valueAt(growth, 9000, at, path)).toBeLessThanOrEqual(10_000)
      }),
    )
  })

  it('stays at a ceiling that is reached, and at nothing', () => {
    expect([valueAt(growth, 10_000, 12, -3), valueAt(growth, 0, 12, 3)]).toEqual([10_000, 0])
  })

  it('is log growth far below the ceiling', () => {
    const far = valueAt({ ...growth, ceiling: 1e12 }, 1000, 12, 3)
    expect(far / (1000 * 1.2 ** 12 * Math.exp(0.3))).toBeCloseTo(1, 5)
  })

  it('refuses a ceiling below the present, with field and value', () => {
    expect(() => growthOf(growth, 20_000)).toThrowError(
      expect.objectContaining({
        problem: expect.objectContaining({ code: 'CEILING_BELOW_PRESENT', field: 'growth.ceiling', value: '10000' }),
      }),
    )
  })
})

describe('drawn', () => {
  it('goes straight from point to point and keeps the last value', () => {
    const growth = {
      kind: 'drawn',
      points: [
        { month: 2, value: 3000 },
        { month: 6, value: 1000 },
      ],
      deviation: 0,
    } as const
    const points = { ...growth, points: [...growth.points] }
    expect([0, 1, 2, 3, 4, 6, 50].map((at) => valueAt(points, 1000, at))).toEqual([
      1000, 2000, 3000, 2500, 2000, 1000, 1000,
    ])
  })

  it('refuses points out of order', () => {
    const points = [
      { month: 4, value: 1 },
      { month: 4, value: 2 },
    ]
    expect(() => growthOf({ kind: 'drawn', points, deviation: 0 }, 1)).toThrowError(
      expect.objectContaining({
        problem: expect.objectContaining({ code: 'GROWTH_POINTS_OUT_OF_ORDER', field: 'growth.points', value: '4' }),
      }),
    )
  })
})

describe('pieces', () => {
  const growth: Growth = {
    kind: 'pieces',
    pieces: [
      { fromMonth: 0, law: { kind: 'exponential', monthlyRate: 1 } },
      { fromMonth: 2, law: { kind: 'linear', perMonth: 500 } },
      { fromMonth: 4, law: { kind: 'logistic', monthlyRate: 0.5, ceiling: 10_000 } },
    ],
    deviation: 0,
  }

  it('says which law a month has and where each piece ends', () => {
    const law = growthOf(growth, 1000)
    expect(law.ends).toEqual([2, 4])
    expect(law.at(2)).toMatchObject({ form: 'scaled', added: 0 })
    expect(law.at(3)).toEqual({ form: 'scaled', factor: 1, added: 500 })
    expect(law.at(5)).toMatchObject({ form: 'saturating', ceiling: 10_000 })
  })

  it('refuses pieces out of order', () => {
    const pieces = [...(growth as Extract<Growth, { kind: 'pieces' }>).pieces].reverse()
    expect(() => growthOf({ kind: 'pieces', pieces, deviation: 0 }, 1)).toThrowError(
      expect.objectContaining({ problem: expect.objectContaining({ code: 'GROWTH_PIECES_OUT_OF_ORDER' }) }),
    )
  })
})
