import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { Host } from '../../../../shared/model/host.ts'
import { problemFrom } from '../../../app/core.tsx'
import { ProblemNotice } from '../../../ui/index.ts'
import styles from './backfill.module.css'
import { Job } from './job.tsx'
import { useHistory } from './use-history.ts'

/** At first contact: one click takes in what sysstat kept of the server. Nothing where there is nothing to take. */
export function HistoryOffer({ host }: { host: Host }) {
  const { t } = useTranslation('backfill')
  const { offer, jobs, start, refresh } = useHistory(host)
  const running = jobs.find((job) => job.state === 'running')
  if (running)
    return (
      <div className={styles.banner}>
        <Job job={running} canResume={false} onChanged={refresh} />
      </div>
    )
  const sysstat = offer.data?.sysstat
  if (!sysstat || offer.data?.taken || jobs.length > 0) return null
  return (
    <div className={styles.banner}>
      <div className={styles.offer}>
        <div className={styles.row}>
          <strong>{t('offerTitle')}</strong>
          <span className={styles.quiet}>
            {t('offer', {
              count: sysstat.archives,
              size: formatQuantity(sysstat.bytes, 'bytes'),
              folder: sysstat.folder,
              version: sysstat.version ?? '?',
            })}
          </span>
          <Button size="compact-md" loading={start.isPending} onClick={() => start.mutate({ kind: 'sysstat' })}>
            {t('take')}
          </Button>
        </div>
        {start.isError && <ProblemNotice problem={problemFrom(start.error)} />}
      </div>
    </div>
  )
}
