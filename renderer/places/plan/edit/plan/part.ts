import type { Plan } from '../../../../../shared/model/plan.ts'
import { FUNCTIONS } from '../../../../../shared/planning/formula.ts'
import type { MakeEdit } from '../use-plan-editor.ts'

export interface PlanPartProps {
  plan: Plan
  edit: MakeEdit
}

/** What formulas already mean by a name. */
export const formulaNames = (plan: Plan): string[] => [
  ...FUNCTIONS,
  ...plan.drivers.map((one) => one.id),
  ...plan.demand.map((one) => one.resource),
]
