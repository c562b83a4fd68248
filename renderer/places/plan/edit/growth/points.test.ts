import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PlanSchema } from '../../../../../shared/model/plan.ts'
import { checkPlan } from '../../../../../shared/planning/check-plan.ts'
import { newPlan } from '../../../../../shared/planning/new-plan.ts'
import { medianPath } from './median.ts'
import { LAST_MONTH, moved, nextPoint, type Point, snapped, withPoint } from './points.ts'

const curve: Point[] = [
  { month: 0, value: 100 },
  { month: 6, value: 200 },
  { month: 12, value: 900 },
]

describe('points of a drawn curve', () => {
  it('are moved to whole months, and never past a neighbour', () => {
    expect(moved(curve, 1, { month: 7.4, value: 250 })[1]).toEqual({ month: 7, value: 250 })
    expect(moved(curve, 1, { month: 40, value: 250 })[1]).toEqual({ month: 11, value: 250 })
    expect(moved(curve, 1, { month: -3, value: -5 })[1]).toEqual({ month: 1, value: 0 })
    expect(moved(curve, 2, { month: 999, value: 1 })[2]).toEqual({ month: LAST_MONTH, value: 1 })
  })

  it('stay in their month where the neighbours leave no whole one', () => {
    const tight = [
      { month: 3, value: 1 },
      { month: 3.5, value: 2 },
      { month: 4, value: 3 },
    ]
    expect(moved(tight, 1, { month: 9, value: 5 })[1]).toEqual({ month: 3.5, value: 5 })
  })

  it('are in order and accepted by the plan, wherever one is dragged', () => {
    const plan = newPlan('Test', 'EUR')
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: LAST_MONTH }), { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.double({ min: -50, max: 300, noNaN: true }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        (months, which, month, value) => {
          const points = months.sort((a, b) => a - b).map((one) => ({ month: one, value: 1 }))
          const after = moved(points, which % points.length, { month, value })
          const drawn = PlanSchema.parse({ ...plan, growth: { kind: 'drawn', points: after, deviation: 0 } })
          expect(checkPlan(drawn)).toEqual([])
        },
      ),
    )
  })

  it('take a new one in its place, and none in a month that is taken', () => {
    expect(withPoint(curve, { month: 8.6, value: 300 }).map((one) => one.month)).toEqual([0, 6, 9, 12])
    expect(withPoint(curve, { month: 6.2, value: 300 })).toBe(curve)
    expect(withPoint(curve, { month: LAST_MONTH + 1, value: 300 })).toBe(curve)
  })

  it('go on by half a year, up to the last month', () => {
    expect(nextPoint(curve)).toEqual({ month: 18, value: 900 })
    expect(nextPoint([{ month: 118, value: 5 }])).toEqual({ month: LAST_MONTH, value: 5 })
    expect(nextPoint([])).toEqual({ month: 0, value: 0 })
  })

  it('snap to a step without a tail', () => {
    expect(snapped(0.31, 0.1)).toBe(0.3)
    expect(snapped(-4, 5)).toBe(0)
    expect(snapped(1249, 100)).toBe(1200)
  })
})

describe('the middle path of a law', () => {
  it('goes on from where the piece before ended', () => {
    const path = medianPath(
      {
        kind: 'pieces',
        deviation: 0.2,
        pieces: [
          { fromMonth: 0, law: { kind: 'exponential', monthlyRate: 1 } },
          { fromMonth: 3, law: { kind: 'linear', perMonth: 10 } },
        ],
      },
      100,
      5,
    )
    expect(path.map((value) => Math.round(value))).toEqual([100, 200, 400, 800, 810, 820])
  })

  it('is the stated line of a drawn one', () => {
    expect(
      medianPath({ kind: 'drawn', points: curve, deviation: 0.5 }, 40, 12).filter((_, at) => at % 3 === 0),
    ).toEqual([100, 150, 200, 550, 900])
  })

  it('says what is wrong with a ceiling below the present', () => {
    expect(() => medianPath({ kind: 'logistic', monthlyRate: 0.1, ceiling: 10, deviation: 0 }, 100, 3)).toThrow(
      'ceiling of 10',
    )
  })
})
