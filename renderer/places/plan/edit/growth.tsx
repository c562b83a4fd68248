import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { EditPath } from '../../../../shared/model/edit.ts'
import type { Growth as GrowthLaw } from '../../../../shared/model/growth.ts'
import styles from './edit.module.css'
import { NumberField } from './fields.tsx'
import type { MakeEdit } from './use-plan-editor.ts'
import { YamlPart } from './yaml-part.tsx'

type Kind = GrowthLaw['kind']
const KINDS: Kind[] = ['exponential', 'linear', 'logistic', 'drawn', 'pieces']

function starting(kind: Kind, before: GrowthLaw | undefined): GrowthLaw {
  const deviation = before?.deviation ?? 0
  const monthlyRate = before && 'monthlyRate' in before ? before.monthlyRate : 0.05
  switch (kind) {
    case 'exponential':
      return { kind, monthlyRate, deviation }
    case 'linear':
      return { kind, perMonth: 100, deviation }
    case 'logistic':
      return { kind, monthlyRate, ceiling: 1_000_000, deviation }
    case 'drawn':
      return { kind, points: [{ month: 0, value: 0 }], deviation }
    case 'pieces':
      return { kind, pieces: [{ fromMonth: 0, law: { kind: 'exponential', monthlyRate } }], deviation }
  }
}

/** A driver's law of growth with its numbers; points and pieces as YAML. */
export function Growth(props: {
  label: string
  value: GrowthLaw | undefined
  optional?: boolean
  path: EditPath
  edit: MakeEdit
}) {
  const { t } = useTranslation('planEdit')
  const { value, path, edit } = props
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
            edit(kind === '' ? { op: 'unset', path } : { op: 'set', path, value: starting(kind, value) })
          }}
        />
        {value && 'monthlyRate' in value && (
          <NumberField
            label={t('growth.rate')}
            help={t('growth.rateHelp')}
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
            value={value.deviation}
            path={[...path, 'deviation']}
            edit={edit}
          />
        )}
      </div>
      {value?.kind === 'drawn' && (
        <YamlPart parts={[{ label: t('growth.points'), path: [...path, 'points'], value: value.points }]} edit={edit} />
      )}
      {value?.kind === 'pieces' && (
        <YamlPart
          parts={[{ label: t('growth.piecesList'), path: [...path, 'pieces'], value: value.pieces }]}
          edit={edit}
        />
      )}
    </div>
  )
}
