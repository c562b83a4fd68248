import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useQueryUtils } from '../../../app/core.tsx'
import { locale } from '../../../app/words/locale.ts'
import { Panel, ProblemNotice, QueryView } from '../../../ui/index.ts'
import shared from '../settings.module.css'
import { ExportFiles } from './export-files.tsx'
import styles from './prometheus.module.css'
import { PrometheusServerForm } from './server-form.tsx'

/** The workspace's Prometheus: where it is, what it has, and whether everything is read from it; and files for one's own. */
export function PrometheusPanel() {
  const { t } = useTranslation('prometheus')
  const utils = useQueryUtils()
  const settings = useQuery(utils.prometheus.settings.queryOptions())
  return (
    <Panel section="prometheus" title={t('title')} className={shared.wide}>
      <div className={styles.stack}>
        <p className={styles.quiet}>{t('intro')}</p>
        <Reading />
        <QueryView query={settings}>
          {(stored) => <PrometheusServerForm key={JSON.stringify(stored)} stored={stored} />}
        </QueryView>
        <ExportFiles />
      </div>
    </Panel>
  )
}

/** What stands in the way of reading, where everything is read from Prometheus. */
function Reading() {
  const { t } = useTranslation('prometheus')
  const utils = useQueryUtils()
  const status = useQuery({ ...utils.prometheus.status.queryOptions(), refetchInterval: 5000 }).data
  if (status?.engine !== 'prometheus') return null
  if (status.problem === null && status.warnings.length === 0 && status.readAt === null) return null
  return (
    <div className={styles.stack}>
      {status.problem && <ProblemNotice problem={status.problem} />}
      {status.warnings.length > 0 && (
        <div>
          <strong>{t('warnings')}</strong>
          <ul className={styles.left}>
            {status.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </div>
      )}
      {status.readAt !== null && (
        <p className={styles.quiet}>{t('readAt', { time: new Date(status.readAt).toLocaleTimeString(locale()) })}</p>
      )}
    </div>
  )
}
