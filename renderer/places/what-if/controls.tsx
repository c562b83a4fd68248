import { Button, NumberInput, type NumberInputProps, SegmentedControl, Slider } from '@mantine/core'
import { type ReactNode, useState } from 'react'
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
            <ExactNumber
              aria-label={present}
              value={value.present}
              min={0}
              max={1e9}
              thousandSeparator=","
              allowNegative={false}
              onChange={(present) => onChange({ present })}
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
            <ExactNumber
              aria-label={t('horizon')}
              value={value.months}
              min={1}
              max={120}
              allowDecimal={false}
              suffix={t('horizonUnit', { count: value.months })}
              onChange={(months) => onChange({ months })}
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
              <ExactNumber
                aria-label={t('lead')}
                value={leadMonths}
                min={0}
                max={24}
                allowDecimal={false}
                suffix={t('horizonUnit', { count: leadMonths })}
                onChange={(leadMonths) => onChange({ policy: { kind: 'triggers', leadMonths } })}
              />
            }
          />
        )}
        <div className={styles.pair}>
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
            thousandSeparator=","
            allowDecimal={false}
            onChange={(paths) => onChange({ paths })}
          />
        </div>
      </div>
    </Panel>
  )
}

/**
 * A field for an exact number. What is typed counts at once, kept within the bounds; when the field is left it shows the
 * number in use, so that an empty or half-typed field never stands beside results of another number.
 */
function ExactNumber(
  props: Omit<NumberInputProps, 'value' | 'onChange' | 'min' | 'max'> & {
    value: number
    min: number
    max: number
    onChange: (value: number) => void
  },
) {
  const { value, min, max, onChange, ...rest } = props
  const [typed, setTyped] = useState<number | string | null>(null)
  return (
    <NumberInput
      {...rest}
      min={min}
      max={max}
      clampBehavior="none"
      hideControls
      value={typed ?? value}
      onChange={(next) => {
        setTyped(next)
        if (typeof next === 'number' && Number.isFinite(next)) onChange(Math.max(min, Math.min(max, next)))
      }}
      onBlur={() => setTyped(null)}
    />
  )
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
        <ExactNumber
          aria-label={props.label}
          value={percent}
          min={low * 100}
          max={high * 100}
          suffix="%"
          decimalScale={2}
          onChange={set}
        />
      }
    />
  )
}
