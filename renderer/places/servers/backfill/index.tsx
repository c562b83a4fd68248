import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { BackfillOffer } from '../../../../shared/model/backfill.ts'
import type { Host } from '../../../../shared/model/host.ts'
import { problemFrom } from '../../../app/core.tsx'
import { locale } from '../../../app/words/locale.ts'
import { Panel, ProblemNotice } from '../../../ui/index.ts'
import styles from './backfill.module.css'
import { FileForm } from './file-form.tsx'
import { Job } from './job.tsx'
import { PrometheusForm } from './prometheus-form.tsx'
import { useHistory } from './use-history.ts'

const JOBS_SHOWN = 3

/** What is known of a server's past, what there is to be had, and how taking it in goes. */
export function HistoryPanel({ host }: { host: Host }) {
  const { t } = useTranslation('backfill')
  const [form, setForm] = useState<'prometheus' | 'file' | null>(null)
  const { jobs, running, offer, start, refresh } = useHistory(host, () => setForm(null))
  const toggle = (which: 'prometheus' | 'file') => setForm(form === which ? null : which)
  return (
    <Panel title={t('title')}>
      <div className={styles.stack}>
        <p className={styles.quiet}>
          {t('intro')}{' '}
          {offer.data &&
            (offer.data.measuredFrom === null
              ? t('measuredNever')
              : t('measuredFrom', { time: new Date(offer.data.measuredFrom).toLocaleString(locale()) }))}
        </p>
        {offer.isFetching && !offer.data && <p className={styles.quiet}>{t('looking')}</p>}
        {offer.isError && !running && (
          <ProblemNotice problem={problemFrom(offer.error)} onRetry={() => offer.refetch()} />
        )}
        {offer.data && !running && (
          <Sysstat offer={offer.data} busy={start.isPending} onTake={() => start.mutate({ kind: 'sysstat' })} />
        )}
        {start.isError && <ProblemNotice problem={problemFrom(start.error)} />}
        <div className={styles.row}>
          {offer.data?.prometheus === false ? (
            <Button component="a" href="#/settings" size="compact-sm" variant="default">
              {t('prometheusUnset')}
            </Button>
          ) : (
            <Button
              size="compact-sm"
              variant="default"
              disabled={running}
              aria-expanded={form === 'prometheus'}
              onClick={() => toggle('prometheus')}
            >
              {t('prometheus')}
            </Button>
          )}
          <Button size="compact-sm" variant="default" aria-expanded={form === 'file'} onClick={() => toggle('file')}>
            {t('file')}
          </Button>
        </div>
        {form === 'prometheus' && <PrometheusForm busy={start.isPending} onStart={(source) => start.mutate(source)} />}
        {form === 'file' && <FileForm host={host} onDone={() => setForm(null)} />}
        {jobs.slice(0, JOBS_SHOWN).map((job) => (
          <Job key={job.id} job={job} canResume={!running} onChanged={refresh} />
        ))}
      </div>
    </Panel>
  )
}

/** One click where there is a past; a quiet line where there is none. */
function Sysstat(props: { offer: BackfillOffer; busy: boolean; onTake: () => void }) {
  const { t } = useTranslation('backfill')
  const { sysstat, why, taken } = props.offer
  if (sysstat === null) return <p className={styles.quiet}>{why === null ? t('none') : t('noneWhy', { why })}</p>
  const about = t('offer', {
    count: sysstat.archives,
    size: formatQuantity(sysstat.bytes, 'bytes'),
    folder: sysstat.folder,
    version: sysstat.version ?? '?',
  })
  if (taken)
    return (
      <div className={styles.row}>
        <span className={styles.quiet}>{t('taken')}</span>
        <Button size="compact-sm" variant="subtle" loading={props.busy} onClick={props.onTake}>
          {t('takeAgain')}
        </Button>
      </div>
    )
  return (
    <div className={styles.offer}>
      <div>
        <strong>{t('offerTitle')}</strong>
        <p className={styles.quiet}>{about}</p>
      </div>
      <Button size="compact-md" loading={props.busy} onClick={props.onTake}>
        {t('take')}
      </Button>
      <small className={styles.quiet}>{t('rule')}</small>
    </div>
  )
}
