import { describe, expect, it } from 'vitest'
import type { AutoscaleWeek, ScalerWeek } from '../../../../shared/model/autoscale-week.ts'
import { latest, savedOf, shadesOf } from './reading.ts'

describe('shadesOf', () => {
  it('joins neighbours of one tone and keeps the tones apart', () => {
    const overTarget = [0, 5, 2, 5, 0, 1]
    const overload = [0, 0, 0, 5, 0, 0]
    expect(shadesOf({ overTarget, overload }, 5)).toEqual([
      { from: 5, to: 15, tone: 'warn' },
      { from: 15, to: 20, tone: 'bad' },
      { from: 25, to: 30, tone: 'warn' },
    ])
    expect(shadesOf({ overTarget: [0], overload: [0] }, 5)).toEqual([])
  })
})

describe('savedOf and latest', () => {
  const week = (parts: Partial<AutoscaleWeek>) =>
    ({ scalers: [], monthMinor: null, fixedMonthMinor: null, ...parts }) as unknown as AutoscaleWeek
  it('says what is saved as an amount and a share, and nothing without prices', () => {
    expect(savedOf(week({ monthMinor: 750, fixedMonthMinor: 1000 }))).toEqual({ minor: 250, share: 0.25 })
    expect(savedOf(week({ monthMinor: 0, fixedMonthMinor: 0 }))).toEqual({ minor: 0, share: 0 })
    expect(savedOf(week({}))).toBeNull()
  })

  it('names the autoscaler that is over for longest', () => {
    const one = (id: string, minutesOverTarget: number) => ({ id, minutesOverTarget }) as ScalerWeek
    expect(latest(week({ scalers: [one('a', 3), one('b', 9)] }))?.id).toBe('b')
    expect(latest(week({ scalers: [one('a', 0)] }))).toBeNull()
  })
})
