import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stage, testPlan } from '../../../test/fixtures/plan.ts'
import { type AutoscaleInput, AutoscaleInputSchema, AutoscaleWeekSchema } from '../../model/autoscale-week.ts'
import { AutoscalerSchema } from '../../model/autoscaler.ts'
import type { Plan } from '../../model/plan.ts'
import { unitPrice } from './price.ts'
import { autoscaleWeek } from './week.ts'

// A thousand users need one core; a pod offers one and is to use half of it.
const api = {
  id: 'api',
  name: 'API',
  kind: 'hpa',
  min: 2,
  max: 50,
  metrics: [{ resource: 'cpu', perReplica: 1, target: 0.5 }],
}
const nodes = {
  id: 'nodes',
  name: 'Nodes',
  kind: 'nodes',
  min: 1,
  max: 20,
  metrics: [{ resource: 'cpu', perReplica: 4, target: 0.8 }],
  startup: '2m',
  podsPerNode: 4,
  lineItem: 'server',
}
/** Three times the users between 18:00 and 20:00, a third of them at night. */
const evening = {
  hourOfDay: Array.from({ length: 24 }, (_, hour) => (hour >= 18 && hour < 20 ? 3 : hour < 6 ? 1 / 3 : 1)),
}

const planWith = (autoscalers: unknown[], parts: Record<string, unknown> = {}): Plan =>
  testPlan({ stages: [stage('small', 2, 20, { autoscalers })], ...parts })
const week = (plan: Plan, input: Partial<AutoscaleInput> = {}) => {
  const prices = { server: unitPrice(plan, 'small', 'server', () => null) }
  const result = autoscaleWeek(plan, AutoscaleInputSchema.parse({ stageId: 'small', ...input }), prices)
  expect(AutoscaleWeekSchema.parse(result)).toEqual(result)
  return result
}
const only = (result: ReturnType<typeof week>) => {
  const [scaler] = result.scalers
  if (!scaler) throw new Error('no autoscaler')
  return scaler
}

