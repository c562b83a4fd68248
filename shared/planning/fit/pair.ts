import { DAY_MS, HOUR_MS } from '../../format/duration.ts'
import { refusal } from './refusal.ts'

export interface TimedPair {
  at: number
  x: number
  y: number
}

interface TimedValue {
  at: number
  value: number
}

/** Round stretches of time that two series are averaged over. */
const BUCKETS_MS = [60_000, 300_000, 900_000, HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS]
/** More pairs say no more, and take longer. */
const MOST_PAIRS = 2000

/**
 * Brings two series together: both are averaged over the same stretches of time, as long as the coarser one's usual step (or
 * longer, so that there are at most 2,000), and a stretch counts where both were measured in it.
 * @throws FIT_NO_OVERLAP, which names both spans
 */
export function pairByTime(
  driver: readonly TimedValue[],
  resource: readonly TimedValue[],
): { pairs: TimedPair[]; bucketMs: number } {
  const xs = [...driver].sort((a, b) => a.at - b.at)
  const ys = [...resource].sort((a, b) => a.at - b.at)
  const from = Math.max(xs[0]?.at ?? Number.POSITIVE_INFINITY, ys[0]?.at ?? Number.POSITIVE_INFINITY)
  const to = Math.min(xs.at(-1)?.at ?? Number.NEGATIVE_INFINITY, ys.at(-1)?.at ?? Number.NEGATIVE_INFINITY)
  const least = Math.max(usualStep(xs), usualStep(ys), (to - from) / MOST_PAIRS)
  const bucketMs = BUCKETS_MS.find((one) => one >= 0.99 * least) ?? (BUCKETS_MS.at(-1) as number)
  const averages = (values: readonly TimedValue[]) => {
    const found = new Map<number, { sum: number; n: number }>()
    for (const { at, value } of values) {
      const key = Math.floor(at / bucketMs)
      const own = found.get(key)
      if (own) {
        own.sum += value
        own.n += 1
      } else found.set(key, { sum: value, n: 1 })
    }
    return found
  }
  const second = averages(ys)
  const pairs = [...averages(xs)].flatMap(([key, x]) => {
    const y = second.get(key)
    return y ? [{ at: key * bucketMs, x: x.sum / x.n, y: y.sum / y.n }] : []
  })
  if (pairs.length === 0) {
    throw refusal(
      'FIT_NO_OVERLAP',
      `The driver (${span(xs)}) and the resource (${span(ys)}) were never measured at the same time.`,
      'Choose windows that overlap. If they should, check the time zone of the file: times without a zone are read as UTC.',
      { details: { driver: span(xs), resource: span(ys) } },
    )
  }
  return { pairs, bucketMs }
}

function usualStep(values: readonly TimedValue[]): number {
  const steps = values.slice(1).map((value, i) => value.at - (values[i] as TimedValue).at)
  steps.sort((a, b) => a - b)
  return steps[Math.floor(steps.length / 2)] ?? 0
}

const minute = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')
const span = (values: readonly TimedValue[]): string =>
  values.length === 0 ? 'no values' : `${minute(values[0]?.at ?? 0)} to ${minute(values.at(-1)?.at ?? 0)} UTC`
