import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { problemFrom, useCore } from '../app/core.tsx'
import { Loading, ProblemNotice } from '../ui/index.ts'
import styles from './report.module.css'
import { Sheet } from './sheet.tsx'
import { makeReport, type ReportSubject, type Shown, type Wish } from './subject.ts'

/** Lines of a table of costs that are enough to see what it is. */
const LINES = 60

/** What would be saved: a PDF as a sheet, a text as it is. */
export function Preview({ subject, wish }: { subject: ReportSubject; wish: Wish }) {
  const { t } = useTranslation('report')
  const core = useCore()
  const shown: Shown = wish.format === 'pdf' ? { ...wish, format: 'document' } : wish
  const query = useQuery({
    queryKey: ['report-preview', subject, shown],
    queryFn: ({ signal }) => makeReport(core, subject, shown, signal),
    placeholderData: keepPreviousData,
    gcTime: 0,
  })
  const text = query.data?.text ?? ''
  const lines = text.split('\n')
  const cut = wish.format === 'focus' && lines.length > LINES
  return (
    <section className={styles.preview} aria-label={t('preview')} aria-busy={query.isFetching}>
      <div className={styles.previewHead}>
        <span className={styles.label}>{t('preview')}</span>
        <span className={styles.help}>
          {query.isFetching
            ? t('making')
            : wish.format === 'pdf'
              ? t('previewPdf')
              : cut
                ? t('previewLines', { count: LINES })
                : ''}
        </span>
      </div>
      {query.isError ? (
        <ProblemNotice problem={problemFrom(query.error)} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Loading />
      ) : (
        <>
          <div className={styles.shown} style={{ opacity: query.isPlaceholderData ? 0.5 : 1 }}>
            {query.data.document ? (
              <Sheet report={query.data.document} />
            ) : (
              <textarea
                readOnly
                wrap="off"
                spellCheck={false}
                className={styles.text}
                aria-label={t('previewText')}
                value={cut ? lines.slice(0, LINES).join('\n') : text}
              />
            )}
          </div>
          {query.data.notes.map((note) => (
            <p key={note} className={styles.help}>
              {note}
            </p>
          ))}
        </>
      )}
    </section>
  )
}
