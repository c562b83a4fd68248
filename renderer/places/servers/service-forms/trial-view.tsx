import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../../../shared/format/duration.ts'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { Labels } from '../../../../shared/model/metric.ts'
import type { ServiceTrial } from '../../../../shared/model/service.ts'
import { seriesWords } from '../../../../shared/planning/metric-words.ts'
import styles from './service-forms.module.css'

/** The form says already which service it is. */
function told({ service: _, ...labels }: Labels): Labels {
  return labels
}

/** What a service answered just now: its values, and word for word what went wrong. */
export function TrialView({ trial }: { trial: ServiceTrial }) {
  const { t } = useTranslation('services')
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Newer browsers give a promise here, which is no clean-up.
    void place.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  return (
    <div ref={place} className={styles.trial} role="status">
      {trial.problems.length > 0 && (
        <>
          <h4>{t('said')}</h4>
          <pre>{trial.problems.join('\n')}</pre>
        </>
      )}
      {trial.values.length > 0 ? (
        <table>
          <thead>
            <tr>
              <th scope="col">
                {t('answered', { duration: formatDuration(Math.max(1, Math.round(trial.durationMs))) })}
              </th>
              <th scope="col">{t('value')}</th>
            </tr>
          </thead>
          <tbody>
            {trial.values.map(({ metric, labels, unit, value }) => (
              <tr key={`${metric}${JSON.stringify(labels)}`}>
                <td>{seriesWords(metric, told(labels))}</td>
                <td>{formatQuantity(value, unit)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        trial.problems.length === 0 && <p className={styles.quiet}>{t('nothing')}</p>
      )}
    </div>
  )
}
