import { Switch } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Autoscaler } from '../../../../../shared/model/autoscaler.ts'
import type { EditPath } from '../../../../../shared/model/edit.ts'
import type { Problem } from '../../../../../shared/model/problem.ts'
import styles from '../edit.module.css'
import { ChoiceField, TextField } from '../fields.tsx'
import { Grid } from '../grid.tsx'
import { choiceColumn, numberColumn, textColumn } from '../grid-columns.ts'
import { problemLine } from '../use-draft.ts'
import type { MakeEdit } from '../use-plan-editor.ts'

type Rules = NonNullable<Autoscaler['scaleUp']>
type Policy = Rules['policies'][number]

/** What Kubernetes documents as the default of each direction; stated rules begin with it. */
const DOCUMENTED: Readonly<Record<'up' | 'down', Rules>> = {
  up: {
    stabilisation: '0s',
    policies: [
      { type: 'percent', value: 100, period: '15s' },
      { type: 'pods', value: 4, period: '15s' },
    ],
    select: 'max',
  },
  down: { stabilisation: '5m', policies: [{ type: 'percent', value: 100, period: '15s' }], select: 'max' },
}
/** A node pool waits for as long as a node is not needed; it has no policies. */
const POOL: Rules = { stabilisation: '10m', policies: [], select: 'max' }

/** How fast an autoscaler adds, or removes: as documented, or by rules of its own. */
export function Behaviour(props: { direction: 'up' | 'down'; scaler: Autoscaler; base: EditPath; edit: MakeEdit }) {
  const { t } = useTranslation('planScalers')
  const { direction, scaler, base, edit } = props
  const [problem, setProblem] = useState<Problem | null>(null)
  const field = direction === 'up' ? 'scaleUp' : 'scaleDown'
  const value = scaler[field]
  const path = useMemo<EditPath>(() => [...base, field], [base, field])
  const pool = scaler.kind === 'nodes'
  const columns = useMemo(
    () => [
      numberColumn<Policy>('value', t('policy.value'), 'minmax(90px, 1fr)'),
      choiceColumn<Policy>('type', t('policy.type'), 'minmax(90px, 1fr)', [
        { value: 'pods', label: t('policy.pods') },
        { value: 'percent', label: t('policy.percent') },
      ]),
      textColumn<Policy>('period', t('policy.period'), 'minmax(80px, 1fr)'),
    ],
    [t],
  )
  // A pool adds nodes as soon as pods do not fit.
  if (pool && direction === 'up') return null
  return (
    <div>
      <h4 className={styles.subheading}>{t(direction)}</h4>
      <Switch
        size="xs"
        label={t('own')}
        aria-label={`${t(direction)}: ${t('own')}`}
        error={problemLine(problem)}
        checked={value !== undefined}
        onChange={(event) =>
          setProblem(
            edit(
              event.currentTarget.checked
                ? { op: 'set', path, value: pool ? POOL : DOCUMENTED[direction] }
                : { op: 'unset', path },
            ),
          )
        }
      />
      {value && (
        <div className={styles.stack} style={{ marginTop: 8 }}>
          <div className={styles.fields}>
            <TextField
              label={t('window')}
              help={t('windowHelp')}
              value={value.stabilisation}
              path={[...path, 'stabilisation']}
              edit={edit}
            />
            {!pool && (
              <ChoiceField
                label={t('select')}
                value={value.select}
                choices={(['max', 'min', 'disabled'] as const).map((one) => ({
                  value: one,
                  label: t(`selects.${one}`),
                }))}
                path={[...path, 'select']}
                edit={edit}
              />
            )}
          </div>
          {!pool && value.select !== 'disabled' && (
            <Grid
              label={t('policies', { direction: t(direction) })}
              noun={t('policy.noun')}
              rows={value.policies}
              path={[...path, 'policies']}
              columns={columns}
              edit={edit}
              keyOf={(_row, index) => index}
              nameOf={(row: Policy) => `${row.value} ${t(`policy.${row.type}`)}`}
              blank={(): Policy => ({ type: 'pods', value: 4, period: '60s' })}
            />
          )}
        </div>
      )}
    </div>
  )
}