describe('the week', () => {
  it('a flat load keeps the same replicas and is never over', () => {
    // 3,000 users need 3 cores: 6 pods at one half.
    const result = week(planWith([api]), { at: 3000 })
    expect(only(result)).toMatchObject({
      lowest: 6,
      highest: 6,
      mean: 6,
      ups: 0,
      downs: 0,
      reversals: 0,
      minutesOverTarget: 0,
      minutesOverload: 0,
      meanUtilisation: 0.5,
      peakUtilisation: 0.5,
    })
    expect(only(result).replicas).toHaveLength(2016)
    expect(result.driver).toMatchObject({ mean: 3000, peak: 3000, low: 3000 })
  })

  it('pays nodes by the time they run, and sets that against the size that carries the peak', () => {
    // Flat: 6 pods on nodes of 4 are 2 nodes at 20 euro a month, as a fixed size too.
    const flat = week(planWith([api, nodes]), { at: 3000 })
    const pool = flat.scalers[1]
    expect(pool).toMatchObject({ mean: 2, monthMinor: 4000, unitMonthMinor: 2000 })
    expect(pool?.weekMinor).toBe(Math.round((4000 * 168) / 730))
    expect(pool?.fixed[0]).toMatchObject({ kind: 'target', size: 2, monthMinor: 4000, minutesOverTarget: 0 })
    expect(flat).toMatchObject({ monthMinor: 4000, fixedMonthMinor: 4000 })

    const curved = week(planWith([api, nodes], { seasonality: evening }), { at: 3000 })
    // The peak of 9,000 users needs 18 pods, which are 5 nodes of 4.
    expect(curved.scalers[0]?.fixed[0]).toMatchObject({ kind: 'target', size: 18, minutesOverTarget: 0 })
    expect(curved.scalers[1]?.fixed[0]).toMatchObject({ kind: 'target', size: 5, monthMinor: 10_000 })
    expect(curved.monthMinor).toBeLessThan(10_000)
    expect(curved.scalers[1]?.mean).toBeLessThan(5)
    expect(curved.scalers[0]?.costUnknown).toBe('Pods are paid for through their nodes.')
  })

  it('counts minutes over target and over everything exactly', () => {
    // At most 4 pods. The hours 18 and 19 have the factor 3, so between their middles (18:30 to 19:30) 9 cores are asked
    // for and 4 are there. Straight lines lead up from 17:30 and down until 20:30, at factors from 1 to 3: more than
    // 4 cores from the factor 4/3 on, a sixth of the way, so for 50 minutes on either side: 60 + 50 + 50 = 160 a day.
    const capped = only(week(planWith([{ ...api, max: 4 }], { seasonality: evening }), { at: 3000 }))
    expect(capped.minutesOverload).toBeCloseTo(7 * 160, -1)
    expect(capped.overload.reduce((sum, minutes) => sum + minutes, 0)).toBeCloseTo(capped.minutesOverload, 9)
    expect(capped.longestOverTarget).toBeGreaterThan(160)
    expect(capped.peakUtilisation).toBeCloseTo(9 / 4, 9)
  })

  it('entries of a queue wait and overload nothing, as long as anyone works', () => {
    const demand = [
      { resource: 'queue', name: 'Queue', unit: 'count', driver: 'users', base: 0, rate: 1, assumed: 'test' },
    ]
    const workers = { id: 'workers', name: 'Workers', kind: 'keda', min: 1, max: 5 }
    const metrics = [{ resource: 'queue', perReplica: 1, target: 100 }]
    // 3,000 entries ask for 30 workers of at most 5, each with 600 entries instead of 100.
    const result = only(week(planWith([{ ...workers, metrics }], { demand }), { at: 3000 }))
    expect(result).toMatchObject({ highest: 5, minutesOverTarget: 7 * 1440, minutesOverload: 0, peakUtilisation: 6 })
    expect(result.fixed[0]).toMatchObject({ kind: 'target', size: 30, minutesOverTarget: 0 })
  })

  it('a slow start costs minutes over target, and scaling ahead of the curve saves them', () => {
    const slow = { ...api, startup: '10m' }
    const late = only(week(planWith([slow], { seasonality: evening }), { at: 3000 }))
    const early = only(week(planWith([{ ...slow, ahead: '15m' }], { seasonality: evening }), { at: 3000 }))
    expect(late.minutesOverTarget).toBeGreaterThan(100)
    expect(early.minutesOverTarget).toBe(0)
    expect(early.mean).toBeGreaterThan(late.mean)
  })

  it('the other drivers keep their ratio to the primary one, and alpha counts', () => {
    const demand = [
      { resource: 'cpu', name: 'CPU', unit: 'cores', driver: 'tenants', base: 1, rate: 0.1, alpha: 2, assumed: 'test' },
    ]
    // 2,000 users are 20 tenants: 1 + 0.1 * 400 = 41 cores, at one half 82 pods; at most 50.
    const result = only(week(planWith([api], { demand }), { at: 2000 }))
    expect(result.metrics[0]?.load[0]).toBeCloseTo(41, 9)
    expect(result.fixed[0]?.size).toBe(82)
  })

  it('the same seed gives the same week, digit for digit, and another seed another', () => {
    const plan = planWith([api, nodes], { seasonality: evening })
    const rough = { at: 3000, noise: 0.2, bursts: { perWeek: 20, multiplier: 2, minutes: 10 } }
    expect(week(plan, { ...rough, seed: 7 })).toEqual(week(plan, { ...rough, seed: 7 }))
    expect(week(plan, { ...rough, seed: 8 })).not.toEqual(week(plan, { ...rough, seed: 7 }))
  })

  it('noise leaves the mean where it is; bursts raise the peak', () => {
    const plan = planWith([api])
    expect(week(plan, { at: 3000, noise: 0.1 }).driver.mean / 3000).toBeCloseTo(1, 1)
    const burst = week(plan, { at: 3000, bursts: { perWeek: 50, multiplier: 2, minutes: 10 } })
    expect(burst.driver.peak).toBeCloseTo(6000, 6)
    expect(burst.driver.low).toBeCloseTo(3000, 6)
  })

  it('never leaves its bounds, and no fixed size at its target is ever over it', () => {
    fc.assert(
      fc.property(
        fc.record({
          at: fc.integer({ min: 0, max: 30_000 }),
          seed: fc.nat(1000),
          noise: fc.double({ min: 0, max: 0.5, noNaN: true }),
        }),
        fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 24, maxLength: 24 }),
        fc.integer({ min: 1, max: 8 }),
        (input, hourOfDay, min) => {
          const result = only(
            week(planWith([{ ...api, min, max: min + 20 }]), { ...input, seasonality: { hourOfDay } }),
          )
          expect(result.lowest).toBeGreaterThanOrEqual(min)
          expect(result.highest).toBeLessThanOrEqual(min + 20)
          expect(result.mean).toBeGreaterThanOrEqual(result.lowest - 1e-9)
          expect(result.mean).toBeLessThanOrEqual(result.highest + 1e-9)
          expect(result.minutesOverload).toBeLessThanOrEqual(result.minutesOverTarget)
          expect(result.fixed[0]).toMatchObject({ kind: 'target', minutesOverTarget: 0 })
        },
      ),
      { numRuns: 12 },
    )
  }, 60_000)
})

