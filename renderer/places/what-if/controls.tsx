import { Button, NumberInput, SegmentedControl, Slider } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Assumptions } from '../../../shared/model/scenario.ts'
import { Panel } from '../../ui/index.ts'
import { positionOf, primaryDriver, usersAt } from './assumptions.ts'
import { countText } from './reading.ts'
import styles from './what-if.module.css'

/** The sliders, each beside a field for the exact value. */
export function Controls(props: {
  plan: Plan
  value: Assumptions
  onChange: (change: Partial<Assumptions>) => void
  onReset: () => void
}) {
  const { t } = useTranslation('what-if')
  const { value, onChange } = props
  const driver = primaryDriver(props.plan)
  const present = t('present', { driver: driver.name.toLowerCase() })
  const leadMonths = value.policy.kind === 'triggers' ? value.policy.leadMonths : null
  return (
    <Panel
      title={t('assumptions')}
      className={styles.controls}
      aside={
        <Button variant="subtle" size="compact-xs" onClick={props.onReset}>
          {t('reset')}
        </Button>
      }
    >
      <div className={styles.fields}>
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
            <NumberInput
              aria-label={present}
              value={value.present}
              min={0}
              max={1e9}
              thousandSeparator=","
              allowNegative={false}
              hideControls
              onChange={number((present) => onChange({ present: Math.min(present, 1e9) }))}
            />
          }
        />
        <PercentField
          label={t('growth')}
          help={t('growthHelp')}
          value={value.monthlyRate}
          slider={[-0.1, 0.5]}
          bounds={[-0.5, 2]}
          onChange={(monthlyRate) => onChange({ monthlyRate })}
        />
        <PercentField
          label={t('deviation')}
          help={t('deviationHelp')}
          value={value.deviation}
          slider={[0, 0.3]}
          bounds={[0, 1]}
          onChange={(deviation) => onChange({ deviation })}
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
            <NumberInput
              aria-label={t('horizon')}
              value={value.months}
              min={1}
              max={120}
              allowDecimal={false}
              suffix={t('horizonUnit', { count: value.months })}
              hideControls
              onChange={number((months) => onChange({ months: Math.max(1, Math.min(120, months)) }))}
            />
          }
        />
        <div className={styles.field}>
          <span className={styles.label} id="what-if-policy">
            {t('policy')}
          </span>
          <SegmentedControl
            aria-labelledby="what-if-policy"
            size="xs"
            fullWidth
            value={value.policy.kind}
            data={[
              { value: 'triggers', label: t('policyTriggers') },
              { value: 'stay', label: t('policyStay') },
            ]}
            onChange={(kind) =>
              onChange({ policy: kind === 'stay' ? { kind: 'stay' } : { kind: 'triggers', leadMonths: 1 } })
            }
          />
        </div>
        {leadMonths !== null && (
          <Field
            label={t('lead')}
            help={t('leadHelp')}
            slider={
              <Slider
                thumbLabel={t('lead')}
                min={0}
                max={24}
                value={leadMonths}
                onChange={(months) => onChange({ policy: { kind: 'triggers', leadMonths: months } })}
              />
            }
            input={
              <NumberInput
                aria-label={t('lead')}
                value={leadMonths}
                min={0}
                max={24}
                allowDecimal={false}
                suffix={t('horizonUnit', { count: leadMonths })}
                hideControls
                onChange={number((months) =>
                  onChange({ policy: { kind: 'triggers', leadMonths: Math.max(0, Math.min(24, months)) } }),
                )}
              />
            }
          />
        )}
        <div className={styles.pair}>
          <NumberInput
            label={t('seed')}
            description={t('seedHelp')}
            inputWrapperOrder={['label', 'input', 'description']}
            value={value.seed}
            min={0}
            max={0xffffffff}
            allowDecimal={false}
            hideControls
            onChange={number((seed) => onChange({ seed: Math.min(seed, 0xffffffff) }))}
          />
          <NumberInput
            label={t('paths')}
            value={value.paths}
            min={100}
            max={100_000}
            step={1000}
            thousandSeparator=","
            allowDecimal={false}
            hideControls
            onChange={number((paths) => {
              if (paths >= 100 && paths <= 100_000) onChange({ paths })
            })}
          />
        </div>
      </div>
    </Panel>
  )
}

/** A number field reports text while it is empty or half typed; that changes nothing yet. */
function number(change: (value: number) => void) {
  return (value: number | string) => {
    if (typeof value === 'number' && Number.isFinite(value)) change(value)
  }
}

function Field(props: { label: string; help?: string; slider: ReactNode; input: ReactNode }) {
  return (
    <div className={styles.field}>
      <span className={styles.label}>
        {props.label}
        {props.help !== undefined && <small>{props.help}</small>}
      </span>
      <div className={styles.both}>
        {props.slider}
        {props.input}
      </div>
    </div>
  )
}

function PercentField(props: {
  label: string
  help: string
  value: number
  slider: [number, number]
  bounds: [number, number]
  onChange: (value: number) => void
}) {
  const percent = Number((props.value * 100).toFixed(2))
  const [low, high] = props.bounds
  const set = (value: number) => props.onChange(Math.max(low, Math.min(high, Number((value / 100).toFixed(6)))))
  return (
    <Field
      label={props.label}
      help={props.help}
      slider={
        <Slider
          thumbLabel={props.label}
          min={props.slider[0] * 100}
          max={props.slider[1] * 100}
          step={0.5}
          label={(value) => `${value}%`}
          value={percent}
          onChange={set}
        />
      }
      input={
        <NumberInput
          aria-label={props.label}
          value={percent}
          min={low * 100}
          max={high * 100}
          suffix="%"
          decimalScale={2}
          hideControls
          onChange={number(set)}
        />
      }
    />
  )
}
