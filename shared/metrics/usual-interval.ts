import type { Sample } from '../model/metric.ts'

const HOUR_MS = 3_600_000
const LOOKED_AT = 64

/**
 * How far apart a series' samples are when nothing is amiss: not every part of a server is asked in every round. The lower
 * quartile of the newest distances, so that gaps count little; never under the round's own interval, never over an hour.
 */
export function usualInterval(samples: readonly Sample[], everyMs: number): number {
  const newest = samples.slice(-LOOKED_AT)
  const apart = newest.slice(1).map((sample, i) => sample.at - (newest[i] as Sample).at)
  if (apart.length < 3) return everyMs
  apart.sort((a, b) => a - b)
  const quartile = apart[Math.floor(apart.length / 4)] as number
  return Math.min(HOUR_MS, Math.max(everyMs, quartile))
}
