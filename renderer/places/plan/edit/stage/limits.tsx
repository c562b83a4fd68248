import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { COMPARISON_CHOICES } from '../../../../../shared/format/comparison.ts'
import { METRICS } from '../../../../../shared/metrics/catalogue.ts'
import type { EditPath } from '../../../../../shared/model/edit.ts'
import type { Limit } from '../../../../../shared/model/stage.ts'
import { unitOfMetric } from '../../../../../shared/planning/metric-words.ts'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import styles from '../edit.module.css'
import { NumberField, TextField } from '../fields.tsx'
import { Grid } from '../grid.tsx'
import { choiceColumn, numberColumn, textColumn } from '../grid-columns.ts'
import { memoOn } from '../memo-on.ts'
import { idOf, nameOf } from '../row-names.ts'
import type { StagePartProps } from './part.ts'

const unitOf = ({ metric }: Limit) => unitOfMetric(metric)

function Limits({ stage, base, edit }: StagePartProps) {
  const { t } = useTranslation('planEdit')
  const path = useMemo<EditPath>(() => [...base, 'limits'], [base])
  const columns = useMemo(
    () => [
      textColumn<Limit>('name', t('limit.name'), 'minmax(100px, 2fr)'),
      choiceColumn<Limit>(
        'metric',
        t('limit.metric'),
        'minmax(100px, 2fr)',
        Object.keys(METRICS).map((value) => ({ value, label: value })),
      ),
      choiceColumn<Limit>('op', t('limit.op'), '52px', COMPARISON_CHOICES),
      numberColumn<Limit>('warning', t('limit.warning'), '76px', { optional: true, in: unitOf }),
      numberColumn<Limit>('critical', t('limit.critical'), '76px', { optional: true, in: unitOf }),
      textColumn<Limit>('for', t('limit.for'), '52px'),
      textColumn<Limit>('action', t('limit.action'), 'minmax(100px, 2fr)'),
    ],
    [t],
  )
  return (
    <Grid<Limit>
      label={t('sections.limits')}
      noun={t('limit.noun')}
      rows={stage.limits}
      path={path}
      columns={columns}
      edit={edit}
      keyOf={idOf}
      nameOf={nameOf}
      details={(row, at) => (
        <div className={styles.fields}>
          <NumberField label={t('limit.of')} value={row.of} path={[...at, 'of']} edit={edit} optional />
          <TextField label={t('limit.playbook')} value={row.playbook} path={[...at, 'playbook']} edit={edit} optional />
        </div>
      )}
      blank={(taken) => ({
        id: idFor('limit', taken, 'limit'),
        name: '',
        metric: 'cpu_used_ratio',
        op: '>',
        warning: 0.8,
        for: '15m',
        action: '',
      })}
    />
  )
}

export const LimitsPart = memoOn(Limits, ({ stage, base, edit }) => [stage.limits, base, edit])
