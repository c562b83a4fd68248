import { HOUR_MS } from '../../format/duration.ts'
import type { Demand, Plan } from '../../model/plan.ts'
import { demandWithLog } from '../demand.ts'
import { exp, ln } from '../elementary.ts'
import { nextWord, normalQuantile, seedStream, unitInterval } from '../random.ts'
import { HOURS_PER_WEEK } from '../seasonality.ts'

const MINUTE_MS = 60_000
/** How much of one minute's deviation is left in the next: it fades to a third in about ten minutes. */
const PERSISTENCE = 0.9

/** What makes a week less smooth than its hourly curve. */
export interface Roughness {
  /** The standard deviation of the driver's logarithm around its curve; 0 is the bare curve. */
  noise: number
  /** Sudden rises, at random times: how many a week on average, to how many times the load, for how long. */
  bursts: { perWeek: number; multiplier: number; minutes: number }
  seed: number
}

/**
 * The factor on the driver at a time (milliseconds after Monday 00:00): the hour's factor holds in the middle of its hour,
 * straight lines between, the week repeated before and after.
 */
export function curveAt(profile: Float64Array, at: number): number {
  const hours = at / HOUR_MS - 0.5
  const before = Math.floor(hours)
  const part = hours - before
  const factor = (hour: number): number =>
    profile[((hour % HOURS_PER_WEEK) + HOURS_PER_WEEK) % HOURS_PER_WEEK] as number
  return factor(before) * (1 - part) + factor(before + 1) * part
}

/** The seeded factor on top of the curve, from `from` to `to`: by the minute, straight lines between, mean 1 but for bursts. */
export function roughness({ noise, bursts, seed }: Roughness, from: number, to: number): (at: number) => number {
  const minutes = Math.ceil((to - from) / MINUTE_MS) + 2
  const factors = new Float64Array(minutes).fill(1)
  const state = new Uint32Array(8)
  if (noise > 0) {
    seedStream(seed, 0, state, 0)
    const fresh = Math.sqrt(1 - PERSISTENCE * PERSISTENCE)
    let deviation = normalQuantile(unitInterval(nextWord(state, 0)))
    for (let minute = 0; minute < minutes; minute += 1) {
      factors[minute] = exp(noise * deviation - (noise * noise) / 2)
      deviation = PERSISTENCE * deviation + fresh * normalQuantile(unitInterval(nextWord(state, 0)))
    }
  }
  if (bursts.perWeek > 0 && bursts.multiplier !== 1) {
    seedStream(seed, 1, state, 4)
    const chance = bursts.perWeek / (HOURS_PER_WEEK * 60)
    let left = 0
    for (let minute = 0; minute < minutes; minute += 1) {
      if (unitInterval(nextWord(state, 4)) < chance) left = bursts.minutes
      if (left > 0) {
        factors[minute] = (factors[minute] as number) * bursts.multiplier
        left -= 1
      }
    }
  }
  return (at) => {
    const exact = Math.min(Math.max(0, (at - from) / MINUTE_MS), minutes - 2)
    const before = Math.floor(exact)
    const part = exact - before
    return (factors[before] as number) * (1 - part) + (factors[before + 1] as number) * part
  }
}

/** The demand of a resource when the primary driver is `primary`; the plan's other drivers keep their ratio to it. */
export function demandOf(plan: Plan, demand: Demand): (primary: number) => number {
  const first = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  const own = plan.drivers.find((one) => one.id === demand.driver) ?? first
  const ratio = own === first || !first || first.present === 0 ? 1 : (own?.present ?? 0) / first.present
  const alpha = demand.alpha ?? 1
  return (primary) => {
    const driver = primary * ratio
    return demandWithLog(demand.base, demand.rate, alpha, driver, alpha === 1 ? 0 : ln(driver))
  }
}
