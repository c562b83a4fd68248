import { expect, it } from 'vitest'
import { type Assumptions, AssumptionsSchema } from '../../../shared/model/scenario.ts'
import { sameAssumptions } from './scenario-state.ts'

const assume = (parts: Record<string, unknown> = {}): Assumptions =>
  AssumptionsSchema.parse({ present: 1, growth: { monthlyRate: 0.1, deviation: 0 }, months: 3, ...parts })

it('knows assumptions that mean the same, whatever the order of their fields and when they are run', () => {
  const { present, growth, ...rest } = assume({ levers: { yearly: { discount: 0.1 } } })
  const a = { ...rest, growth, present, start: 5 }
  const b = { present, growth, ...rest, stage: undefined } as Assumptions
  expect(sameAssumptions(a, b)).toBe(true)
})

it('tells those that differ, however deep', () => {
  expect(sameAssumptions(assume(), assume({ growth: { monthlyRate: 0.2, deviation: 0 } }))).toBe(false)
  expect(sameAssumptions(assume(), assume({ stage: 'a' }))).toBe(false)
  const moves = (...stages: string[]) =>
    assume({ policy: { kind: 'fixed', moves: stages.map((stage, month) => ({ month, stage })) } })
  expect(sameAssumptions(moves('a', 'b'), moves('b', 'a'))).toBe(false)
})
