import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Condition } from '../../../shared/model/condition.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Stage } from '../../../shared/model/stage.ts'
import { checkPlan } from '../../../shared/planning/check-plan.ts'
import { stageCosts } from '../../../shared/planning/cost.ts'
import { parsePlan } from '../../../shared/planning/plan-file.ts'
import { loadBlueprints } from './blueprints.ts'
import { loadCatalogue, priceOf } from './catalogue.ts'

const resources = join(import.meta.dirname, '../../../resources')
const plans = loadBlueprints(resources)
const find = priceOf(loadCatalogue(resources))

function planOf(id: string): Plan {
  const plan = plans.find((one) => one.id === id)
  if (!plan) throw new Error(`no blueprint ${id}`)
  return plan
}
/** `pareto/mvp` */
function stageOf(path: string): Stage {
  const [plan = '', id] = path.split('/')
  const stage = planOf(plan).stages.find((one) => one.id === id)
  if (!stage) throw new Error(`no stage ${path}`)
  return stage
}

describe('the blueprints', () => {
  it('are the five, sorted by name, each with its ladder', () => {
    expect(Object.fromEntries(plans.map((plan) => [plan.id, plan.stages.map((stage) => stage.id)]))).toEqual({
      'cost-first': ['mvp', 'growth', 'scale', 'split', 'phase-2'],
      'k3s-roadmap': ['mvp', 'observability', 'multi-node', 'ha'],
      pareto: ['mvp', 'growth', 'scale'],
      'scaling-phases': ['current', 'phase-1', 'phase-2', 'phase-3'],
      'tenant-guide': ['current', 'vertical', 'object-storage', 'replicas', 'managed', 'cloud'],
    })
    const names = plans.map((plan) => plan.name)
    expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en')))
  })

  it.each(plans.map((plan) => [plan.id, plan] as const))('%s refers to nothing unknown', (_id, plan) => {
    expect(checkPlan(plan)).toEqual([])
  })

  it.each(plans.map((plan) => [plan.id, plan] as const))(
    '%s states supply of CPU, memory, disk and connections for each stage, enough for what it says the stage carries',
    (_id, plan) => {
      const primary = plan.drivers.find((driver) => driver.primary)
      for (const stage of plan.stages) {
        const carries = stage.capacity.find((one) => one.driver === primary?.id)?.max ?? primary?.present ?? 0
        for (const resource of ['cpu', 'memory', 'disk', 'connections']) {
          const demand = plan.demand.find((one) => one.resource === resource)
          const supply = stage.supply[resource] ?? 0
          if (!demand) throw new Error(`no demand of ${resource}`)
          expect(demand.assumed).not.toBe('')
          const use = (demand.base + demand.rate * carries ** (demand.alpha ?? 1)) / supply
          expect(use, `${plan.id}/${stage.id} ${resource} at ${carries}`).toBeLessThanOrEqual(1)
        }
      }
    },
  )

  it.each(plans.map((plan) => [plan.id, plan] as const))(
    '%s starts on its first stage and says what it assumes',
    (_id, plan) => {
      expect(plan.stage).toBe(plan.stages[0]?.id)
      expect(plan.summary).toMatch(/assum/)
      expect(Object.values(plan.needs).every((need) => need === false || need === 0)).toBe(true)
    },
  )
})

