import { describe, expect, it } from 'vitest'
import type { Price } from '../model/catalogue.ts'
import { type Plan, PlanSchema } from '../model/plan.ts'
import { HeadroomError } from '../model/problem.ts'
import type { PriceOf } from './cost.ts'
import type { MeasuredSeries } from './judge.ts'
import { parsePlan } from './plan-file.ts'
import { conditionsOf, reference } from './reference.ts'
import { agree, calculate } from './reference-table.ts'
import { yearlyComparison } from './yearly.ts'

const small = {
  format: 'headroom/plan@1',
  id: 'two',
  name: 'Two',
  summary: 's',
  currency: 'USD',
  rates: { EUR: 1.2 },
  drivers: [{ id: 'users', name: 'Users', unit: 'users', primary: true, present: 10 }],
  growth: { kind: 'exponential', monthlyRate: 0, deviation: 0 },
  demand: [
    { resource: 'cpu', name: 'CPU', unit: 'cores', driver: 'users', base: 0, rate: 0.01, assumed: 'a guess' },
    { resource: 'memory', name: 'Memory', unit: 'bytes', driver: 'users', base: 100, rate: 1, assumed: 'a guess' },
  ],
  needs: { sla: 0 },
  stage: 'a',
  stages: [
    {
      id: 'a',
      name: 'A',
      objective: 'o',
      capacity: [{ driver: 'users', max: 100 }],
      supply: { cpu: 2, memory: 1000 },
      lineItems: [{ id: 'vps', name: 'VPS', price: { amount: 10, currency: 'USD' }, per: 'month' }],
      durationMonths: { min: 1, max: 2 },
      nodes: [
        { id: 'n', name: 'N', kind: 'server', count: 2 },
        { id: 'd', name: 'D', kind: 'database' },
      ],
    },
    {
      id: 'b',
      name: 'B',
      objective: 'o',
      capacity: [{ driver: 'users', max: null }],
      lineItems: [{ id: 'vps', name: 'VPS', price: { amount: 0.5, currency: 'USD' }, per: 'month', quantity: 'users' }],
    },
  ],
}
const planWith = (more: object): Plan => PlanSchema.parse({ ...small, ...more })
const price = (amount: number, currency: string): Price => ({
  provider: 'p',
  kind: 'compute',
  sku: 's',
  region: 'eu',
  vcpu: 2,
  ramGb: 4,
  diskGb: null,
  trafficTb: null,
  monthly: amount,
  hourly: null,
  currency,
  perUnit: null,
  asOf: '2026-06-15',
  verifiedAt: null,
  vatIncluded: false,
  confidence: 'high',
  source: 'x',
  note: null,
})
const priceOf: PriceOf = (sku, currency) => (sku === 'p/s' && currency === 'EUR' ? price(5, 'EUR') : null)
function cellsOf(columns: object[], row: object): ReturnType<typeof calculate>['rows'][number]['cells'] {
  const plan = planWith({
    calculations: [{ id: 't', title: 'T', kind: 'cost', columns, rows: [{ id: 'r', name: 'R', ...row }] }],
  })
  return calculate(plan.calculations[0] as Plan['calculations'][number], plan, priceOf).rows[0]?.cells ?? {}
}

