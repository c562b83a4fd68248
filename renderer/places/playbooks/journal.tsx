import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Run } from '../../../shared/model/run.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { locale } from '../../app/words/locale.ts'
import { saveFile } from '../../charts/index.ts'
import { Panel, ProblemNotice, QueryView, Tag } from '../../ui/index.ts'
import styles from './playbooks.module.css'

const clock = (at: number) =>
  new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at)

/** The append-only record of a run, whether its chain still holds, and its export. */
export function Journal({ run }: { run: Run }) {
  const { t } = useTranslation('playbooks')
  const core = useCore()
  const utils = useQueryUtils()
  const query = useQuery(utils.playbooks.journal.queryOptions({ input: { runId: run.id } }))
  const save = useMutation({
    mutationFn: (format: 'markdown' | 'json') => core.playbooks.exportJournal({ runId: run.id, format }),
    onSuccess: (file) =>
      saveFile(file.fileName, file.text, file.fileName.endsWith('json') ? 'application/json' : 'text/markdown'),
  })
  return (
    <Panel
      title={t('journal.title')}
      aside={
        <span className={styles.outputTools}>
          {query.data &&
            (query.data.intact ? (
              <Tag tone="good">{t('journal.intact')}</Tag>
            ) : (
              <Tag tone="bad">{t('journal.broken', { seq: query.data.brokenAt ?? '?' })}</Tag>
            ))}
          <Button variant="default" size="compact-xs" onClick={() => save.mutate('markdown')}>
            {t('journal.exportMarkdown')}
          </Button>
          <Button variant="default" size="compact-xs" onClick={() => save.mutate('json')}>
            {t('journal.exportJson')}
          </Button>
        </span>
      }
    >
      {save.isError && <ProblemNotice problem={problemFrom(save.error)} />}
      <QueryView query={query}>
        {({ entries, intact }) => (
          <>
            {!intact && <p className={styles.mind}>{t('journal.brokenHelp')}</p>}
            {entries.length === 0 ? (
              <p className={styles.soft}>{t('journal.empty')}</p>
            ) : (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
              <section className={styles.journal} tabIndex={0} aria-label={t('journal.entries')}>
                <ol>
                  {entries.map((entry) => (
                    <li key={entry.seq}>
                      <time dateTime={new Date(entry.at).toISOString()}>{clock(entry.at)}</time>
                      <span>{entry.kind}</span>
                      <span className={styles.entryText}>{entry.text}</span>
                      <code title={entry.hash}>{entry.hash.slice(0, 8)}</code>
                    </li>
                  ))}
                </ol>
              </section>
            )}
          </>
        )}
      </QueryView>
    </Panel>
  )
}
