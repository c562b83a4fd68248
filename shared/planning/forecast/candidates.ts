import { median } from './grid.ts'
import type { Candidate } from './model.ts'

const longest = (seasons: readonly number[]): number => seasons.at(-1) ?? 1
const lastOf = (history: readonly number[]): number => history.at(-1) as number
const ahead = (horizon: number, value: (step: number) => number): number[] =>
  Array.from({ length: horizon }, (_, i) => value(i + 1))

/** The last value, again and again. */
export const naive: Candidate = {
  id: 'naive',
  name: 'last value',
  fits: (length) => length >= 1,
  predict: (history, horizon) => ahead(horizon, () => lastOf(history)),
}

/** The last whole season, again and again; of two seasons the longer one. */
export const seasonalNaive: Candidate = {
  id: 'seasonal-naive',
  name: 'last season',
  fits: (length, seasons) => longest(seasons) > 1 && length >= longest(seasons),
  predict(history, horizon, seasons) {
    const period = longest(seasons)
    return ahead(horizon, (step) => history[history.length - period + ((step - 1) % period)] as number)
  },
}

/** The shorter of two seasons, which forgets quicker. */
export const shortSeasonalNaive: Candidate = {
  ...seasonalNaive,
  id: 'short-seasonal-naive',
  name: 'last short season',
  fits: (length, seasons) => seasons.length > 1 && length >= (seasons[0] as number),
  predict: (history, horizon, seasons) => seasonalNaive.predict(history, horizon, seasons.slice(0, 1)),
}

/** From the first value to the last, straight on. */
export const drift: Candidate = {
  id: 'drift',
  name: 'straight line through first and last value',
  fits: (length) => length >= 10,
  predict(history, horizon) {
    const slope = (lastOf(history) - (history[0] as number)) / (history.length - 1)
    return ahead(horizon, (step) => lastOf(history) + slope * step)
  },
}

/** The mean of the last four seasons by phase; without a season, of the last values. */
export const recentMean: Candidate = {
  id: 'recent-mean',
  name: 'mean of recent seasons',
  fits: (length, seasons) => length >= 2 * Math.max(5, longest(seasons)),
  predict(history, horizon, seasons) {
    const period = longest(seasons)
    const cycles = Math.min(period === 1 ? 24 : 4, Math.floor(history.length / period))
    const mean = (phase: number): number => {
      let sum = 0
      for (let back = 1; back <= cycles; back += 1) sum += history[history.length - back * period + phase] as number
      return sum / cycles
    }
    const profile = Array.from({ length: period }, (_, phase) => mean(phase))
    return ahead(horizon, (step) => profile[(step - 1) % period] as number)
  },
}

/** The mean of all that was measured, by phase of the season. */
export const longMean: Candidate = {
  ...recentMean,
  id: 'mean',
  name: 'mean of all seasons',
  predict(history, horizon, seasons) {
    const period = longest(seasons)
    const sums = Array.from({ length: period }, () => [0, 0] as [number, number])
    const begin = history.length % period
    for (let i = begin; i < history.length; i += 1) {
      const sum = sums[(i - begin) % period] as [number, number]
      sum[0] += history[i] as number
      sum[1] += 1
    }
    return ahead(horizon, (step) => {
      const [sum, count] = sums[(step - 1) % period] as [number, number]
      return sum / count
    })
  },
}

/**
 * Theil (1950) and Sen (1968): the median of the slopes between all pairs, here on the means of at most 160 blocks that
 * are whole seasons long where there is one. The level is the median of what lies above the line lately; the season, the
 * median of each phase around the line.
 */
export const theilSen: Candidate = {
  id: 'theil-sen',
  name: 'Theil-Sen trend',
  fits: (length, seasons) => length >= Math.max(10, 2.5 * longest(seasons)),
  predict: (history, horizon, seasons) => trendAhead(history, horizon, seasons),
}

/** The same on the newer half only, for a trend that has changed. */
export const recentTheilSen: Candidate = {
  id: 'recent-theil-sen',
  name: 'Theil-Sen trend of the newer half',
  fits: (length, seasons) => length >= Math.max(24, 5 * longest(seasons)),
  predict: (history, horizon, seasons) =>
    trendAhead(
      history.slice(-Math.max(12, Math.ceil(history.length / 2), Math.ceil(2.5 * longest(seasons)))),
      horizon,
      seasons,
    ),
}

const BLOCKS_MOST = 160

function trendAhead(history: readonly number[], horizon: number, seasons: readonly number[]): number[] {
  const period = longest(seasons)
  const slope = slopeOf(history, period)
  const around = history.map((value, i) => value - slope * i)
  const recent = Math.max(period, Math.min(around.length, Math.ceil(Math.max(5, around.length / 10) / period) * period))
  const level = median(around.slice(-recent))
  const phases = Array.from({ length: period }, (): number[] => [])
  if (period > 1) {
    const base = around.length % period
    // Each season against its own middle, so that a moved level does not blur the profile.
    for (let begin = base; begin + period <= around.length; begin += period) {
      const cycle = around.slice(begin, begin + period)
      const middle = median(cycle)
      for (let phase = 0; phase < period; phase += 1) phases[phase]?.push((cycle[phase] as number) - middle)
    }
  }
  const profile = phases.map((values) => (values.length > 0 ? median(values.slice(-8)) : 0))
  const end = history.length - 1
  return ahead(horizon, (step) => level + slope * (end + step) + (profile[(step - 1) % period] as number))
}

function slopeOf(history: readonly number[], period: number): number {
  const size = Math.max(Math.ceil(history.length / BLOCKS_MOST / period) * period, period)
  const whole = Math.floor(history.length / size)
  const width = whole >= 3 ? size : 1
  const count = Math.floor(history.length / width)
  const begin = history.length - count * width
  const blocks = Array.from({ length: count }, (_, block) => {
    let sum = 0
    for (let i = 0; i < width; i += 1) sum += history[begin + block * width + i] as number
    return sum / width
  })
  const slopes: number[] = []
  for (let i = 0; i < count; i += 1)
    for (let j = i + 1; j < count; j += 1)
      slopes.push(((blocks[j] as number) - (blocks[i] as number)) / ((j - i) * width))
  return slopes.length > 0 ? median(slopes) : 0
}

/** Every candidate that needs no library. */
export const PURE_CANDIDATES: readonly Candidate[] = [
  seasonalNaive,
  naive,
  shortSeasonalNaive,
  drift,
  recentMean,
  longMean,
  theilSen,
  recentTheilSen,
]