describe('prices', () => {
  it('keeps the fractions of a cent of an hourly price', () => {
    const lineItems = [
      { id: 'node', name: 'Node', price: { amount: 0.0074, currency: 'EUR' }, per: 'hour', quantity: 3 },
    ]
    const plan = testPlan({ stages: [stage('small', 2, 20, { lineItems })] })
    // 0.0074 * 730 = 5.402 euro.
    expect(unitPrice(plan, 'small', 'node', () => null)).toEqual({ monthMinor: 540.2, unknown: null })
  })

  it('says why there is none', () => {
    const plan = planWith([])
    expect(unitPrice(plan, 'small', 'nodes', () => null).unknown).toBe('Small has no cost row "nodes".')
    const lineItems = [
      { id: 'setup', name: 'Set-up', price: { amount: 5, currency: 'EUR' }, per: 'once' },
      { id: 'vm', name: 'VM', price: { sku: 'none/such' }, per: 'month' },
    ]
    const other = testPlan({ stages: [stage('small', 2, 20, { lineItems })] })
    expect(unitPrice(other, 'small', 'setup', () => null).unknown).toBe('Set-up is not charged for the time it runs.')
    expect(unitPrice(other, 'small', 'vm', () => null)).toMatchObject({ monthMinor: null })
    const unpriced = only(week(planWith([{ ...api, lineItem: 'gone' }])))
    expect(unpriced).toMatchObject({ monthMinor: null, costUnknown: 'API names no cost row of the stage.' })
  })
})

describe('what cannot be simulated', () => {
  const code = (autoscalers: unknown[], input: Partial<AutoscaleInput> = {}) => {
    try {
      week(planWith([]), { autoscalers: autoscalers.map((one) => AutoscalerSchema.parse(one)), ...input })
    } catch (error) {
      return (error as { problem: unknown }).problem
    }
    return null
  }

  it('names field, value and fix', () => {
    expect(code([{ ...api, min: 9, max: 3 }])).toMatchObject({
      code: 'AUTOSCALER_BOUNDS',
      field: 'autoscalers.0.min',
      value: '9',
    })
    expect(code([{ ...api, min: 0 }])).toMatchObject({ code: 'AUTOSCALER_ZERO', field: 'autoscalers.0.min' })
    expect(code([api, api])).toMatchObject({ code: 'AUTOSCALER_TWICE', field: 'autoscalers.1.id', value: 'api' })
    expect(code([{ ...api, metrics: [{ resource: 'cpus', perReplica: 1, target: 0.5 }] }])).toMatchObject({
      code: 'AUTOSCALER_RESOURCE',
      field: 'autoscalers.0.metrics.0.resource',
      value: 'cpus',
      fix: 'Did you mean "cpu"? Choose one of: cpu, memory.',
    })
    expect(code([api], { stageId: 'none' })).toMatchObject({ code: 'UNKNOWN_STAGE', value: 'none' })
  })

  it('a stage without autoscalers says what to do', () => {
    expect(() => week(planWith([]))).toThrowError('Small has no autoscaler. Try one with the documented defaults')
  })
})
