import { useTranslation } from 'react-i18next'
import { formatQuantity, type QuantityUnit } from '../../shared/format/quantity.ts'
import styles from './ui.module.css'

/** A measured value in its unit, or a dash that says so when there is none. */
export function Value({ value, unit }: { value: number | null | undefined; unit: QuantityUnit }) {
  const { t } = useTranslation()
  if (value === null || value === undefined)
    return (
      <span className={styles.value}>
        <span title={t('notMeasured')}>–</span>
      </span>
    )
  return <span className={styles.value}>{formatQuantity(value, unit)}</span>
}
