import { expect, it } from 'vitest'
import { type CorpusSeries, corpus, made } from '../../../test/fixtures/series/index.ts'
import { operations } from '../../../test/fixtures/series/operations.ts'
import { forecastFully } from './forecast-engine.ts'

/** The last fifth of a series is kept from the forecast, but never more than this many points. */
const HELD_OUT_MOST = 96

/** Absolute errors of a forecast and of repeating the last season, and how many held-out points lay in the band. */
function heldOut(series: CorpusSeries, timed = true) {
  const { at, value, season, bounds } = series
  const horizon = Math.min(HELD_OUT_MOST, Math.round(value.length / 5))
  const known = value.length - horizon
  const past = value.slice(0, known)
  const input = timed ? { at: at.slice(0, known), value: past } : { value: past }
  const told = forecastFully(input, { horizon, ...(bounds ? { bounds } : {}), ...(timed ? {} : { season }) })
  if (told.kind === 'too-short') throw new Error(`${series.id}: ${told.fact}`)
  const filled: number[] = []
  for (const one of value.slice(0, known)) filled.push(one ?? filled.at(-season) ?? filled.at(-1) ?? 0)
  const apart = filled.slice(season).map((one, i) => Math.abs(one - (filled[i] as number)))
  const scale = apart.reduce((sum, one) => sum + one, 0) / apart.length || 1
  let [inside, points, error, naive] = [0, 0, 0, 0]
  for (let step = 0; step < horizon; step += 1) {
    const came = value[known + step]
    if (came === null || came === undefined) continue
    points += 1
    if (came >= (told.low[step] as number) && came <= (told.high[step] as number)) inside += 1
    error += Math.abs(came - (told.point[step] as number))
    naive += Math.abs(came - (filled[known - season + (step % season)] as number))
  }
  return {
    id: series.id,
    model: told.model.name,
    points,
    inside,
    mase: error / points / scale,
    naiveMase: naive / points / scale,
  }
}

/** Prints coverage and MASE of each, and gives the shares that the laws are about. */
function judged(results: readonly ReturnType<typeof heldOut>[]) {
  const share = (a: number, b: number): string => (b === 0 ? '–' : (a / b).toFixed(2))
  const lines = results.map(({ id, points, inside, mase, naiveMase, model }) =>
    [
      id.padEnd(44),
      String(points).padStart(4),
      share(inside, points).padStart(6),
      mase.toFixed(2).padStart(7),
      naiveMase.toFixed(2).padStart(7),
      ` ${model}`,
    ].join(' '),
  )
  const total = results.reduce((sum, one) => sum + one.points, 0)
  const held = results.reduce((sum, one) => sum + one.inside, 0)
  // A hair of the scale: on a series that never moves both errors are a rounding error.
  const noWorse = results.filter((one) => one.mase <= one.naiveMase + 1e-9)
  // Of the errors that are no rounding: how much smaller they are, at the middle (geometric) of all series.
  const moving = results.filter((one) => one.naiveMase > 1e-6)
  const ratios = moving.map((one) => Math.log(Math.max(one.mase, 1e-6) / one.naiveMase))
  const relative = Math.exp(ratios.reduce((sum, one) => sum + one, 0) / moving.length)
  console.log(
    [
      `${'series'.padEnd(44)} held inside    MASE   naive  chosen`,
      ...lines,
      `${results.length} series: ${share(held, total)} of ${total} held-out points inside; no worse than the last season on ${noWorse.length}; errors ${relative.toFixed(2)} of its.`,
    ].join('\n'),
  )
  return { coverage: held / total, noWorse: noWorse.length / results.length, relative }
}

it('80% bands hold 75 to 85% of what follows, and the middle is no worse than the last season on 9 series of 10', () => {
  const all = corpus()
  expect(all.length).toBeGreaterThanOrEqual(30)
  const { coverage, noWorse, relative } = judged(all.map((one) => heldOut(one)))
  expect(coverage).toBeGreaterThanOrEqual(0.75)
  expect(coverage).toBeLessThanOrEqual(0.85)
  expect(noWorse).toBeGreaterThanOrEqual(0.9)
  expect(relative).toBeLessThan(0.9)
}, 240_000)

it.each([
  ['with times', true],
  ['as values with their season stated', false],
] as const)(
  'the same holds of series drawn anew, %s',
  (_, timed) => {
    const all = [...operations([11, 12, 13]), ...made(41)]
    const { coverage, noWorse, relative } = judged(all.map((one) => heldOut(one, timed)))
    expect(coverage).toBeGreaterThanOrEqual(0.75)
    expect(coverage).toBeLessThanOrEqual(0.85)
    expect(noWorse).toBeGreaterThanOrEqual(0.9)
    expect(relative).toBeLessThan(0.9)
  },
  240_000,
)
