import type { Sample, Series, SeriesSlice } from '../../../shared/model/metric.ts'
import { RAW_KEPT_MS, ROLLUPS } from './retention.ts'
import type { RolledUp, SampleStore } from './store.ts'

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
    level === null
      ? store.raw(series.id, from, to).map(asRolledUp)
      : store.rolledUp(level, series.id, from, to).filter((part) => part.at + level > from)
  const expectedMs = Math.max(window.everyMs, middleStep(parts))
  return {
    series,
    bucketMs,
    ...buckets(parts, from, bucketMs, Math.max(2.5 * expectedMs, 2 * (level ?? 0)), level ?? 0),
  }
}

/** The median time between parts: what was measured once a minute is whole, though every 15 seconds is the interval now. */
function middleStep(parts: readonly RolledUp[]): number {
  const steps = parts.slice(1).map((part, i) => part.at - (parts[i]?.at ?? part.at))
  steps.sort((a, b) => a - b)
  return steps[Math.floor(steps.length / 2)] ?? 0
}

/** The coarsest level whose buckets are no wider than the chart's, or a coarser one where the finer is no longer kept. */
function levelFor(bucketMs: number, from: number, now: number): number | null {
  const rawServes = now - from <= RAW_KEPT_MS
  const fitting = ROLLUPS.filter(({ level }) => level <= bucketMs).at(-1)
  if (fitting && now - from <= fitting.keptMs) return fitting.level
  if (!fitting && rawServes) return null
  return (ROLLUPS.find(({ keptMs }) => now - from <= keptMs) ?? ROLLUPS.at(-1))?.level ?? null
}

function asRolledUp({ at, value }: Sample): RolledUp {
  return { at, n: 1, min: value, max: value, sum: value }
}

function buckets(parts: readonly RolledUp[], from: number, bucketMs: number, gapMs: number, level: number) {
  const at: number[] = []
  const min: (number | null)[] = []
  const max: (number | null)[] = []
  const avg: (number | null)[] = []
  let index = -1
  let lastAt = 0
  let n = 0
  let sum = 0
  for (const part of parts) {
    const bucket = Math.max(0, Math.floor((part.at - from) / bucketMs))
    if (bucket !== index) {
      if (index >= 0 && part.at - lastAt > gapMs && bucket > index + 1) {
        at.push(from + (index + 1) * bucketMs)
        min.push(null)
        max.push(null)
        avg.push(null)
      }
      index = bucket
      n = 0
      sum = 0
      // A point stands where its bucket's first sample does; a rollup's stands in the middle of its bucket.
      at.push(Math.max(from, part.at + level / 2))
      min.push(part.min)
      max.push(part.max)
      avg.push(null)
    }
    n += part.n
    sum += part.sum
    const last = at.length - 1
    min[last] = Math.min(min[last] ?? part.min, part.min)
    max[last] = Math.max(max[last] ?? part.max, part.max)
    avg[last] = sum / n
    lastAt = part.at
  }
  return { at, min, max, avg }
}
