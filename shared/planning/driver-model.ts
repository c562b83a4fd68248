import type { GrowthEvent } from '../model/growth.ts'
import type { Plan } from '../model/plan.ts'
import { HeadroomError } from '../model/problem.ts'
import type { Assumptions } from '../model/scenario.ts'
import { calendarMonths, type DatedEvent, datedEvents, type EventMonth, eventMonth } from './events.ts'
import { type GrowthLaw, growthOf } from './growth.ts'
import { type BusyHours, busyHours, monthFactors, profileOfWeek, sustainedPeak } from './seasonality.ts'

/**
 * How the drivers of a plan move in a scenario, before any path is drawn.
 *
 * A driver in a month is its growth law's value, times the month-of-year factor, times what events do. Month 0 is the
 * calendar month (UTC) that `assumptions.start` lies in, and the present value stands for it, so month-of-year factors are
 * relative to it. From there three figures of a month are taken:
 * - its level, which the driver's own figures and every cost follow: events count by the days they cover; hours of the day
 *   and days of the week move load within a week and leave it as it is;
 * - its peak, which utilisation follows: the highest event level of any day, in the busiest hour of the week;
 * - what a rule sees: as the peak, but the busiest hours must last as long as the rule's sustain time, and events shorter
 *   than it do not count. A condition on a driver itself does not look at hours.
 */
export interface DriverModel {
  /** Growth laws, each with shocks of its own, and the number of its random streams. */
  laws: { law: GrowthLaw; stream: number }[]
  /** By driver: which law it follows, and how much of it there is for one of the law's. */
  lawOf: Int32Array
  ratio: Float64Array
  primary: number
  events: readonly DatedEvent[]
  profile: Float64Array
  busy: BusyHours
  month(index: number): DriverMonth
}

/** What is the same on every path of a month. Factors are on the value of the driver's law; `variant` is that of EventMonth. */
export interface DriverMonth {
  events: EventMonth
  level(variant: number, driver: number): number
  peak(variant: number, driver: number): number
  seen(variant: number, driver: number, sustainMs: number, busy: boolean): number
  /** Stretches of days with the same factors and their share of the month. */
  parts(variant: number): { share: number; factor(driver: number): number }[]
}

/** @throws START_MISSING, and what growthOf and datedEvents throw */
export function driverModel(plan: Plan, assumptions: Assumptions): DriverModel {
  const primary = Math.max(
    0,
    plan.drivers.findIndex((driver) => driver.primary),
  )
  const seasonality = assumptions.seasonality ?? plan.seasonality
  const stated = assumptions.events ?? plan.events
  const dated = stated.length > 0 || seasonality?.monthOfYear !== undefined
  if (dated && assumptions.start === undefined) throw startMissing()
  const start = assumptions.start ?? 0
  const ids = plan.drivers.map((driver) => driver.id)
  const events = datedEvents(stated as readonly GrowthEvent[], ids, start)
  const calendar = calendarMonths(start, assumptions.months)
  const ofYear = monthFactors(seasonality, calendar[0]?.monthOfYear ?? 0, assumptions.months)
  const profile = profileOfWeek(seasonality)
  const sustained = new Map<number, number>()
  const peakFor = (sustainMs: number): number => {
    const known = sustained.get(sustainMs) ?? sustainedPeak(profile, sustainMs)
    sustained.set(sustainMs, known)
    return known
  }
  const laws: DriverModel['laws'] = [{ law: growthOf(assumptions.growth, assumptions.present), stream: 0 }]
  const primaryStated = plan.drivers[primary]?.present || assumptions.present
  const follows = plan.drivers.map((driver, index) => {
    if (index === primary) return { law: 0, ratio: 1 }
    const own = assumptions.drivers?.[driver.id]
    const present = own?.present ?? driver.present
    const growth = own?.growth ?? driver.growth
    if (!growth && primaryStated > 0) return { law: 0, ratio: present / primaryStated }
    laws.push({
      law: growthOf(growth ?? { kind: 'linear', perMonth: 0, deviation: 0 }, present, `drivers.${driver.id}.growth`),
      stream: index + 1,
    })
    return { law: laws.length - 1, ratio: 1 }
  })
  const ratio = Float64Array.from(follows, (one) => one.ratio)

  return {
    laws,
    lawOf: Int32Array.from(follows, (one) => one.law),
    ratio,
    primary,
    events,
    profile,
    busy: busyHours(profile),
    month(index) {
      const inMonth = eventMonth(events, calendar[index] as (typeof calendar)[number], ids.length)
      const scale = (driver: number): number => (ratio[driver] as number) * (ofYear[index] as number)
      return {
        events: inMonth,
        level: (variant, driver) => scale(driver) * (inMonth.mean[variant * ids.length + driver] as number),
        peak: (variant, driver) => scale(driver) * inMonth.peak(variant, driver, 0) * peakFor(0),
        seen: (variant, driver, sustainMs, busy) =>
          scale(driver) * inMonth.peak(variant, driver, sustainMs) * (busy ? peakFor(sustainMs) : 1),
        parts: (variant) =>
          (inMonth.parts[variant] ?? []).map(({ share, factors }) => ({
            share,
            factor: (driver) => scale(driver) * (factors[driver] as number),
          })),
      }
    },
  }
}

const startMissing = (): HeadroomError =>
  new HeadroomError({
    code: 'START_MISSING',
    fact: 'Events and months of the year need a date to start from, and the scenario has none.',
    fix: 'State the start of month 0.',
    field: 'start',
  })
