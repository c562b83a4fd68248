import { DAY_MS } from '../../format/duration.ts'
import { exp, ln } from '../elementary.ts'
import { refusal } from './refusal.ts'
import { median, robustDeviation } from './statistics.ts'
import { theilSen } from './theil-sen.ts'

/** A year of 365.25 days over twelve: the month that rates are stated in. */
export const MONTH_OF_RATES_MS = 30.4375 * DAY_MS

export interface TimedValue {
  at: number
  value: number
}

/** One step of history: the mean of what was measured in it, at the mean time of that. `factor` is how far an outlier is off. */
export interface StepPoint {
  at: number
  value: number
  n: number
  outlier: boolean
  factor: number
}

export type StepName = 'day' | 'week' | 'month'

/** A history in steps of one length, oldest first. `zeros` were left out; `from` and `to` are of the samples used. */
export interface History {
  step: StepName
  points: StepPoint[]
  from: number
  to: number
  zeros: number
  samples: number
}

/** Fewer steps cannot tell growth from chance. */
export const LEAST_STEPS = 5
const LEAST_SPAN_DAYS = 14
const STEPS: readonly { name: StepName; fromDays: number }[] = [
  { name: 'month', fromDays: 200 },
  { name: 'week', fromDays: 56 },
  { name: 'day', fromDays: LEAST_SPAN_DAYS },
]

/**
 * Samples as calendar months (UTC), weeks or days, by how long they span. Zeros are taken for "not yet there" or "not
 * counted" and left out.
 * @throws FIT_NOT_POSITIVE, FIT_TOO_FEW_POINTS, FIT_SPAN_TOO_SHORT
 */
export function historyOf(samples: readonly TimedValue[]): History {
  const inOrder = [...samples].sort((a, b) => a.at - b.at)
  const negative = inOrder.find((sample) => !(sample.value >= 0) || !Number.isFinite(sample.value))
  if (negative) {
    throw refusal(
      'FIT_NOT_POSITIVE',
      `On ${dayText(negative.at)} the value is ${negative.value}; a driver counts something and is never below zero.`,
      'Choose the column that holds the driver itself, not its change.',
      { value: String(negative.value) },
    )
  }
  const used = inOrder.filter((sample) => sample.value > 0)
  const first = used[0]
  const last = used.at(-1)
  if (!first || !last) {
    throw refusal(
      inOrder.length === 0 ? 'FIT_TOO_FEW_POINTS' : 'FIT_NOT_POSITIVE',
      inOrder.length === 0 ? 'There is no value to fit.' : `All ${inOrder.length} values are zero.`,
      'Choose a series or column in which the driver is counted.',
    )
  }
  const days = (last.at - first.at) / DAY_MS
  const step = STEPS.find((one) => days >= one.fromDays)
  if (!step) {
    throw refusal(
      'FIT_SPAN_TOO_SHORT',
      `The history spans ${shortDays(days)}; growth shows from ${LEAST_SPAN_DAYS} days on, and a law of growth from half a year on.`,
      'Take a longer window, or type the growth you expect in Scenario.',
      { details: { days: days.toFixed(1), needed: String(LEAST_SPAN_DAYS) } },
    )
  }
  const points = binned(used, step.name)
  if (points.length < LEAST_STEPS) {
    throw refusal(
      'FIT_TOO_FEW_POINTS',
      `The history has values in ${points.length} ${step.name}${points.length === 1 ? '' : 's'} only; a fit needs ${LEAST_STEPS} or more.`,
      'Add more rows, or choose a series that was measured more often.',
      { details: { points: String(points.length), needed: String(LEAST_STEPS) } },
    )
  }
  return {
    step: step.name,
    points,
    from: first.at,
    to: last.at,
    zeros: inOrder.length - used.length,
    samples: used.length,
  }
}

function binned(samples: readonly TimedValue[], step: StepName): StepPoint[] {
  const points: StepPoint[] = []
  let key = Number.NaN
  for (const { at, value } of samples) {
    const own = binOf(at, step)
    const point = points.at(-1)
    if (point && own === key) {
      point.n += 1
      point.at += (at - point.at) / point.n
      point.value += (value - point.value) / point.n
    } else {
      points.push({ at, value, n: 1, outlier: false, factor: 1 })
      key = own
    }
  }
  return points
}

function binOf(at: number, step: StepName): number {
  if (step === 'month') {
    const date = new Date(at)
    return date.getUTCFullYear() * 12 + date.getUTCMonth()
  }
  const day = Math.floor(at / DAY_MS)
  return step === 'day' ? day : Math.floor((day + 3) / 7)
}

/** An outlier is off by at least a fifth, and by five robust deviations of all steps from their neighbours. */
const OUTLIER_DEVIATIONS = 5
const OUTLIER_LOG = 0.2

/**
 * Marks steps that stand apart from their six nearest neighbours, once the trend, and `season` (a factor for each step)
 * are taken off. A spike or a hole is marked; a new level that stays is not.
 */
export function markOutliers(points: readonly StepPoint[], season?: readonly number[]): StepPoint[] {
  const logs = points.map((point, i) => ln(point.value / (season?.[i] ?? 1)))
  const times = points.map((point) => point.at / MONTH_OF_RATES_MS)
  const { slope } = theilSen(times, logs)
  const apart = logs.map((own, i) => {
    const from = Math.max(0, Math.min(i - 3, logs.length - 7))
    const near = logs.slice(from, from + 7).flatMap((value, offset) => {
      const j = from + offset
      return j === i ? [] : [value - slope * ((times[j] as number) - (times[i] as number))]
    })
    return own - median(near)
  })
  const limit = Math.max(OUTLIER_LOG, OUTLIER_DEVIATIONS * robustDeviation(apart))
  return points.map((point, i) => {
    const off = apart[i] as number
    return { ...point, outlier: Math.abs(off) > limit, factor: exp(off) }
  })
}

export const dayText = (at: number): string => new Date(at).toISOString().slice(0, 10)
const shortDays = (days: number): string =>
  days < 1 ? 'less than a day' : `${Math.floor(days)} ${days < 2 ? 'day' : 'days'}`
