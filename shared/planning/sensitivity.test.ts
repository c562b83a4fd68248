import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stage, testPlan } from '../../test/fixtures/plan.ts'
import { SensitivitySchema } from '../model/comparison.ts'
import type { Plan } from '../model/plan.ts'
import { HeadroomError } from '../model/problem.ts'
import { AssumptionsSchema } from '../model/scenario.ts'
import type { PriceOf } from './cost-sku.ts'
import { type SensitivityOptions, sensitivity } from './sensitivity.ts'
import { sensitivityInputs } from './sensitivity-inputs.ts'

const noPrices: PriceOf = () => null
const basis = (parts: Record<string, unknown> = {}, plan: Plan = testPlan(), priceOf: PriceOf = noPrices) => ({
  plan,
  priceOf,
  assumptions: AssumptionsSchema.parse({
    present: 1000,
    growth: { monthlyRate: 0.1, deviation: 0.1 },
    months: 24,
    paths: 200,
    policy: { kind: 'triggers', leadMonths: 1 },
    ...parts,
  }),
})
const run = (of = basis(), options: SensitivityOptions = {}) => sensitivity(of, options)
const row = (result: ReturnType<typeof run>, id: string) => result.rows.find((one) => one.id === id)
const catalogue =
  (prices: Record<string, { kind: string; monthly: number }>): PriceOf =>
  (sku, currency) => {
    const found = currency === 'EUR' ? prices[sku] : undefined
    return found
      ? {
          provider: 'test',
          sku,
          region: '',
          vcpu: null,
          ramGb: null,
          diskGb: null,
          trafficTb: null,
          hourly: null,
          currency,
          perUnit: null,
          asOf: null,
          verifiedAt: null,
          vatIncluded: null,
          confidence: 'high',
          source: 'a test',
          note: null,
          ...found,
        }
      : null
  }

describe('the rows', () => {
  it('name every assumption with its default range', () => {
    const plan = testPlan({ rates: { USD: 0.9 } })
    const levers = {
      reserved: { share: 0.9, discount: 0.3 },
      spot: { share: 0.1, discount: 0.6 },
      scheduled: { hoursPerWeek: 100 },
      rightSized: { target: 0.7 },
      yearly: { discount: 0.1 },
    }
    const inputs = sensitivityInputs(basis({ levers }, plan))
    const ranges = Object.fromEntries(inputs.map(({ id, value, low, high }) => [id, [value, low, high]]))
    expect(ranges).toMatchObject({
      present: [1000, 800, 1200],
      'present-tenants': [10, 8, 12],
      'growth-rate': [0.1, expect.closeTo(0.08, 9), expect.closeTo(0.12, 9)],
      'growth-deviation': [0.1, expect.closeTo(0.08, 9), expect.closeTo(0.12, 9)],
      'price-row-server': [1, 0.8, 1.2],
      'demand-cpu': [1, 0.8, 1.2],
      'demand-memory': [1, 0.8, 1.2],
      'lead-time': [1, 0, 2],
      'lever-reserved-share': [0.9, expect.closeTo(0.72, 9), 1],
      'lever-hours': [100, 80, 120],
      'rate-USD': [0.9, expect.closeTo(0.72, 9), expect.closeTo(1.08, 9)],
    })
    expect(new Set(inputs.map((one) => one.id)).size).toBe(inputs.length)
  })

  it.each([
    [{ kind: 'linear', perMonth: -10, deviation: 0 }, ['growth-rate', -12, -8]],
    [{ kind: 'exponential', monthlyRate: 0, deviation: 0 }, ['growth-rate', -0.01, 0.01]],
    [
      { kind: 'exponential', monthlyRate: -0.1, deviation: 0 },
      ['growth-rate', expect.closeTo(-0.12, 9), expect.closeTo(-0.08, 9)],
    ],
    [{ kind: 'logistic', monthlyRate: 0.1, ceiling: 5000, deviation: 0 }, ['growth-ceiling', 4000, 6000]],
    [{ kind: 'drawn', points: [{ month: 6, value: 100 }], deviation: 0 }, ['growth-rate', 0.8, 1.2]],
    [
      { kind: 'pieces', pieces: [{ fromMonth: 0, law: { kind: 'linear', perMonth: 5 } }], deviation: 0 },
      ['growth-rate', 0.8, 1.2],
    ],
  ])('know the growth %j', (growth, [id, low, high]) => {
    const inputs = sensitivityInputs(basis({ growth }))
    expect(inputs.find((one) => one.id === id)).toMatchObject({ low, high })
    const rows = run(basis({ growth })).rows.filter((one) => one.kind === 'growth')
    for (const one of rows) expect([one.total.low, one.total.high].every(Number.isFinite)).toBe(true)
  })
})

