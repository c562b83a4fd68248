import { TextInput } from '@mantine/core'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { parseDuration } from '../../../../shared/format/duration.ts'
import styles from './autoscaling.module.css'

interface Common {
  label: string
  help?: string
  /** For programs and screen readers, where the visible label is not enough. */
  accessibleName?: string
}

/** A text that counts as soon as it is right; when it is left wrong it shows what is in use. */
function Draft(
  props: Common & { shown: string; suffix?: string; read: (text: string) => string | null; numeric?: boolean },
) {
  const [typed, setTyped] = useState<string | null>(null)
  const [error, setError] = useState<string | null>(null)
  const suffixId = useId()
  return (
    <TextInput
      size="xs"
      label={props.label}
      description={props.help}
      aria-label={props.accessibleName}
      aria-describedby={props.suffix === undefined ? undefined : suffixId}
      inputMode={props.numeric ? 'decimal' : undefined}
      value={typed ?? props.shown}
      error={error}
      rightSection={
        props.suffix === undefined ? undefined : (
          <span id={suffixId} className={styles.suffix}>
            {props.suffix}
          </span>
        )
      }
      rightSectionWidth={props.suffix === undefined ? undefined : 'max-content'}
      rightSectionPointerEvents="none"
      onChange={(event) => {
        const text = event.currentTarget.value
        setTyped(text)
        setError(props.read(text))
      }}
      onBlur={() => {
        setTyped(null)
        setError(null)
      }}
    />
  )
}

/** A number in bounds; `scale` is what the shown number is divided by, 100 for a ratio that is written in percent. */
export function NumberField(
  props: Common & {
    value: number
    min: number
    max?: number
    scale?: number
    whole?: boolean
    suffix?: string
    onChange: (value: number) => void
  },
) {
  const { t } = useTranslation('autoscaling')
  const { value, min, max = Number.POSITIVE_INFINITY, scale = 1, whole, onChange } = props
  const shown = (one: number): string => {
    const number = Number((one * scale).toPrecision(12))
    return number >= 10_000 ? number.toLocaleString('en', { maximumFractionDigits: 6 }) : String(number)
  }
  return (
    <Draft
      {...props}
      numeric
      shown={shown(value)}
      read={(text) => {
        const number = Number(text.replaceAll(',', '').trim())
        const given = number / scale
        const right = text.trim() !== '' && Number.isFinite(number) && given >= min && given <= max
        if (right && (!whole || Number.isInteger(number))) {
          onChange(given)
          return null
        }
        return Number.isFinite(max)
          ? t('badNumber', { min: shown(min), max: shown(max) })
          : t('badNumberOpen', { min: shown(min) })
      }}
    />
  )
}

/** A duration such as 30s; with `onClear` it may be empty. */
export function DurationField(
  props: Common & { value: string | undefined; onChange: (value: string) => void; onClear?: () => void },
) {
  const { t } = useTranslation('autoscaling')
  return (
    <Draft
      {...props}
      shown={props.value ?? ''}
      read={(text) => {
        if (text.trim() === '' && props.onClear) {
          props.onClear()
          return null
        }
        try {
          parseDuration(text)
        } catch {
          return t('badDuration')
        }
        props.onChange(text.trim())
        return null
      }}
    />
  )
}

/** A time of day in UTC. */
export function ClockField(props: Common & { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation('autoscaling')
  return (
    <Draft
      {...props}
      shown={props.value}
      read={(text) => {
        if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(text.trim())) return t('badClock')
        props.onChange(text.trim())
        return null
      }}
    />
  )
}

export function NameField(props: Common & { value: string; onChange: (value: string) => void }) {
  return (
    <Draft
      {...props}
      shown={props.value}
      read={(text) => {
        if (text.trim() !== '') props.onChange(text)
        return null
      }}
    />
  )
}
