import type { Growth, Seasonality } from '../model/growth.ts'
import type { Plan } from '../model/plan.ts'
import { type CheckTools, type Path, unique } from './check-tools.ts'

/** What the growth, the seasonality and the events of a plan have wrong. */
export function checkGrowth(plan: Plan, tools: CheckTools): void {
  const { say, known } = tools
  checkCurve(plan.growth, ['growth'], say)
  for (const [at, { growth }] of plan.drivers.entries()) {
    if (growth) checkCurve(growth, ['drivers', at, 'growth'], say)
  }
  if (plan.seasonality) checkSeasonality(plan.seasonality, ['seasonality'], say)
  unique(plan.events, (event) => event.id, ['events'], 'id', say)
  const drivers = plan.drivers.map((driver) => driver.id)
  for (const [at, event] of plan.events.entries()) {
    // Days are written year first, so their text has their order.
    if (event.to < event.from) say(['events', at, 'to'], `is before from (${event.from})`)
    if (event.driver !== undefined) known(['events', at, 'driver'], 'driver', event.driver, drivers)
  }
}

function checkCurve(growth: Growth, path: Path, say: CheckTools['say']): void {
  if (growth.kind === 'drawn') {
    for (const [at, { month }] of growth.points.entries()) {
      const before = growth.points[at - 1]?.month
      if (before !== undefined && month <= before)
        say([...path, 'points', at, 'month'], `is not after the point before it (month ${before})`)
    }
  }
  if (growth.kind === 'pieces') {
    for (const [at, { fromMonth }] of growth.pieces.entries()) {
      const before = growth.pieces[at - 1]?.fromMonth
      if (before === undefined && fromMonth !== 0)
        say([...path, 'pieces', at, 'fromMonth'], 'the first piece starts at month 0')
      if (before !== undefined && fromMonth <= before)
        say([...path, 'pieces', at, 'fromMonth'], `is not after the piece before it (month ${before})`)
    }
  }
}

function checkSeasonality(seasonality: Seasonality, path: Path, say: CheckTools['say']): void {
  for (const [key, factors] of Object.entries(seasonality)) {
    if (factors?.every((factor) => factor === 0))
      say([...path, key], 'all factors are 0, so there would be no load at all')
  }
}
