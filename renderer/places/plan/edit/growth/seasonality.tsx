import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Seasonality } from '../../../../../shared/model/growth.ts'
import { presetOf, SEASON_PRESETS, type SeasonPreset } from '../../../what-if/assume/season-presets.ts'
import styles from '../edit.module.css'
import type { MakeEdit } from '../use-plan-editor.ts'
import own from './growth.module.css'
import { FACTORS, Profile } from './profile.tsx'

/** How load swings within a day, a week and a year: a ready shape, and every factor. */
export function SeasonalityFields({ value, edit }: { value: Seasonality | undefined; edit: MakeEdit }) {
  const { t } = useTranslation('planGrowth')
  const preset = presetOf(value)
  return (
    <div className={styles.stack}>
      <p className={own.help}>{t('seasonHelp')}</p>
      <div className={styles.fields}>
        <NativeSelect
          size="xs"
          className={styles.kindField}
          label={t('preset')}
          value={preset ?? ''}
          data={[
            ...(preset === null ? [{ value: '', label: t('ownShape') }] : []),
            ...Object.keys(SEASON_PRESETS).map((name) => ({
              value: name,
              label: t(`presets.${name as SeasonPreset}`),
            })),
          ]}
          onChange={(event) => {
            const chosen = SEASON_PRESETS[event.currentTarget.value as SeasonPreset]
            const { monthOfYear } = value ?? {}
            const next: Seasonality = { ...chosen, ...(monthOfYear ? { monthOfYear } : {}) }
            edit(
              Object.keys(next).length === 0
                ? { op: 'unset', path: ['seasonality'] }
                : { op: 'set', path: ['seasonality'], value: next },
            )
          }}
        />
      </div>
      <div className={own.profiles}>
        {(Object.keys(FACTORS) as (keyof Seasonality)[]).map((part) => (
          <Profile key={part} part={part} value={value?.[part]} edit={edit} />
        ))}
      </div>
    </div>
  )
}
