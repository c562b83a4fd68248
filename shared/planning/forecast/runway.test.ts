import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../format/duration.ts'
import type { Forecast } from './model.ts'
import { runway } from './runway.ts'
import { errorWords, runwayWords } from './runway-words.ts'

const NOW = Date.UTC(2026, 0, 1)
const days = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

/** From 50%, half a point a day, with a band that grows by a tenth of a point a day. */
function rising(count = 100, slope = 0.005): Forecast {
  const point = days(count).map((day) => 0.5 + slope * day)
  return {
    kind: 'forecast',
    at: days(count).map((day) => NOW + day * DAY_MS),
    point,
    low: point.map((one, i) => one - 0.001 * (i + 1)),
    high: point.map((one, i) => one + 0.001 * (i + 1)),
    level: 0.8,
    model: { id: 'drift', name: 'drift' },
    seasons: [],
    scores: [],
    backtest: { folds: 10, coverage: 0.8, mase: 1, mae: 0.01, effective: 9 },
    sampling: {
      from: NOW - 2 * count * DAY_MS,
      to: NOW,
      intervalMs: DAY_MS,
      step: 'fixed',
      steps: 2 * count,
      coverage: 1,
      missing: 0,
      duplicates: 0,
      invalid: 0,
      leftOutBefore: null,
    },
    last: { at: NOW, value: 0.5 },
    horizon: { asked: count, given: count },
    notes: [],
  }
}
const disk = { hostName: 'db-1', metric: 'disk_used_ratio', labels: { mount: '/srv' }, unit: 'ratio' } as const
const words = (made: Forecast, threshold: number, op: '>=' | '<=' = '>=') =>
  runwayWords(runway(made, threshold, op), disk, made, NOW, op === '>=')

describe('a runway', () => {
  it('is the first step of the middle, and of each edge of the band', () => {
    expect(runway(rising(), 0.749)).toEqual({
      kind: 'dated',
      threshold: 0.749,
      at: NOW + 50 * DAY_MS,
      earliest: NOW + 42 * DAY_MS,
      latest: NOW + 63 * DAY_MS,
      until: NOW + 100 * DAY_MS,
    })
    expect(words(rising(), 0.749)).toBe('Disk /srv on db-1 reaches 74.9% in 50 days (80%: 42 to 63).')
  })
  it('is open where the far edge is not there within the horizon', () => {
    expect(words(rising(), 0.9499)).toBe('Disk /srv on db-1 reaches 95% in 90 days (80%: 75 days to beyond 100 days).')
  })
  it('is only possible where the middle is not there', () => {
    expect(runway(rising(), 1.05)).toMatchObject({ kind: 'dated', at: null, latest: null })
    expect(words(rising(), 1.05)).toContain('may reach 105% from 92 days on, or later, if at all')
  })
  it('is never a date beyond the horizon', () => {
    expect(runway(rising(), 2)).toEqual({ kind: 'beyond', threshold: 2, until: NOW + 100 * DAY_MS })
    expect(words(rising(), 2)).toBe(
      'Disk /srv on db-1 does not reach 200% within the 100 days that its history supports.',
    )
  })
  it('is past where the newest value is there', () => {
    expect(runway(rising(), 0.5)).toEqual({ kind: 'past', threshold: 0.5, at: NOW })
    expect(words(rising(), 0.4)).toBe('Disk /srv on db-1 is already at or above 40%: 50%.')
  })
  it('is not past on a threshold that has to be passed', () => {
    const none = { ...rising(100, 0), last: { at: NOW, value: 0.5 } }
    const flat = {
      ...none,
      point: none.point.map(() => 0.5),
      low: none.low.map(() => 0.5),
      high: none.high.map(() => 0.5),
    }
    expect(runway(flat, 0.5, '>')).toMatchObject({ kind: 'beyond' })
    expect(runway(flat, 0.5, '<')).toMatchObject({ kind: 'beyond' })
    expect(runway(flat, 0.5, '>=')).toMatchObject({ kind: 'past' })
  })
  it('goes down too', () => {
    const falling = rising(100, -0.004)
    expect(runway(falling, 0.3, '<=')).toMatchObject({ kind: 'dated', at: NOW + 50 * DAY_MS })
    expect(words(falling, 0.3, '<=')).toContain('falls to 30% in 50 days')
  })
  it('comes no sooner for a higher threshold', () => {
    const made = rising()
    let last = 0
    for (let threshold = 0.51; threshold < 0.98; threshold += 0.01) {
      const one = runway(made, threshold)
      if (one.kind !== 'dated' || one.at === null) throw new Error('it should have a date')
      expect(one.at).toBeGreaterThanOrEqual(last)
      last = one.at
    }
  })
})

it('prints a small error with decimals that show it', () => {
  expect(errorWords(0.0004, 'ratio')).toBe('0.04%')
  expect(errorWords(0, 'ratio')).toBe('0%')
  expect(errorWords(2048, 'bytes')).toBe('2 KiB')
})
