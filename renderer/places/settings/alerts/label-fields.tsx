import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Labels } from '../../../../shared/model/metric.ts'
import type { Choice } from './choices.ts'

/** Which series of a metric are meant: one list for each label that it has; a label without a choice may be any. */
export function LabelFields(props: {
  choices: readonly Choice[]
  metric: string | null
  labels: Labels
  onChange: (labels: Labels) => void
}) {
  const { t } = useTranslation('alerts')
  const known = props.choices.find(({ metric }) => metric === props.metric)?.labels ?? {}
  return Object.entries(known).map(([label, values]) => (
    <Select
      key={label}
      label={t('form.label', { name: label })}
      clearable
      searchable
      placeholder={t('form.any')}
      value={props.labels[label] ?? null}
      data={values}
      onChange={(value) => {
        const { [label]: _, ...others } = props.labels
        props.onChange(value === null ? others : { ...others, [label]: value })
      }}
    />
  ))
}
