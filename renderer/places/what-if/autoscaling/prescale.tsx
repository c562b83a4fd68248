import { ActionIcon, Button, NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Autoscaler } from '../../../../shared/model/autoscaler.ts'
import styles from './autoscaling.module.css'
import { ClockField, DurationField, NumberField } from './fields.tsx'

type Times = NonNullable<Autoscaler['schedule']>
type Day = Times[number]['days'][number]

const DAYS: Readonly<Record<'all' | 'work' | 'weekend', Day[]>> = {
  all: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  work: ['mon', 'tue', 'wed', 'thu', 'fri'],
  weekend: ['sat', 'sun'],
}

/** A higher minimum by the time of day, and ahead of the weekly curve. */
export function PrescaleFields(props: {
  value: Autoscaler
  carriesPods: boolean
  onChange: (value: Autoscaler) => void
}) {
  const { t } = useTranslation('autoscaling')
  const { value, onChange } = props
  const times = value.schedule ?? []
  const set = (schedule: Times) => {
    const { schedule: _, ...rest } = value
    onChange(schedule.length > 0 ? { ...rest, schedule } : rest)
  }
  const change = (at: number, part: Partial<Times[number]>) =>
    set(times.map((one, index) => (index === at ? { ...one, ...part } : one)))
  const kindOf = (days: readonly Day[]): string =>
    Object.entries(DAYS).find(
      ([, list]) => list.length === days.length && list.every((day) => days.includes(day)),
    )?.[0] ?? days.join()
  return (
    <div className={styles.direction}>
      {!props.carriesPods && (
        <DurationField
          label={t('ahead')}
          help={t('aheadHelp')}
          value={value.ahead}
          onChange={(ahead) => onChange({ ...value, ahead })}
          onClear={() => {
            const { ahead: _, ...rest } = value
            onChange(rest)
          }}
        />
      )}
      {times.map((one, at) => {
        const kind = kindOf(one.days)
        const named = (field: string) => `${field} ${at + 1}`
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a time is known by its place alone
          <div key={at} className={styles.time}>
            <NativeSelect
              size="xs"
              label={t('days')}
              aria-label={named(t('days'))}
              value={kind}
              data={[
                ...(['all', 'work', 'weekend'] as const).map((days) => ({
                  value: days,
                  label: t(`dayChoices.${days}`),
                })),
                ...(kind in DAYS ? [] : [{ value: kind, label: kind }]),
              ]}
              onChange={(event) => {
                const days = DAYS[event.currentTarget.value as keyof typeof DAYS]
                if (days) change(at, { days: [...days] })
              }}
            />
            <ClockField
              label={t('from')}
              accessibleName={named(t('from'))}
              value={one.from}
              onChange={(from) => change(at, { from })}
            />
            <ClockField
              label={t('to')}
              accessibleName={named(t('to'))}
              value={one.to}
              onChange={(to) => change(at, { to })}
            />
            <NumberField
              label={t('atLeast')}
              accessibleName={named(t('atLeast'))}
              value={one.min}
              min={0}
              max={1_000_000}
              whole
              onChange={(min) => change(at, { min })}
            />
            <ActionIcon
              variant="subtle"
              size="sm"
              mb={3}
              aria-label={t('removeTime', { number: at + 1 })}
              onClick={() => set(times.filter((_, index) => index !== at))}
            >
              ×
            </ActionIcon>
          </div>
        )
      })}
      <div className={styles.actions}>
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={() => set([...times, { days: [...DAYS.all], from: '17:00', to: '22:00', min: value.min + 2 }])}
        >
          {t('addTime')}
        </Button>
        <span className={styles.soft}>{t('utc')}</span>
      </div>
    </div>
  )
}
