import { type Plan, PlanSchema } from '../../shared/model/plan.ts'
import { type Assumptions, AssumptionsSchema } from '../../shared/model/scenario.ts'

/** Six demands on one driver, one of them not linear, and five stages with up and down triggers. */
const resources = [
  { resource: 'cpu', unit: 'cores', base: 0.3, rate: 0.0008, alpha: 1 },
  { resource: 'memory', unit: 'bytes', base: 4e8, rate: 1.5e6, alpha: 1 },
  { resource: 'disk', unit: 'bytes', base: 5e9, rate: 1.2e7, alpha: 1 },
  { resource: 'connections', unit: 'connections', base: 5, rate: 0.2, alpha: 0.8 },
  { resource: 'requests', unit: 'per_second', base: 0, rate: 0.05, alpha: 1 },
  { resource: 'queue', unit: 'count', base: 0, rate: 0.001, alpha: 1.1 },
] as const
const sizes = [1, 4, 12, 40, 120]
const monthly = [40, 150, 420, 1300, 3800]
const migration = [0, 200, 500, 1500, 4000]

export const plan: Plan = PlanSchema.parse({
  format: 'headroom/plan@1',
  id: 'bench',
  name: 'Bench',
  summary: 'A plan of a bench.',
  currency: 'EUR',
  drivers: [{ id: 'users', name: 'Users', unit: 'users', primary: true, present: 1000 }],
  growth: { kind: 'exponential', monthlyRate: 0.06, deviation: 0.08 },
  demand: resources.map((one) => ({
    ...one,
    name: one.resource,
    driver: 'users',
    assumed: 'a bench',
    metric: `${one.resource}_ratio`,
  })),
  stage: 'stage-0',
  stages: sizes.map((size, index) => ({
    id: `stage-${index}`,
    name: `Stage ${index}`,
    objective: 'A stage of a bench.',
    supply: {
      cpu: 2 * size,
      memory: 4e9 * size,
      disk: 4e10 * size,
      connections: 100 * size,
      requests: 120 * size,
      queue: 5 * size,
    },
    lineItems: [{ id: 'server', name: 'Server', price: { amount: monthly[index], currency: 'EUR' }, per: 'month' }],
    migrationCost: { amount: migration[index], currency: 'EUR' },
    triggers: [
      ...(index < sizes.length - 1
        ? resources.map(({ resource }) => ({
            id: `${resource}-full`,
            name: `${resource} is full`,
            direction: 'up',
            when: { metric: `${resource}_ratio`, op: '>', value: 0.8 },
          }))
        : []),
      ...(index > 0
        ? [
            {
              id: 'idle',
              name: 'Idle',
              direction: 'down',
              when: { metric: 'cpu_ratio', op: '<', value: 0.15 },
            },
          ]
        : []),
    ],
  })),
})

export const assume = (paths: number): Assumptions =>
  AssumptionsSchema.parse({
    present: 1000,
    growth: plan.growth,
    months: 60,
    paths,
    policy: { kind: 'triggers', leadMonths: 1 },
  })

/** The same model as plain numbers, for a program that knows nothing of plans. Money in minor units. */
export const plainModel = {
  present: 1000,
  rate: 0.06,
  deviation: 0.08,
  months: 60,
  lead: 1,
  demands: resources.map(({ base, rate, alpha }) => ({ base, rate, alpha })),
  supply: plan.stages.map((stage) => resources.map(({ resource }) => stage.supply[resource])),
  monthly: monthly.map((amount) => amount * 100),
  once: migration.map((amount) => amount * 100),
  up: 0.8,
  down: 0.15,
}
