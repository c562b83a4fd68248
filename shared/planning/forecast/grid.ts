import { DAY_MS, formatDuration, HOUR_MS } from '../../format/duration.ts'
import type { ForecastInput, Sampling, TooShort } from './model.ts'

/** An evenly spaced series without gaps. `observed[i]` is false where the value was filled in. */
export interface Grid {
  values: number[]
  observed: boolean[]
  sampling: Sampling
  /** The time of step i, also beyond the end. */
  timeOf(index: number): number
}

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
/** Steps that measuring programs use; a median step within 10% of one is taken as that one. */
const USUAL_STEPS = [
  ...[1, 2, 5, 10, 15, 20, 30].map((n) => n * SECOND_MS),
  ...[1, 2, 5, 10, 15, 20, 30].map((n) => n * MINUTE_MS),
  ...[1, 2, 3, 4, 6, 8, 12].map((n) => n * HOUR_MS),
  ...[1, 7].map((n) => n * DAY_MS),
]
/** Below this share of steps with a sample, a coarser step is tried; below the least, the series is too irregular. */
const COVERAGE_WANTED = 0.7
const COVERAGE_LEAST = 0.5
/** The fewest steps that anything is said of. */
export const STEPS_LEAST = 12

interface Axis {
  step: Sampling['step']
  intervalMs: number
  indexOf(at: number): number
  timeOf(index: number): number
}

/**
 * Puts samples on an even grid: the mean of what falls into a step; linear between neighbours over a short gap, one
 * season's worth or less; what lies before a gap longer than a quarter of the series is left out. Monthly and yearly samples
 * are put on the calendar's months and years (UTC).
 */
export function toGrid(input: ForecastInput, asked?: number): Grid | TooShort {
  if (input.at === undefined) return evenly(input)
  const { at, value } = input
  const samples: { at: number; value: number }[] = []
  let invalid = 0
  for (let i = 0; i < Math.min(at.length, value.length); i += 1) {
    const [time, one] = [at[i] as number, value[i] as number | null]
    if (one === null || !Number.isFinite(one) || !Number.isFinite(time)) invalid += 1
    else samples.push({ at: time, value: one })
  }
  samples.sort((a, b) => a.at - b.at)
  const distinct = samples.filter((one, i) => i === 0 || one.at !== samples[i - 1]?.at)
  if (distinct.length < 2) return tooShort('empty', STEPS_LEAST, distinct.length, null)
  const steps = distinct.slice(1).map((one, i) => one.at - (distinct[i]?.at ?? 0))
  const first = distinct[0]?.at as number
  const last = distinct.at(-1)?.at as number
  let best: { axis: Axis; sums: Map<number, [number, number]>; coverage: number; steps: number } | null = null
  for (const axis of axesOf(first, median(steps), asked)) {
    const sums = new Map<number, [number, number]>()
    for (const one of samples) {
      const index = axis.indexOf(one.at)
      const sum = sums.get(index)
      if (sum) {
        sum[0] += one.value
        sum[1] += 1
      } else sums.set(index, [one.value, 1])
    }
    const length = axis.indexOf(last) + 1
    const coverage = sums.size / length
    if (!best || coverage > best.coverage + 0.05) best = { axis, sums, coverage, steps: length }
    if (coverage >= COVERAGE_WANTED || length < 2 * STEPS_LEAST) break
  }
  if (!best) return tooShort('empty', STEPS_LEAST, distinct.length, null)
  const raw: (number | null)[] = Array.from({ length: best.steps }, () => null)
  for (const [index, [sum, count]] of best.sums) raw[index] = sum / count
  return fill(raw, best.axis, { duplicates: samples.length - distinct.length, invalid })
}

/** The interval from the times themselves, then coarser ones; only the one asked for where one is. */
function axesOf(first: number, step: number, asked: number | undefined): Axis[] {
  if (asked !== undefined) return [fixedAxis(first, asked)]
  if (step >= 28 * DAY_MS && step <= 31 * DAY_MS) return [monthAxis(first, 1)]
  if (step >= 89 * DAY_MS && step <= 92 * DAY_MS) return [monthAxis(first, 3)]
  if (step >= 364 * DAY_MS && step <= 367 * DAY_MS) return [yearAxis(first)]
  const near = USUAL_STEPS.find((one) => Math.abs(one - step) <= one * 0.1) ?? Math.max(1, Math.round(step))
  return [1, 2, 4, 8].map((factor) => fixedAxis(first, near * factor))
}

function fixedAxis(first: number, intervalMs: number): Axis {
  // Whole hours and days begin on the clock's own, so that a season of days is one of midnights.
  const start = intervalMs >= MINUTE_MS ? Math.floor(first / intervalMs) * intervalMs : first
  return {
    step: 'fixed',
    intervalMs,
    indexOf: (at) => Math.max(0, Math.floor((at - start) / intervalMs + 1e-9)),
    timeOf: (index) => start + index * intervalMs,
  }
}

/** Calendar months or quarters, counted from the first sample's. */
function monthAxis(first: number, months: 1 | 3): Axis {
  const begin = new Date(first)
  const month = begin.getUTCFullYear() * 12 + begin.getUTCMonth()
  return {
    step: months === 1 ? 'month' : 'quarter',
    intervalMs: months * 30.4375 * DAY_MS,
    indexOf: (at) => Math.floor((new Date(at).getUTCFullYear() * 12 + new Date(at).getUTCMonth() - month) / months),
    timeOf: (index) => monthTime(month + months * index, begin),
  }
}

