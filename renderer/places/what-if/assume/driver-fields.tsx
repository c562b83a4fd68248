import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { groupMark } from '../../../../shared/format/number-marks.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Assumptions } from '../../../../shared/model/scenario.ts'
import { primaryDriver } from '../assumptions.ts'
import styles from './assume.module.css'
import { ExactNumber, Row } from './fields.tsx'
import { GrowthFields } from './growth-fields.tsx'

/** The drivers beside the primary one: how much there is of each, and whether it grows by itself. */
export function DriverFields(props: {
  plan: Plan
  value: Assumptions
  onChange: (change: Partial<Assumptions>) => void
}) {
  const { t } = useTranslation('what-if-assume')
  const { plan, value, onChange } = props
  const primary = primaryDriver(plan)
  return (
    <div className={styles.list}>
      {plan.drivers
        .filter((driver) => driver.id !== primary.id)
        .map((driver) => {
          const own = value.drivers?.[driver.id] ?? {}
          const growth = own.growth ?? driver.growth
          const present = own.present ?? driver.present
          const set = (change: NonNullable<Assumptions['drivers']>[string]) =>
            onChange({ drivers: { ...value.drivers, [driver.id]: { ...own, ...change } } })
          return (
            <fieldset key={driver.id} className={styles.card} aria-label={driver.name}>
              <Row label={driver.name} help={driver.unit}>
                <ExactNumber
                  size="xs"
                  aria-label={t('drivers.present', { driver: driver.name })}
                  value={present}
                  min={0}
                  max={1e12}
                  thousandSeparator={groupMark()}
                  onChange={(next) => set({ present: next })}
                />
              </Row>
              {driver.growth === undefined && (
                <NativeSelect
                  size="xs"
                  aria-label={t('drivers.grows', { driver: driver.name })}
                  value={growth === undefined ? 'along' : 'own'}
                  data={[
                    { value: 'along', label: t('drivers.along', { driver: primary.name }) },
                    { value: 'own', label: t('drivers.own') },
                  ]}
                  onChange={({ currentTarget }) =>
                    set({
                      growth:
                        currentTarget.value === 'own'
                          ? { kind: 'exponential', monthlyRate: 0.05, deviation: value.growth.deviation }
                          : undefined,
                    })
                  }
                />
              )}
              {growth !== undefined && (
                <GrowthFields
                  growth={growth}
                  present={present}
                  months={value.months}
                  unit={driver.unit}
                  onChange={(next) => set({ growth: next })}
                />
              )}
            </fieldset>
          )
        })}
      <p className={styles.hint}>{t('drivers.help')}</p>
    </div>
  )
}