describe('what a stage costs', () => {
  // Summed by hand from the rows of the source documents, in minor units a month.
  it.each([
    ['pareto/mvp', 4083, 4083, 'stated about €50, rows add up to €40.83'], // 15 + 20 + 10/12 + 5
    ['pareto/growth', 19000, 19000, 'stated about €300, rows add up to €190'], // 60 + 50 + 30 + 20 + 10 + 20
    ['pareto/scale', 92000, 92000, 'stated about €1,000, rows add up to €920'], // 300 + 200 + 50 + 20 + 100 + 200 + 50
    ['scaling-phases/current', 2400, 2400, null], // the catalogue's 24 for the assumed VPS
    ['scaling-phases/phase-1', 2880, 3120, null], // + 20-30%
    ['scaling-phases/phase-2', 7200, 9600, null], // + 200-300%
    ['scaling-phases/phase-3', 7200, 9600, null], // variable
    ['k3s-roadmap/mvp', 700, 700, null],
    ['k3s-roadmap/observability', 700, 700, null],
    ['k3s-roadmap/multi-node', 2500, 3000, null],
    ['k3s-roadmap/ha', 5000, 5000, null],
    ['cost-first/mvp', 1300, 1300, 'stated about $15, rows add up to $13'], // 12 + 12/12
    ['cost-first/growth', 2500, 2500, null], // 24 + 1
    ['cost-first/scale', 4900, 4900, 'stated about $50, rows add up to $49'], // 48 + 1, R2 within its free tier at 20 users
    ['cost-first/split', 7300, 7300, 'stated about $80, rows add up to $73'], // 48 + 24 + 1
    ['cost-first/phase-2', 9700, 9700, 'stated about $120, rows add up to $97'], // 48 + 48 + 1
    ['tenant-guide/current', 1200, 1200, null],
    ['tenant-guide/vertical', 2200, 3200, null], // 12 + 10-20, stated 24
    ['tenant-guide/object-storage', 2900, 2900, 'stated about $44, rows add up to $29'], // 24 + 5
    ['tenant-guide/replicas', 7900, 7900, 'stated about $105, rows add up to $79'], // 24 + 5 + 50
    ['tenant-guide/managed', 12900, 17900, 'stated about $200, rows add up to $129 to $179'], // 24 + 5 + 50 + 50-100
    ['tenant-guide/cloud', 30000, 30000, null],
  ])('%s: %i to %i', (path, low, high, difference) => {
    const [plan = '', id] = path.split('/')
    const cost = stageCosts(planOf(plan), find).find((one) => one.stage === id)
    expect(cost).toMatchObject({
      perMonthMinor: low,
      maxPerMonthMinor: high,
      onceMinor: 0,
      difference,
      differs: difference !== null,
    })
    expect(cost?.lines.every((line) => line.priced)).toBe(true)
  })

  it.each([
    [
      'pareto/mvp',
      [
        ['vps', 15, 'month', 1],
        ['cloudflare', 20, 'month', 1],
        ['domain', 10, 'year', 1],
        ['backups', 5, 'month', 1],
      ],
    ],
    [
      'pareto/growth',
      [
        ['vps', 30, 'month', 2],
        ['postgres', 50, 'month', 1],
        ['redis', 30, 'month', 1],
        ['cloudflare', 20, 'month', 1],
        ['balancer', 10, 'month', 1],
        ['backups', 20, 'month', 1],
      ],
    ],
    [
      'pareto/scale',
      [
        [
          'cluster',
          100,
          'month',
          'max(3, min(10, ceil((max(3, min(20, max(ceil(api-cpu / 0.35), ceil(api-memory / 429496730)))) + max(2, min(50, ceil(queue / 100)))) / 8)))',
        ],
        ['postgres', 200, 'month', 1],
        ['redis', 50, 'month', 1],
        ['registry', 20, 'month', 1],
        ['monitoring', 100, 'month', 1],
        ['cloudflare', 200, 'month', 1],
        ['backups', 50, 'month', 1],
      ],
    ],
  ])('%s has the rows of its source', (path, rows) => {
    expect(
      stageOf(path).lineItems.map((item) => [
        item.id,
        'amount' in item.price ? item.price.amount : null,
        item.per,
        item.quantity,
      ]),
    ).toEqual(rows)
  })

  it('keeps the relative costs as stated', () => {
    expect(stageOf('scaling-phases/phase-1').relativeCost).toEqual({ over: 'current', min: 0.2, max: 0.3 })
    expect(stageOf('scaling-phases/phase-2').relativeCost).toEqual({ over: 'current', min: 2, max: 3 })
    expect(stageOf('scaling-phases/phase-3').relativeCost?.max).toBeNull()
  })
})