describe('what a row does', () => {
  it('a price that makes up all of the cost moves it in proportion', () => {
    const { base, rows } = run(basis({ policy: { kind: 'stay' } }))
    expect(base.total).toBe(24 * 2000)
    const server = rows.find((one) => one.id === 'price-row-server')
    expect(server?.total).toEqual({ low: 0.8 * base.total, high: 1.2 * base.total })
    expect(rows[0]?.id).toBe('price-row-server')
  })

  it('catalogue prices of one kind move together, and the others stay', () => {
    const sku = (id: string, name: string) => ({ id, name, price: { sku: name }, per: 'month' })
    const [small] = [stage('small', 2, 0, { lineItems: [sku('a', 'p/vm'), sku('b', 'p/vm-2'), sku('c', 'p/db')] })]
    const plan = testPlan({ stages: [small] })
    const prices = catalogue({
      'p/vm': { kind: 'compute', monthly: 10 },
      'p/vm-2': { kind: 'compute', monthly: 20 },
      'p/db': { kind: 'postgres', monthly: 5 },
    })
    const result = run(basis({ policy: { kind: 'stay' }, months: 10 }, plan, prices))
    expect(result.base.total).toBe(10 * 3500)
    expect(row(result, 'price-compute')?.total).toEqual({ low: 10 * 2900, high: 10 * 4100 })
    expect(row(result, 'price-postgres')?.total).toEqual({ low: 10 * 3400, high: 10 * 3600 })
  })

  it('more users, faster growth and more demand never cost less, nor overload less', () => {
    const { rows } = run()
    for (const id of ['present', 'growth-rate', 'demand-cpu']) {
      const one = rows.find((each) => each.id === id)
      expect(one?.total.high).toBeGreaterThan(one?.total.low ?? Number.NaN)
    }
    const stay = run(basis({ policy: { kind: 'stay' } }))
    expect(row(stay, 'demand-cpu')?.overload.high).toBeGreaterThan(row(stay, 'demand-cpu')?.overload.low ?? Number.NaN)
  })

  it('is nothing where the range is a point, sorted by its effect, and the same on the same seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
        const stated = { present: { low: 1000, high: 1000 } }
        const result = run(basis({ seed }), { stated })
        expect(run(basis({ seed }), { stated })).toEqual(result)
        expect(row(result, 'present')).toMatchObject({
          origin: 'stated',
          total: { low: result.base.total, high: result.base.total },
        })
        const widths = result.rows.map(({ total }) => Math.abs(total.high - total.low))
        expect(widths).toEqual([...widths].sort((a, b) => b - a))
        expect(SensitivitySchema.parse(result)).toEqual(result)
      }),
      { numRuns: 8 },
    )
  })

  it('takes a fitted range before the default, and a stated one before both', () => {
    const ranges = { 'demand-cpu': { low: 0.5, high: 3 }, 'demand-memory': { low: 0.9, high: 1.1 } }
    const result = run(basis(), { fitted: ranges, stated: { 'demand-cpu': { low: 1, high: 1 } } })
    expect(row(result, 'demand-cpu')).toMatchObject({ origin: 'stated', low: 1, high: 1 })
    expect(row(result, 'demand-memory')).toMatchObject({ origin: 'fitted', low: 0.9, high: 1.1 })
    expect(row(result, 'present')?.origin).toBe('default')
  })
})

describe('a stated range is refused', () => {
  const problem = (stated: NonNullable<SensitivityOptions['stated']>) => {
    try {
      run(basis({ levers: { yearly: { discount: 0.1 } } }), { stated })
    } catch (error) {
      return error instanceof HeadroomError ? error.problem : error
    }
    return null
  }
  it.each([
    ['of an assumption there is not', { nothing: { low: 1, high: 2 } }, 'SENSITIVITY_UNKNOWN', 'ranges.nothing'],
    ['from high to low', { present: { low: 3, high: 2 } }, 'SENSITIVITY_RANGE', 'ranges.present'],
    ['with a share above 1', { 'lever-yearly': { low: 0, high: 1.4 } }, 'SENSITIVITY_RANGE', 'ranges.lever-yearly'],
    [
      'with a negative price',
      { 'price-row-server': { low: -1, high: 1 } },
      'SENSITIVITY_RANGE',
      'ranges.price-row-server',
    ],
    [
      'with growth below what there is',
      { 'growth-rate': { low: -1.5, high: 0 } },
      'SENSITIVITY_RANGE',
      'ranges.growth-rate',
    ],
  ])('%s', (_, stated, code, field) => {
    expect(problem(stated)).toMatchObject({ code, field })
  })
})
