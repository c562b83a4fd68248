import { HOUR_MS } from '../format/duration.ts'
import type { Seasonality } from '../model/growth.ts'

export const HOURS_PER_WEEK = 168

/**
 * The factors on a driver by hour of the week, Monday 00:00 UTC first: hour of day times day of week. Stated factors are
 * taken as they are; they should average 1, so that the week moves load about without adding any.
 */
export function profileOfWeek(seasonality: Seasonality | undefined): Float64Array {
  const { hourOfDay, dayOfWeek } = seasonality ?? {}
  return Float64Array.from(
    { length: HOURS_PER_WEEK },
    (_, hour) => (hourOfDay?.[hour % 24] ?? 1) * (dayOfWeek?.[Math.floor(hour / 24)] ?? 1),
  )
}

/**
 * The highest level that the week keeps up for a sustain time without a break: the largest minimum of that many hours in a
 * row, the week going round. Under an hour it is the busiest hour; from a week on, the quietest.
 */
export function sustainedPeak(profile: Float64Array, sustainMs: number): number {
  const hours = Math.min(profile.length, Math.max(1, Math.ceil(sustainMs / HOUR_MS)))
  let best = 0
  for (let from = 0; from < profile.length; from += 1) {
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < hours; i += 1) least = Math.min(least, profile[(from + i) % profile.length] as number)
    best = Math.max(best, least)
  }
  return best
}

/** The week's factors, largest first, each once, and how many hours have at least that factor. */
export interface BusyHours {
  factors: Float64Array
  hours: Float64Array
}

export function busyHours(profile: Float64Array): BusyHours {
  const factors = Float64Array.from(new Set(profile)).sort().reverse()
  return { factors, hours: factors.map((least) => profile.reduce((n, factor) => n + (factor >= least ? 1 : 0), 0)) }
}

/** In how many hours of the week a driver, `value` on average, lies above `limit`. */
export function hoursAbove({ factors, hours }: BusyHours, value: number, limit: number): number {
  if (!(value * (factors[0] as number) > limit)) return 0
  let low = 0
  let high = factors.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (value * (factors[middle] as number) > limit) low = middle
    else high = middle - 1
  }
  return hours[low] as number
}

/**
 * The month-of-year factors of `months` months from calendar month `first` (0: January), relative to the first one, since
 * the present value of a driver was seen in it. A first month of factor 0 says nothing of the others: they stand as stated.
 */
export function monthFactors(seasonality: Seasonality | undefined, first: number, months: number): Float64Array {
  const stated = seasonality?.monthOfYear
  if (!stated) return new Float64Array(months).fill(1)
  const present = stated[first] || 1
  return Float64Array.from({ length: months }, (_, month) => {
    const factor = stated[(first + month) % 12] as number
    return factor === present ? 1 : factor / present
  })
}
