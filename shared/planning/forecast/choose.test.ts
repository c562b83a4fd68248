import { describe, expect, it } from 'vitest'
import { numbers } from '../../../test/fixtures/series/made.ts'
import type { Backtest } from './backtest.ts'
import { naive, recentMean, seasonalNaive, theilSen } from './candidates.ts'
import { choose } from './choose.ts'
import { revertsTo } from './reversion.ts'
import { findSeasons } from './seasons.ts'

const HOUR = 3_600_000
const steps = (count: number, value: (i: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => value(i))
const turn = (i: number, period: number): number => Math.sin((2 * Math.PI * i) / period)

/** Folds of one step each, ten apart, in which the candidates err by the sizes given. */
function folds(errors: Readonly<Record<string, readonly number[]>>): Backtest {
  const count = Object.values(errors)[0]?.length ?? 0
  const predicted = (fold: number) =>
    new Map(Object.entries(errors).map(([id, sizes]): [string, number[]] => [id, [sizes[fold] as number]]))
  return {
    scale: 1,
    folds: steps(count, (i) => i).map((i) => ({ origin: 20 + 10 * i, actual: [0], predicted: predicted(i) })),
  }
}

describe('choose', () => {
  it('leaves the last season for one that is better in every fold', () => {
    const errors = { 'seasonal-naive': [4, 5, 4, 6, 5, 4], 'theil-sen': [1, 1.2, 0.9, 1.5, 1, 1] }
    expect(choose(folds(errors), [seasonalNaive, theilSen]).parts).toEqual(['theil-sen'])
  })

  it('stays where the advantage lies in a few folds only, however large', () => {
    const errors = { 'seasonal-naive': [40, 5, 4, 35, 5, 4], 'theil-sen': [1, 6, 5, 1, 6, 5] }
    const { parts, scores } = choose(folds(errors), [seasonalNaive, theilSen])
    expect(scores[0]?.id).toBe('theil-sen')
    expect(parts).toEqual(['seasonal-naive'])
  })

  it('gives a season that was only guessed up for the last value on less evidence than a stated one', () => {
    const errors = { 'seasonal-naive': [4, 4, 4, 4, 4, 4], naive: [1, 5, 2, 5, 2, 3] }
    expect(choose(folds(errors), [seasonalNaive, naive]).parts).toEqual(['seasonal-naive'])
    expect(choose(folds(errors), [seasonalNaive, naive], { guessed: true }).parts).toEqual(['naive'])
  })

  it('begins from the mean where a series falls back to it', () => {
    const errors = { naive: [3, 3, 3, 3, 3, 3], 'recent-mean': [2, 4, 2, 4, 2, 3] }
    expect(choose(folds(errors), [naive, recentMean]).parts).toEqual(['naive'])
    expect(choose(folds(errors), [naive, recentMean], { reverts: recentMean }).parts).toEqual(['recent-mean'])
  })
})

describe('revertsTo', () => {
  it('finds the mean of scatter around a level when the last value lies off it', () => {
    const { normal } = numbers(5)
    const values = [...steps(240, () => 40 + 6 * normal()), 58]
    expect(revertsTo(values, 24)?.id).toBe('mean')
  })

  it('leaves the last value where it lies near the mean, and of a walk', () => {
    const { normal } = numbers(5)
    expect(revertsTo([...steps(240, () => 40 + 6 * normal()), 40.5], 24)).toBeNull()
    let level = 0
    const walk = steps(240, () => {
      level += normal()
      return level
    })
    expect(revertsTo(walk, 24)).toBeNull()
  })

  it('says nothing of a series too short to be tested from eight origins', () => {
    expect(revertsTo([1, 9, 1, 9, 1, 9, 1, 9, 1, 9, 1, 9, 9], 3)).toBeNull()
  })
})

describe('findSeasons', () => {
  const { normal } = numbers(9)
  const week = steps(24 * 7 * 4, (i) => (Math.floor(i / 24) % 7 < 5 ? 1 : 0.8) * (40 + 20 * turn(i, 24)) + normal())

  it('finds the week above the day in values that have no times', () => {
    expect(findSeasons(week, { step: 'index', intervalMs: 1 })).toEqual([24, 168])
    expect(
      findSeasons(
        week.map((_, i) => 40 + 20 * turn(i, 24)),
        { step: 'index', intervalMs: 1 },
      ),
    ).toEqual([24])
  })

  it('sees a plain day from two and a half of them, but not one that hardly shows', () => {
    const minutes = { step: 'fixed', intervalMs: HOUR / 12 } as const
    expect(
      findSeasons(
        steps(720, (i) => 50 + 20 * turn(i, 288) + normal()),
        minutes,
      ),
    ).toContain(288)
    expect(
      findSeasons(
        steps(720, (i) => 50 + turn(i, 288) + 3 * normal()),
        minutes,
      ),
    ).not.toContain(288)
  })

  it('keeps the year of months to be tried where it does not show', () => {
    let level = 0
    const walk = steps(120, () => {
      level += normal()
      return level
    })
    expect(findSeasons(walk, { step: 'month', intervalMs: 30.4375 * 24 * HOUR })).toEqual([12])
  })
})
