import { Button, Progress } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../../../shared/format/duration.ts'
import { formatLocale } from '../../../../shared/format/locale.ts'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { BackfillJob } from '../../../../shared/model/backfill.ts'
import { problemFrom, useCore } from '../../../app/core.tsx'
import { locale } from '../../../app/words/locale.ts'
import { ProblemNotice, Tag, type Tone } from '../../../ui/index.ts'
import styles from './backfill.module.css'

const TONES: Readonly<Record<BackfillJob['state'], Tone>> = {
  running: 'neutral',
  done: 'good',
  cancelled: 'neutral',
  failed: 'bad',
  interrupted: 'warn',
}

/** One taking-in of history: how it goes, or what came of it. */
export function Job({ job, canResume, onChanged }: { job: BackfillJob; canResume: boolean; onChanged: () => void }) {
  const { t } = useTranslation('backfill')
  const core = useCore()
  const cancel = useMutation({ mutationFn: () => core.backfill.cancel({ jobId: job.id }), onSettled: onChanged })
  const resume = useMutation({ mutationFn: () => core.backfill.resume({ jobId: job.id }), onSettled: onChanged })
  const running = job.state === 'running'
  const { done, total } = job.parts
  const count = (value: number) => value.toLocaleString(formatLocale())
  return (
    <div className={styles.job}>
      <div className={styles.jobHead}>
        <strong>{t(`sources.${job.source.kind}`)}</strong>
        <Tag tone={TONES[job.state]}>{t(`state.${job.state}`)}</Tag>
        <time dateTime={new Date(job.startedAt).toISOString()}>{new Date(job.startedAt).toLocaleString(locale())}</time>
      </div>
      {running && (
        <Progress
          value={total === 0 ? 0 : (100 * done) / total}
          aria-label={t('progress', { done, total })}
          size="sm"
          animated
        />
      )}
      <div className={styles.figures} role={running ? 'status' : undefined}>
        <span>
          {total === 0 && running ? t('starting') : t('progress', { done: count(done), total: count(total) })}
        </span>
        <span>{t('samples', { count: job.samples.stored, stored: count(job.samples.stored) })}</span>
        {job.samples.dropped > 0 && <span>{t('known', { dropped: count(job.samples.dropped) })}</span>}
        {job.bytes.total !== null && running && (
          <span>
            {t('size', {
              done: formatQuantity(job.bytes.done, 'bytes'),
              total: formatQuantity(job.bytes.total, 'bytes'),
            })}
          </span>
        )}
        {job.leftMs !== null && running && <span>{t('left', { duration: formatDuration(job.leftMs) })}</span>}
        {job.from !== null && job.to !== null && (
          <span>
            {t('span', {
              from: new Date(job.from).toLocaleDateString(locale()),
              to: new Date(job.to).toLocaleDateString(locale()),
            })}
          </span>
        )}
      </div>
      {job.problem && <ProblemNotice problem={job.problem} />}
      {cancel.isError && <ProblemNotice problem={problemFrom(cancel.error)} />}
      {resume.isError && <ProblemNotice problem={problemFrom(resume.error)} />}
      {job.notes.length > 0 && (
        <details className={styles.notes}>
          <summary>{t('notes', { count: job.notes.length })}</summary>
          <ul>
            {[...new Set(job.notes)].map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
      <div className={styles.row}>
        {running && (
          <Button size="compact-sm" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('cancel')}
          </Button>
        )}
        {!running && job.state !== 'done' && (
          <Button
            size="compact-sm"
            variant="default"
            disabled={!canResume}
            loading={resume.isPending}
            onClick={() => resume.mutate()}
          >
            {t('resume')}
          </Button>
        )}
      </div>
    </div>
  )
}