describe('the limits of the sources', () => {
  it.each([
    ['pareto/mvp', 'cpu_used_ratio', '>', 0.8, undefined],
    ['pareto/mvp', 'memory_used_ratio', '>', 0.85, undefined],
    ['pareto/mvp', 'disk_used_ratio', '>', 0.8, undefined],
    ['pareto/mvp', 'postgres_connections_used_ratio', '>=', 0.8, undefined],
    ['pareto/mvp', 'http_response_p95_ms', '>', 500, undefined],
    ['pareto/scale', 'http_error_ratio', '>', undefined, 0.05],
    ['pareto/scale', 'queue_length', '>', 500, undefined],
    ['scaling-phases/phase-1', 'cpu_used_ratio', '>', 0.7, undefined],
    ['scaling-phases/phase-1', 'memory_used_ratio', '>', 0.8, undefined],
    ['scaling-phases/phase-1', 'http_response_p95_ms', '>', 500, undefined],
    ['scaling-phases/phase-1', 'http_requests_per_second', '>', 500, 1000],
    ['k3s-roadmap/mvp', 'cpu_used_ratio', '>', 0.7, 0.8],
    ['k3s-roadmap/mvp', 'memory_used_ratio', '>', 0.7, 0.9],
    ['cost-first/growth', 'cpu_used_ratio', '>', 0.7, 0.9],
    ['cost-first/growth', 'memory_used_ratio', '>', 0.8, 0.9],
    ['cost-first/growth', 'http_response_p95_ms', '>', 500, 1000],
    ['cost-first/growth', 'postgres_connections_used_ratio', '>', 0.7, 0.9],
    ['cost-first/growth', 'http_error_ratio', '>', 0.01, 0.05],
    ['tenant-guide/current', 'cpu_used_ratio', '>', 0.7, 0.85],
    ['tenant-guide/current', 'memory_used_ratio', '>', 0.75, 0.9],
    ['tenant-guide/current', 'disk_used_ratio', '>', 0.75, 0.9],
    ['tenant-guide/current', 'http_response_p95_ms', '>', 500, 1000],
    ['tenant-guide/current', 'postgres_connections_total', '>', 75, 95],
    ['tenant-guide/current', 'swap_used_bytes', '>', 0, undefined],
    ['tenant-guide/managed', 'cpu_used_ratio', '>', 0.8, undefined],
    ['tenant-guide/managed', 'memory_used_ratio', '>', 0.85, undefined],
    ['tenant-guide/managed', 'disk_used_ratio', '>', undefined, 0.9],
    ['tenant-guide/managed', 'http_response_p95_ms', '>', undefined, 1000],
    ['tenant-guide/managed', 'http_error_ratio', '>', 0.01, undefined],
  ])('%s: %s %s %s, %s', (path, metric, op, warning, critical) => {
    const limits = stageOf(path).limits.filter((limit) => limit.metric === metric)
    expect(limits.map((limit) => [limit.op, limit.warning, limit.critical])).toContainEqual([op, warning, critical])
  })
})

