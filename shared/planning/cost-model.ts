import type { LeverName } from '../model/line-item.ts'

/**
 * The costs of every stage, ready for the innermost loop of the Monte Carlo. Money is in minor units of the plan's
 * currency; `state` is the driver values and then the demand values, each in the plan's order.
 */
export interface CostModel {
  stages: readonly StageCostModel[]
  /** The levers that are pulled, in the order they act; `savedMinor` and `variableSaved` have one entry for each. */
  levers: readonly LeverName[]
}

export interface StageCostModel {
  /** A month, of the rows whose cost does not move with the state; the middle of a stated range. */
  constantMinor: number
  /** What the other rows add a month; null when there is none. */
  variable: ((state: Float64Array) => number) | null
  /** Paid on moving to the stage: its rows charged once. The cost of moving itself is the plan's migrationCost. */
  onceMinor: number
  /** Hours of work of moving to it. */
  hours: number
  /** Taken off `constantMinor` and `variable` as long as the path never left the present stage; 0 for every other stage. */
  grandfatheredMinor: number
  grandfatheredVariable: ((state: Float64Array) => number) | null
  /** A month, by lever, of the constant rows. */
  savedMinor: readonly number[]
  /** Adds to `into`, by lever, what was saved on the variable rows in this state; null when nothing can be. */
  variableSaved: ((state: Float64Array, into: Float64Array) => void) | null
  /** Rows without a price, and why; they count as 0. */
  unpriced: readonly { id: string; name: string; why: string }[]
  /** False when the plan lists no costs for it at all. */
  stated: boolean
}