describe('a computed table', () => {
  const formula = [
    { id: 'workers', name: 'W' },
    { id: 'each', name: 'E' },
    { id: 'most', name: 'M', computed: { formula: 'workers * each' }, limit: 'workers * 100' },
  ]
  it('computes a formula over stated cells and flags what differs', () => {
    expect(cellsOf(formula, { cells: { workers: 4, each: 100, most: 400 } }).most).toMatchObject({
      computed: { min: 400, max: 400 },
      differs: false,
      over: false,
    })
    expect(cellsOf(formula, { cells: { workers: 4, each: 100, most: 500 } }).most).toMatchObject({
      differs: true,
      over: true,
    })
  })
  it('computes both ends of a range, and none where a cell is words or missing', () => {
    expect(cellsOf(formula, { cells: { workers: 2, each: { min: 100, max: 200 } } }).most?.computed).toEqual({
      min: 200,
      max: 400,
    })
    expect(cellsOf(formula, { cells: { workers: 2, each: { min: 100, max: null } } }).most?.computed).toEqual({
      min: 200,
      max: null,
    })
    expect(cellsOf(formula, { cells: { workers: 2 } }).most?.computed).toBeNull()
    expect(cellsOf(formula, { cells: { workers: 2, each: 'many' } }).most?.computed).toBeNull()
  })
  it('takes what a stage costs at the ends of the row, its months and its machines', () => {
    const of = (ofStage: string) => [{ id: 'x', name: 'X', computed: { ofStage } }]
    expect(cellsOf(of('monthly-cost'), { stage: 'b', at: { min: 100, max: 300 } }).x?.computed).toEqual({
      min: 50,
      max: 150,
    })
    expect(cellsOf(of('monthly-cost'), { stage: 'b' }).x?.computed).toEqual({ min: 5, max: 5 })
    expect(cellsOf(of('over-first'), { stage: 'b', at: { min: 100, max: 100 } }).x?.computed).toEqual({
      min: 4,
      max: 4,
    })
    expect(cellsOf(of('months'), { stage: 'a' }).x?.computed).toEqual({ min: 1, max: 2 })
    expect(cellsOf(of('nodes'), { stage: 'a' }).x?.computed).toEqual({ min: 2, max: 2 })
  })
  it('prices use above the free units', () => {
    const columns = [
      { id: 'gb', name: 'GB' },
      {
        id: 'cost',
        name: 'C',
        computed: {
          use: [{ of: 'gb', price: { unit: 'GB', free: 10, tiers: [{ upTo: null, amount: 0.015 }], currency: 'USD' } }],
        },
      },
    ]
    expect(cellsOf(columns, { cells: { gb: 10, cost: 0 } }).cost).toMatchObject({
      computed: { min: 0, max: 0 },
      differs: false,
    })
    expect(cellsOf(columns, { cells: { gb: 50, cost: 5 } }).cost).toMatchObject({
      computed: { min: 0.6, max: 0.6 },
      differs: true,
    })
  })
  it("shows the catalogue's price at the plan's rate, or why there is none", () => {
    const columns = [{ id: 'x', name: 'X', unit: 'money', computed: { sku: true } }]
    expect(cellsOf(columns, { skus: { x: 'p/s' }, cells: { x: 6 } }).x).toMatchObject({
      computed: { min: 6, max: 6 },
      differs: false,
      price: { amount: 5, currency: 'EUR', asOf: '2026-06-15' },
    })
    expect(cellsOf(columns, { skus: { x: 'p/none' } }).x?.note).toMatch(/no price for p\/none/)
  })
  it.each([
    [{ min: 300, max: null }, { min: 300, max: 300 }, true],
    [{ min: 300, max: null }, { min: 290, max: 290 }, false],
    [{ min: 12, max: 15 }, { min: 13, max: 13 }, true],
    [{ min: 12, max: 15 }, { min: 14, max: 16 }, false],
    [{ min: 100, max: 100 }, { min: 100.4, max: 100.4 }, true],
  ])('%j and %j agree: %s', (a, b, expected) => {
    expect(agree(a, b)).toBe(expected)
  })
})

describe('years', () => {
  const yearly = {
    driver: 'users',
    years: [{ id: 'one', name: '1', from: 10, to: 1000 }],
    approaches: [
      { id: 'own', name: 'Own', assumed: 'x', ladder: true, stated: { one: { min: 1, max: 2 } } },
      {
        id: 'flat',
        name: 'Flat',
        assumed: 'x',
        stated: { one: { min: 120, max: null } },
        sizes: [
          { upTo: null, lineItems: [{ id: 'v', name: 'V', price: { amount: 10, currency: 'USD' }, per: 'month' }] },
        ],
      },
    ],
  }
  const found = yearlyComparison(planWith({ yearly }), priceOf)
  it('adds up twelve months of what carries the driver', () => {
    const flat = found?.approaches[1]?.cells[0]
    expect(flat).toMatchObject({ minor: 12_000, maxMinor: 12_000, differs: false })
    const own = found?.approaches[0]?.cells[0]
    // 10 * 100^((m + 1/2) / 12) passes 100 after month 6 of 12: six months at 10, then half a dollar a user.
    expect(own?.months.map((month) => month.runs)).toEqual([...Array(6).fill('A'), ...Array(6).fill('B')])
    expect(own?.months[6]?.minor).toBe(Math.round(50 * (own?.months[6]?.value ?? 0)))
    expect(own?.minor).toBe(own?.months.reduce((sum, month) => sum + month.minor, 0))
    expect(own?.differs).toBe(true)
  })
  it('is nothing for a plan that compares none', () => expect(yearlyComparison(planWith({}), priceOf)).toBeNull())
})