function monthTime(month: number, like: Date): number {
  const end = new Date(0).setUTCFullYear(0, month + 1, 0)
  const day = Math.min(like.getUTCDate(), new Date(end).getUTCDate())
  return new Date(0).setUTCFullYear(0, month, day) + (like.getTime() - new Date(like).setUTCHours(0, 0, 0, 0))
}

function yearAxis(first: number): Axis {
  const begin = new Date(first)
  const month = begin.getUTCFullYear() * 12 + begin.getUTCMonth()
  return {
    step: 'year',
    intervalMs: 365.25 * DAY_MS,
    // The nearest anniversary: a year-end that falls on 31 December or 1 January is one and the same.
    indexOf: (at) => Math.max(0, Math.round((at - first) / (365.25 * DAY_MS))),
    timeOf: (index) => monthTime(month + 12 * index, begin),
  }
}

function evenly(input: Extract<ForecastInput, { at?: undefined }>): Grid | TooShort {
  let invalid = 0
  const raw = input.value.map((one) => {
    if (one !== null && Number.isFinite(one)) return one
    invalid += 1
    return null
  })
  const { startAt, intervalMs } = input
  const timed = intervalMs !== undefined
  const start = startAt ?? 0
  const axis: Axis = {
    step: timed ? 'fixed' : 'index',
    intervalMs: intervalMs ?? 1,
    indexOf: (at) => Math.round((at - start) / (intervalMs ?? 1)),
    timeOf: (index) => start + index * (intervalMs ?? 1),
  }
  return fill(raw, axis, { duplicates: 0, invalid })
}

function fill(raw: (number | null)[], axis: Axis, counts: { duplicates: number; invalid: number }): Grid | TooShort {
  let from = raw.findIndex((one) => one !== null)
  const to = raw.findLastIndex((one) => one !== null) + 1
  const shown = axis.step === 'index' ? null : axis.intervalMs
  if (from < 0) return tooShort('empty', STEPS_LEAST, 0, shown)
  const whole = to - from
  let leftOutBefore: number | null = null
  // Backwards from the newest: a gap that long makes what lies before it another story.
  let gap = 0
  for (let i = to - 1; i >= from; i -= 1) {
    gap = raw[i] === null ? gap + 1 : 0
    if (gap > Math.max(3, whole / 4)) {
      from = i + gap
      leftOutBefore = axis.timeOf(from)
      break
    }
  }
  const part = raw.slice(from, to)
  const observed = part.map((one) => one !== null)
  const there = observed.filter(Boolean).length
  if (there < STEPS_LEAST) return tooShort('short', STEPS_LEAST, there, shown)
  const coverage = there / part.length
  if (coverage < COVERAGE_LEAST) return tooIrregular(coverage, there, part.length, shown)
  const values = interpolated(part)
  return {
    values,
    observed,
    timeOf: (index) => axis.timeOf(from + index),
    sampling: {
      from: axis.timeOf(from),
      to: axis.timeOf(to - 1),
      intervalMs: axis.intervalMs,
      step: axis.step,
      steps: part.length,
      coverage,
      missing: part.length - there,
      leftOutBefore,
      ...counts,
    },
  }
}

function interpolated(part: readonly (number | null)[]): number[] {
  const values: number[] = []
  let before = part.find((one) => one !== null) ?? 0
  for (let i = 0; i < part.length; i += 1) {
    const one = part[i] as number | null
    if (one !== null) {
      values.push(one)
      before = one
      continue
    }
    let end = i
    while (end < part.length && part[end] === null) end += 1
    const after = part[end] ?? before
    const width = end - i + 1
    for (let step = 1; step < width; step += 1) values.push(before + ((after - before) * step) / width)
    i = end - 1
  }
  return values
}

/** "5 days of hourly data" */
export function lengthWords(steps: number, intervalMs: number | null): string {
  if (intervalMs === null) return `${steps} values`
  return `${formatDuration(steps * intervalMs)} of data every ${formatDuration(intervalMs)}`
}

export function tooShort(
  reason: 'short' | 'empty',
  needed: number,
  there: number,
  intervalMs: number | null,
): TooShort {
  const has = there === 0 ? 'none is there' : `${lengthWords(there, intervalMs)} ${there === 1 ? 'is' : 'are'} there`
  return {
    kind: 'too-short',
    reason,
    fact: `Too short to forecast: ${lengthWords(needed, intervalMs)} are needed, ${has}.`,
    fix: 'Let it be measured for longer, or import older values.',
    needed,
    there,
    intervalMs,
  }
}

function tooIrregular(coverage: number, there: number, steps: number, intervalMs: number | null): TooShort {
  return {
    kind: 'too-short',
    reason: 'irregular',
    fact: `Too irregular to forecast: only ${Math.round(coverage * 100)}% of the steps have a value, ${Math.round(COVERAGE_LEAST * 100)}% are needed.`,
    fix: 'Measure without gaps for longer, or choose a longer step.',
    needed: Math.ceil(steps * COVERAGE_LEAST),
    there,
    intervalMs,
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}
