import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../format/duration.ts'
import { forecast, horizonMost } from './forecast.ts'
import { toGrid } from './grid.ts'
import type { Candidate, Forecast, ForecastInput, ForecastOptions, TooShort } from './model.ts'

const START = Date.UTC(2026, 0, 1)
const hours = (value: readonly (number | null)[], from = START) => ({
  at: value.map((_, i) => from + i * HOUR_MS),
  value,
})
const steps = (count: number, value: (i: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => value(i))
/** The same "noise" each time, between -1 and 1. */
const noise = (i: number): number => ((Math.imul(i + 1, 2654435761) >>> 8) % 2001) / 1000 - 1
const made = (input: ForecastInput, options: ForecastOptions): Forecast => {
  const result = forecast(input, options)
  if (result.kind === 'too-short') throw new Error(result.fact)
  return result
}
const refused = (input: ForecastInput, options: ForecastOptions): TooShort => {
  const result = forecast(input, options)
  if (result.kind === 'forecast') throw new Error('it was forecast')
  return result
}

describe('a forecast', () => {
  it('of a day that recurs finds the day and repeats it', () => {
    const result = made(hours(steps(240, (i) => 10 + 3 * Math.sin((2 * Math.PI * i) / 24) + 0.1 * noise(i))), {
      horizon: 48,
    })
    expect(result.seasons).toEqual([24])
    for (const [step, one] of result.point.entries())
      expect(Math.abs(one - (10 + 3 * Math.sin((2 * Math.PI * (240 + step)) / 24)))).toBeLessThan(0.3)
    expect(result.at[0]).toBe(START + 240 * HOUR_MS)
    expect(result.backtest.mase).toBeLessThan(1.5)
  })
  it('of a straight line goes on with it', () => {
    const result = made(hours(steps(120, (i) => 5 + 2 * i)), { horizon: 30 })
    expect(result.point.at(-1)).toBeCloseTo(5 + 2 * 149, 6)
  })
  it('of a flat series stays there, and its band holds it', () => {
    const result = made(hours(steps(50, () => 7)), { horizon: 10 })
    expect(result.point).toEqual(steps(10, () => 7))
    expect(result.low.every((low) => low <= 7)).toBe(true)
    expect(result.high.every((high) => high >= 7 && high < 7.001)).toBe(true)
  })
  it('is bounded where the values are', () => {
    const result = made(hours(steps(100, (i) => Math.min(1, 0.5 + i / 150))), { horizon: 40, bounds: [0, 1] })
    expect(Math.max(...result.high, ...result.point)).toBeLessThanOrEqual(1)
  })
  it('has the same digits each time, and low <= middle <= high everywhere', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 14, maxLength: 80 }),
        fc.integer({ min: 1, max: 30 }),
        (value, horizon) => {
          const result = made({ value }, { horizon })
          expect(forecast({ value }, { horizon })).toEqual(result)
          for (const [step, one] of result.point.entries()) {
            expect(result.low[step] as number).toBeLessThanOrEqual(one)
            expect(result.high[step] as number).toBeGreaterThanOrEqual(one)
          }
        },
      ),
      { numRuns: 40 },
    )
  })
  it('a wider level gives a wider band', () => {
    const input = hours(steps(150, (i) => 20 + 5 * noise(i)))
    const [narrow, wide] = [made(input, { horizon: 10, level: 0.6 }), made(input, { horizon: 10, level: 0.95 })]
    for (const [step, high] of wide.high.entries()) expect(high).toBeGreaterThan(narrow.high[step] as number)
  })
  it('scaled and shifted values give a scaled and shifted forecast', () => {
    const value = steps(90, (i) => 3 * noise(i) + i / 9)
    const [plain, moved] = [value, value.map((one) => 1000 + 8 * one)].map((one) =>
      made({ value: one }, { horizon: 9 }),
    )
    for (const [step, one] of (moved as Forecast).point.entries())
      expect(one).toBeCloseTo(1000 + 8 * ((plain as Forecast).point[step] as number), 5)
  })
  it('looks at most half as far ahead as it looks back, and says so', () => {
    const result = made(hours(steps(100, noise)), { horizon: 500 })
    expect(result.horizon).toEqual({ asked: 500, given: 50 })
    expect(result.notes.join(' ')).toContain('half as far ahead')
    expect(horizonMost(100, [])).toBe(50)
  })
  it('takes no notice of a candidate that throws, or that answers with nonsense', () => {
    const broken = (id: string, predict: Candidate['predict']): Candidate => ({
      id,
      name: id,
      fits: () => true,
      predict,
    })
    const naive = broken('naive', (history, horizon) => steps(horizon, () => history.at(-1) as number))
    const candidates = [
      naive,
      broken('throws', () => {
        throw new Error('no')
      }),
      broken('nonsense', (_, horizon) => steps(horizon, () => Number.NaN)),
      broken('wild', (_, horizon) => steps(horizon, () => 1e300)),
    ]
    const result = made(hours(steps(60, noise)), { horizon: 6, candidates })
    expect(result.scores.map((one) => one.id)).toEqual(['naive'])
  })
})

