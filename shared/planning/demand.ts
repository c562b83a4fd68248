import type { Demand } from '../model/plan.ts'
import { power } from './elementary.ts'

/** What a driver at `x` asks of a resource, in the demand's unit: base + rate * x^alpha, alpha 1 unless stated. */
export function demandAt(demand: Pick<Demand, 'base' | 'rate' | 'alpha'>, x: number): number {
  return demand.base + demand.rate * power(x, demand.alpha ?? 1)
}

/** Demand as a share of supply, both in one unit. Null where the stage states no supply, or none above zero. */
export function utilisation(demand: number, supply: number | undefined): number | null {
  return supply === undefined || supply <= 0 ? null : demand / supply
}
