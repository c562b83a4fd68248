import type { EditPath } from '../../../../../shared/model/edit.ts'
import type { Plan } from '../../../../../shared/model/plan.ts'
import type { Stage } from '../../../../../shared/model/stage.ts'
import type { MakeEdit } from '../use-plan-editor.ts'

export interface StagePartProps {
  stage: Stage
  base: EditPath
  edit: MakeEdit
}

/** The other stages of a plan, to choose from. */
export const othersOf = (plan: Plan, stage: Stage) =>
  plan.stages.filter((one) => one.id !== stage.id).map((one) => ({ value: one.id, label: one.name }))
