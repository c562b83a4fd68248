import { describe, expect, it } from 'vitest'
import { stage, testPlan } from '../../test/fixtures/plan.ts'
import { AssumptionsSchema } from '../model/scenario.ts'
import type { CostModel, StageCostModel } from './cost-model.ts'
import { driverMonths } from './driver-paths.ts'
import { simulate } from './simulate.ts'
import { stageMonths } from './stage-month.ts'

const model = (constantMinor: number, parts: Partial<StageCostModel> = {}): StageCostModel => ({
  constantMinor,
  variable: null,
  variableColumns: null,
  onceMinor: 0,
  onceAt: null,
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

  it('takes what is not supplied for no limit, and a stated capacity for none either', () => {
    const plan = testPlan({
      stages: [
        stage('small', 2, 20, { supply: {}, capacity: [{ driver: 'tenants', max: 25 }] }),
        stage('medium', 8, 100, { supply: { memory: 5 * 2 ** 30 } }),
        stage('large', 32, 400, { supply: { memory: 1 } }),
      ],
    })
    const table = stageMonths(plan, costs(model(1), model(2), model(3)), 1, 0, (month) => drivers(month))
    expect(table.over.map((one) => one[0])).toEqual([0, 2, 4])
    expect(table.capacities.map((one) => one.id)).toEqual(['memory'])
  })

  it('counts what autoscalers reach at their most', () => {
    const autoscalers = [
      {
        id: 'pods',
        name: 'Pods',
        kind: 'hpa',
        min: 1,
        max: 6,
        metrics: [{ resource: 'cpu', perReplica: 0.5, target: 0.7 }],
      },
    ]
    const plan = testPlan({
      stages: [
        stage('small', 2, 20, { supply: { cpu: 2 }, autoscalers }),
        stage('medium', 8, 100),
        stage('large', 32, 400),
      ],
    })
    const table = stageMonths(plan, costs(model(1), model(2), model(3)), 1, 0, (month) => drivers(month))
    // 3 cores of 6 pods instead of the stated 2: only the path with 4,000 users passes them.
    expect(table.over.map((one) => one[0])).toEqual([1, 0, 0])
  })

  it.each(['small', 'medium', 'large'])('has the risk of %s that the Monte Carlo has of staying there', (held) => {
    const plan = testPlan({
      growth: { monthlyRate: 0.12, deviation: 0.2 },
      seasonality: { hourOfDay: Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 0.6 : 1.4)) },
      events: [{ id: 'fair', name: 'Fair', from: '2025-03-03', to: '2025-03-05', multiplier: 2, probability: 0.3 }],
      stages: [
        stage('small', 2, 20, { capacity: [{ driver: 'users', max: 500 }] }),
        stage('medium', 4, 100, {
          autoscalers: [
            {
              id: 'pods',
              name: 'Pods',
              kind: 'hpa',
              min: 1,
              max: 12,
              metrics: [{ resource: 'cpu', perReplica: 0.5, target: 0.7 }],
            },
          ],
        }),
        stage('large', 32, 400),
      ],
    })
    const assumptions = AssumptionsSchema.parse({
      present: 1000,
      growth: plan.growth,
      months: 18,
      stage: held,
      start: Date.UTC(2025, 0, 1),
      paths: 2000,
      seed: 7,
      policy: { kind: 'stay' },
    })
    const costsOfAll = costs(model(1), model(2), model(3))
    const at = plan.stages.findIndex((one) => one.id === held)
    const table = stageMonths(plan, costsOfAll, 18, at, driverMonths(plan, assumptions))
    const { overloadShare } = simulate(plan, costsOfAll, assumptions)
    // The very same paths, so not even the Monte-Carlo error lies between the two.
    expect(Array.from(table.over[at] as Int32Array, (count) => count / 2000)).toEqual(overloadShare)
    if (held !== 'large')
      expect(overloadShare.filter((share) => share > 0.02 && share < 0.98).length).toBeGreaterThan(3)
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
