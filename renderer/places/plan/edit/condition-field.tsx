import { Button, NativeSelect, TextInput } from '@mantine/core'
import { X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { COMPARISON_CHOICES } from '../../../../shared/format/comparison.ts'
import type { QuantityUnit } from '../../../../shared/format/quantity.ts'
import { METRICS } from '../../../../shared/metrics/catalogue.ts'
import { type Comparison, type Condition, DerivedValueSchema } from '../../../../shared/model/condition.ts'
import type { EditPath } from '../../../../shared/model/edit.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Problem } from '../../../../shared/model/problem.ts'
import { conditionWords } from '../../../../shared/planning/judge.ts'
import { metricWords, unitOfMetric } from '../../../../shared/planning/metric-words.ts'
import { amountText, readAmount } from './amount.ts'
import styles from './edit.module.css'
import { problemLine, useDraft } from './use-draft.ts'
import type { MakeEdit } from './use-plan-editor.ts'

const METRIC_CHOICES = Object.keys(METRICS)
  .map((metric) => ({ value: metric, label: metricWords(metric) }))
  .sort((a, b) => a.label.localeCompare(b.label, 'en'))
type Kind = 'metric' | 'driver' | 'need' | 'derived' | 'all' | 'any'

const kindOf = (condition: Condition): Kind =>
  (['metric', 'driver', 'derived', 'need', 'all', 'any'] as const).find((kind) => kind in condition) ?? 'need'

function starting(kind: Kind, plan: Plan, before: Condition): Condition {
  const parts = 'all' in before ? before.all : 'any' in before ? before.any : [before]
  switch (kind) {
    case 'metric':
      return { metric: 'cpu_used_ratio', op: '>', value: 0.8 }
    case 'driver':
      return { driver: plan.drivers[0]?.id ?? '', op: '>', value: plan.drivers[0]?.present ?? 0 }
    case 'need':
      return { need: Object.keys(plan.needs)[0] ?? '' }
    case 'derived':
      return { derived: 'availability', op: '<', value: 0.999 }
    case 'all':
      return { all: parts }
    case 'any':
      return { any: parts }
  }
}

/** A condition put together from parts: measured metrics, drivers, needs and derived values, all or any of them, nested. */
export function ConditionField(props: { label: string; plan: Plan; value: Condition; path: EditPath; edit: MakeEdit }) {
  const [problem, setProblem] = useState<Problem | null>(null)
  return (
    <fieldset className={styles.stack} style={{ border: 0, margin: 0, padding: 0 }}>
      <legend className={styles.subheading} style={{ margin: 0 }}>
        {props.label}: {conditionWords(props.value, 0, props.plan)}
      </legend>
      <Part
        plan={props.plan}
        value={props.value}
        onChange={(value) => {
          const refused = props.edit({ op: 'set', path: props.path, value })
          setProblem(refused)
          return refused
        }}
      />
      {problem && (
        <span className={styles.cellError} role="alert">
          {problemLine(problem)}
        </span>
      )}
    </fieldset>
  )
}

type Change = (condition: Condition) => Problem | null

function Part({
  plan,
  value,
  onChange,
  onRemove,
}: {
  plan: Plan
  value: Condition
  onChange: Change
  onRemove?: () => void
}) {
  const { t } = useTranslation('planEdit')
  const kind = kindOf(value)
  const kinds: Kind[] = ['metric', 'driver', 'need', 'derived', 'all', 'any']
  const kindSelect = (
    <NativeSelect
      size="xs"
      label={t('condition.kind')}
      data={kinds
        .filter((one) => one !== 'need' || Object.keys(plan.needs).length > 0 || kind === 'need')
        .map((one) => ({ value: one, label: t(`condition.kinds.${one}`) }))}
      value={kind}
      onChange={(event) => onChange(starting(event.currentTarget.value as Kind, plan, value))}
    />
  )
  const remove = onRemove && (
    <button type="button" className={styles.icon} aria-label={t('condition.remove')} onClick={onRemove}>
      <X size={13} />
    </button>
  )
  if ('all' in value || 'any' in value) {
    const parts = 'all' in value ? value.all : value.any
    const rebuilt = (next: Condition[]): Condition => ('all' in value ? { all: next } : { any: next })
    return (
      <div className={styles.condition}>
        <div className={styles.leaf}>
          {kindSelect}
          <span />
          {remove}
        </div>
        {parts.map((part, at) => (
          <Part
            // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
            key={at}
            plan={plan}
            value={part}
            onChange={(next) => onChange(rebuilt(parts.with(at, next)))}
            onRemove={parts.length > 1 ? () => onChange(rebuilt(parts.toSpliced(at, 1))) : undefined}
          />
        ))}
        <div>
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => onChange(rebuilt([...parts, starting('metric', plan, value)]))}
          >
            {t('condition.add')}
          </Button>
        </div>
      </div>
    )
  }
  return (
    <div className={styles.leaf}>
      {kindSelect}
      <Leaf plan={plan} value={value} onChange={onChange} />
      {remove}
    </div>
  )
}

type LeafCondition = Exclude<Condition, { all: Condition[] } | { any: Condition[] }>

