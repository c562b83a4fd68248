import { exp, ln } from './elementary.ts'

/**
 * How a driver grows, as a factor on its present value. Further kinds (linear, logistic, drawn points) join this union.
 *
 * exponential: geometric Brownian motion sampled monthly. Each month's log growth is normal with mean ln(1 + monthlyRate)
 * and standard deviation `deviation`, months independent. So the median after t months is (1 + monthlyRate)^t and the mean
 * is that times e^(deviation^2 t / 2).
 */
export type GrowthLaw = { kind: 'exponential'; monthlyRate: number; deviation: number }

/**
 * The factor after `month` months, as `growthOf(law)(month)(shock)`, on a path whose standard normal shocks of months
 * 1..month add up to `shock`. Month 0 is the present: factor 1. It never falls when `monthlyRate` or `shock` rises.
 */
export function growthOf(law: GrowthLaw): (month: number) => (shock: number) => number {
  switch (law.kind) {
    case 'exponential': {
      const drift = ln(1 + law.monthlyRate)
      return (month) => {
        const mean = month * drift
        return (shock) => exp(mean + law.deviation * shock)
      }
    }
  }
}
