import type { Demand } from '../model/plan.ts'
import { exp, ln } from './elementary.ts'

/** What a driver at `x` asks of a resource, in the demand's unit: base + rate * x^alpha, alpha 1 unless stated. */
export function demandAt({ base, rate, alpha = 1 }: Pick<Demand, 'base' | 'rate' | 'alpha'>, x: number): number {
  return demandWithLog(base, rate, alpha, x, alpha === 1 ? 0 : ln(x))
}

/** The same for loops, with the driver's logarithm taken once for all demands on it; `lnX` is not read when alpha is 1. */
export function demandWithLog(base: number, rate: number, alpha: number, x: number, lnX: number): number {
  if (alpha === 1) return base + rate * x
  return x > 0 ? base + rate * exp(alpha * lnX) : base
}
