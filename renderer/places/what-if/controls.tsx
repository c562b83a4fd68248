import { Button, Slider } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { groupMark } from '../../../shared/format/number-marks.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Assumptions, Simulation } from '../../../shared/model/scenario.ts'
import { now } from '../../app/clock.ts'
import { Panel } from '../../ui/index.ts'
import assume from './assume/assume.module.css'
import { CostFields } from './assume/cost-fields.tsx'
import { DriverFields } from './assume/driver-fields.tsx'
import { EventList } from './assume/event-list.tsx'
import { ExactNumber, Field, Section } from './assume/fields.tsx'
import { GrowthFields } from './assume/growth-fields.tsx'
import { PolicyFields } from './assume/policy-fields.tsx'
import { SeasonFields } from './assume/season-fields.tsx'
import { presetOf } from './assume/season-presets.ts'
import { positionOf, primaryDriver, usersAt } from './assumptions.ts'
import { countText } from './reading.ts'
import styles from './what-if.module.css'

/** Everything a scenario assumes: the sliders in sight, each beside a field for the exact value, the rest in sections. */
export function Controls(props: {
  plan: Plan
  value: Assumptions
  simulation: Simulation | null
  money: (minor: number) => string
  onChange: (change: Partial<Assumptions>) => void
  onReset: () => void
}) {
  const { t } = useTranslation('what-if-assume')
  const { plan, value, onChange } = props
  const [start] = useState(now)
  const driver = primaryDriver(plan)
  const present = t('present', { driver: driver.name.toLowerCase() })
  const events = value.events ?? plan.events
  const seasonality = value.seasonality ?? plan.seasonality
  const preset = presetOf(seasonality)
  return (
    <Panel
      title={t('title')}
      className={styles.controls}
      aside={
        <Button variant="subtle" size="compact-xs" onClick={props.onReset}>
          {t('reset')}
        </Button>
      }
    >
      <div className={assume.fields}>
        <Field
          label={present}
          slider={
            <Slider
              thumbLabel={present}
              min={0}
              max={1000}
              label={(position) => countText(usersAt(position))}
              value={positionOf(value.present)}
              onChange={(position) => onChange({ present: usersAt(position) })}
            />
          }
          input={
            <ExactNumber
              aria-label={present}
              value={value.present}
              min={0}
              max={1e9}
              thousandSeparator={groupMark()}
              allowNegative={false}
              onChange={(next) => onChange({ present: next })}
            />
          }
        />
        <GrowthFields
          growth={value.growth}
          present={value.present}
          months={value.months}
          unit={driver.unit}
          onChange={(growth) => onChange({ growth })}
        />
        <Field
          label={t('horizon')}
          slider={
            <Slider
              thumbLabel={t('horizon')}
              min={1}
              max={120}
              value={value.months}
              onChange={(months) => onChange({ months })}
            />
          }
          input={
            <ExactNumber
              aria-label={t('horizon')}
              value={value.months}
              min={1}
              max={120}
              allowDecimal={false}
              suffix={t('months', { count: value.months })}
              onChange={(months) => onChange({ months })}
            />
          }
        />
        <Section title={t('sections.policy')} note={t(`policy.kinds.${value.policy.kind}`)} open>
          <PolicyFields
            plan={plan}
            stage={value.stage ?? plan.stage}
            value={value.policy}
            months={value.months}
            onChange={(policy) => onChange({ policy })}
            onStage={(stage) => onChange({ stage })}
          />
        </Section>
        {plan.drivers.length > 1 && (
          <Section title={t('sections.drivers')} note={t('notes.drivers', { count: plan.drivers.length - 1 })}>
            <DriverFields plan={plan} value={value} onChange={onChange} />
          </Section>
        )}
        <Section
          title={t('sections.season')}
          note={preset === null ? t('season.custom') : t(`season.presets.${preset}`)}
        >
          <SeasonFields value={seasonality} onChange={(next) => onChange({ seasonality: next })} />
        </Section>
        <Section title={t('sections.events')} note={t('notes.events', { count: events.length })}>
          <EventList plan={plan} events={events} start={start} onChange={(next) => onChange({ events: next })} />
        </Section>
        <Section title={t('sections.cost')} note={t('notes.levers', { count: Object.keys(value.levers).length })}>
          <CostFields plan={plan} value={value} simulation={props.simulation} money={props.money} onChange={onChange} />
        </Section>
        <Section
          title={t('sections.simulation')}
          note={t('notes.simulation', { paths: countText(value.paths), seed: value.seed })}
        >
          <div className={assume.pair}>
            <ExactNumber
              label={t('seed')}
              description={t('seedHelp')}
              inputWrapperOrder={['label', 'input', 'description']}
              value={value.seed}
              min={0}
              max={0xffffffff}
              allowDecimal={false}
              onChange={(seed) => onChange({ seed })}
            />
            <ExactNumber
              label={t('paths')}
              value={value.paths}
              min={100}
              max={100_000}
              step={1000}
              thousandSeparator={groupMark()}
              allowDecimal={false}
              onChange={(paths) => onChange({ paths })}
            />
          </div>
        </Section>
      </div>
    </Panel>
  )
}