describe('a series that says too little', () => {
  it('is refused with what is needed and what is there', () => {
    const result = refused(hours(steps(5, noise)), { horizon: 3 })
    expect(result).toMatchObject({ kind: 'too-short', reason: 'short', needed: 12, there: 5 })
    expect(result.fact).toBe(
      'Too short to forecast: 12 h of data every 1 h are needed, 5 h of data every 1 h are there.',
    )
    expect(result.fix).toContain('measured for longer')
  })
  it('says so when a season is asked for that it does not hold twice', () => {
    const result = made(hours(steps(40, noise)), { horizon: 5, season: 24 })
    expect(result.seasons).toEqual([])
    expect(result.notes).toEqual(['A season of 24 steps was left out: the series does not hold two of them.'])
  })
  it('is refused when it is empty, all gaps, or too irregular', () => {
    expect(refused({ at: [], value: [] }, { horizon: 3 }).reason).toBe('empty')
    expect(refused({ value: [Number.NaN, null] }, { horizon: 3 }).reason).toBe('empty')
    const sparse = steps(400, (i) => i).filter((i) => i % 7 === 0 || i < 14)
    const result = forecast(
      { at: sparse.map((i) => START + i * HOUR_MS), value: sparse },
      { horizon: 3, intervalMs: HOUR_MS },
    )
    expect(result).toMatchObject({ kind: 'too-short', reason: 'irregular' })
  })
})

describe('the even grid', () => {
  const grid = (input: ForecastInput) => {
    const result = toGrid(input)
    if ('kind' in result) throw new Error(result.fact)
    return result
  }
  it('takes samples in any order, averages duplicates, drops what is no number, fills gaps between neighbours', () => {
    const { at, value } = hours(steps(40, (i) => i))
    const mixed = { at: [...at].reverse(), value: [...value].reverse() }
    mixed.at.push(START, START + 20 * HOUR_MS)
    mixed.value.push(10, Number.NaN)
    const index = mixed.at.indexOf(START + 30 * HOUR_MS)
    mixed.at.splice(index, 1)
    mixed.value.splice(index, 1)
    const { values, observed, sampling } = grid(mixed)
    expect(values[0]).toBe(5)
    expect(values[30]).toBe(30)
    expect(observed[30]).toBe(false)
    expect(sampling).toMatchObject({ steps: 40, missing: 1, duplicates: 1, invalid: 1, intervalMs: HOUR_MS })
  })
  it('knows months and quarters of the calendar, whose lengths vary', () => {
    const months = steps(30, (i) => i).map((i) => Date.UTC(2024, i, 1))
    const { values, sampling, timeOf } = grid({ at: months, value: steps(30, (i) => i) })
    expect(sampling.step).toBe('month')
    expect(values).toEqual(steps(30, (i) => i))
    expect(timeOf(31)).toBe(Date.UTC(2026, 7, 1))
    const ends = steps(20, (i) => Date.UTC(2024, i + 1, 0))
    expect(grid({ at: ends, value: steps(20, (i) => i) }).timeOf(25)).toBe(Date.UTC(2026, 1, 28))
    const quarters = steps(20, (i) => Date.UTC(2020, 3 * i, 1))
    expect(grid({ at: quarters, value: steps(20, (i) => i) }).sampling.step).toBe('quarter')
  })
  it('is not upset by samples that come a little early or late', () => {
    const at = steps(60, (i) => START + i * 60_000 + Math.round(8_000 * Math.abs(noise(i))))
    const { values, sampling } = grid({ at, value: steps(60, (i) => i) })
    expect(sampling.intervalMs).toBe(60_000)
    expect(values).toEqual(steps(60, (i) => i))
  })
  it('leaves out what lies before a gap longer than a quarter of it all', () => {
    const old = hours(steps(20, noise), START - 30 * DAY_MS)
    const recent = hours(steps(200, noise))
    const { sampling } = grid({ at: [...old.at, ...recent.at], value: [...old.value, ...recent.value] })
    expect(sampling).toMatchObject({ steps: 200, from: START, leftOutBefore: START })
  })
})
