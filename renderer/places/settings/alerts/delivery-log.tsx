import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { now } from '../../../app/clock.ts'
import { useQueryUtils } from '../../../app/core.tsx'
import { QueryView, Tag, type Tone } from '../../../ui/index.ts'
import { when } from '../../now/alerts/times.ts'
import styles from './rules.module.css'

export const TONE: Readonly<Record<'waiting' | 'sent' | 'failed', Tone>> = {
  waiting: 'warn',
  sent: 'good',
  failed: 'bad',
}

/** What was sent to webhooks, and what is still on its way and why. */
export function DeliveryLog({ names }: { names: ReadonlyMap<string, string> }) {
  const { t } = useTranslation('alerts')
  const utils = useQueryUtils()
  const log = useQuery(utils.alerts.deliveries.queryOptions())
  return (
    <details className={styles.log}>
      <summary>{t('told.log')}</summary>
      <QueryView query={log}>
        {(all) =>
          all.length === 0 ? (
            <p className={styles.soft}>{t('told.logNone')}</p>
          ) : (
            <table className={styles.rules}>
              <thead>
                <tr>
                  <th>{t('told.logColumns.at')}</th>
                  <th>{t('told.logColumns.to')}</th>
                  <th>{t('told.logColumns.title')}</th>
                  <th>{t('told.logColumns.state')}</th>
                </tr>
              </thead>
              <tbody>
                {all.map((one) => (
                  <tr key={one.id}>
                    <td className={styles.state}>{when(one.at, now())}</td>
                    <td>{names.get(one.webhook) ?? t('told.gone')}</td>
                    <td>
                      {one.title}
                      {one.error !== null && <small>{one.error}</small>}
                    </td>
                    <td className={styles.state}>
                      <Tag tone={TONE[one.state]}>{t(`told.states.${one.state}`)}</Tag>
                      <small>
                        {t('told.attempts', { count: one.attempts })}
                        {one.nextAt !== null && `, ${t('told.next', { at: when(one.nextAt, now()) })}`}
                      </small>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </QueryView>
    </details>
  )
}
