import { useTranslation } from 'react-i18next'
import { ageText, useNow } from '../../app/clock.ts'
import styles from './servers.module.css'

/** How old the newest sample is, counted on while one looks. */
export function SampleAge({ at }: { at: number | null }) {
  const { t } = useTranslation('servers')
  const now = useNow()
  if (at === null) return <span className={styles.quiet}>{t('never')}</span>
  return <span className={styles.quiet}>{t('ago', { age: ageText(at, now) })}</span>
}
