import type { Series, SeriesSlice } from '../../../shared/model/metric.ts'
import type { Columns } from './block-codec.ts'
import { RAW_KEPT_MS, ROLLUPS } from './retention.ts'
import type { SampleStore } from './store.ts'

interface Window {
  from: number
  to: number
  widthPx: number
  now: number
  /** How far apart samples are meant to be now. */
  everyMs: number
}

/**
 * A series for a chart, in at most `widthPx` points: one per bucket that has samples, and a null point in the first empty
 * bucket of each gap. A gap is where two and a half rounds or more are missing.
 */
export function sliceSeries(store: SampleStore, series: Series, window: Window): SeriesSlice {
  const { from, to, widthPx, now } = window
  const bucketMs = Math.max(1, Math.ceil((to - from) / widthPx))
  const level = levelFor(bucketMs, from, now)
  const parts =
    level === null ? ofSamples(store.columns(series.id, from, to)) : store.rolledUpColumns(level, series.id, from, to)
  const expectedMs = Math.max(window.everyMs, middleStep(parts.at))
  return {
    series,
    bucketMs,
    ...buckets(parts, from, bucketMs, Math.max(2.5 * expectedMs, 2 * (level ?? 0)), level ?? 0),
  }
}

/** What a chart's buckets are made of, side by side: samples, or buckets of a level. */
interface Parts {
  at: Float64Array
  min: Float64Array
  max: Float64Array
  sum: Float64Array
  /** How many samples a part stands for; null: one each. */
  n: Float64Array | null
}

function ofSamples({ at, value }: Columns): Parts {
  return { at, min: value, max: value, sum: value, n: null }
}

/** Steps that are looked at to tell the usual one. */
const STEPS_LOOKED_AT = 512

/** Of fewer steps than these, which may be a sleep and nothing else, none counts as usual that is longer. */
const STEPS_TO_TELL = 4
const LONGEST_OF_FEW_MS = 5 * 60_000

/** The median time between parts: what was measured once a minute is whole, though every 15 seconds is the interval now. */
function middleStep(at: Float64Array): number {
  const every = Math.max(1, Math.floor((at.length - 1) / STEPS_LOOKED_AT))
  const steps = new Float64Array(Math.max(0, Math.floor((at.length - 1) / every)))
  for (let i = 0; i < steps.length; i += 1) steps[i] = (at[i * every + 1] as number) - (at[i * every] as number)
  steps.sort()
  const middle = steps[Math.floor(steps.length / 2)] ?? 0
  return steps.length < STEPS_TO_TELL ? Math.min(middle, LONGEST_OF_FEW_MS) : middle
}

/**
 * The coarsest stored level whose buckets are no wider than the chart's, or a coarser one where the finer is no longer kept;
 * null: the samples themselves.
 */
function levelFor(bucketMs: number, from: number, now: number): number | null {
  const fitting = STORED.filter(({ level }) => level <= bucketMs).at(-1)
  if (fitting && now - from <= fitting.keptMs) return fitting.level
  if (!fitting && now - from <= RAW_KEPT_MS) return null
  return (STORED.find(({ keptMs }) => now - from <= keptMs) ?? STORED.at(-1))?.level ?? null
}

const STORED = ROLLUPS.filter(({ stored }) => stored)

function buckets(parts: Parts, from: number, bucketMs: number, gapMs: number, level: number) {
  const at: number[] = []
  const min: (number | null)[] = []
  const max: (number | null)[] = []
  const avg: (number | null)[] = []
  let index = -1
  let lastAt = 0
  let [n, sum, least, greatest] = [0, 0, 0, 0]
  const close = () => {
    min.push(least)
    max.push(greatest)
    avg.push(sum / n)
  }
  for (let i = 0; i < parts.at.length; i += 1) {
    const time = parts.at[i] as number
    const low = parts.min[i] as number
    const high = parts.max[i] as number
    const bucket = Math.max(0, Math.floor((time - from) / bucketMs))
    if (bucket !== index) {
      if (index >= 0) {
        close()
        if (time - lastAt > gapMs && bucket > index + 1) {
          at.push(from + (index + 1) * bucketMs)
          min.push(null)
          max.push(null)
          avg.push(null)
        }
      }
      index = bucket
      n = 0
      sum = 0
      least = low
      greatest = high
      // A point stands where its bucket's first sample does; a rollup's stands in the middle of its bucket.
      at.push(Math.max(from, time + level / 2))
    }
    n += parts.n?.[i] ?? 1
    sum += parts.sum[i] as number
    if (low < least) least = low
    if (high > greatest) greatest = high
    lastAt = time
  }
  if (index >= 0) close()
  return { at, min, max, avg }
}
