import type { Plan } from '../model/plan.ts'
import type { Assumptions } from '../model/scenario.ts'
import { type DriverModel, type DriverMonth, driverModel } from './driver-model.ts'
import { exp } from './elementary.ts'
import { type GrowthLaw, saturatingValue, saturation, scaledValue } from './growth.ts'
import { nextWord, normalQuantile, seedStream, splitmix32, unitInterval } from './random.ts'

/** Streams of a law are numbered from law * this; so many pairs of paths there are at most. */
const STREAMS_PER_LAW = 65_536

/**
 * Simulated values of every growth law, month after month. Paths 2k and 2k + 1 are an antithetic pair: equal shocks of
 * opposite sign, and events drawn from u and 1 - u. Every pair has counted random streams of its own, one for each law, so
 * neither the order of pairs nor how many are stepped at a time changes a digit, nor does another driver or event change
 * the shocks of the first.
 */
export interface DriverPaths {
  count: number
  /** By law: the value on each path, before seasons and events. */
  values: readonly Float64Array[]
  /** Which of the month's event variants each path is in. */
  variant: Uint16Array
  /** Steps the pairs `from` up to `to` to a month; months must come in order. */
  step(month: number, events: DriverMonth['events'], from: number, to: number): void
}

export function driverPaths(model: DriverModel, seed: number, count: number): DriverPaths {
  const laws = model.laws.map(({ law, stream }) => lawPaths(law, seed, stream * STREAMS_PER_LAW, count))
  const happens = model.events.map((event, index) =>
    event.probability < 1 ? occurrences(event.probability, seed, index, count) : new Uint8Array(0),
  )
  const variant = new Uint16Array(count)
  return {
    count,
    values: laws.map((law) => law.values),
    variant,
    step(month, { probable }, from, to) {
      for (const law of laws) law.step(month, from, to)
      const last = Math.min(2 * to, count)
      variant.fill(0, 2 * from, last)
      for (const [bit, event] of probable.entries()) {
        const column = happens[event] as Uint8Array
        for (let path = 2 * from; path < last; path += 1)
          variant[path] = (variant[path] as number) | ((column[path] as number) << bit)
      }
    },
  }
}

/** On which paths a probable event happens: its own stream, whose n-th word belongs to pair n. */
function occurrences(probability: number, seed: number, event: number, count: number): Uint8Array {
  const stream = splitmix32(~seed, event)
  return Uint8Array.from({ length: count }, (_, path) => {
    const u = unitInterval(splitmix32(stream, path >> 1))
    return (path % 2 === 0 ? u : 1 - u) < probability ? 1 : 0
  })
}

// A month is stepped in short loops, one after the other: the processor works ahead in each of them, and together they take
// two thirds of the time of one long loop.

/** The next standard normal of each pair. */
function normals(generators: Uint32Array, into: Float64Array, from: number, to: number): void {
  for (let pair = from; pair < to; pair += 1) into[pair] = unitInterval(nextWord(generators, 4 * pair))
  for (let pair = from; pair < to; pair += 1) into[pair] = normalQuantile(into[pair] as number)
}

/** Adds the month's normals to each pair's sum; they become the logarithms by which its first path has strayed. */
function addShocks(sums: Float64Array, normal: Float64Array, deviation: number, from: number, to: number): void {
  for (let pair = from; pair < to; pair += 1) {
    const sum = (sums[pair] as number) + (normal[pair] as number)
    sums[pair] = sum
    normal[pair] = deviation * sum
  }
}

function exponentials(values: Float64Array, from: number, to: number): void {
  for (let pair = from; pair < to; pair += 1) values[pair] = exp(values[pair] as number)
}

/** The paths of one law. */
function lawPaths(law: GrowthLaw, seed: number, firstStream: number, count: number) {
  const pairs = Math.ceil(count / 2)
  const generators = new Uint32Array(4 * pairs)
  for (let pair = 0; pair < pairs; pair += 1) seedStream(seed, firstStream + pair, generators, 4 * pair)
  const { deviation } = law
  const shock = new Float64Array(pairs)
  /** Room for the last path's missing twin keeps the loops free of a question. */
  const padded = new Float64Array(2 * pairs)
  const values = padded.subarray(0, count)
  /** Where each path's piece of growth began; null where that is the present for all. */
  const start = law.ends.length > 0 ? new Float64Array(2 * pairs).fill(law.present) : null

  /** By pair: by how much the first path has strayed from the median, as a factor; the second has by the inverse. */
  const strayed = new Float64Array(pairs).fill(1)

  return {
    values,
    step(month: number, from: number, to: number): void {
      const now = law.at(month)
      if (month > 0 && deviation !== 0) {
        normals(generators, strayed, from, to)
        addShocks(shock, strayed, deviation, from, to)
        exponentials(strayed, from, to)
      }
      if (now.form === 'scaled') {
        const median = law.present * now.factor + now.added
        for (let pair = from; pair < to; pair += 1) {
          const up = strayed[pair] as number
          const first = start === null ? median : (start[2 * pair] as number) * now.factor + now.added
          const second = start === null ? median : (start[2 * pair + 1] as number) * now.factor + now.added
          padded[2 * pair] = scaledValue(first, up)
          padded[2 * pair + 1] = scaledValue(second, 1 / up)
        }
      } else {
        const common = saturation(now, law.present)
        for (let pair = from; pair < to; pair += 1) {
          const up = strayed[pair] as number
          const first = start === null ? common : saturation(now, start[2 * pair] as number)
          const second = start === null ? common : saturation(now, start[2 * pair + 1] as number)
          padded[2 * pair] = saturatingValue(now.ceiling, first, up)
          padded[2 * pair + 1] = saturatingValue(now.ceiling, second, 1 / up)
        }
      }
      if (start && law.ends.includes(month)) {
        start.set(padded.subarray(2 * from, 2 * to), 2 * from)
        shock.fill(0, from, to)
      }
    },
  }
}

/**
 * The drivers of a plan on simulated paths, as columns by driver: the month's level, and its peak in the busiest hour.
 * Months are asked for in order, from 0; the arrays are used again for the next one.
 */
export function driverMonths(plan: Plan, assumptions: Assumptions) {
  const model = driverModel(plan, assumptions)
  const paths = driverPaths(model, assumptions.seed, assumptions.paths)
  const columns = () => plan.drivers.map(() => new Float64Array(paths.count))
  const level = columns()
  const peak = columns()
  return (month: number): { level: readonly Float64Array[]; peak: readonly Float64Array[] } => {
    const now = model.month(month)
    paths.step(month, now.events, 0, Math.ceil(paths.count / 2))
    for (const driver of plan.drivers.keys()) {
      const values = paths.values[model.lawOf[driver] as number] as Float64Array
      const levels = Float64Array.from({ length: now.events.variants }, (_, variant) => now.level(variant, driver))
      const peaks = Float64Array.from({ length: now.events.variants }, (_, variant) => now.peak(variant, driver))
      for (let path = 0; path < paths.count; path += 1) {
        const variant = paths.variant[path] as number
        ;(level[driver] as Float64Array)[path] = (values[path] as number) * (levels[variant] as number)
        ;(peak[driver] as Float64Array)[path] = (values[path] as number) * (peaks[variant] as number)
      }
    }
    return { level, peak }
  }
}