describe('the triggers of the sources', () => {
  const cpu = (op: '>' | '<', value: number): Condition => ({ metric: 'cpu_used_ratio', op, value })
  const memory = (op: '>' | '<', value: number): Condition => ({ metric: 'memory_used_ratio', op, value })
  const over = (driver: string, value: number): Condition => ({ driver, op: '>', value })
  const under = (driver: string, value: number): Condition => ({ driver, op: '<', value })
  it.each<[string, string, Condition, string]>([
    ['pareto/mvp', 'growth', over('mau', 100_000), '1d'],
    ['pareto/mvp', 'growth', { metric: 'http_requests_per_second', op: '>', value: 100 }, '15m'],
    ['pareto/mvp', 'growth', { metric: 'postgres_database_size_bytes', op: '>', value: 50e9 }, '15m'],
    ['pareto/mvp', 'growth', { metric: 'queue_length', op: '>', value: 500 }, '10m'],
    ['pareto/growth', 'scale', over('mau', 500_000), '1d'],
    ['pareto/growth', 'scale', { need: 'auto-scaling' }, '5m'],
    ['pareto/growth', 'scale', { need: 'multi-region' }, '5m'],
    ['pareto/growth', 'scale', { need: 'sla', op: '>=', value: 0.999 }, '5m'],
    ['scaling-phases/current', 'up', cpu('>', 0.7), '5m'],
    ['scaling-phases/current', 'up', memory('>', 0.8), '5m'],
    ['scaling-phases/current', 'up', { metric: 'http_response_p95_ms', op: '>', value: 500 }, '5m'],
    ['scaling-phases/phase-1', 'down', { all: [cpu('<', 0.3), under('concurrent-users', 1000)] }, '15m'],
    ['scaling-phases/phase-3', 'down', { all: [cpu('<', 0.3), under('concurrent-users', 5000)] }, '15m'],
    ['scaling-phases/phase-1', 'phase-2', over('concurrent-users', 5000), '1d'],
    ['k3s-roadmap/mvp', 'observability', { need: 'debugging-hard' }, '5m'],
    ['k3s-roadmap/mvp', 'multi-node', { any: [cpu('>', 0.8), memory('>', 0.9)] }, '15m'],
    ['k3s-roadmap/mvp', 'ha', { need: 'sla', op: '>', value: 0.999 }, '5m'],
    [
      'k3s-roadmap/observability',
      'multi-node',
      { any: [{ need: 'features-blocked' }, { need: 'operations-share', op: '>', value: 0.2 }] },
      '5m',
    ],
    ['cost-first/mvp', 'up', { any: [cpu('>', 0.7), memory('>', 0.85)] }, '30m'],
    ['cost-first/mvp', 'growth', over('users', 200), '1d'],
    ['cost-first/growth', 'scale', over('users', 500), '1d'],
    ['cost-first/scale', 'split', over('users', 1500), '1d'],
    ['cost-first/scale', 'split', cpu('>', 0.9), '30m'],
    ['cost-first/split', 'phase-2', over('users', 3000), '1d'],
    ['tenant-guide/current', 'vertical', over('tenants', 10), '1d'],
    ['tenant-guide/vertical', 'object-storage', over('tenants', 20), '1d'],
    [
      'tenant-guide/vertical',
      'object-storage',
      { all: [{ metric: 'disk_used_ratio', op: '>', value: 0.5 }, { need: 'many-images' }] },
      '1h',
    ],
    ['tenant-guide/vertical', 'replicas', over('concurrent-users', 50), '1h'],
    ['tenant-guide/object-storage', 'replicas', over('tenants', 50), '1d'],
    ['tenant-guide/replicas', 'managed', over('tenants', 100), '1d'],
    ['tenant-guide/managed', 'cloud', over('tenants', 500), '1d'],
    [
      'tenant-guide/current',
      'vertical',
      { all: [{ need: 'onboarding' }, { any: [cpu('>', 0.6), memory('>', 0.7)] }] },
      '15m',
    ],
    [
      'tenant-guide/vertical',
      'down',
      { all: [cpu('<', 0.3), memory('<', 0.5), { driver: 'tenants', op: '<', value: 5 }] },
      '7d',
    ],
  ])('%s leads %s when %j for %s', (path, to, when, sustained) => {
    const found = stageOf(path).triggers.map((trigger) => ({
      to: trigger.to ?? trigger.direction,
      when: trigger.when,
      for: trigger.for,
    }))
    expect(found).toContainEqual({ to, when, for: sustained })
  })
})

