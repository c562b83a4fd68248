import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../../shared/model/plan.ts'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import { Grid } from '../grid.tsx'
import { choiceColumn, textColumn } from '../grid-columns.ts'
import { idOf } from '../row-names.ts'
import type { MakeEdit } from '../use-plan-editor.ts'
import type { PlanPartProps } from './part.ts'

type Point = Exclude<Plan['decisionPoints'][number], string>

/** What is decided on the way, each with the stage it is about. Points that a file states as bare sentences get ids with the first edit. */
export function DecisionPoints({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planEdit')
  const points = useMemo(() => withIds(plan.decisionPoints), [plan.decisionPoints])
  const bare = plan.decisionPoints.some((point) => typeof point === 'string')
  const change: MakeEdit = (one) =>
    edit(bare ? { op: 'all', edits: [{ op: 'set', path: ['decisionPoints'], value: points }, one] } : one)
  return (
    <Grid
      label={t('plan.decisionPoints')}
      noun={t('decision.noun')}
      rows={points}
      path={['decisionPoints']}
      columns={[
        textColumn<Point>('text', t('decision.text'), 'minmax(240px, 4fr)'),
        choiceColumn<Point>(
          'before',
          t('decision.before'),
          'minmax(140px, 2fr)',
          plan.stages.map((one) => ({ value: one.id, label: one.name })),
          { optional: t('decision.none') },
        ),
      ]}
      edit={change}
      keyOf={idOf}
      nameOf={(point) => point.text || point.id}
      blank={(taken) => ({ id: idFor('decision', taken, 'decision'), text: '' })}
    />
  )
}

function withIds(points: Plan['decisionPoints']): Point[] {
  const taken = points.flatMap((point) => (typeof point === 'string' ? [] : point.id))
  return points.map((point) => {
    if (typeof point !== 'string') return point
    const id = idFor('decision', taken, 'decision')
    taken.push(id)
    return { id, text: point }
  })
}
