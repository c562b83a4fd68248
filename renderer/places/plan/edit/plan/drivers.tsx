import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { DriverSchema } from '../../../../../shared/model/plan.ts'
import { idAfterNaming, idFor } from '../../../../../shared/planning/new-plan.ts'
import styles from '../edit.module.css'
import { TextField } from '../fields.tsx'
import { Grid } from '../grid.tsx'
import { checkColumn, numberColumn, textColumn } from '../grid-columns.ts'
import { Growth } from '../growth/growth.tsx'
import { idOf, nameOf } from '../row-names.ts'
import { formulaNames, type PlanPartProps } from './part.ts'

type Driver = ReturnType<typeof DriverSchema.parse>

export function Drivers({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planEdit')
  const columns = useMemo(
    () => [
      textColumn<Driver>('name', t('driver.name'), 'minmax(150px, 2fr)'),
      textColumn<Driver>('unit', t('driver.unit'), 'minmax(90px, 1fr)'),
      numberColumn<Driver>('present', t('driver.present'), 'minmax(100px, 1fr)'),
      {
        ...checkColumn<Driver>('primary', t('driver.primary'), '110px', [t('no'), t('yes')]),
        change: (text: string, path: (string | number)[]) => ({
          op: 'all' as const,
          // One driver at most is the primary one.
          edits: [
            ...plan.drivers
              .filter((one) => one.primary)
              .map((one) => ({ op: 'unset' as const, path: ['drivers', one.id, 'primary'] })),
            ...(text === 'yes' ? [{ op: 'set' as const, path: [...path, 'primary'], value: true }] : []),
          ],
          reason: t('driver.primaryChanged'),
        }),
      },
    ],
    [t, plan.drivers],
  )
  return (
    <Grid
      label={t('plan.drivers')}
      noun={t('driver.noun')}
      rows={plan.drivers}
      path={['drivers']}
      columns={columns}
      edit={edit}
      keyOf={idOf}
      nameOf={nameOf}
      idOf={(row, name, taken) => idAfterNaming(row.id, 'driver', name, [...taken, ...formulaNames(plan)])}
      blank={(taken) => ({ id: idFor('driver', taken, 'driver'), name: t('driver.new'), unit: '', present: 0 })}
      details={(row, path) => (
        <div className={styles.stack}>
          <div className={styles.fields}>
            <TextField
              label={t('id')}
              help={t('idHelp')}
              value={row.id}
              path={path}
              edit={(one) => (one.op === 'set' ? edit({ op: 'rename', path, to: String(one.value) }) : null)}
            />
          </div>
          <Growth
            label={t('driver.growth')}
            optional
            value={row.growth}
            present={row.present}
            unit={row.unit}
            path={[...path, 'growth']}
            edit={edit}
          />
        </div>
      )}
    />
  )
}
