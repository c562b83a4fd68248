import { Suspense } from 'react'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Stage } from '../../../../shared/model/stage.ts'
import { part } from '../../../app/part.ts'
import { Loading } from '../../../ui/index.ts'
import { memoOn } from '../edit/memo-on.ts'
import type { MakeEdit } from '../edit/use-plan-editor.ts'

const Topology = part(() => import('./index.tsx'))

/** The drawing comes with its layout engine when it is first asked for, and is drawn again when what it shows changes. */
export const StageTopology = memoOn(
  ({
    plan,
    stage,
    edit,
    onStage,
  }: {
    plan: Plan
    stage: Stage
    edit?: MakeEdit
    onStage?: (stage: string) => void
  }) => (
    <Suspense fallback={<Loading />}>
      <Topology key={stage.id} plan={plan} stage={stage} edit={edit} onStage={onStage} />
    </Suspense>
  ),
  ({ plan, stage, edit, onStage }) => [
    stage.id,
    stage.name,
    stage.nodes,
    stage.links,
    stage.positions,
    edit,
    onStage,
    ...plan.stages.flatMap((one) => [one.name, one.nodes, one.links]),
  ],
)
