import type { AutoscaleInput } from '../../../shared/model/autoscale-week.ts'
import type { Price } from '../../../shared/model/catalogue.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Assumptions } from '../../../shared/model/scenario.ts'
import { unitPrices } from '../../../shared/planning/autoscale/price.ts'
import { autoscaleWeek } from '../../../shared/planning/autoscale/week.ts'
import { type CheapestOptions, cheapestPath } from '../../../shared/planning/cheapest-path.ts'
import { type ComparedInput, type CompareOptions, compareScenarios } from '../../../shared/planning/compare.ts'
import { costModel } from '../../../shared/planning/cost-model.ts'
import type { PriceOf } from '../../../shared/planning/cost-sku.ts'
import { fitDemand } from '../../../shared/planning/fit/demand.ts'
import { fitGrowth } from '../../../shared/planning/fit/growth.ts'
import { fittedRanges } from '../../../shared/planning/fitted-ranges.ts'
import { sensitivity } from '../../../shared/planning/sensitivity.ts'
import { simulate } from '../../../shared/planning/simulate.ts'
import { priceOf } from './catalogue.ts'

interface Priced {
  plan: Plan
  prices: Price[]
}
/** Prices are kept from job to job, and so is the way to find one of them. */
const found = new WeakMap<Price[], PriceOf>()
function pricesBy(prices: Price[]): PriceOf {
  const known = found.get(prices) ?? priceOf(prices)
  found.set(prices, known)
  return known
}

const costsOf =
  (plan: Plan, prices: Price[]) =>
  ({ levers, tax, rates }: Assumptions) =>
    costModel(plan, pricesBy(prices), { levers, tax, rates })

/** What the worker thread can do, by name. Inputs and results are plain data, since they are copied between threads. */
export const jobs = {
  simulate: (
    { plan, prices, assumptions }: Priced & { assumptions: Assumptions },
    /** Asked after every month. */
    givenUp: () => boolean = () => false,
  ) =>
    simulate(plan, costsOf(plan, prices)(assumptions), assumptions, {
      onMonth() {
        if (givenUp()) throw cancelled()
      },
    }),
  compare: ({ plan, prices, inputs, options }: Priced & { inputs: ComparedInput[]; options: CompareOptions }) =>
    compareScenarios(plan, inputs, costsOf(plan, prices), options),
  sensitivity: ({
    plan,
    prices,
    assumptions,
    stated,
  }: Priced & { assumptions: Assumptions; stated: Record<string, { low: number; high: number }> }) =>
    sensitivity({ plan, assumptions, priceOf: pricesBy(prices) }, { stated, fitted: fittedRanges(plan, assumptions) }),
  cheapestPath: ({
    plan,
    prices,
    assumptions,
    options,
  }: Priced & { assumptions: Assumptions; options: CheapestOptions }) =>
    cheapestPath(plan, costsOf(plan, prices)(assumptions), assumptions, options),
  fitGrowth: ({ samples, keepOutliers }: { samples: { at: number; value: number }[]; keepOutliers: boolean }) =>
    fitGrowth(samples, { keepOutliers }),
  fitDemand: ({ pairs }: { pairs: { x: number; y: number }[] }) => fitDemand(pairs),
  autoscaleWeek: ({ plan, prices, input }: Priced & { input: AutoscaleInput }) =>
    autoscaleWeek(plan, input, unitPrices(plan, input.stageId, pricesBy(prices))),
}

export type JobName = keyof typeof jobs
export type JobInput<Name extends JobName> = Parameters<(typeof jobs)[Name]>[0]
export type JobResult<Name extends JobName> = ReturnType<(typeof jobs)[Name]>

export const cancelled = (): HeadroomError =>
  new HeadroomError({
    code: 'SIMULATION_CANCELLED',
    fact: 'The simulation was cancelled.',
    fix: 'Run it again when you need it.',
  })
