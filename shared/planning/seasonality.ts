import type { Seasonality } from '../model/growth.ts'

export const HOURS_PER_WEEK = 168

/**
 * The factor on a driver in each hour of a week in UTC, Monday 00:00 first: that of the hour of the day times that of the
 * day of the week. Factors are taken as they are stated, so their mean is 1 only where they were given so; without any, all
 * are 1. The month of the year does not enter.
 */
export function profileOfWeek(seasonality: Seasonality | undefined): Float64Array {
  return Float64Array.from({ length: HOURS_PER_WEEK }, (_, hour) => {
    const ofHour = seasonality?.hourOfDay?.[hour % 24] ?? 1
    const ofDay = seasonality?.dayOfWeek?.[Math.floor(hour / 24)] ?? 1
    return ofHour * ofDay
  })
}
