import { describe, expect, it } from 'vitest'
import type { AutoscaleWeek, ScalerWeek } from '../../../../shared/model/autoscale-week.ts'
import { decidingMetric, latest, mostCapped, savedOf, shadesOf } from './reading.ts'

describe('shadesOf', () => {
  it('joins neighbours of one tone and keeps the tones apart', () => {
    const overTarget = [0, 5, 2, 5, 0, 1]
    const overload = [0, 0, 0, 5, 0, 0]
    expect(shadesOf({ overTarget, overload }, 5)).toEqual([
      { from: 5, to: 10, tone: 'warn', strong: true },
      { from: 10, to: 15, tone: 'warn', strong: false },
      { from: 15, to: 20, tone: 'bad', strong: true },
      { from: 25, to: 30, tone: 'warn', strong: false },
    ])
    expect(shadesOf({ overTarget: [5, 5], overload: [0, 0] }, 5)).toEqual([
      { from: 0, to: 10, tone: 'warn', strong: true },
    ])
    expect(shadesOf({ overTarget: [0], overload: [0] }, 5)).toEqual([])
  })
})

describe('decidingMetric', () => {
  it('is the one that needs most replicas at its peak', () => {
    const metric = (resource: string, target: number, load: number[], backlog: number[] | null = null) =>
      ({ resource, target, perReplica: 10, load, backlog }) as ScalerWeek['metrics'][number]
    const kind = 'hpa'
    expect(decidingMetric({ kind, metrics: [metric('cpu', 1, [2, 3]), metric('memory', 4, [20, 8])] })?.resource).toBe(
      'memory',
    )
    // A queue that is a rate is held against what a replica empties: 30 / 10 against 3 / 1.5.
    expect(decidingMetric({ kind, metrics: [metric('cpu', 1.5, [3]), metric('jobs', 100, [30], [0])] })?.resource).toBe(
      'jobs',
    )
    expect(decidingMetric({ kind, metrics: [] })).toBeUndefined()
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

  it('names the one whose maximum is furthest from what the peak needs', () => {
    const one = (id: string, max: number, size: number, minutesOverTarget = 9) =>
      ({ id, max, minutesOverTarget, fixed: [{ kind: 'target', size }] }) as unknown as ScalerWeek
    expect(mostCapped(week({ scalers: [one('a', 10, 12), one('b', 10, 30), one('c', 10, 40, 0)] }))).toMatchObject({
      scaler: { id: 'b' },
      needed: 30,
    })
    expect(mostCapped(week({ scalers: [one('a', 10, 10)] }))).toBeNull()
  })

  it('names the autoscaler that is over for longest', () => {
    const one = (id: string, minutesOverTarget: number) => ({ id, minutesOverTarget }) as ScalerWeek
    expect(latest(week({ scalers: [one('a', 3), one('b', 9)] }))?.id).toBe('b')
    expect(latest(week({ scalers: [one('a', 0)] }))).toBeNull()
  })
})
