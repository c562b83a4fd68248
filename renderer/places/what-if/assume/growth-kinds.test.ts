import fc from 'fast-check'
import { expect, it } from 'vitest'
import { GrowthSchema } from '../../../../shared/model/growth.ts'
import { growthOf } from '../../../../shared/planning/growth.ts'
import { asKind, GROWTH_KINDS, rateOf } from './growth-kinds.ts'

it('changes to any kind and on to any other with what the engine takes', () => {
  const kind = fc.constantFrom(...GROWTH_KINDS)
  fc.assert(
    fc.property(
      kind,
      kind,
      fc.double({ min: -0.4, max: 1.5, noNaN: true }),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.integer({ min: 1, max: 120 }),
      (first, second, monthlyRate, present, months) => {
        const once = asKind(first, { kind: 'exponential', monthlyRate, deviation: 0.1 }, present, months)
        const twice = asKind(second, once, present, months)
        expect(GrowthSchema.parse(twice)).toEqual(twice)
        expect(twice.kind).toBe(second)
        expect(twice.deviation).toBe(0.1)
        expect(growthOf(twice, present).present).toBe(present)
      },
    ),
  )
})

it('keeps about the pace it had', () => {
  const grows = { kind: 'exponential', monthlyRate: 0.1, deviation: 0 } as const
  for (const kind of GROWTH_KINDS) expect(rateOf(asKind(kind, grows, 1000, 24), 1000)).toBeCloseTo(0.1, 3)
})
