import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PlaybookSummary } from '../../../shared/model/run.ts'
import { useQueryUtils } from '../../app/core.tsx'
import { EmptyState, PageHeader, Panel, QueryView, Tag } from '../../ui/index.ts'
import { AuditBar, BrokenJournals } from './audit.tsx'
import { History } from './history.tsx'
import { Locks } from './locks.tsx'
import { hrefOf, NewPlaybook } from './own-actions.tsx'
import styles from './playbooks.module.css'

/** All playbooks, and what has been run. */
export function Library() {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const playbooks = useQuery(utils.playbooks.list.queryOptions())
  const [asked, setAsked] = useState('')
  return (
    <>
      <PageHeader title={t('title')} note={t('note')} actions={<NewPlaybook />} />
      <div className={styles.stack}>
        <BrokenJournals />
        <Locks />
        <Panel
          title={t('library')}
          aside={
            <TextInput
              type="search"
              className={styles.find}
              aria-label={t('find')}
              placeholder={t('find')}
              value={asked}
              onChange={(event) => setAsked(event.currentTarget.value)}
            />
          }
        >
          <QueryView query={playbooks}>
            {(list) =>
              list.length === 0 ? (
                <EmptyState title={t('empty')}>{t('emptyHelp')}</EmptyState>
              ) : found(list, asked).length === 0 ? (
                <p className={styles.soft}>{t('noneFound', { asked })}</p>
              ) : (
                <ul className={styles.library}>
                  {found(list, asked).map((playbook) => (
                    <li key={`${playbook.origin} ${playbook.file ?? playbook.id}`}>
                      <a href={hrefOf(playbook)}>{playbook.name}</a>
                      <span className={styles.tags}>
                        {playbook.problem && <Tag tone="bad">{t('broken')}</Tag>}
                        {playbook.base?.updated && <Tag tone="warn">{t('own.updated')}</Tag>}
                        {playbook.origin === 'workspace' && <Tag>{t('origin.workspace')}</Tag>}
                        <span className={styles.soft}>{t('steps', { count: playbook.stepCount })}</span>
                      </span>
                      <p>{playbook.problem ? playbook.problem.fact : playbook.summary}</p>
                    </li>
                  ))}
                </ul>
              )
            }
          </QueryView>
        </Panel>
        <Panel title={t('history.title')} aside={<AuditBar />}>
          <History />
        </Panel>
      </div>
    </>
  )
}

/** Those whose name, id or summary has every word, in any order. */
function found(list: readonly PlaybookSummary[], asked: string): PlaybookSummary[] {
  const words = asked.toLowerCase().split(/\s+/)
  return ownFirst(list).filter(({ id, name, summary }) => {
    const text = `${name} ${id} ${summary}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** The operator's own stand before those that ship. */
const ownFirst = (list: readonly PlaybookSummary[]): PlaybookSummary[] => [
  ...list.filter(({ origin }) => origin === 'workspace'),
  ...list.filter(({ origin }) => origin === 'shipped'),
]
