import { MultiSelect, NativeSelect, Switch, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { QuantityUnit } from '../../../../shared/format/quantity.ts'
import type { Edit, EditPath } from '../../../../shared/model/edit.ts'
import type { Problem } from '../../../../shared/model/problem.ts'
import { amountText, readAmount } from './amount.ts'
import styles from './edit.module.css'
import { type OpenRange, parseRange, rangeText } from './parse-range.ts'
import { problemLine, useDraft } from './use-draft.ts'
import type { MakeEdit } from './use-plan-editor.ts'

interface Field {
  label: string
  help?: string
  path: EditPath
  edit: MakeEdit
}
export interface Choice {
  value: string
  label: string
}

/** Sets a value, or takes it away where it may be missing. */
export const setOr = (path: EditPath, value: unknown): Edit =>
  value === undefined ? { op: 'unset', path } : { op: 'set', path, value }

export function TextField(
  props: Field & { value: string | undefined; optional?: boolean; lines?: boolean; placeholder?: string },
) {
  const draft = useDraft(props.value ?? '', (text) =>
    props.edit(setOr(props.path, props.optional && text.trim() === '' ? undefined : text)),
  )
  const shared = {
    label: props.label,
    description: props.help,
    placeholder: props.placeholder,
    error: problemLine(draft.problem),
    size: 'xs' as const,
    ...draft.input,
  }
  return props.lines ? (
    <Textarea
      {...shared}
      autosize
      minRows={2}
      maxRows={12}
      onChange={(event) => draft.change(event.currentTarget.value)}
    />
  ) : (
    <TextInput {...shared} onChange={(event) => draft.change(event.currentTarget.value)} />
  )
}

/** A number. `in`: what it counts in, written with it and understood with it, such as "4 GiB"; `unit`: words beside a bare number. */
export function NumberField(
  props: Field & {
    value: number | undefined | null
    optional?: boolean
    in?: QuantityUnit
    unit?: string
    placeholder?: string
  },
) {
  const shown = props.value === undefined || props.value === null ? '' : amountText(props.value, props.in)
  const draft = useDraft(shown, (text) => {
    if (text.trim() === '' && props.optional) return props.edit({ op: 'unset', path: props.path })
    return props.edit({ op: 'set', path: props.path, value: readAmount(text, props.in) })
  })
  return (
    <TextInput
      label={props.label}
      description={props.help}
      placeholder={props.placeholder}
      error={problemLine(draft.problem)}
      size="xs"
      inputMode="decimal"
      rightSection={props.unit === undefined ? undefined : <span className={styles.unit}>{props.unit}</span>}
      rightSectionWidth={props.unit === undefined ? undefined : 'max-content'}
      rightSectionPointerEvents="none"
      {...draft.input}
      onChange={(event) => draft.change(event.currentTarget.value)}
    />
  )
}

type RangeProps<Range> = Field & { value: Range | undefined; unit?: string }

/** From and to. Empty takes it away. */
export function RangeField(props: RangeProps<{ min: number; max: number }>) {
  const { t } = useTranslation('planEdit')
  return <AnyRange {...props} save={({ min, max }) => (max === null ? { fix: t('range.fix') } : { min, max })} />
}

/** From and to, where the second may have no end: "300+". Empty takes it away. */
export function OpenRangeField(props: RangeProps<OpenRange>) {
  return <AnyRange {...props} save={({ min, max }) => ({ min, max })} />
}

function AnyRange(props: RangeProps<OpenRange> & { save: (range: OpenRange) => OpenRange | { fix: string } }) {
  const { t } = useTranslation('planEdit')
  const draft = useDraft(props.value ? rangeText(props.value) : '', (typed) => {
    if (typed.trim() === '') return props.edit({ op: 'unset', path: props.path })
    const range = parseRange(typed)
    const fact = t('range.fact', { text: typed })
    if (!range) return { code: 'NOT_A_RANGE', fact, fix: t('range.fix'), value: typed }
    const { min, max } = range
    if (max !== null && min > max)
      return { code: 'RANGE_TURNED', fact: t('range.turned', { min, max }), fix: t('range.fix'), value: typed }
    const value = props.save(range)
    if ('fix' in value) return { code: 'NOT_A_RANGE', fact, fix: value.fix, value: typed }
    return props.edit({ op: 'set', path: props.path, value })
  })
  return (
    <TextInput
      label={props.label}
      description={props.help}
      placeholder={t('range.placeholder')}
      error={problemLine(draft.problem)}
      size="xs"
      rightSection={props.unit === undefined ? undefined : <span className={styles.unit}>{props.unit}</span>}
      rightSectionWidth="max-content"
      rightSectionPointerEvents="none"
      {...draft.input}
      onChange={(event) => draft.change(event.currentTarget.value)}
    />
  )
}

export function ChoiceField(props: Field & { value: string | undefined; choices: Choice[]; optional?: string }) {
  const [problem, setProblem] = useState<Problem | null>(null)
  return (
    <NativeSelect
      label={props.label}
      description={props.help}
      error={problemLine(problem)}
      size="xs"
      data={[...(props.optional === undefined ? [] : [{ value: '', label: props.optional }]), ...props.choices]}
      value={props.value ?? ''}
      onChange={(event) => {
        const { value } = event.currentTarget
        setProblem(props.edit(setOr(props.path, value === '' ? undefined : value)))
      }}
    />
  )
}

export function SwitchField(props: Field & { value: boolean | undefined; optional?: boolean }) {
  const [problem, setProblem] = useState<Problem | null>(null)
  return (
    <Switch
      size="xs"
      label={props.label}
      description={props.help}
      error={problemLine(problem)}
      checked={props.value ?? false}
      onChange={(event) => {
        const on = event.currentTarget.checked
        setProblem(props.edit(setOr(props.path, on || !props.optional ? on : undefined)))
      }}
    />
  )
}

/** A list of sentences, one a line. */
export function LinesField(props: Field & { value: readonly string[] }) {
  const { t } = useTranslation('planEdit')
  const draft = useDraft(props.value.join('\n'), (text) =>
    props.edit({
      op: 'set',
      path: props.path,
      value: text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    }),
  )
  return (
    <Textarea
      label={props.label}
      description={props.help ?? t('linesHelp')}
      error={problemLine(draft.problem)}
      size="xs"
      autosize
      minRows={2}
      maxRows={14}
      {...draft.input}
      onChange={(event) => draft.change(event.currentTarget.value)}
    />
  )
}

export function ManyField(props: Field & { value: readonly string[]; choices: Choice[] }) {
  const [problem, setProblem] = useState<Problem | null>(null)
  return (
    <MultiSelect
      label={props.label}
      description={props.help}
      error={problemLine(problem)}
      size="xs"
      data={props.choices}
      value={[...props.value]}
      searchable
      clearable
      onChange={(value) => setProblem(props.edit({ op: 'set', path: props.path, value }))}
    />
  )
}
