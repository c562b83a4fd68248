import type { StageCost } from '../../../shared/contract/contract.ts'
import type { Price } from '../../../shared/model/catalogue.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Assumptions, Simulation } from '../../../shared/model/scenario.ts'
import type { Verdict } from '../../../shared/model/verdict.ts'

/** A plan with the computed cost of each of its stages. */
export interface CostedPlan {
  plan: Plan
  costs: StageCost[]
}

/** What the operator states about today. Left-out parts stay as they are. */
export interface PlanState {
  stage?: string
  drivers?: Record<string, number>
  needs?: Record<string, boolean | number>
}

/** The workspace's plan: where it comes from, what it costs, what it says today and what may come. */
export interface Plans {
  /** The plans that ship with the product, sorted by name. */
  blueprints(): CostedPlan[]
  /** The chosen plan, or null before one is chosen. */
  current(): CostedPlan | null
  /** Makes a copy of a blueprint the workspace's plan. NO_BLUEPRINT names those there are. */
  choose(blueprintId: string): void
  /** UNKNOWN_STAGE, UNKNOWN_DRIVER, NEGATIVE_VALUE, NO_PLAN. */
  state(change: PlanState): void
  exportYaml(): string
  /** Errors name line and column. */
  importYaml(yaml: string, fileName: string): void
  /** Judges every rule of the present stage on the stored samples. NO_PLAN before one is chosen. */
  verdict(): Verdict
  /** Runs the Monte Carlo in a worker thread; an aborted signal ends it with SIMULATION_CANCELLED. */
  simulate(assumptions: Assumptions, signal?: AbortSignal): Promise<Simulation>
  prices(): Price[]
  close(): Promise<void>
}
