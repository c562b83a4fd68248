import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../../shared/model/plan.ts'
import type { Stage } from '../../../../../shared/model/stage.ts'
import styles from '../edit.module.css'
import { NumberField } from '../fields.tsx'
import { Grid } from '../grid.tsx'
import { choiceColumn, numberColumn, textColumn } from '../grid-columns.ts'
import { memoOn } from '../memo-on.ts'
import type { StagePartProps } from './part.ts'

function Capacity({ plan, stage, base, edit }: StagePartProps & { plan: Plan }) {
  const { t } = useTranslation('planEdit')
  const columns = useMemo(
    () => [
      choiceColumn<Stage['capacity'][number]>(
        'driver',
        t('capacity.driver'),
        'minmax(140px, 2fr)',
        plan.drivers.map((one) => ({ value: one.id, label: one.name })),
      ),
      numberColumn<Stage['capacity'][number]>('min', t('capacity.min'), 'minmax(90px, 1fr)', { optional: true }),
      numberColumn<Stage['capacity'][number]>('max', t('capacity.max'), 'minmax(90px, 1fr)', { open: true }),
      textColumn<Stage['capacity'][number]>('note', t('capacity.note'), 'minmax(140px, 2fr)', { optional: true }),
    ],
    [t, plan.drivers],
  )
  return (
    <>
      <Grid
        label={t('capacity.title')}
        noun={t('capacity.noun')}
        rows={stage.capacity}
        path={[...base, 'capacity']}
        columns={columns}
        edit={edit}
        keyOf={(_row, index) => index}
        nameOf={(row) => row.driver}
        blank={() => ({ driver: plan.drivers[0]?.id ?? '', max: null })}
      />
      <h3 className={styles.subheading}>{t('supply.title')}</h3>
      {plan.demand.length === 0 ? (
        <p className={styles.soft}>{t('supply.none')}</p>
      ) : (
        <div className={styles.fields}>
          {plan.demand.map((demand) => (
            <NumberField
              key={demand.resource}
              label={demand.name}
              in={demand.unit}
              unit={demand.unit === 'bytes' ? undefined : t(`unit.${demand.unit}`)}
              optional
              placeholder={t('notStated')}
              value={stage.supply[demand.resource]}
              path={[...base, 'supply', demand.resource]}
              edit={edit}
            />
          ))}
        </div>
      )}
    </>
  )
}

export const CapacityPart = memoOn(Capacity, ({ plan, stage, base, edit }) => [
  plan.drivers,
  plan.demand,
  stage.capacity,
  stage.supply,
  base,
  edit,
])
