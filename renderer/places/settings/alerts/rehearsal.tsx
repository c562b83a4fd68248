import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../../../shared/format/duration.ts'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { Rehearsal } from '../../../../shared/model/alert.ts'
import { seriesWords } from '../../../../shared/planning/metric-words.ts'
import { type Threshold, TimeChart } from '../../../charts/index.ts'
import { when } from '../../now/alerts/times.ts'
import styles from './rules.module.css'

const LISTED_MOST = 8

/** What a rule would have done on what is stored: said, drawn and listed, series by series. */
export function RehearsalView(props: { rehearsal: Rehearsal; threshold: number; clear: number | null }) {
  const { t } = useTranslation('alerts')
  const { rehearsal, threshold, clear } = props
  const { from, to, series, times, more } = rehearsal
  if (series.length === 0) return <p className={styles.soft}>{t('rehearsal.nothing')}</p>
  return (
    <div className={styles.rehearsal} role="status">
      <b>{t('rehearsal.times', { count: times, span: formatDuration(to - from) })}</b>
      {series.map((one) => {
        const lines: Threshold[] = [
          { value: threshold, label: t('rehearsal.threshold'), tone: 'bad' },
          ...(clear === null ? [] : [{ value: clear, label: t('rehearsal.clears'), tone: 'soft' as const }]),
        ]
        const silentMs = one.unknown.reduce((sum, gap) => sum + gap.to - gap.from, 0)
        return (
          <div key={`${one.hostId} ${JSON.stringify(one.labels)}`}>
            <TimeChart
              title={t('rehearsal.series', { series: seriesWords(one.metric, one.labels), host: one.hostName })}
              note={[
                one.fired.length === 0 ? t('rehearsal.never') : t('rehearsal.fired', { count: one.fired.length }),
                ...(silentMs > 0 ? [t('rehearsal.notJudged', { duration: formatDuration(silentMs) })] : []),
              ].join(', ')}
              series={[{ name: one.hostName, at: one.at, avg: one.value }]}
              unit={one.unit}
              threshold={lines}
              from={from}
              to={to}
              height={120}
            />
            {one.fired.length > 0 && (
              <ul className={styles.times}>
                {one.fired.slice(-LISTED_MOST).map((fired) => (
                  <li key={fired.from}>
                    {fired.to === null
                      ? t('rehearsal.open', { from: when(fired.from), value: formatQuantity(fired.worst, one.unit) })
                      : t('rehearsal.at', {
                          from: when(fired.from),
                          duration: formatDuration(fired.to - fired.from),
                          value: formatQuantity(fired.worst, one.unit),
                        })}
                  </li>
                ))}
              </ul>
            )}
          </div>
        )
      })}
      {more > 0 && <p className={styles.soft}>{t('rehearsal.more', { count: more })}</p>}
    </div>
  )
}
