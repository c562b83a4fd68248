import { type Plan, PlanSchema } from '../../shared/model/plan.ts'
import { editPlan } from '../../shared/planning/check-edit.ts'
import { stageCosts } from '../../shared/planning/cost.ts'
import { valueAt } from '../../shared/planning/edit-plan.ts'
import { costMemo } from '../../shared/planning/stage-cost-memo.ts'
import { type Bench, timed } from './bench.ts'

const STAGES = 200
const ROWS = 25
/** One frame at 60 Hz, in milliseconds. */
const FRAME = 1000 / 60

/** 200 stages of 25 rows, some by formula and by use, each stage after the one before. */
export function bigPlan(): Plan {
  const stages = Array.from({ length: STAGES }, (_, at) => ({
    id: `stage-${at}`,
    name: `Stage ${at + 1}`,
    objective: 'Carry more.',
    after: at === 0 ? [] : [`stage-${at - 1}`],
    supply: { cpu: 4 * (at + 1) },
    capacity: [{ driver: 'users', max: 1000 * (at + 1) }],
    triggers:
      at === STAGES - 1
        ? []
        : [
            {
              id: 'users',
              name: 'More users',
              direction: 'up',
              when: { driver: 'users', op: '>', value: 1000 * (at + 1) },
            },
          ],
    lineItems: Array.from({ length: ROWS }, (_row, row) => ({
      id: `row-${row}`,
      name: `Row ${row + 1}`,
      price:
        row % 5 === 4
          ? {
              unit: 'GB',
              free: 10,
              tiers: [
                { upTo: 100, amount: 0.1 },
                { upTo: null, amount: 0.05 },
              ],
              currency: 'EUR',
            }
          : { amount: row + 1.25, currency: row % 2 === 0 ? 'EUR' : 'USD' },
      per: row % 5 === 4 ? 'use' : 'month',
      quantity: row % 3 === 0 ? `ceil(cpu / ${row + 2}) + 1` : row + 1,
    })),
  }))
  return PlanSchema.parse({
    format: 'headroom/plan@1',
    id: 'big',
    name: 'Big',
    summary: 'A plan as long as any.',
    currency: 'EUR',
    rates: { USD: 0.92 },
    drivers: [{ id: 'users', name: 'Users', unit: 'users', primary: true, present: 5000 }],
    growth: { kind: 'exponential', monthlyRate: 0.05, deviation: 0.02 },
    demand: [
      { resource: 'cpu', name: 'CPU', unit: 'cores', driver: 'users', base: 1, rate: 0.001, assumed: 'for the bench' },
    ],
    stage: 'stage-0',
    stages,
  })
}

/** One typed price in a plan of 200 stages and 5,000 rows: applied, checked as a whole, and the changed stage counted again. */
export default function planEdit(): Bench {
  let plan = bigPlan()
  const noPrices = () => null
  const costs = costMemo(noPrices)
  costs(plan)
  let count = 0
  const path = () => ['stages', `stage-${count % STAGES}`, 'lineItems', `row-${(count * 2) % 4}`, 'price', 'amount']
  const edit = () => {
    count += 1
    plan = editPlan(plan, { op: 'set', path: path(), value: count + 0.5 }).plan
    return costs(plan)
  }
  return {
    check() {
      const before = plan
      const after = edit()
      const faults: string[] = []
      if (valueAt(plan, path()) !== count + 0.5) faults.push('The edit did not arrive.')
      if (plan.stages.filter((stage, at) => stage !== before.stages[at]).length !== 1)
        faults.push('More than one stage was copied.')
      if (JSON.stringify(after) !== JSON.stringify(stageCosts(plan, noPrices)))
        faults.push('The costs are not those counted anew.')
      return faults
    },
    claims: [
      { name: 'one edit of 200 stages and 5,000 rows, within a frame', ours: timed(() => void edit()), atMost: FRAME },
      {
        name: 'one edit against a plain copy of the plan',
        ours: timed(() => void edit()),
        peer: { name: 'structuredClone', round: timed(() => void structuredClone(plan)) },
        atMost: 1,
      },
    ],
  }
}
