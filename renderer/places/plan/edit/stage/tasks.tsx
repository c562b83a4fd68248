import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Stage } from '../../../../../shared/model/stage.ts'
import { Grid } from '../grid.tsx'
import { checkColumn, textColumn } from '../grid-columns.ts'
import { memoOn } from '../memo-on.ts'
import type { StagePartProps } from './part.ts'

function Tasks({ stage, base, edit }: StagePartProps) {
  const { t } = useTranslation('planEdit')
  const columns = useMemo(
    () => [
      textColumn<Stage['tasks'][number]>('when', t('task.when'), 'minmax(110px, 1fr)'),
      textColumn<Stage['tasks'][number]>('what', t('task.what'), 'minmax(200px, 4fr)'),
      checkColumn<Stage['tasks'][number]>('done', t('task.done'), '90px', [t('task.open'), t('task.isDone')]),
    ],
    [t],
  )
  return (
    <Grid
      label={t('stage.tasks')}
      noun={t('task.noun')}
      rows={stage.tasks}
      path={[...base, 'tasks']}
      columns={columns}
      edit={edit}
      keyOf={(_row, index) => index}
      nameOf={(row) => row.what}
      blank={() => ({ when: '', what: '' })}
    />
  )
}

export const TasksPart = memoOn(Tasks, ({ stage, base, edit }) => [stage.tasks, base, edit])
