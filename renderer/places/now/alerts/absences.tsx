import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { Absence } from '../../../../shared/model/alert.ts'
import styles from './alerts.module.css'
import { when } from './times.ts'

/** Times in which nothing was judged, and what they held by what was brought in since. */
export function Absences({ absences }: { absences: readonly Absence[] }) {
  const { t } = useTranslation('alerts')
  return absences.map((absence) => {
    const { from, to, why, missed, judged, unjudged } = absence
    const names = unjudged.map(({ name }) => name).join(', ')
    return (
      <div key={from} className={styles.absence}>
        <p>
          {t('absence.line', { why: t(`absence.${why}`), from: when(from), to: when(to, from) })}{' '}
          {unjudged.length > 0 && (
            <span title={names}>
              {t(judged === 0 ? 'absence.unjudged' : 'absence.some', { count: unjudged.length })}
            </span>
          )}
          {judged > 0 && missed.length === 0 && ` ${t('absence.calm')}`}
        </p>
        {missed.length > 0 && (
          <ul>
            {missed.map((one) => (
              <li key={`${one.ruleId} ${one.hostId} ${one.series} ${one.from}`}>
                <a
                  href={`#/servers/${encodeURIComponent(one.hostId)}?metric=${encodeURIComponent(one.metric)}&from=${Math.round(one.from - (to - from) / 10)}&to=${Math.round((one.to ?? to) + (to - from) / 10)}`}
                >
                  {t('absence.missed', {
                    name: one.name,
                    series: one.series,
                    host: one.hostName,
                    from: when(one.from, from),
                    to: one.to === null ? t('absence.goOn') : when(one.to, one.from),
                    value: formatQuantity(one.worst, one.unit),
                  })}
                </a>
              </li>
            ))}
          </ul>
        )}
      </div>
    )
  })
}
