import type { LeverName, LineItem } from '../model/line-item.ts'
import type { Levers } from '../model/scenario.ts'
import { ONE, ZERO } from './cost-tariff.ts'
import { add, type Fraction, fractionOf, multiply, order, smaller, subtract } from './fraction.ts'

const HOURS_PER_WEEK = 168

/** The order in which levers act on a row; each saves on what the ones before it have left. */
export const LEVER_ORDER = ['right-sized', 'scheduled', 'reserved', 'spot', 'yearly'] as const satisfies LeverName[]

/** The levers that are pulled, in the order they act. */
export function pulledLevers(levers: Levers): LeverName[] {
  const pulled: Readonly<Record<LeverName, boolean>> = {
    'right-sized': levers.rightSized !== undefined,
    scheduled: levers.scheduled !== undefined,
    reserved: levers.reserved !== undefined,
    spot: levers.spot !== undefined,
    yearly: levers.yearly !== undefined,
  }
  return LEVER_ORDER.filter((name) => pulled[name])
}

/** What is left of a row's list price once a lever and those before it have acted: 1 is all of it. */
export interface LeverFactor {
  lever: Exclude<LeverName, 'right-sized'>
  left: Fraction
}

/**
 * What the levers leave of a row's price, one after the other; right-sizing, which changes the SKU, has acted before.
 * Only levers that the row names act, and never on its `onDemandShare`. Of the rest:
 * 1. scheduled: an hourly row is paid for the hours of the week that it runs; under a monthly cap, which all hours would
 *    cost `over` times, the first hours off save nothing.
 * 2. reserved: its share is paid for every hour at the discount; not taken where the hours off save more.
 * 3. spot: its share, at most what is not reserved, at the discount, for the hours that it runs.
 * 4. yearly: what is neither, paid by the year at the discount; not taken where the hours off save more.
 * So no factor is above the one before it. Rows paid once are left alone, rows by the year by `yearly`.
 */
export function leverFactors(
  item: Pick<LineItem, 'levers' | 'onDemandShare' | 'per'>,
  levers: Levers,
  over: Fraction = ONE,
): LeverFactor[] {
  const named = item.levers ?? []
  const free = subtract(ONE, fractionOf(item.onDemandShare ?? 0))
  if (named.length === 0 || item.per === 'once' || order(free, ZERO) <= 0) return []
  const factors: LeverFactor[] = []
  /** The three parts of what levers may act on: their shares, and what one unit of each costs. */
  let hours = ONE
  let reserved = ZERO
  let spot = ZERO
  let reservedPrice = ONE
  let spotPrice = ONE
  let restPrice = ONE
  const note = (lever: LeverFactor['lever']): void => {
    const rest = subtract(subtract(ONE, reserved), spot)
    const left = [multiply(reserved, reservedPrice), multiply(spot, spotPrice), multiply(rest, restPrice)].reduce(add)
    factors.push({ lever, left: add(subtract(ONE, free), multiply(free, left)) })
  }
  if (levers.scheduled && named.includes('scheduled') && item.per === 'hour') {
    hours = fractionOf(levers.scheduled.hoursPerWeek)
    hours = smaller(multiply({ over: hours.over, under: hours.under * BigInt(HOURS_PER_WEEK) }, over), ONE)
    restPrice = hours
    note('scheduled')
  }
  if (levers.reserved && named.includes('reserved')) {
    const price = subtract(ONE, fractionOf(levers.reserved.discount))
    if (order(price, hours) < 0) {
      reserved = fractionOf(levers.reserved.share)
      reservedPrice = price
    }
    note('reserved')
  }
  if (levers.spot && named.includes('spot')) {
    spot = smaller(fractionOf(levers.spot.share), subtract(ONE, reserved))
    spotPrice = multiply(hours, subtract(ONE, fractionOf(levers.spot.discount)))
    note('spot')
  }
  if (levers.yearly && named.includes('yearly') && item.per !== 'year') {
    restPrice = smaller(hours, subtract(ONE, fractionOf(levers.yearly.discount)))
    note('yearly')
  }
  return factors
}