describe('capacity, time and downtime of the sources', () => {
  it.each<[string, string, number, number | null]>([
    ['pareto/mvp', 'mau', 0, 100_000],
    ['pareto/growth', 'mau', 100_000, 500_000],
    ['pareto/scale', 'mau', 500_000, null],
    ['scaling-phases/phase-1', 'concurrent-users', 1000, 5000],
    ['scaling-phases/phase-1', 'requests', 500, 1000],
    ['cost-first/mvp', 'users', 0, 200],
    ['cost-first/growth', 'users', 200, 500],
    ['cost-first/scale', 'users', 500, 1500],
    ['cost-first/split', 'users', 1500, 3000],
    ['cost-first/phase-2', 'users', 3000, 5000],
    ['tenant-guide/current', 'tenants', 1, 10],
    ['tenant-guide/current', 'concurrent-users', 5, 10],
    ['tenant-guide/vertical', 'concurrent-users', 10, 30],
    ['tenant-guide/object-storage', 'tenants', 20, 50],
    ['tenant-guide/replicas', 'concurrent-users', 100, 300],
    ['tenant-guide/managed', 'tenants', 100, 500],
    ['tenant-guide/cloud', 'tenants', 500, null],
  ])('%s carries %s %s to %s', (path, driver, min, max) => {
    expect(stageOf(path).capacity).toContainEqual(expect.objectContaining({ driver, min, max }))
  })

  it.each<[string, object]>([
    ['scaling-phases/phase-1', { durationMonths: { min: 2, max: 3 }, effort: 'medium' }],
    ['scaling-phases/phase-2', { durationMonths: { min: 6, max: 9 }, effort: 'high' }],
    ['scaling-phases/phase-3', { durationMonths: { min: 9, max: 12 }, effort: 'very-high' }],
    ['tenant-guide/vertical', { downtimeMinutes: { min: 5, max: 10 } }],
    ['tenant-guide/object-storage', { downtimeMinutes: { min: 0, max: 0 } }],
    ['tenant-guide/replicas', { downtimeMinutes: { min: 30, max: 30 } }],
    ['tenant-guide/managed', { downtimeMinutes: { min: 60, max: 60 } }],
    ['k3s-roadmap/mvp', { effort: 'done' }],
    ['k3s-roadmap/multi-node', { effort: 'medium' }],
    ['k3s-roadmap/ha', { effort: 'high' }],
  ])('%s: %j', (path, facts) => expect(stageOf(path)).toMatchObject(facts))

  it.each([
    ['scaling-phases/phase-1', 3, 3, 3],
    ['scaling-phases/phase-2', 4, 4, 5],
    ['scaling-phases/phase-3', 4, 4, 5],
    ['pareto/growth', 0, 0, 6],
    ['pareto/scale', 0, 0, 6],
  ])('%s keeps its %i prerequisites, %i risks and %i tasks', (path, prerequisites, risks, tasks) => {
    const stage = stageOf(path)
    expect([stage.prerequisites.length, stage.risks.length, stage.tasks.length]).toEqual([prerequisites, risks, tasks])
  })
})

