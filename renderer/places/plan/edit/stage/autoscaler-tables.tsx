import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../../shared/format/quantity.ts'
import type { Autoscaler } from '../../../../../shared/model/autoscaler.ts'
import type { EditPath } from '../../../../../shared/model/edit.ts'
import type { Plan } from '../../../../../shared/model/plan.ts'
import { HeadroomError } from '../../../../../shared/model/problem.ts'
import { amountIn } from '../amount.ts'
import styles from '../edit.module.css'
import { Grid } from '../grid.tsx'
import { choiceColumn, type GridColumn, numberColumn, textColumn } from '../grid-columns.ts'
import type { MakeEdit } from '../use-plan-editor.ts'
import { daysText, readDays } from './days.ts'

type Metric = Autoscaler['metrics'][number]
type Time = NonNullable<Autoscaler['schedule']>[number]

interface Props {
  scaler: Autoscaler
  path: EditPath
  edit: MakeEdit
}

/** The demands an autoscaler follows, with what one replica offers of each and how much of that is to be used. */
export function Metrics({ plan, scaler, path, edit }: Props & { plan: Plan }) {
  const { t } = useTranslation('planScalers')
  const keda = scaler.kind === 'keda'
  const columns = useMemo((): GridColumn<Metric>[] => {
    const unitOf = (row: Metric) => plan.demand.find((one) => one.resource === row.resource)?.unit ?? 'count'
    const nameOf = (row: Metric) => plan.demand.find((one) => one.resource === row.resource)?.name ?? row.resource
    return [
      {
        ...choiceColumn<Metric>(
          'resource',
          t('metric.resource'),
          'minmax(150px, 2fr)',
          plan.demand.map((one) => ({ value: one.resource, label: one.name })),
        ),
      },
      numberColumn<Metric>('perReplica', t('metric.perReplica'), 'minmax(120px, 1fr)', {
        in: unitOf,
        under: (row, draft) => {
          const value = draft === null ? row.perReplica : amountIn(draft, unitOf(row))
          return value === null ? null : (
            <span className={styles.cellUnder}>{`${formatQuantity(value, unitOf(row))} · ${nameOf(row)}`}</span>
          )
        },
      }),
      numberColumn<Metric>('target', t('metric.target'), 'minmax(120px, 1fr)', {
        in: () => (keda ? 'count' : 'ratio'),
        under: (row, draft) => {
          const value = draft === null ? row.target : amountIn(draft, keda ? 'count' : 'ratio')
          if (value === null) return null
          return (
            <span className={styles.cellUnder}>
              {keda
                ? t('metric.entries', { count: value })
                : t('metric.targetNow', { share: formatQuantity(value, 'ratio') })}
            </span>
          )
        },
      }),
    ]
  }, [t, plan.demand, keda])
  return (
    <div>
      <h4 className={styles.subheading}>{t('metrics')}</h4>
      <Grid
        label={`${t('metrics')}: ${scaler.name}`}
        noun={t('metric.noun')}
        rows={scaler.metrics}
        path={path}
        columns={columns}
        edit={edit}
        keyOf={(_row, index) => index}
        nameOf={(row) => row.resource}
        blank={() => ({ resource: plan.demand[0]?.resource ?? '', perReplica: 1, target: keda ? 100 : 0.7 })}
      />
    </div>
  )
}

/** Times of the week at which more replicas are kept than otherwise. */
export function Schedule({ scaler, path, edit }: Props) {
  const { t } = useTranslation('planScalers')
  const columns = useMemo(
    (): GridColumn<Time>[] => [
      {
        id: 'days',
        label: t('time.days'),
        width: 'minmax(140px, 2fr)',
        text: (row) => daysText(row.days, t('everyDay')),
        change(text, here) {
          const days = readDays(text, t('everyDay'))
          if (days) return { op: 'set', path: [...here, 'days'], value: days }
          throw new HeadroomError({
            code: 'DAYS_INVALID',
            fact: t('daysFact', { text }),
            fix: t('daysFix'),
            field: 'days',
            value: text,
          })
        },
      },
      textColumn<Time>('from', t('time.from'), '90px'),
      textColumn<Time>('to', t('time.to'), '90px'),
      numberColumn<Time>('min', t('time.min'), '90px'),
    ],
    [t],
  )
  return (
    <div>
      <h4 className={styles.subheading}>{t('schedule')}</h4>
      <Grid
        label={`${t('schedule')}: ${scaler.name}`}
        noun={t('time.noun')}
        rows={scaler.schedule ?? []}
        path={path}
        columns={columns}
        edit={edit}
        keyOf={(_row, index) => index}
        nameOf={(row: Time) => `${daysText(row.days, t('everyDay'))} ${row.from}`}
        blank={(): Time => ({
          days: ['mon', 'tue', 'wed', 'thu', 'fri'],
          from: '08:00',
          to: '18:00',
          min: Math.min(scaler.max, scaler.min + 1),
        })}
      />
    </div>
  )
}
