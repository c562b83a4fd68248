import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type GrowthLaw, growthOf } from './growth.ts'

const factorOf = (law: GrowthLaw, month: number, shock: number): number => growthOf(law)(month)(shock)
const rate = fc.double({ min: -0.5, max: 2, noNaN: true })
const month = fc.integer({ min: 0, max: 120 })
const shock = fc.double({ min: -40, max: 40, noNaN: true })

it('is compound interest when nothing deviates', () => {
  fc.assert(
    fc.property(rate, month, shock, (monthlyRate, at, any) => {
      const factor = factorOf({ kind: 'exponential', monthlyRate, deviation: 0 }, at, any)
      expect(Math.abs(factor / (1 + monthlyRate) ** at - 1)).toBeLessThan(1e-12)
    }),
  )
})

it('is exactly 1 at present', () => {
  expect(factorOf({ kind: 'exponential', monthlyRate: 0.3, deviation: 0.2 }, 0, 0)).toBe(1)
})

it('never falls when the rate rises', () => {
  fc.assert(
    fc.property(rate, rate, month, shock, (a, b, at, path) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      const factor = (monthlyRate: number) => factorOf({ kind: 'exponential', monthlyRate, deviation: 0.2 }, at, path)
      expect(factor(low)).toBeLessThanOrEqual(factor(high))
    }),
  )
})

it('never falls when the shock rises', () => {
  fc.assert(
    fc.property(rate, month, shock, shock, (monthlyRate, at, a, b) => {
      const law = { kind: 'exponential', monthlyRate, deviation: 0.2 } as const
      expect(factorOf(law, at, Math.min(a, b))).toBeLessThanOrEqual(factorOf(law, at, Math.max(a, b)))
    }),
  )
})
