import { DAY_MS } from '../format/duration.ts'
import type { GrowthEvent } from '../model/growth.ts'
import { HeadroomError } from '../model/problem.ts'

/** A calendar month in UTC: its first day as days since 1970, how many it has, and which of the year it is (0: January). */
export interface CalendarMonth {
  firstDay: number
  days: number
  monthOfYear: number
}

/** The calendar months from the one that `start` (UTC epoch milliseconds) lies in. */
export function calendarMonths(start: number, months: number): CalendarMonth[] {
  const date = new Date(start)
  const dayOf = (index: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + index, 1) / DAY_MS
  return Array.from({ length: months }, (_, index) => ({
    firstDay: dayOf(index),
    days: dayOf(index + 1) - dayOf(index),
    monthOfYear: (date.getUTCMonth() + index) % 12,
  }))
}

/** An event on the calendar; `to` is its last day. */
export interface DatedEvent {
  from: number
  to: number
  multiplier: number
  probability: number
  /** Index of the driver it multiplies, or null for every one. */
  driver: number | null
}

const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / DAY_MS

/** Events as days and drivers, without those that were over before `start`. @throws EVENT_ENDS_BEFORE_IT_BEGINS, UNKNOWN_DRIVER */
export function datedEvents(events: readonly GrowthEvent[], drivers: readonly string[], start: number): DatedEvent[] {
  return events.flatMap((event) => {
    const from = dayNumber(event.from)
    const to = dayNumber(event.to)
    if (to < from) {
      throw new HeadroomError({
        code: 'EVENT_ENDS_BEFORE_IT_BEGINS',
        fact: `The event "${event.name}" ends on ${event.to}, before it begins on ${event.from}.`,
        fix: 'Set its last day to the first one or later.',
        field: `events.${event.id}.to`,
        value: event.to,
      })
    }
    const driver = event.driver === undefined ? null : drivers.indexOf(event.driver)
    if (driver === -1) {
      throw new HeadroomError({
        code: 'UNKNOWN_DRIVER',
        fact: `The event "${event.name}" multiplies the driver "${event.driver}", which the plan does not have.`,
        fix: `Name one of: ${drivers.join(', ')}.`,
        field: `events.${event.id}.driver`,
        value: event.driver,
      })
    }
    const { multiplier, probability } = event
    return to * DAY_MS + DAY_MS > start ? [{ from, to, multiplier, probability, driver }] : []
  })
}

/** So many probable events at most may touch one month: every combination of them is a case of its own. */
const MOST_PROBABLE = 10

/**
 * What the events do to the drivers in one month. A path's `variant` has bit b set when the b-th of `probable` happens on
 * it; variant 0 is the month with its certain events alone. Overlapping events multiply.
 */
export interface EventMonth {
  /** Indexes of the events with a probability under 1 that touch the month. */
  probable: number[]
  variants: number
  /** Mean over the month's days, at variant * drivers + driver. */
  mean: Float64Array
  /** Stretches of days with the same factors: their share of the month and the factor of each driver. By variant. */
  parts: { share: number; factors: Float64Array }[][]
  /** The highest level of a driver in the month that events of at least this length give it. */
  peak(variant: number, driver: number, sustainMs: number): number
}

export function eventMonth(events: readonly DatedEvent[], month: CalendarMonth, drivers: number): EventMonth {
  const last = month.firstDay + month.days - 1
  const touching = events.flatMap((event, index) =>
    event.from <= last && event.to >= month.firstDay && event.probability > 0 ? [{ ...event, index }] : [],
  )
  const probable = touching.filter((event) => event.probability < 1).map((event) => event.index)
  if (probable.length > MOST_PROBABLE) {
    throw new HeadroomError({
      code: 'TOO_MANY_PROBABLE_EVENTS',
      fact: `${probable.length} events that may or may not happen fall into one month.`,
      fix: `Keep at most ${MOST_PROBABLE} of them in a month, or make some certain.`,
      field: 'events',
      value: String(probable.length),
    })
  }
  const variants = 1 << probable.length
  const happens = (event: { index: number; probability: number }, variant: number): boolean =>
    event.probability >= 1 || ((variant >> probable.indexOf(event.index)) & 1) === 1
  const levels = (variant: number, day: number, sustainMs: number): Float64Array => {
    const factors = new Float64Array(drivers).fill(1)
    for (const event of touching) {
      if (event.from > day || event.to < day || (event.to - event.from + 1) * DAY_MS < sustainMs) continue
      if (!happens(event, variant)) continue
      for (let i = 0; i < drivers; i += 1)
        if (event.driver === null || event.driver === i) factors[i] = (factors[i] as number) * event.multiplier
    }
    return factors
  }
  const days =
    touching.length === 0 ? [month.firstDay] : Array.from({ length: month.days }, (_, i) => month.firstDay + i)
  const cases = Array.from({ length: variants }, (_, variant) => days.map((day) => levels(variant, day, 0)))
  const mean = Float64Array.from({ length: variants * drivers }, (_, at) => {
    const factors = (cases[Math.floor(at / drivers)] as Float64Array[]).map((one) => one[at % drivers] as number)
    return factors.every((one) => one === factors[0]) ? (factors[0] as number) : sum(factors) / factors.length
  })
  return {
    probable,
    variants,
    mean,
    parts: cases.map(stretches),
    peak(variant, driver, sustainMs) {
      if (touching.length === 0) return 1
      return days.reduce((most, day) => Math.max(most, levels(variant, day, sustainMs)[driver] as number), 0)
    },
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Days with equal factors taken together. */
function stretches(days: readonly Float64Array[]): { share: number; factors: Float64Array }[] {
  const found = new Map<string, { count: number; factors: Float64Array }>()
  for (const factors of days) {
    const entry = found.get(factors.join()) ?? { count: 0, factors }
    entry.count += 1
    found.set(factors.join(), entry)
  }
  return [...found.values()].map(({ count, factors }) => ({ share: count / days.length, factors }))
}
