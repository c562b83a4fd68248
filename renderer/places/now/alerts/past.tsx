import { useTranslation } from 'react-i18next'
import { evidenceHref } from '../../../../shared/alerts/alert-words.ts'
import { formatHeld } from '../../../../shared/format/duration.ts'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { Alert } from '../../../../shared/model/alert.ts'
import { seriesWords } from '../../../../shared/planning/metric-words.ts'
import { now } from '../../../app/clock.ts'
import { Folded, Tag } from '../../../ui/index.ts'
import { SEVERITY_TONE } from './alert-item.tsx'
import styles from './alerts.module.css'
import { when } from './times.ts'

const SHOWN_MOST = 12

/** What cleared or ended, the newest first, each with its evidence. */
export function PastAlerts({ past, wanted }: { past: readonly Alert[]; wanted: string | null }) {
  const { t } = useTranslation('alerts')
  if (past.length === 0) return null
  return (
    <Folded
      className={styles.past}
      open={past.some(({ id }) => id === wanted)}
      summary={`${t('history')} (${past.length})`}
    >
      {() => (
        <table className={styles.table}>
          <tbody>
            {past.map((alert) => (
              <tr key={alert.id} data-wanted={alert.id === wanted || undefined}>
                <td>
                  <Tag tone={SEVERITY_TONE[alert.severity]}>{t(`severities.${alert.severity}`)}</Tag>
                </td>
                <td>
                  <a href={evidenceHref(alert, now())}>
                    {t('heading', { series: seriesWords(alert.metric, alert.labels), host: alert.hostName })}
                  </a>
                  <small>
                    {alert.condition} · {t('worst', { value: formatQuantity(alert.evidence.worst, alert.unit) })}
                    {alert.ended !== null && ` · ${t('ended', { why: alert.ended })}`}
                  </small>
                </td>
                <td className={styles.right}>
                  {t('cleared', {
                    from: when(alert.firedAt),
                    duration: formatHeld((alert.clearedAt ?? alert.firedAt) - alert.firedAt),
                  })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Folded>
  )
}

interface Unknown {
  ruleId: string
  hostId: string
  hostName: string
  series: string
  since: number
}

/** Series whose data stopped: what watches them can neither fire nor clear. */
export function UnknownSeries({ unknown }: { unknown: readonly Unknown[] }) {
  const { t } = useTranslation('alerts')
  const series = new Map(unknown.map((one) => [`${one.hostId} ${one.series}`, one]))
  if (series.size === 0) return null
  const shown = [...series.values()].slice(0, SHOWN_MOST)
  return (
    <details className={styles.past}>
      <summary>{t('unknown', { count: series.size })}</summary>
      <ul className={styles.plain}>
        {shown.map((one) => (
          <li key={`${one.hostId} ${one.series}`}>
            <a href={`#/servers/${encodeURIComponent(one.hostId)}`}>
              {t('heading', { series: one.series, host: one.hostName })}
            </a>
            {', '}
            {t('unknownSince', { at: when(one.since, now()) })}
          </li>
        ))}
        {series.size > shown.length && (
          <li className={styles.soft}>{t('moreUnknown', { count: series.size - shown.length })}</li>
        )}
      </ul>
    </details>
  )
}
