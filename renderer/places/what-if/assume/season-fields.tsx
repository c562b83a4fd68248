import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Seasonality } from '../../../../shared/model/growth.ts'
import { profileOfWeek } from '../../../../shared/planning/seasonality.ts'
import styles from './assume.module.css'
import { ExactNumber, Row } from './fields.tsx'
import { presetOf, SEASON_PRESETS, type SeasonPreset } from './season-presets.ts'

type Part = keyof Seasonality
const LENGTH = { hourOfDay: 24, dayOfWeek: 7, monthOfYear: 12 } as const satisfies Record<Part, number>

/** How load swings within a day, a week and a year: a preset, and every factor. */
export function SeasonFields(props: { value: Seasonality | undefined; onChange: (value: Seasonality) => void }) {
  const { t } = useTranslation('what-if-assume')
  const { value = {}, onChange } = props
  const preset = presetOf(value)
  const week = profileOfWeek(value)
  const top = Math.max(...week, 1e-9)
  const busiest = Math.max(...week)
  return (
    <>
      <Row label={t('season.preset')}>
        <NativeSelect
          size="xs"
          aria-label={t('season.preset')}
          value={preset ?? 'custom'}
          data={[
            ...Object.keys(SEASON_PRESETS).map((name) => ({
              value: name,
              label: t(`season.presets.${name as SeasonPreset}`),
            })),
            ...(preset === null ? [{ value: 'custom', label: t('season.custom') }] : []),
          ]}
          onChange={({ currentTarget }) => {
            const { hourOfDay, dayOfWeek, ...rest } = value
            onChange({ ...rest, ...SEASON_PRESETS[currentTarget.value as SeasonPreset] })
          }}
        />
      </Row>
      <figure className={styles.bars} aria-label={t('season.chart', { factor: busiest.toFixed(2) })}>
        <svg viewBox="0 0 168 44" preserveAspectRatio="none" aria-hidden="true">
          {Array.from(week, (factor, hour) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the hour is the key
            <rect key={hour} x={hour} width={0.9} y={44 - (44 * factor) / top} height={(44 * factor) / top} />
          ))}
        </svg>
        <span className={styles.axis} aria-hidden="true">
          {Array.from({ length: 7 }, (_, day) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the day is the key
            <span key={day}>{t(`season.days.${day as 0}`)}</span>
          ))}
        </span>
      </figure>
      <p className={styles.hint}>{t('season.peak', { factor: busiest.toFixed(2) })}</p>
      {(Object.keys(LENGTH) as Part[]).map((part) => (
        <Factors
          key={part}
          part={part}
          value={value[part]}
          onChange={(factors) => {
            const next = { ...value, [part]: factors }
            if (factors === undefined) delete next[part]
            onChange(next)
          }}
        />
      ))}
    </>
  )
}

/** Every factor of one kind of season, and what they average. */
function Factors(props: { part: Part; value: number[] | undefined; onChange: (value: number[] | undefined) => void }) {
  const { t } = useTranslation('what-if-assume')
  const { part, onChange } = props
  const flat = Array.from({ length: LENGTH[part] }, () => 1)
  const factors = props.value ?? flat
  const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length
  const nameOf = (index: number): string =>
    part === 'hourOfDay'
      ? `${String(index).padStart(2, '0')}:00`
      : part === 'dayOfWeek'
        ? t(`season.days.${index as 0}`)
        : t(`season.months.${index as 0}`)
  return (
    <details>
      <summary>
        {t(`season.parts.${part}`)}{' '}
        <span className={styles.hint}>
          {props.value === undefined ? t('season.flat') : t('season.mean', { mean: mean.toFixed(2) })}
        </span>
      </summary>
      <div className={styles.factors}>
        {factors.map((factor, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the hour, day or month is the key
          // biome-ignore lint/a11y/noLabelWithoutControl: the field is inside
          <label key={index}>
            {nameOf(index)}
            <ExactNumber
              size="xs"
              aria-label={`${t(`season.parts.${part}`)} ${nameOf(index)}`}
              value={factor}
              min={0}
              max={1000}
              decimalScale={3}
              onChange={(next) => onChange(factors.with(index, next))}
            />
          </label>
        ))}
      </div>
      {part !== 'monthOfYear' && Math.abs(mean - 1) > 0.02 && <p className={styles.hint}>{t('season.notOne')}</p>}
    </details>
  )
}
