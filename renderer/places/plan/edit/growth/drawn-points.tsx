import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { EditPath } from '../../../../../shared/model/edit.ts'
import type { Growth } from '../../../../../shared/model/growth.ts'
import styles from '../edit.module.css'
import { Grid } from '../grid.tsx'
import { numberColumn } from '../grid-columns.ts'
import type { MakeEdit } from '../use-plan-editor.ts'
import { GrowthChart } from './growth-chart.tsx'
import { nextPoint, type Point } from './points.ts'

/** A drawn curve: its points on the chart, and the same points as a table. */
export function DrawnPoints(props: {
  growth: Extract<Growth, { kind: 'drawn' }>
  present: number
  unit: string
  path: EditPath
  edit: MakeEdit
}) {
  const { t } = useTranslation('planGrowth')
  const { growth, unit, edit } = props
  const path = useMemo<EditPath>(() => [...props.path, 'points'], [props.path])
  const columns = useMemo(
    () => [
      numberColumn<Point>('month', t('month'), 'minmax(90px, 1fr)'),
      numberColumn<Point>('value', unit === '' ? t('value') : t('valueIn', { unit }), 'minmax(120px, 2fr)'),
    ],
    [t, unit],
  )
  return (
    <div className={styles.stack}>
      <GrowthChart
        growth={growth}
        present={props.present}
        unit={unit}
        onPoints={(points) => edit({ op: 'set', path, value: points })}
      />
      <Grid
        label={t('points')}
        noun={t('pointNoun')}
        rows={growth.points}
        path={path}
        columns={columns}
        edit={edit}
        keyOf={(_row, index) => index}
        nameOf={(row) => t('monthTick', { month: row.month })}
        blank={() => nextPoint(growth.points)}
      />
    </div>
  )
}