describe('what is judged', () => {
  const plan = planWith({
    decisionTrees: [
      {
        id: 't',
        title: 'T',
        root: 'q',
        questions: [
          {
            id: 'q',
            text: 'Q',
            answers: [
              {
                id: 'yes',
                text: 'Y',
                when: { metric: 'cpu_used_ratio', op: '>', value: 0.7 },
                for: '5m',
                advice: [{ text: 'go' }],
              },
              { id: 'few', text: 'F', when: { driver: 'users', op: '<', value: 20 }, advice: [{ text: 'stay' }] },
              { id: 'person', text: 'P', advice: [{ text: 'think' }] },
            ],
          },
        ],
      },
    ],
    options: [{ id: 'o', name: 'O', when: 'in words', condition: { need: 'sla', op: '>', value: 0 } }],
    bottlenecks: [
      {
        id: 'said-cpu',
        name: 'CPU',
        resources: ['cpu'],
        range: { driver: 'users', min: 0, max: 100, stage: 'a', phase: 'P' },
      },
      {
        id: 'said-memory',
        name: 'Memory',
        resources: ['memory'],
        range: { driver: 'users', min: 0, max: 20, stage: 'a', phase: 'P' },
      },
    ],
  })
  const samples = Array.from({ length: 40 }, (_, at) => ({ at: 1_000_000 - (39 - at) * 15_000, value: 0.9 }))
  const series: MeasuredSeries = {
    hostId: 'h',
    hostName: 'web',
    metric: 'cpu_used_ratio',
    labels: {},
    unit: 'ratio',
    samples,
  }
  const judge = (measured: MeasuredSeries[]) =>
    reference(
      plan,
      { now: 1_000_000, expectedIntervalMs: 15_000, drivers: plan.drivers, needs: plan.needs, series: () => measured },
      priceOf,
    )

  it('finds each condition by its place, with how long it must hold', () => {
    expect(conditionsOf(plan).map(({ place, sustainMs }) => [place, sustainMs])).toEqual([
      ['options/o', 900_000],
      ['decisionTrees/t/questions/q/answers/yes', 300_000],
      ['decisionTrees/t/questions/q/answers/few', 300_000],
    ])
  })
  it('judges a branch on what is measured and stated', () => {
    const { judged } = judge([series])
    expect(judged['decisionTrees/t/questions/q/answers/yes']).toMatchObject({
      state: 'fired',
      condition: 'CPU > 70% for 5 min',
    })
    expect(judged['decisionTrees/t/questions/q/answers/few']?.state).toBe('fired')
    expect(judged['options/o']?.state).toBe('clear')
    expect(judge([]).judged['decisionTrees/t/questions/q/answers/yes']?.state).toBe('unknown')
  })
  it('computes what is most used, and whether the source names it', () => {
    const { bottlenecks } = judge([])
    // At 100 users: CPU 1 of 2 cores, memory 200 of 1000 bytes.
    expect(bottlenecks['said-cpu']).toMatchObject({
      agrees: true,
      use: [
        { resource: 'cpu', ratio: 0.5 },
        { resource: 'memory', ratio: 0.2 },
      ],
    })
    // At 20: CPU 0.1, memory 0.12.
    expect(bottlenecks['said-memory']).toMatchObject({
      agrees: true,
      use: [{ resource: 'memory' }, { resource: 'cpu' }],
    })
  })
})

describe('a plan whose reference parts are wrong', () => {
  const base = `format: headroom/plan@1
id: p
name: P
summary: s
currency: EUR
stage: a
growth: { monthlyRate: 0, deviation: 0 }
drivers: [{ id: users, name: U, unit: u, present: 1 }]
stages: [{ id: a, name: A, objective: o }]
`
  const faults = (more: string): string => {
    try {
      parsePlan(base + more, 'p.yaml')
    } catch (error) {
      if (error instanceof HeadroomError) return Object.values(error.problem.details ?? {}).join('\n')
      throw error
    }
    return ''
  }
  it.each([
    [
      'an unknown stage',
      'options: [{ id: o, name: O, when: w, stage: b }]',
      /p.yaml:10:\d+ options\[0\]\.stage: unknown stage "b"/,
    ],
    ['an unknown option', 'options: [{ id: o, name: O, when: w, partOf: x }]', /partOf: unknown option "x"/],
    ['one id twice', 'options: [{ id: o, name: O, when: w }, { id: o, name: P, when: w }]', /"o" is there twice/],
    [
      'a metric nobody knows',
      'signs: [{ id: s, title: S, direction: up, items: [{ id: i, text: t, when: { metric: cpu_used, op: ">", value: 1 } }] }]',
      /unknown metric "cpu_used"/,
    ],
    [
      'a percentage',
      'alerts: [{ id: s, name: S, severity: warning, when: { metric: cpu_used_ratio, op: ">", value: 80 } }]',
      /ratio from 0 to 1/,
    ],
    [
      'a formula of nothing',
      'calculations: [{ id: c, title: C, kind: cost, columns: [{ id: x, name: X, computed: { formula: y * 2 } }], rows: [{ id: r, name: R }] }]',
      /"y"/,
    ],
    [
      'a cell of no column',
      'calculations: [{ id: c, title: C, kind: cost, columns: [{ id: x, name: X }], rows: [{ id: r, name: R, cells: { z: 1 } }] }]',
      /unknown column "z"/,
    ],
    [
      'questions in a circle',
      'decisionTrees: [{ id: t, title: T, root: q, questions: [{ id: q, text: Q, answers: [{ id: a, text: A, next: q }] }] }]',
      /lead back to "q"/,
    ],
    [
      'an answer without advice',
      'decisionTrees: [{ id: t, title: T, root: q, questions: [{ id: q, text: Q, answers: [{ id: a, text: A }] }] }]',
      /needs advice/,
    ],
    [
      'an unknown question',
      'decisionTrees: [{ id: t, title: T, root: x, questions: [{ id: q, text: Q, answers: [{ id: a, text: A, advice: [{ text: b }] }] }] }]',
      /unknown question "x"/,
    ],
  ])('%s is named with its place', (_what, more, message) => expect(faults(more)).toMatch(message))
})
