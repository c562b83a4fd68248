import type { StageCost } from '../contract/contract.ts'
import type { Sensitivity } from '../model/comparison.ts'
import type { FleetRunway } from '../model/forecast.ts'
import type { Plan } from '../model/plan.ts'
import type { PlanPart } from '../model/report.ts'
import type { Assumptions, Simulation } from '../model/scenario.ts'
import type { Verdict } from '../model/verdict.ts'
import type { PriceOf } from '../planning/cost.ts'
import type { ServerName } from './anonymous.ts'

/** Who made a report, when and where. */
export interface Origin {
  /** UTC epoch milliseconds. */
  at: number
  workspace: string
  version: string
}

/** Everything that a report of a plan says something about; all of it was computed elsewhere, on the same assumptions. */
export interface PlanReportInput {
  origin: Origin
  plan: Plan
  /** Of each stage, on the terms of the scenario (levers, tax, rates). */
  costs: readonly StageCost[]
  priceOf: PriceOf
  /** `notes` say what of it was left out because the plan has it no longer. */
  scenario: { name: string | null; assumptions: Assumptions; simulation: Simulation; notes: readonly string[] }
  verdict: Verdict | null
  runways: readonly FleetRunway[]
  sensitivity: Sensitivity | null
  parts: readonly PlanPart[]
  /** The servers that are not to be named; empty where they may be. */
  hidden: readonly ServerName[]
}
