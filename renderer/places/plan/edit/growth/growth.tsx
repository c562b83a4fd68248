import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { EditPath } from '../../../../../shared/model/edit.ts'
import type { Growth as GrowthLaw } from '../../../../../shared/model/growth.ts'
import styles from '../edit.module.css'
import { NumberField } from '../fields.tsx'
import type { MakeEdit } from '../use-plan-editor.ts'
import { DrawnPoints } from './drawn-points.tsx'
import { GrowthChart } from './growth-chart.tsx'
import { Pieces } from './pieces.tsx'

type Kind = GrowthLaw['kind']
const KINDS: Kind[] = ['exponential', 'linear', 'logistic', 'drawn', 'pieces']

/** A law of another kind with what the one before has in common with it. */
function starting(kind: Kind, before: GrowthLaw | undefined, present: number): GrowthLaw {
  const deviation = before?.deviation ?? 0
  const monthlyRate = before && 'monthlyRate' in before ? before.monthlyRate : 0.05
  switch (kind) {
    case 'exponential':
      return { kind, monthlyRate, deviation }
    case 'linear':
      return { kind, perMonth: 100, deviation }
    case 'logistic':
      return { kind, monthlyRate, ceiling: Math.max(1_000_000, present * 10), deviation }
    case 'drawn':
      return {
        kind,
        points: [
          { month: 0, value: present },
          { month: 12, value: present * 2 },
        ],
        deviation,
      }
    case 'pieces':
      return { kind, pieces: [{ fromMonth: 0, law: { kind: 'exponential', monthlyRate } }], deviation }
  }
}

/** A driver's law of growth: its numbers, its points or pieces, and the middle path that they make. */
export function Growth(props: {
  label: string
  value: GrowthLaw | undefined
  optional?: boolean
  /** The driver it is about. */
  present: number
  unit: string
  path: EditPath
  edit: MakeEdit
}) {
  const { t } = useTranslation('planEdit')
  const { value, path, edit, present, unit } = props
  return (
    <div className={styles.stack}>
      <div className={styles.fields}>
        <NativeSelect
          size="xs"
          className={styles.kindField}
          label={props.label}
          data={[
            ...(props.optional ? [{ value: '', label: t('growth.along') }] : []),
            ...KINDS.map((kind) => ({ value: kind, label: t(`growth.kinds.${kind}`) })),
          ]}
          value={value?.kind ?? ''}
          onChange={(event) => {
            const kind = event.currentTarget.value as Kind | ''
            edit(kind === '' ? { op: 'unset', path } : { op: 'set', path, value: starting(kind, value, present) })
          }}
        />
        {value && 'monthlyRate' in value && (
          <NumberField
            label={t('growth.rate')}
            help={t('growth.rateHelp')}
            in="ratio"
            value={value.monthlyRate}
            path={[...path, 'monthlyRate']}
            edit={edit}
          />
        )}
        {value?.kind === 'linear' && (
          <NumberField label={t('growth.perMonth')} value={value.perMonth} path={[...path, 'perMonth']} edit={edit} />
        )}
        {value?.kind === 'logistic' && (
          <NumberField label={t('growth.ceiling')} value={value.ceiling} path={[...path, 'ceiling']} edit={edit} />
        )}
        {value && (
          <NumberField
            label={t('growth.deviation')}
            help={t('growth.deviationHelp')}
            in="ratio"
            value={value.deviation}
            path={[...path, 'deviation']}
            edit={edit}
          />
        )}
      </div>
      {value?.kind === 'pieces' && <Pieces growth={value} unit={unit} path={path} edit={edit} />}
      {value?.kind === 'drawn' && <DrawnPoints growth={value} present={present} unit={unit} path={path} edit={edit} />}
      {value && value.kind !== 'drawn' && <GrowthChart growth={value} present={present} unit={unit} />}
    </div>
  )
}
