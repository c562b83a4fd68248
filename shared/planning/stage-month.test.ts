import { describe, expect, it } from 'vitest'
import { stage, testPlan } from '../../test/fixtures/plan.ts'
import type { CostModel, StageCostModel } from './cost-model.ts'
import { stageMonths } from './stage-month.ts'

const model = (constantMinor: number, parts: Partial<StageCostModel> = {}): StageCostModel => ({
  constantMinor,
  variable: null,
  onceMinor: 0,
  hours: 0,
  grandfatheredMinor: 0,
  grandfatheredVariable: null,
  savedMinor: [],
  variableSaved: null,
  unpriced: [],
  stated: true,
  ...parts,
})
const costs = (...stages: StageCostModel[]): CostModel => ({ stages, levers: [] })
/** Users 1000, 2000, ... on four paths in every month, times the month; tenants a hundredth of them. */
const users = (month: number) => Float64Array.of(1000, 2000, 3000, 4000).map((one) => one * (month + 1))
const drivers = (month: number, peak = 1) => ({
  level: [users(month), users(month).map((one) => one / 100)],
  peak: [users(month).map((one) => one * peak), users(month).map((one) => (one * peak) / 100)],
})

describe('stages by month', () => {
  it('counts the paths on which a demand passes its supply in the busiest hour', () => {
    // A thousand users need one core of 2, 8 and 32, and 2 GiB of 8, 32 and 128.
    const table = stageMonths(testPlan(), costs(model(1), model(2), model(3)), 3, 0, (month) => drivers(month))
    expect(table.over.map((one) => [...one])).toEqual([
      [2, 3, 4],
      [0, 0, 2],
      [0, 0, 0],
    ])
    expect(table.capacities).toEqual([
      { id: 'cpu', name: 'CPU' },
      { id: 'memory', name: 'Memory' },
    ])
    expect([...(table.overBy[0] as Int32Array)]).toEqual([2, 0, 3, 2, 4, 3])
    const busy = stageMonths(testPlan(), costs(model(1), model(2), model(3)), 1, 0, (month) => drivers(month, 3))
    expect(busy.over.map((one) => one[0])).toEqual([4, 2, 0])
  })

  it('takes a stated capacity of a driver for a supply, and what is not stated for no limit', () => {
    const plan = testPlan({
      stages: [
        stage('small', 2, 20, { supply: {}, capacity: [{ driver: 'tenants', max: 25 }] }),
        stage('medium', 8, 100, { supply: {}, capacity: [{ driver: 'tenants', max: null }] }),
        stage('large', 32, 400, { supply: { memory: 1 } }),
      ],
    })
    const table = stageMonths(plan, costs(model(1), model(2), model(3)), 1, 0, (month) => drivers(month))
    expect(table.over.map((one) => one[0])).toEqual([2, 0, 4])
    expect(table.capacities.map((one) => one.id)).toEqual(['memory', 'capacity-tenants'])
  })

  it('gives the mean cost of the month, in whole minor units', () => {
    const perUser = { variable: (state: Float64Array) => (state[0] as number) / 1000 }
    const cpu = { variable: (state: Float64Array) => 10 * (state[2] as number) }
    const table = stageMonths(testPlan(), costs(model(100.25, perUser), model(200, cpu), model(300)), 2, 0, (month) =>
      drivers(month, 7),
    )
    expect(table.cost.map((one) => [...one])).toEqual([
      [103, 105],
      [225, 250],
      [300, 300],
    ])
  })

  it('takes the old prices off as long as the present stage was never left', () => {
    const own = { grandfatheredMinor: 30, grandfatheredVariable: (state: Float64Array) => (state[0] as number) / 1000 }
    const table = stageMonths(testPlan(), costs(model(100, own), model(200), model(300)), 2, 0, (month) =>
      drivers(month),
    )
    expect([...table.presentCost]).toEqual([67.5, 65].map(Math.round))
    expect([...(table.cost[0] as Float64Array)]).toEqual([100, 100])
  })
})
