import { NativeSelect } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../../shared/format/quantity.ts'
import { METRICS } from '../../../../../shared/metrics/catalogue.ts'
import { type Demand, DemandSchema } from '../../../../../shared/model/plan.ts'
import { idAfterNaming, idFor } from '../../../../../shared/planning/new-plan.ts'
import { amountIn, amountText } from '../amount.ts'
import styles from '../edit.module.css'
import { TextField } from '../fields.tsx'
import { Grid } from '../grid.tsx'
import { choiceColumn, numberColumn, textColumn } from '../grid-columns.ts'
import { formulaNames, type PlanPartProps } from './part.ts'

/** What a number of bytes comes to that no unit holds exactly: nobody reads 1610612737. */
function amountOf(field: 'base' | 'rate') {
  return (row: Demand, draft: string | null) => {
    const value = draft === null ? row[field] : amountIn(draft, row.unit)
    const isBare = value !== null && amountText(value, row.unit).endsWith(' B')
    return row.unit === 'bytes' && isBare && value >= 1024 ? formatQuantity(value, row.unit) : null
  }
}
const unitOf = ({ unit }: Demand) => unit

export function DemandRows({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planEdit')
  const columns = useMemo(
    () => [
      textColumn<Demand>('name', t('demand.name'), 'minmax(130px, 2fr)'),
      choiceColumn<Demand>(
        'unit',
        t('demand.unit'),
        '104px',
        DemandSchema.shape.unit.options.map((value) => ({ value, label: t(`unit.${value}`) })),
      ),
      choiceColumn<Demand>(
        'driver',
        t('demand.driver'),
        'minmax(110px, 1fr)',
        plan.drivers.map((one) => ({ value: one.id, label: one.name })),
      ),
      numberColumn<Demand>('base', t('demand.base'), 'minmax(96px, 1fr)', { in: unitOf, under: amountOf('base') }),
      numberColumn<Demand>('rate', t('demand.rate'), 'minmax(96px, 1fr)', { in: unitOf, under: amountOf('rate') }),
      numberColumn<Demand>('alpha', t('demand.alpha'), '72px', { optional: true }),
      textColumn<Demand>('assumed', t('demand.assumed'), 'minmax(150px, 2fr)'),
    ],
    [t, plan.drivers],
  )
  return (
    <Grid<Demand>
      label={t('plan.demand')}
      noun={t('demand.noun')}
      rows={plan.demand}
      path={['demand']}
      columns={columns}
      edit={edit}
      keyOf={(row) => row.resource}
      nameOf={(row) => row.name || row.resource}
      idOf={(row, name, taken) => idAfterNaming(row.resource, 'resource', name, [...taken, ...formulaNames(plan)])}
      blank={(taken) => ({
        resource: idFor('resource', [...taken, ...plan.drivers.map((one) => one.id)], 'resource'),
        name: t('demand.new'),
        unit: 'count',
        driver: plan.drivers[0]?.id ?? '',
        base: 0,
        rate: 0,
        assumed: '',
      })}
      details={(row, path) => (
        <div className={styles.fields}>
          <TextField
            label={t('id')}
            help={t('demand.idHelp')}
            value={row.resource}
            path={path}
            edit={(one) => (one.op === 'set' ? edit({ op: 'rename', path, to: String(one.value) }) : null)}
          />
          <NativeSelect
            size="xs"
            label={t('demand.metric')}
            description={t('demand.metricHelp')}
            data={[{ value: '', label: t('notStated') }, ...Object.keys(METRICS)]}
            value={row.metric ?? ''}
            onChange={(event) => {
              const { value } = event.currentTarget
              edit(
                value === ''
                  ? { op: 'unset', path: [...path, 'metric'] }
                  : { op: 'set', path: [...path, 'metric'], value },
              )
            }}
          />
        </div>
      )}
    />
  )
}
