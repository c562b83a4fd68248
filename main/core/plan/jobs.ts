import type { StageCost } from '../../../shared/contract/contract.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Assumptions } from '../../../shared/model/scenario.ts'
import { simulate } from '../../../shared/planning/simulate.ts'

/** What the worker thread can do, by name. Inputs and results are plain data, since they are copied between threads. */
export const jobs = {
  simulate: ({ plan, costs, assumptions }: { plan: Plan; costs: StageCost[]; assumptions: Assumptions }) =>
    simulate(plan, costs, assumptions),
}

export type JobName = keyof typeof jobs
export type JobInput<Name extends JobName> = Parameters<(typeof jobs)[Name]>[0]
export type JobResult<Name extends JobName> = ReturnType<(typeof jobs)[Name]>
