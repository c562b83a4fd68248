import { ActionIcon, Button, NumberInput, Select } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { COMPARISON_CHOICES } from '../../../../shared/format/comparison.ts'
import type { AlertPart } from '../../../../shared/model/alert.ts'
import { ComparisonSchema } from '../../../../shared/model/condition.ts'
import { type AlertRuleUnit, type Choice, metricOptions } from './choices.ts'
import { LabelFields } from './label-fields.tsx'
import { fromTyped, toTyped, typedUnit } from './quantity-field.ts'
import styles from './rules.module.css'

/** A further condition while it is typed. */
export interface AlsoDraft {
  /** Tells rows apart; not saved. */
  key: number
  metric: string | null
  labels: Record<string, string>
  op: AlertPart['op']
  threshold: number | string
  on: AlertPart['on']
  every: boolean
}
const MOST = 8

export const alsoDrafts = (also: readonly AlertPart[], unitOf: (metric: string | null) => AlertRuleUnit): AlsoDraft[] =>
  also.map((part, key) => ({ ...part, key, threshold: toTyped(part.threshold, unitOf(part.metric)) }))

export const alsoParts = (
  drafts: readonly AlsoDraft[],
  unitOf: (metric: string | null) => AlertRuleUnit,
): AlertPart[] =>
  drafts.map(({ key: _, metric, threshold, ...rest }) => ({
    ...rest,
    metric: metric ?? '',
    threshold: fromTyped(Number(threshold), unitOf(metric)),
  }))

export const alsoIsWhole = (drafts: readonly AlsoDraft[]): boolean =>
  drafts.every(({ metric, threshold }) => metric !== null && threshold !== '' && Number.isFinite(Number(threshold)))

/** What must hold besides, for the same time: a row for each further condition. */
export function AlsoFields({
  drafts,
  choices,
  unitOf,
  shown,
  onChange,
}: {
  drafts: readonly AlsoDraft[]
  choices: readonly Choice[]
  unitOf: (metric: string | null) => AlertRuleUnit
  /** Whether what is missing is said. */
  shown: boolean
  onChange: (drafts: AlsoDraft[]) => void
}) {
  const { t } = useTranslation('alerts')
  const change = (key: number, how: Partial<AlsoDraft>) =>
    onChange(drafts.map((one) => (one.key === key ? { ...one, ...how } : one)))
  const add = () => {
    const key = Math.max(-1, ...drafts.map((one) => one.key)) + 1
    onChange([...drafts, { key, metric: null, labels: {}, op: '>', threshold: '', on: 'server', every: false }])
  }
  return (
    <div className={styles.also}>
      {drafts.map((draft, index) => {
        const unitWord = t(`form.units.${typedUnit(unitOf(draft.metric))}`)
        return (
          <fieldset key={draft.key} className={styles.alsoRow}>
            <legend>{t('form.and', { number: index + 2 })}</legend>
            <Select
              label={t('form.metric')}
              className={styles.alsoMetric}
              searchable
              value={draft.metric}
              data={metricOptions(choices, draft.metric)}
              error={shown && draft.metric === null ? t('form.metricMissing') : undefined}
              onChange={(metric) => change(draft.key, { metric, labels: {} })}
            />
            <LabelFields
              {...{ choices, metric: draft.metric, labels: draft.labels }}
              onChange={(labels) => change(draft.key, { labels })}
            />
            <Select
              label={t('form.op')}
              allowDeselect={false}
              value={draft.op}
              data={COMPARISON_CHOICES}
              onChange={(op) => op && change(draft.key, { op: ComparisonSchema.parse(op) })}
            />
            <NumberInput
              label={unitWord === '' ? t('form.threshold') : t('form.thresholdIn', { unit: unitWord })}
              hideControls
              value={draft.threshold}
              error={
                shown && (draft.threshold === '' || !Number.isFinite(Number(draft.threshold)))
                  ? t('form.numberMissing')
                  : undefined
              }
              onChange={(threshold) => change(draft.key, { threshold })}
            />
            <Select
              label={t('form.where')}
              allowDeselect={false}
              value={draft.on}
              data={[
                { value: 'server', label: t('form.sameServer') },
                { value: 'any', label: t('form.anyServer') },
              ]}
              onChange={(on) => change(draft.key, { on: on === 'any' ? 'any' : 'server' })}
            />
            <ActionIcon
              variant="default"
              className={styles.alsoRemove}
              aria-label={t('form.alsoRemove', { number: index + 2 })}
              onClick={() => onChange(drafts.filter(({ key }) => key !== draft.key))}
            >
              <X size={14} aria-hidden="true" />
            </ActionIcon>
          </fieldset>
        )
      })}
      {drafts.length < MOST && (
        <div className={styles.alsoAdd}>
          <Button size="compact-sm" variant="default" leftSection={<Plus size={14} aria-hidden="true" />} onClick={add}>
            {t('form.alsoAdd')}
          </Button>
          <span className={styles.soft}>{t('form.alsoHelp')}</span>
        </div>
      )}
    </div>
  )
}
