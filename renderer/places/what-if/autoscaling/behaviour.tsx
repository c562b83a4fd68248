import { ActionIcon, Button, NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Autoscaler } from '../../../../shared/model/autoscaler.ts'
import styles from './autoscaling.module.css'
import { DurationField, NumberField } from './fields.tsx'

type Behaviour = NonNullable<Autoscaler['scaleUp']>
type Policy = Behaviour['policies'][number]

/** What Kubernetes does where nothing is stated. */
const DEFAULTS: Readonly<Record<'up' | 'down', Behaviour>> = {
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

/** Stabilisation window and policies of one direction. */
export function BehaviourFields(props: {
  direction: 'up' | 'down'
  value: Behaviour | undefined
  onChange: (value: Behaviour) => void
}) {
  const { t } = useTranslation('autoscaling')
  const fallback = DEFAULTS[props.direction]
  const stated = props.value ?? fallback
  const value = stated.policies.length > 0 ? stated : { ...stated, policies: fallback.policies }
  const direction = t(props.direction)
  const change = (part: Partial<Behaviour>) => props.onChange({ ...value, ...part })
  const policy = (at: number, part: Partial<Policy>) =>
    change({ policies: value.policies.map((one, index) => (index === at ? { ...one, ...part } : one)) })
  return (
    <fieldset className={styles.direction}>
      <legend className={styles.heading}>{direction}</legend>
      <DurationField
        label={t('window')}
        accessibleName={`${direction}: ${t('window')}`}
        value={value.stabilisation}
        onChange={(stabilisation) => change({ stabilisation })}
      />
      <NativeSelect
        size="xs"
        className={styles.whole}
        label={t('select')}
        aria-label={`${direction}: ${t('select')}`}
        value={value.select}
        data={(['max', 'min', 'disabled'] as const).map((one) => ({ value: one, label: t(`selects.${one}`) }))}
        onChange={(event) => change({ select: event.currentTarget.value as Behaviour['select'] })}
      />
      {value.select !== 'disabled' &&
        value.policies.map((one, at) => {
          const named = `${direction}: ${t('policy', { number: at + 1 })}`
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a policy is known by its place alone
            <div key={at} className={styles.row}>
              <NumberField
                label={t('policyValue')}
                accessibleName={`${named}, ${t('policyValue')}`}
                value={one.value}
                min={1}
                max={100_000}
                onChange={(next) => policy(at, { value: next })}
              />
              <NativeSelect
                size="xs"
                label={t('policyType')}
                aria-label={`${named}, ${t('policyType')}`}
                value={one.type}
                data={(['pods', 'percent'] as const).map((type) => ({ value: type, label: t(`types.${type}`) }))}
                onChange={(event) => policy(at, { type: event.currentTarget.value as Policy['type'] })}
              />
              <DurationField
                label={t('policyPeriod')}
                accessibleName={`${named}, ${t('policyPeriod')}`}
                value={one.period}
                onChange={(period) => policy(at, { period })}
              />
              <ActionIcon
                variant="subtle"
                size="sm"
                mb={3}
                aria-label={`${direction}: ${t('removePolicy', { number: at + 1 })}`}
                disabled={value.policies.length === 1}
                onClick={() => change({ policies: value.policies.filter((_, index) => index !== at) })}
              >
                ×
              </ActionIcon>
            </div>
          )
        })}
      {value.select !== 'disabled' && (
        <div className={styles.actions}>
          <Button
            variant="subtle"
            size="compact-xs"
            onClick={() => change({ policies: [...value.policies, { type: 'pods', value: 4, period: '60s' }] })}
          >
            {t('addPolicy')}
          </Button>
        </div>
      )}
    </fieldset>
  )
}
