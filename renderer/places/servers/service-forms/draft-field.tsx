import { NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type Draft, defaultSeconds, type Field } from './draft.ts'
import styles from './service-forms.module.css'
import type words from './words.ts'

type FieldName = keyof typeof words.fields
type Helped = keyof typeof words.help

/** One field of a service's form; `error` is what is wrong with it. */
export function DraftField(props: {
  field: Field
  draft: Draft
  error: string | null
  onChange: (value: string) => void
}) {
  const { field, draft, error, onChange } = props
  const { t, i18n } = useTranslation('services')
  const value = draft[field.name] ?? ''
  const help = i18n.exists(`services:help.${field.name}`) ? t(`help.${field.name as Helped}`) : undefined
  const shared = {
    label: t(`fields.${field.name as FieldName}`),
    error,
    ...(field.wide ? { className: styles.wide } : {}),
  }
  switch (field.kind) {
    case 'number':
    case 'seconds':
      return (
        <NumberInput
          {...shared}
          value={value === '' ? '' : Number(value)}
          placeholder={field.kind === 'seconds' ? placeholderOf(draft, t) : (field.placeholder ?? '')}
          min={1}
          hideControls
          onChange={(next) => onChange(String(next))}
        />
      )
    case 'choice':
      return (
        <Select
          {...shared}
          value={value}
          allowDeselect={false}
          data={(field.choices ?? []).map((choice) => ({
            value: choice,
            label: t(`choices.${field.name}.${choice}` as 'choices.via.host'),
          }))}
          onChange={(next) => onChange(next ?? '')}
        />
      )
    case 'lines':
    case 'code':
      return (
        <Textarea
          {...shared}
          value={value}
          description={field.kind === 'code' ? t(draft.source === 'sql' ? 'sqlHelp' : 'commandHelp') : help}
          placeholder={
            field.placeholder ??
            (draft.source === 'sql' ? "SELECT count(*) FROM orders WHERE state = 'open'" : 'ls /srv/spool | wc -l')
          }
          autosize
          minRows={2}
          maxRows={8}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )
    case 'text':
    case 'statuses':
      return (
        <TextInput
          {...shared}
          value={value}
          description={help}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          placeholder={field.placeholder ?? ''}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )
  }
}

function placeholderOf(draft: Draft, t: (key: 'eachRound') => string): string {
  const seconds = defaultSeconds(draft.kind as 'redis')
  return seconds === null ? t('eachRound') : String(seconds)
}
