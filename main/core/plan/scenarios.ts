import type { Price } from '../../../shared/model/catalogue.ts'
import type { CheapestPath } from '../../../shared/model/cheapest-path.ts'
import type { Comparison, Sensitivity } from '../../../shared/model/comparison.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Assumptions } from '../../../shared/model/scenario.ts'
import type { YearlyComparison } from '../../../shared/model/yearly.ts'
import type { ComparedInput, CompareOptions } from '../../../shared/planning/compare.ts'
import { yearlyComparison } from '../../../shared/planning/yearly.ts'
import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import { priceOf } from './catalogue.ts'
import { readPlan } from './plan-store.ts'
import { createScenarioStore, type ScenarioStore } from './scenario-store.ts'
import type { Simulator } from './simulator.ts'

/** What-ifs kept under a name, and what is made of several. Keeping tells the windows; computing runs in the worker. */
export interface Scenarios extends ScenarioStore {
  /** @throws NO_PLAN, SCENARIO_UNKNOWN, SIMULATION_CANCELLED, and what simulate throws */
  compare(input: CompareOptions & { scenarios: ComparedInput[] }, signal?: AbortSignal): Promise<Comparison>
  /** @throws SENSITIVITY_UNKNOWN, SENSITIVITY_RANGE, and as `compare` */
  sensitivity(
    input: { assumptions: Assumptions; ranges?: Record<string, { low: number; high: number }> },
    signal?: AbortSignal,
  ): Promise<Sensitivity>
  /** @throws CHEAPEST_PATH_TOO_LARGE, and as `compare` */
  cheapestPath(
    input: { assumptions: Assumptions; hourlyRateMinor?: number },
    signal?: AbortSignal,
  ): Promise<CheapestPath>
  /** Null where the plan compares no approaches. */
  yearly(): YearlyComparison | null
}

interface Dependencies {
  database: WritableDatabase
  environment: Pick<Environment, 'now' | 'newId'>
  events: Pick<EventHub, 'emit'>
  simulator: Simulator
  /** The plan in force; throws NO_PLAN. */
  plan(): Plan
  prices(): Price[]
}

export function createScenarios(dependencies: Dependencies): Scenarios {
  const { database, environment, events, simulator, plan, prices } = dependencies
  const store = createScenarioStore({
    database,
    plan: () => readPlan(database),
    now: () => environment.now(),
    newId: () => environment.newId(),
  })
  const told = <T>(result: T): T => {
    events.emit({ kind: 'scenarios' })
    return result
  }
  /** Dates count from now where the asker states no start. */
  const dated = (assumptions: Assumptions): Assumptions => ({
    ...assumptions,
    start: assumptions.start ?? environment.now(),
  })

  return {
    list: () => store.list(),
    save: (input) => told(store.save(input)),
    rename: (id, name) => told(store.rename(id, name)),
    duplicate: (id) => told(store.duplicate(id)),
    remove: (id) => told(store.remove(id)),
    restore: (id) => told(store.restore(id)),
    reorder: (ids) => told(store.reorder(ids)),
    async compare({ scenarios, ...options }, signal) {
      const inputs = scenarios.map((one) => ({ ...one, assumptions: dated(one.assumptions) }))
      return simulator.work('compare', { plan: plan(), prices: prices(), inputs, options }, signal)
    },
    async sensitivity({ assumptions, ranges }, signal) {
      return simulator.work(
        'sensitivity',
        { plan: plan(), prices: prices(), assumptions: dated(assumptions), stated: ranges ?? {} },
        signal,
      )
    },
    async cheapestPath({ assumptions, ...options }, signal) {
      return simulator.work(
        'cheapestPath',
        { plan: plan(), prices: prices(), assumptions: dated(assumptions), options },
        signal,
      )
    },
    yearly: () => yearlyComparison(plan(), priceOf(prices())),
  }
}