describe('the rest of the sources', () => {
  it('has the guard rails, free work, options and decision points', () => {
    const costFirst = planOf('cost-first')
    expect(costFirst.guardRails).toHaveLength(6)
    expect(costFirst.guardRails[0]?.when).toEqual({ driver: 'users', op: '<', value: 5000 })
    expect(costFirst.optimisations.map((one) => one.id)).toEqual([
      'workers',
      'memory-cache',
      'pool',
      'gzip',
      'queries',
      'async-storage',
    ])
    expect(costFirst.optimisations.every((one) => one.cost === '$0')).toBe(true)
    expect(
      planOf('tenant-guide')
        .options.filter((one) => one.partOf === 'path-5')
        .map((one) => one.id),
    ).toEqual(['option-a', 'option-b', 'option-c'])
    expect(planOf('scaling-phases').decisionPoints).toHaveLength(4)
    expect(planOf('scaling-phases').options.map((one) => one.id)).toEqual([
      'reserved',
      'spot',
      'scheduled',
      'rightsizing',
      'managed',
    ])
    expect(JSON.stringify(planOf('k3s-roadmap').decisionPoints)).toMatch(/70%.*20%/)
  })

  it('sets autoscalers as the sources do', () => {
    const [api, workers] = stageOf('pareto/scale').autoscalers
    expect(api).toMatchObject({ kind: 'hpa', min: 3, max: 20 })
    expect(api?.metrics.map((one) => [one.resource, one.perReplica, one.target])).toEqual([
      ['api-cpu', 0.5, 0.7],
      ['api-memory', 512 * 2 ** 20, 0.8],
    ])
    expect(workers).toMatchObject({ kind: 'keda', min: 2, max: 50, metrics: [{ resource: 'queue', target: 100 }] })
  })

  it('does each stage after the one it builds on, and its tasks within its months', () => {
    for (const plan of plans) {
      const ids = plan.stages.map((stage) => stage.id)
      for (const [at, stage] of plan.stages.entries()) {
        expect(stage.after).toEqual(at === 0 ? [] : [ids[at - 1]])
        const most = stage.durationMonths?.max ?? Number.POSITIVE_INFINITY
        for (const { months } of stage.tasks) if (months) expect(months.max).toBeLessThanOrEqual(most)
      }
    }
  })
})

describe('loadBlueprints', () => {
  const folders: string[] = []
  function resourcesWith(files: Record<string, string>): string {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-blueprints-'))
    folders.push(folder)
    mkdirSync(join(folder, 'blueprints'))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'blueprints', name), text)
    return folder
  }
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true })
  })
  const problem = (folder: string) => {
    try {
      loadBlueprints(folder)
    } catch (error) {
      expect(error).toBeInstanceOf(HeadroomError)
      return (error as HeadroomError).problem
    }
    throw new Error('nothing was refused')
  }
  const small = (id: string) =>
    `format: headroom/plan@1\nid: ${id}\nname: ${id}\nsummary: s\ncurrency: EUR\nstage: a\ngrowth: { monthlyRate: 0, deviation: 0 }\ndrivers: [{ id: u, name: U, unit: u, present: 1 }]\nstages: [{ id: a, name: A, objective: o }]\n`

  it('reads a folder once and leaves other files alone', () => {
    const folder = resourcesWith({ 'b.yaml': small('b'), 'a.yml': small('a'), 'README.md': '# no plan' })
    expect(loadBlueprints(folder).map((plan) => plan.id)).toEqual(['a', 'b'])
    expect(loadBlueprints(folder)).toBe(loadBlueprints(folder))
  })
  it('reads the example that the guide gives', () => {
    const guide = readFileSync(join(resources, 'blueprints', 'README.md'), 'utf8')
    const example = /```yaml\n(.*?)```/s.exec(guide)?.[1] ?? ''
    const costs = stageCosts(parsePlan(example, 'README.md'), find)
    expect(costs.map((cost) => cost.perMonthMinor)).toEqual([549, 3000])
  })
  it('names the file, line and column of a broken one', () => {
    expect(problem(resourcesWith({ 'mine.yaml': small('a').replace('stage: a', 'stage: b') }))).toMatchObject({
      code: 'YAML_INVALID',
      details: { 1: 'mine.yaml:6:8 stage: unknown stage "b"; known: a' },
    })
  })
  it('refuses two with one id, naming both files', () => {
    const { code, fact } = problem(resourcesWith({ 'one.yaml': small('a'), 'two.yaml': small('a') }))
    expect(code).toBe('DUPLICATE_BLUEPRINT')
    expect(fact).toBe('one.yaml and two.yaml both have the id a.')
  })
  it('says which folder is missing', () => {
    expect(problem('/nowhere')).toMatchObject({ code: 'BLUEPRINTS_MISSING', value: '/nowhere/blueprints' })
  })
})
