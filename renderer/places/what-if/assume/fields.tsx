import { NumberInput, type NumberInputProps, Slider } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { formatQuantity, percentSign } from '../../../../shared/format/quantity.ts'
import styles from './assume.module.css'

/**
 * A field for an exact number. What is typed counts at once, kept within the bounds; when the field is left it shows the
 * number in use, so that an empty or half-typed field never stands beside results of another number.
 */
export function ExactNumber(
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

/** The same for a share or a rate, shown in percent. */
export function ExactPercent(
  props: Omit<NumberInputProps, 'value' | 'onChange' | 'min' | 'max'> & {
    value: number
    min: number
    max: number
    onChange: (value: number) => void
  },
) {
  const { value, min, max, onChange, ...rest } = props
  return (
    <ExactNumber
      {...rest}
      value={Number((value * 100).toFixed(4))}
      min={min * 100}
      max={max * 100}
      suffix={percentSign()}
      decimalScale={2}
      onChange={(percent) => onChange(Number((percent / 100).toFixed(6)))}
    />
  )
}

/** A label over a slider and the field beside it. */
export function Field(props: { label: string; help?: string; slider: ReactNode; input: ReactNode }) {
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

/** A label and a field for an exact value at the right of one row. */
export function Row(props: { label: string; help?: string; children: ReactNode }) {
  return (
    <div className={styles.row}>
      <span className={styles.label}>
        {props.label}
        {props.help !== undefined && <small>{props.help}</small>}
      </span>
      {props.children}
    </div>
  )
}

export function PercentField(props: {
  label: string
  help?: string
  value: number
  slider: [number, number]
  bounds: [number, number]
  onChange: (value: number) => void
}) {
  const [low, high] = props.bounds
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
          label={(value) => formatQuantity(value / 100, 'ratio', { digits: 1 })}
          value={Number((props.value * 100).toFixed(2))}
          onChange={(percent) => props.onChange(Math.max(low, Math.min(high, Number((percent / 100).toFixed(6)))))}
        />
      }
      input={
        <ExactPercent aria-label={props.label} value={props.value} min={low} max={high} onChange={props.onChange} />
      }
    />
  )
}

/**
 * A part of the assumptions that can be folded away; `note` says what it holds while it is folded. Folded, its fields are
 * not drawn: every move of a slider would draw them again.
 */
export function Section(props: { title: string; note?: string; open?: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(props.open ?? false)
  return (
    <details className={styles.section} open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <span className={styles.sectionTitle}>{props.title}</span>
        {props.note !== undefined && <span className={styles.sectionNote}>{props.note}</span>}
      </summary>
      {open && <div className={styles.fields}>{props.children}</div>}
    </details>
  )
}
