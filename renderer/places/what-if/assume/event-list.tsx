import { Button, CloseButton, NativeSelect, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { GrowthEvent } from '../../../../shared/model/growth.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import styles from './assume.module.css'
import { ExactNumber, ExactPercent, Row } from './fields.tsx'

const DAY_MS = 86_400_000
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** Campaigns, launches, outages of others: from a day to a day, how much more or less load, and how sure it is. */
export function EventList(props: {
  plan: Plan
  events: readonly GrowthEvent[]
  start: number
  onChange: (events: GrowthEvent[]) => void
}) {
  const { t } = useTranslation('what-if-assume')
  const { plan, events, start, onChange } = props
  const add = () => {
    let number = events.length + 1
    while (events.some((event) => event.id === `event-${number}`)) number += 1
    onChange([
      ...events,
      {
        id: `event-${number}`,
        name: t('events.newName', { number }),
        from: dayOf(start + 90 * DAY_MS),
        to: dayOf(start + 96 * DAY_MS),
        multiplier: 2,
        probability: 1,
      },
    ])
  }
  return (
    <div className={styles.list}>
      {events.map((event, index) => {
        const set = (change: Partial<GrowthEvent>) => onChange(events.with(index, { ...event, ...change }))
        const label = (word: string) => `${event.name}: ${word}`
        return (
          <fieldset key={event.id} className={styles.card} aria-label={event.name}>
            <div className={styles.leverHead}>
              <TextInput
                size="xs"
                flex={1}
                aria-label={label(t('events.name'))}
                value={event.name}
                onChange={({ currentTarget }) => set({ name: currentTarget.value })}
              />
              <CloseButton
                size="sm"
                aria-label={t('events.remove', { name: event.name })}
                onClick={() => onChange(events.toSpliced(index, 1))}
              />
            </div>
            <div className={styles.pair}>
              <TextInput
                size="xs"
                type="date"
                label={t('events.from')}
                aria-label={label(t('events.from'))}
                value={event.from}
                onChange={({ currentTarget: { value } }) => {
                  if (value !== '') set(value > event.to ? { from: value, to: value } : { from: value })
                }}
              />
              <TextInput
                size="xs"
                type="date"
                label={t('events.to')}
                aria-label={label(t('events.to'))}
                value={event.to}
                min={event.from}
                error={event.to < event.from ? t('events.order') : undefined}
                onChange={({ currentTarget: { value } }) => {
                  if (value !== '') set(value < event.from ? { from: value, to: value } : { to: value })
                }}
              />
            </div>
            <Row label={t('events.multiplier')} help={t('events.multiplierHelp')}>
              <ExactNumber
                size="xs"
                aria-label={label(t('events.multiplier'))}
                value={event.multiplier}
                min={0}
                max={10_000}
                decimalScale={3}
                prefix="× "
                onChange={(multiplier) => set({ multiplier })}
              />
            </Row>
            <Row label={t('events.probability')} help={t('events.probabilityHelp')}>
              <ExactPercent
                size="xs"
                aria-label={label(t('events.probability'))}
                value={event.probability}
                min={0}
                max={1}
                onChange={(probability) => set({ probability })}
              />
            </Row>
            {plan.drivers.length > 1 && (
              <Row label={t('events.driver')}>
                <NativeSelect
                  size="xs"
                  aria-label={label(t('events.driver'))}
                  value={event.driver ?? ''}
                  data={[
                    { value: '', label: t('events.everyDriver') },
                    ...plan.drivers.map((driver) => ({ value: driver.id, label: driver.name })),
                  ]}
                  onChange={({ currentTarget: { value } }) => {
                    const { driver, ...rest } = event
                    onChange(events.with(index, value === '' ? rest : { ...rest, driver: value }))
                  }}
                />
              </Row>
            )}
          </fieldset>
        )
      })}
      {events.length === 0 && <p className={styles.hint}>{t('events.none')}</p>}
      <Button variant="default" size="compact-xs" onClick={add}>
        {t('events.add')}
      </Button>
    </div>
  )
}
