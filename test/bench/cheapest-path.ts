import type { Plan } from '../../shared/model/plan.ts'
import { AssumptionsSchema } from '../../shared/model/scenario.ts'
import { cheapestPath } from '../../shared/planning/cheapest-path.ts'
import { costModel } from '../../shared/planning/cost-model.ts'
import { stage, testPlan } from '../fixtures/plan.ts'
import { type Bench, timed } from './bench.ts'

const MONTHS = 60
const STAGES = 12
const PATHS = 10_000

/** Twelve stages, each twice as large and somewhat dearer than the one before, on six resources; every third costs by use. */
function ladder(): Plan {
  const resources = ['cpu', 'memory', 'disk', 'connections', 'requests', 'queue']
  return testPlan({
    demand: resources.map((resource, index) => ({
      resource,
      name: resource,
      unit: 'count',
      driver: 'users',
      base: 1,
      rate: 0.001 * (index + 1),
      ...(index % 2 === 0 ? {} : { alpha: 0.9 }),
      assumed: 'a bench',
    })),
    stage: 's0',
    stages: Array.from({ length: STAGES }, (_, index) =>
      stage(`s${index}`, 1, 20 * 1.6 ** index, {
        supply: Object.fromEntries(resources.map((resource, which) => [resource, (which + 2) * 2 ** index])),
        minimumMonths: index % 4,
        after: index > 1 && index % 5 === 0 ? [`s${index - 1}`] : [],
        irreversible: index === 6 ? ['The data moves.'] : [],
        migrationCost: { amount: 50 * index, currency: 'EUR', hours: 8 },
        lineItems: [
          { id: 'server', name: 'Server', price: { amount: 20 * 1.6 ** index, currency: 'EUR' }, per: 'month' },
          ...(index % 3 === 0
            ? [
                {
                  id: 'worker',
                  name: 'Worker',
                  price: { amount: 5, currency: 'EUR' },
                  per: 'month',
                  quantity: 'ceil(cpu / 4)',
                },
              ]
            : []),
        ],
      }),
    ),
  })
}

export default function cheapestPathBench(): Bench {
  const plan = ladder()
  const costs = costModel(plan, () => null)
  const assumptions = AssumptionsSchema.parse({
    present: 1000,
    growth: { monthlyRate: 0.1, deviation: 0.1 },
    months: MONTHS,
    paths: PATHS,
    policy: { kind: 'cheapest', riskLimit: 0.05, leadMonths: 1 },
  })
  const work = () => cheapestPath(plan, costs, assumptions)
  return {
    check() {
      const path = work()
      const faults: string[] = []
      if (path.moves.length < 3)
        faults.push(`It makes only ${path.moves.length} moves up a ladder of ${STAGES} stages.`)
      const dearer = path.fixed.filter((one) => one.monthsOver === 0 && one.open === null && one.differenceMinor < 0)
      if (path.feasible && dearer.length > 0) faults.push(`Staying at ${dearer[0]?.name} would cost less.`)
      if (path.costByMonth.reduce((sum, cost) => sum + cost, 0) !== path.total.minor)
        faults.push('Its months do not add up to its total.')
      return faults
    },
    claims: [
      {
        name: `${MONTHS} months x ${STAGES} stages, ${PATHS.toLocaleString('en')} paths`,
        ours: timed(work),
        atMost: 1000,
      },
    ],
  }
}
