import type { Fitted } from '../model/fitted.ts'
import type { Plan } from '../model/plan.ts'
import type { Assumptions } from '../model/scenario.ts'

interface Range {
  low: number
  high: number
}

/**
 * The 95% intervals of what was fitted on data, by the row of a sensitivity they are of: the growth's rate in its own unit,
 * a demand as a factor of its rate. An interval that no longer holds the figure is of another figure, which somebody has
 * changed since, and is left out.
 */
export function fittedRanges(plan: Plan, { growth }: Assumptions): Record<string, Range> {
  const ranges: Record<string, Range> = {}
  const take = (id: string, value: number, fitted: Fitted | undefined, unit = 1): void => {
    if (!fitted || !(fitted.rateLow <= value && value <= fitted.rateHigh)) return
    ranges[id] = { low: fitted.rateLow / unit, high: fitted.rateHigh / unit }
  }
  if (growth.kind === 'linear') take('growth-rate', growth.perMonth, growth.fitted)
  if (growth.kind === 'exponential' || growth.kind === 'logistic')
    take('growth-rate', growth.monthlyRate, growth.fitted)
  for (const { resource, rate, fitted } of plan.demand) {
    if (rate <= 0) continue
    take(`demand-${resource}`, rate, fitted && { ...fitted, rateLow: Math.max(0, fitted.rateLow) }, rate)
  }
  return ranges
}
