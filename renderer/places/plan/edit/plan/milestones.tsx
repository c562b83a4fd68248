import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../../shared/model/plan.ts'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import { Grid } from '../grid.tsx'
import { checkColumn, choiceColumn, textColumn } from '../grid-columns.ts'
import { idOf, nameOf } from '../row-names.ts'
import type { PlanPartProps } from './part.ts'

type Milestone = Plan['milestones'][number]

export function Milestones({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planEdit')
  const columns = useMemo(
    () => [
      textColumn<Milestone>('name', t('milestone.name'), 'minmax(180px, 3fr)'),
      choiceColumn<Milestone>(
        'stage',
        t('milestone.stage'),
        'minmax(140px, 2fr)',
        plan.stages.map((one) => ({ value: one.id, label: one.name })),
      ),
      checkColumn<Milestone>('done', t('task.done'), '90px', [t('task.open'), t('task.isDone')]),
    ],
    [t, plan.stages],
  )
  return (
    <Grid
      label={t('plan.milestones')}
      noun={t('milestone.noun')}
      rows={plan.milestones}
      path={['milestones']}
      columns={columns}
      edit={edit}
      keyOf={idOf}
      nameOf={nameOf}
      blank={(taken) => ({ id: idFor('milestone', taken, 'milestone'), name: '', stage: plan.stage, done: false })}
    />
  )
}
