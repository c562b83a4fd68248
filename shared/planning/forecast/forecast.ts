import { backtest, extent, historyLeast, predictSafely } from './backtest.ts'
import { PURE_CANDIDATES } from './candidates.ts'
import { BLEND, blended, type Choice, choose } from './choose.ts'
import { conformalBands, coverageOf, type FoldErrors } from './conformal.ts'
import { type Grid, STEPS_LEAST, toGrid, tooShort } from './grid.ts'
import type { Candidate, Forecast, ForecastInput, ForecastOptions, TooShort } from './model.ts'
import { revertsTo } from './reversion.ts'
import { findSeasons } from './seasons.ts'

/**
 * Forecasts any series. It is put on an even grid; every candidate is tested from up to a dozen past origins; the one with
 * the least scaled error is run on the whole series; its band is made of the errors it made in the backtest.
 *
 * The horizon never exceeds half of the measured length, since farther steps cannot be backtested.
 * Pure: the same input gives the same digits.
 */
export function forecast(input: ForecastInput, options: ForecastOptions): Forecast | TooShort {
  const grid = toGrid(input, options.intervalMs)
  if ('kind' in grid) return grid
  const { values, observed, sampling } = grid
  const asked = Math.max(1, Math.floor(options.horizon))
  const stated = seasonsAsked(options.season)
  const wanted = stated ?? findSeasons(values, sampling)
  const seasons = wanted.filter((period) => values.length >= 2 * period)
  const shown = sampling.step === 'index' ? null : sampling.intervalMs
  const given = Math.min(asked, horizonMost(values.length, seasons))
  const needed = Math.max(STEPS_LEAST, historyLeast(seasons) + 4)
  if (given < 1 || values.length < needed) return tooShort('short', needed, values.length, shown)

  const candidates = options.candidates ?? PURE_CANDIDATES
  const level = Math.min(0.98, Math.max(0.5, options.level ?? 0.8))
  const test = backtest(values, observed, given, seasons, candidates)
  const choice = choose(test, candidates, {
    guessed: stated === null,
    reverts: seasons.length === 0 ? revertsTo(values, given) : null,
  })
  const told = test.folds.filter((fold) => choice.parts.every((id) => fold.predicted.has(id)))
  const errors = told.map(({ origin, predicted, actual }): FoldErrors => {
    const path = blended(predicted, choice.parts)
    return { origin, errors: actual.map((one, step) => (one === null ? null : one - (path[step] as number))) }
  })
  const bandsOf = (folds: readonly FoldErrors[]) => conformalBands(folds, given, level, values, seasons.at(-1) ?? 1)
  const bands = bandsOf(errors)
  const { point, winner } = finalPath(values, given, seasons, candidates, choice)
  const edges = edgesOf(options.bounds, grid)
  const inside = (value: number): number => Math.min(edges[1], Math.max(edges[0], value))
  // A flat series forecast by a library is off by a rounding error; a band of no width must still hold it.
  const [least, greatest] = extent(values)
  const hair = 1e-6 * (greatest - least) + 1e-9 * Math.max(Math.abs(least), Math.abs(greatest))
  const measured = errors.flatMap((fold) => fold.errors.flatMap((one) => (one === null ? [] : [Math.abs(one)])))
  const best = choice.scores.find((score) => score.id === winner.id)
  const lastSeen = observed.lastIndexOf(true)
  return {
    kind: 'forecast',
    at: point.map((_, step) => grid.timeOf(values.length + step)),
    point: point.map(inside),
    low: point.map((one, step) => inside(one + (bands.low[step] as number) - hair)),
    high: point.map((one, step) => inside(one + (bands.high[step] as number) + hair)),
    level,
    model: winner,
    seasons,
    scores: choice.scores,
    backtest: {
      folds: errors.length,
      coverage: heldOutCoverage(errors, bandsOf),
      mase: best?.mase ?? 0,
      mae: measured.length === 0 ? 0 : measured.reduce((sum, one) => sum + one, 0) / measured.length,
      effective: bands.effective,
    },
    sampling,
    last: { at: grid.timeOf(lastSeen), value: values[lastSeen] as number },
    horizon: { asked, given },
    notes: [
      ...wanted
        .filter((period) => !seasons.includes(period))
        .map((period) => `A season of ${period} steps was left out: the series does not hold two of them.`),
      ...notesOf(grid, asked, given),
    ],
  }
}

/** How many steps ahead a series of this length supports: half of it, and enough history left to test from. */
export function horizonMost(length: number, seasons: readonly number[]): number {
  return Math.min(Math.floor(length / 2), length - historyLeast(seasons) - 2)
}

function finalPath(
  values: readonly number[],
  horizon: number,
  seasons: readonly number[],
  candidates: readonly Candidate[],
  choice: Choice,
): { point: number[]; winner: Forecast['model'] } {
  const paths = new Map<string, readonly number[]>()
  for (const id of choice.parts) {
    const candidate = candidates.find((one) => one.id === id)
    const path = candidate && predictSafely(candidate, values, horizon, seasons)
    if (path) paths.set(id, path)
  }
  const parts = choice.parts.filter((id) => paths.has(id))
  if (parts.length > 0 && (parts.length === choice.parts.length || choice.winner.id === BLEND))
    return { point: blended(paths, parts), winner: choice.winner }
  const last = values.at(-1) as number
  return { point: Array.from({ length: horizon }, () => last), winner: { id: 'naive', name: 'last value' } }
}

/** The share of backtest points that the bands made of all other folds hold. */
function heldOutCoverage(
  folds: readonly FoldErrors[],
  bandsOf: (folds: readonly FoldErrors[]) => ReturnType<typeof conformalBands>,
): number | null {
  if (folds.length < 3) return null
  let [inside, of] = [0, 0]
  for (const [at, fold] of folds.entries()) {
    const one = coverageOf(fold.errors, bandsOf(folds.toSpliced(at, 1)))
    inside += one.inside
    of += one.of
  }
  return of === 0 ? null : inside / of
}

/** The bounds given; else zero for a series that rests on it and was never below. */
function edgesOf(bounds: ForecastOptions['bounds'], { values }: Grid): readonly [number, number] {
  if (bounds) return bounds
  const zeros = values.filter((one) => one === 0).length
  const least = extent(values)[0]
  return least >= 0 && zeros >= 2 ? [0, Number.POSITIVE_INFINITY] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
}

function seasonsAsked(season: ForecastOptions['season']): number[] | null {
  if (season === undefined) return null
  const list = typeof season === 'number' ? [season] : [...season]
  return [...new Set(list.filter((one) => Number.isInteger(one) && one > 1))].sort((a, b) => a - b)
}

function notesOf({ sampling }: Grid, asked: number, given: number): string[] {
  const notes: string[] = []
  if (given < asked)
    notes.push(`${given} of ${asked} steps: a series is forecast at most half as far ahead as it reaches back.`)
  if (sampling.missing > 0)
    notes.push(`${sampling.missing} of ${sampling.steps} steps had no value and were filled in between neighbours.`)
  if (sampling.duplicates > 0) notes.push(`${sampling.duplicates} values at the same time as another were averaged.`)
  if (sampling.invalid > 0) notes.push(`${sampling.invalid} values that are no numbers were left out.`)
  if (sampling.leftOutBefore !== null) notes.push('What lies before a long gap was left out.')
  return notes
}
