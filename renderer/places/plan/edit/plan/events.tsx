import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../../shared/model/plan.ts'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import { Grid } from '../grid.tsx'
import { choiceColumn, numberColumn, textColumn } from '../grid-columns.ts'
import { idOf, nameOf } from '../row-names.ts'
import type { PlanPartProps } from './part.ts'

type GrowthEvent = Plan['events'][number]

export function Events({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planEdit')
  const columns = useMemo(
    () => [
      textColumn<GrowthEvent>('name', t('event.name'), 'minmax(140px, 2fr)'),
      textColumn<GrowthEvent>('from', t('event.from'), '104px'),
      textColumn<GrowthEvent>('to', t('event.to'), '104px'),
      numberColumn<GrowthEvent>('multiplier', t('event.multiplier'), '90px'),
      numberColumn<GrowthEvent>('probability', t('event.probability'), '96px', { in: () => 'ratio' }),
      choiceColumn<GrowthEvent>(
        'driver',
        t('event.driver'),
        'minmax(110px, 1fr)',
        plan.drivers.map((one) => ({ value: one.id, label: one.name })),
        { optional: t('event.every') },
      ),
    ],
    [t, plan.drivers],
  )
  return (
    <Grid
      label={t('plan.events')}
      noun={t('event.noun')}
      rows={plan.events}
      path={['events']}
      columns={columns}
      edit={edit}
      keyOf={idOf}
      nameOf={nameOf}
      blank={(taken) => ({
        id: idFor('event', taken, 'event'),
        name: t('event.new'),
        from: '2027-11-26',
        to: '2027-11-30',
        multiplier: 2,
        probability: 1,
      })}
    />
  )
}
