import { Checkbox, MultiSelect, NumberInput, PasswordInput, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../../shared/model/problem.ts'
import type { Parameter } from '../../../shared/model/run.ts'
import { useQueryUtils } from '../../app/core.tsx'
import styles from './playbooks.module.css'

export type Values = Readonly<Record<string, string | number | boolean>>

/** Each parameter's value by a link's query, such as that of an alert, else its default. No secret is taken from a link. */
export function initialValues(parameters: readonly Parameter[], query: URLSearchParams): Values {
  return Object.fromEntries(
    parameters.map((parameter) => {
      const given = parameter.type === 'secret' ? null : query.get(parameter.name)
      return [parameter.name, given ?? parameter.default ?? (parameter.type === 'boolean' ? false : '')]
    }),
  )
}

/** What the form holds, without the optional fields that were left empty. */
export function valuesToSend(
  parameters: readonly Parameter[],
  values: Values,
): Record<string, string | number | boolean> {
  return Object.fromEntries(
    parameters.flatMap((parameter) => {
      const value = values[parameter.name]
      return value === undefined || value === '' ? [] : [[parameter.name, value]]
    }),
  )
}

/** One field for each parameter, by its type. What is wrong with a value is said by the engine, in the preview. */
export function ParameterForm(props: {
  parameters: readonly Parameter[]
  values: Values
  /** What the engine said, of which some names a field. */
  problems: readonly Problem[]
  onChange: (values: Values) => void
}) {
  const { t } = useTranslation('playbooks')
  if (props.parameters.length === 0) return <p className={styles.soft}>{t('form.none')}</p>
  const marks = marksOf(props.parameters)
  return (
    <div className={styles.form}>
      {props.parameters.map((parameter) => (
        <Field
          key={parameter.name}
          parameter={parameter}
          marks={marks}
          value={props.values[parameter.name] ?? ''}
          error={props.problems.find((problem) => problem.field === parameter.name)?.fact}
          onChange={(value) => props.onChange({ ...props.values, [parameter.name]: value })}
        />
      ))}
    </div>
  )
}

/** Which fields say what they are: those of the rarer kind, so that few labels carry a mark. A switch needs none. */
function marksOf(parameters: readonly Parameter[]): 'required' | 'optional' {
  const typed = parameters.filter(({ type }) => type !== 'boolean')
  return typed.filter(({ required }) => required).length * 2 < typed.length ? 'required' : 'optional'
}

function Field(props: {
  parameter: Parameter
  marks: 'required' | 'optional'
  value: string | number | boolean
  error: string | undefined
  onChange: (value: string | number | boolean) => void
}) {
  const { t } = useTranslation('playbooks')
  const { parameter, value, onChange } = props
  const isMarked = parameter.required === (props.marks === 'required')
  const label = isMarked ? t(`form.${props.marks}`, { label: parameter.label }) : parameter.label
  const typeHelp =
    parameter.type === 'secret' || parameter.type === 'duration' || parameter.type === 'size'
      ? t(`form.${parameter.type}`)
      : null
  const common = {
    label,
    description: [parameter.help, typeHelp].filter(Boolean).join(' ') || undefined,
    inputWrapperOrder: ['label', 'input', 'error', 'description'] as ('label' | 'input' | 'error' | 'description')[],
    required: parameter.required,
    withAsterisk: false,
    error: props.error,
  }
  switch (parameter.type) {
    case 'host':
      return <HostField {...common} value={String(value)} onChange={onChange} />
    case 'hosts':
      return <HostsField {...common} value={String(value)} onChange={onChange} />
    case 'choice':
      return (
        <Select
          {...common}
          data={parameter.choices ?? []}
          value={value === '' ? null : String(value)}
          allowDeselect={!parameter.required}
          onChange={(next) => onChange(next ?? '')}
        />
      )
    case 'boolean':
      return (
        <Checkbox
          label={parameter.label}
          description={common.description}
          checked={value === true || value === 'true'}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      )
    case 'secret':
      return (
        <PasswordInput
          {...common}
          value={String(value)}
          autoComplete="off"
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )
    case 'number':
    case 'port':
      return (
        <NumberInput
          {...common}
          value={typeof value === 'boolean' ? '' : value}
          hideControls
          allowDecimal={parameter.type === 'number'}
          onChange={onChange}
        />
      )
    default:
      return (
        <TextInput
          {...common}
          value={String(value)}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )
  }
}

/** Several servers: their ids with commas between them. */
function HostsField(props: Parameters<typeof HostField>[0]) {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const hosts = useQuery(utils.hosts.list.queryOptions())
  const { value, onChange, ...common } = props
  const all = hosts.data ?? []
  const chosen = value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => all.find(({ id, name }) => id === one || name === one)?.id ?? one)
  return (
    <MultiSelect
      {...common}
      withAsterisk={false}
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      placeholder={chosen.length === 0 ? t('form.hosts') : undefined}
      description={all.length === 0 ? t('form.noHosts') : common.description}
      data={all.map((host) => ({ value: host.id, label: host.name }))}
      value={chosen}
      searchable
      clearable
      onChange={(next) => onChange(next.join(','))}
    />
  )
}

function HostField(props: {
  label: string
  description: string | undefined
  required: boolean
  error: string | undefined
  value: string
  onChange: (value: string) => void
}) {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const hosts = useQuery(utils.hosts.list.queryOptions())
  const { value, onChange, ...common } = props
  const none = hosts.data?.length === 0
  return (
    <Select
      {...common}
      withAsterisk={false}
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      placeholder={t('form.host')}
      description={none ? t('form.noHosts') : common.description}
      data={(hosts.data ?? []).map((host) => ({
        value: host.id,
        label: host.kind === 'local' ? host.name : `${host.name} (${host.address})`,
      }))}
      value={value === '' ? null : value}
      searchable
      allowDeselect={!common.required}
      onChange={(next) => onChange(next ?? '')}
    />
  )
}
