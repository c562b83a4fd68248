import { describe, expect, it } from 'vitest'
import { pricedPlan, pricedRow } from '../../test/fixtures/priced-plan.ts'
import { planGaps } from './plan-gaps.ts'

const supply = { cpu: 2, memory: 8e9 }
const facts = (stages: object[], more: object = {}) => planGaps(pricedPlan(stages, more)).map((gap) => gap.fact)

describe('what a plan leaves open', () => {
  it('is nothing in a whole one', () => {
    expect(planGaps(pricedPlan([{ supply, lineItems: [pricedRow()] }]))).toEqual([])
  })
  it('is a stage without supply of what another stage supplies', () => {
    const lineItems = [pricedRow()]
    expect(
      planGaps(
        pricedPlan([
          { supply, lineItems },
          { supply: { cpu: 4, memory: 0 }, lineItems },
        ]),
      ),
    ).toEqual([
      {
        stage: 's1',
        path: ['stages', 1, 'supply'],
        fact: 'Stage 1 states no supply of Memory, so its use there cannot be computed.',
        fix: 'Add memory to its supply, in bytes.',
      },
    ])
    expect(facts([{ lineItems }, { lineItems }])).toEqual([])
  })
  it('is a stage without costs, unless a total is stated', () => {
    expect(facts([{}])).toEqual(['Stage 0 has no costs.'])
    expect(facts([{ statedTotal: { amount: 5, currency: 'EUR' } }])).toEqual([])
  })
  it('is growth that has passed its ceiling', () => {
    const growth = { kind: 'logistic', monthlyRate: 0.1, ceiling: 500, deviation: 0 }
    expect(facts([{ lineItems: [pricedRow()] }], { growth })).toEqual([
      'Users stand at 1000 and are said never to pass 500.',
    ])
  })
  it.each([
    [{ per: 'once', levers: ['reserved'] }, 'The lever reserved does nothing on Row: it is paid once.'],
    [
      { levers: ['scheduled'] },
      'The lever scheduled does nothing on Row: only a row charged by the hour can save hours.',
    ],
    [{ per: 'year', levers: ['yearly'] }, 'The lever yearly does nothing on Row: it is paid by the year already.'],
    [
      { levers: ['right-sized'] },
      'The lever right-sized does nothing on Row: only a SKU of the catalogue has other sizes.',
    ],
    [{ onDemandShare: 0.2 }, 'The on-demand share of Row changes nothing, as the row names no levers.'],
    [
      { quantity: '1 / (cpu - 2)' },
      "The quantity of Row, 1 / (cpu - 2), has no value at present: it divides by 0 or leaves a function's range.",
    ],
  ])('is %j', (parts, fact) => {
    expect(facts([{ lineItems: [pricedRow(parts)] }])).toEqual([fact])
  })
  it('is not a lever that acts', () => {
    const levers = ['reserved', 'spot', 'scheduled', 'yearly']
    expect(facts([{ lineItems: [pricedRow({ per: 'hour', levers, onDemandShare: 0.2 })] }])).toEqual([])
  })
})