function Leaf({ plan, value, onChange }: { plan: Plan; value: LeafCondition; onChange: Change }) {
  const { t } = useTranslation('planEdit')
  const op = (
    <NativeSelect
      size="xs"
      label={t('condition.op')}
      data={[
        ...('need' in value && !('derived' in value) ? [{ value: '', label: t('condition.isNeeded') }] : []),
        ...COMPARISON_CHOICES,
      ]}
      value={value.op ?? ''}
      onChange={(event) => {
        const next = event.currentTarget.value as Comparison | ''
        if (next !== '')
          onChange({
            ...value,
            op: next,
            ...('need' in value && !('derived' in value) ? { value: value.value ?? 1 } : {}),
          } as Condition)
        else if ('need' in value && !('derived' in value)) onChange({ need: value.need })
      }}
    />
  )
  if ('metric' in value) {
    return (
      <>
        <NativeSelect
          size="xs"
          label={t('condition.metric')}
          data={METRIC_CHOICES}
          value={value.metric}
          onChange={(event) => onChange({ ...value, metric: event.currentTarget.value, labels: undefined })}
        />
        {op}
        <ValueInput
          value={value.value}
          in={unitOfMetric(value.metric)}
          onSave={(number) => onChange({ ...value, value: number })}
        />
        <LabelsInput value={value.labels} onSave={(labels) => onChange({ ...value, labels })} />
        <NativeSelect
          size="xs"
          label={t('condition.across')}
          data={[
            { value: 'any', label: t('condition.anySeries') },
            { value: 'all', label: t('condition.allSeries') },
          ]}
          value={value.across ?? 'any'}
          onChange={(event) => onChange({ ...value, across: event.currentTarget.value === 'all' ? 'all' : undefined })}
        />
      </>
    )
  }
  if ('driver' in value)
    return (
      <>
        <NativeSelect
          size="xs"
          label={t('condition.driver')}
          data={plan.drivers.map((one) => ({ value: one.id, label: one.name }))}
          value={value.driver}
          onChange={(event) => onChange({ ...value, driver: event.currentTarget.value })}
        />
        {op}
        <ValueInput value={value.value} onSave={(number) => onChange({ ...value, value: number })} />
      </>
    )
  if ('derived' in value)
    return (
      <>
        <NativeSelect
          size="xs"
          label={t('condition.derived')}
          data={DerivedValueSchema.options.map((one) => ({ value: one, label: t(`condition.derivedValues.${one}`) }))}
          value={value.derived}
          onChange={(event) => onChange({ ...value, derived: event.currentTarget.value as typeof value.derived })}
        />
        {op}
        {value.need === undefined && (
          <ValueInput
            value={value.value ?? 0}
            in={value.derived === 'availability' ? 'ratio' : undefined}
            onSave={(number) => onChange({ ...value, value: number })}
          />
        )}
        <NativeSelect
          size="xs"
          label={t('condition.comparedWith')}
          data={[
            { value: '', label: t('condition.number') },
            ...Object.keys(plan.needs).map((one) => ({ value: one, label: t('condition.needOf', { need: one }) })),
          ]}
          value={value.need ?? ''}
          onChange={(event) => {
            const need = event.currentTarget.value
            const { derived, op: comparison } = value
            onChange(
              need === '' ? { derived, op: comparison, value: value.value ?? 0 } : { derived, op: comparison, need },
            )
          }}
        />
      </>
    )
  return (
    <>
      <NativeSelect
        size="xs"
        label={t('condition.need')}
        data={Object.keys(plan.needs)}
        value={value.need}
        onChange={(event) => onChange({ ...value, need: event.currentTarget.value })}
      />
      {op}
      {value.op !== undefined && (
        <ValueInput value={value.value ?? 0} onSave={(number) => onChange({ ...value, value: number })} />
      )}
    </>
  )
}

function ValueInput(props: { value: number; in?: QuantityUnit; onSave: (value: number) => Problem | null }) {
  const { t } = useTranslation('planEdit')
  const draft = useDraft(amountText(props.value, props.in), (text) => props.onSave(readAmount(text, props.in)))
  return (
    <TextInput
      size="xs"
      label={t('condition.value')}
      error={problemLine(draft.problem)}
      {...draft.input}
      onChange={(event) => draft.change(event.currentTarget.value)}
    />
  )
}

/** Labels as "mount=/data, device=sda"; empty: any. */
function LabelsInput(props: {
  value: Record<string, string> | undefined
  onSave: (labels: Record<string, string> | undefined) => Problem | null
}) {
  const { t } = useTranslation('planEdit')
  const saved = Object.entries(props.value ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
  const draft = useDraft(saved, (text) => {
    const parts = text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
    const pairs = parts.map((part) => part.split('='))
    const wrong = pairs.findIndex((pair) => pair.length !== 2 || pair[0]?.trim() === '')
    if (wrong >= 0)
      return {
        code: 'LABEL_INVALID',
        fact: t('labels.fact', { text: parts[wrong] ?? '' }),
        fix: t('labels.fix'),
        value: parts[wrong],
      }
    return props.onSave(
      pairs.length === 0
        ? undefined
        : Object.fromEntries(pairs.map(([name = '', value = '']) => [name.trim(), value.trim()])),
    )
  })
  return (
    <TextInput
      size="xs"
      label={t('labels.label')}
      placeholder={t('labels.any')}
      error={problemLine(draft.problem)}
      {...draft.input}
      onChange={(event) => draft.change(event.currentTarget.value)}
    />
  )
}
