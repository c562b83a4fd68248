import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { AutoETS, initSync as startEts } from '@bsull/augurs/ets'
import { MSTL, initSync as startMstl } from '@bsull/augurs/mstl'
import { exp, ln } from '../../../shared/planning/elementary.ts'
import { PURE_CANDIDATES } from '../../../shared/planning/forecast/candidates.ts'
import { forecast } from '../../../shared/planning/forecast/forecast.ts'
import type {
  Candidate,
  Forecast,
  ForecastInput,
  ForecastOptions,
  TooShort,
} from '../../../shared/planning/forecast/model.ts'

/** Longer pasts cost time and change little: exponential smoothing has forgotten them. */
const ETS_STEPS_MOST = 500
const MSTL_STEPS_MOST = 1200
/** Gardner and McKenzie (1985): a trend that fades by this a step, over at most this many steps of the horizon. */
const DAMPING = 0.95

let started = false

/** The libraries' WebAssembly from its bytes: beside the bundle, or in the package when run from the sources. */
function start(): void {
  if (started) return
  const require = createRequire(import.meta.url)
  const bytes = (name: string): Buffer => {
    const beside = fileURLToPath(new URL(`./${name}_bg.wasm`, import.meta.url))
    return readFileSync(
      existsSync(beside) ? beside : require.resolve(`@bsull/augurs/${name}`).replace(/\.js$/, '_bg.wasm'),
    )
  }
  startEts({ module: bytes('ets') })
  startMstl({ module: bytes('mstl') })
  started = true
}

/** What the smoothing says of a past: two candidates ask for the same one after the other, and fitting is what takes time. */
const etsPaths = new WeakMap<readonly number[], number[]>()

function etsPath(history: readonly number[], horizon: number): number[] {
  const known = etsPaths.get(history)
  if (known && known.length >= horizon) return known.slice(0, horizon)
  start()
  const model = new AutoETS(1, 'ZZN')
  try {
    model.fit(Float64Array.from(history.slice(-ETS_STEPS_MOST)))
    // One step more than is asked for is what the damped one asks for next.
    const path = Array.from(model.predict(horizon + 1).point)
    etsPaths.set(history, path)
    return path.slice(0, horizon)
  } finally {
    model.free()
  }
}

function mstlPath(history: readonly number[], horizon: number, seasons: readonly number[]): number[] {
  start()
  const model = MSTL.ets([...seasons])
  try {
    const period = seasons.at(-1) as number
    model.fit(Float64Array.from(history.slice(-Math.max(MSTL_STEPS_MOST, 3 * period))))
    return Array.from(model.predict(horizon).point)
  } finally {
    model.free()
  }
}

/** Error, trend and damping chosen by information criterion. */
const ets: Candidate = {
  id: 'ets',
  name: 'ETS',
  fits: (length) => length >= 12,
  predict: (history, horizon) => etsPath(history, horizon),
}

/** The same with its trend fading, however the criterion chose: trends of measured series seldom last. */
const dampedEts: Candidate = {
  id: 'damped-ets',
  name: 'damped ETS',
  fits: (length) => length >= 12,
  predict(history, horizon) {
    const path = etsPath(history, horizon + 1)
    const fading = DAMPING ** Math.min(1, 12 / horizon)
    let [value, weight] = [path[0] as number, 1]
    return path.slice(1).map((next, step) => {
      const before = value
      weight *= fading
      value += weight * (next - (path[step] as number))
      return before
    })
  },
}

const longEnough = (length: number, seasons: readonly number[]): boolean => {
  const period = seasons.at(-1) ?? 1
  return period > 1 && length >= 2 * period + 2
}

/** Bandara, Hyndman and Bergmeir (2021): the seasons taken off by repeated STL, the rest forecast by ETS. */
const mstl: Candidate = {
  id: 'mstl-ets',
  name: 'MSTL-ETS',
  fits: longEnough,
  predict: mstlPath,
}

/** On logarithms, for seasons that grow with the level. */
const mstlLog: Candidate = {
  id: 'mstl-ets-log',
  name: 'MSTL-ETS on logarithms',
  fits: longEnough,
  predict(history, horizon, seasons) {
    if (!history.every((one) => one > 0)) throw new RangeError('logarithms need values above 0')
    return mstlPath(history.map(ln), horizon, seasons).map(exp)
  },
}

/** Everything that may win, with the libraries' models among it. */
export const CANDIDATES: readonly Candidate[] = [...PURE_CANDIDATES, ets, dampedEts, mstl, mstlLog]

/** `forecast` with the full set of candidates. */
export function forecastFully(input: ForecastInput, options: ForecastOptions): Forecast | TooShort {
  return forecast(input, { candidates: CANDIDATES, ...options })
}
