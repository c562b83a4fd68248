import { useTranslation } from 'react-i18next'
import { formatDuration, parseDuration } from '../../../shared/format/duration.ts'
import { formatQuantity } from '../../../shared/format/quantity.ts'
import type { Limit, Stage } from '../../../shared/model/stage.ts'
import { unitOfMetric } from '../../../shared/planning/metric-words.ts'
import styles from './plan.module.css'
import { PlaybookLink } from './playbook-link.tsx'

/** What is watched on a stage, from which value it warns, and what to do then. */
export function LimitTable({ stage }: { stage: Stage }) {
  const { t } = useTranslation('plan')
  if (stage.limits.length === 0) return <p className={styles.soft}>{t('limits.none')}</p>
  const level = (limit: Limit, value: number | undefined) => {
    if (value === undefined) return '–'
    const unit = unitOfMetric(limit.metric)
    const text = `${limit.op} ${formatQuantity(value, unit)}`
    if (limit.of === undefined) return text
    return unit === 'ratio'
      ? `${text} (${t('limits.of', { value: formatQuantity(value * limit.of, 'count'), of: limit.of })})`
      : t('limits.of', { value: text, of: limit.of })
  }
  return (
    <table className={styles.table} data-left data-limits>
      <thead>
        <tr>
          <th scope="col">{t('limits.name')}</th>
          <th scope="col">{t('limits.warning')}</th>
          <th scope="col">{t('limits.critical')}</th>
          <th scope="col">{t('limits.for')}</th>
          <th scope="col">{t('limits.action')}</th>
        </tr>
      </thead>
      <tbody>
        {stage.limits.map((limit) => (
          <tr key={limit.id}>
            <th scope="row">{limit.name}</th>
            <td>{level(limit, limit.warning)}</td>
            <td>{level(limit, limit.critical)}</td>
            <td>{formatDuration(parseDuration(limit.for))}</td>
            <td>
              {limit.action}
              {limit.playbook !== undefined && (
                <>
                  {' '}
                  <PlaybookLink id={limit.playbook} />
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
