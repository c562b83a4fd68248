import { DAY_MS, HOUR_MS } from '../../format/duration.ts'
import type { Autoscaler } from '../../model/autoscaler.ts'

const WEEK_MS = 7 * DAY_MS
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** A higher minimum within a week that starts on Monday 00:00 UTC; `to` may lie beyond its end. Milliseconds. */
export interface ScheduledMinimum {
  from: number
  to: number
  min: number
}

const timeOf = (clock: string): number => {
  const [hours, minutes] = clock.split(':').map(Number) as [number, number]
  return hours * HOUR_MS + minutes * 60_000
}

export function scheduleOf({ schedule }: Pick<Autoscaler, 'schedule'>): ScheduledMinimum[] {
  return (schedule ?? []).flatMap(({ days, from, to, min }) => {
    const start = timeOf(from)
    const end = timeOf(to)
    const length = end > start ? end - start : end - start + DAY_MS
    return days.map((day) => {
      const at = DAYS.indexOf(day) * DAY_MS + start
      return { from: at, to: at + length, min }
    })
  })
}

/** The highest minimum that holds at a time after (or before) some Monday 00:00 UTC; 0 where none does. */
export function minimumAt(schedule: readonly ScheduledMinimum[], at: number): number {
  if (schedule.length === 0) return 0
  const inWeek = ((at % WEEK_MS) + WEEK_MS) % WEEK_MS
  let most = 0
  for (const { from, to, min } of schedule) {
    const holds = (inWeek >= from && inWeek < to) || inWeek + WEEK_MS < to
    if (holds && min > most) most = min
  }
  return most
}
