import type { SeriesSlice } from '../../../../shared/model/metric.ts'

/** What a stretch of one metric of one server comes to; null where nothing was measured. */
export interface Figures {
  mean: number
  highest: number
  last: number
}

/**
 * The figures of a metric's slices over one window. Of several series, such as disks, each moment counts with the highest of
 * them. The mean is over buckets that have samples, so that a gap neither adds nor takes.
 */
export function figuresOf(slices: readonly SeriesSlice[]): Figures | null {
  const moments = new Map<number, { avg: number; max: number }>()
  for (const { at, avg, max, bucketMs } of slices)
    at.forEach((time, i) => {
      const [mean, most] = [avg[i] ?? null, max[i] ?? null]
      if (mean === null) return
      const bucket = Math.floor(time / bucketMs)
      const before = moments.get(bucket)
      moments.set(bucket, {
        avg: Math.max(before?.avg ?? Number.NEGATIVE_INFINITY, mean),
        max: Math.max(before?.max ?? Number.NEGATIVE_INFINITY, most ?? mean),
      })
    })
  if (moments.size === 0) return null
  let [sum, highest, newest, last] = [0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for (const [bucket, { avg, max }] of moments) {
    sum += avg
    if (max > highest) highest = max
    if (bucket > newest) {
      newest = bucket
      last = avg
    }
  }
  return { mean: sum / moments.size, highest, last }
}

/** How a value differs from the one it is compared with: by how much, and as a multiple where that says something. */
export function differenceOf(value: number, reference: number): { by: number; times: number | null } {
  return { by: value - reference, times: reference > 0 && value >= 0 ? value / reference : null }
}
