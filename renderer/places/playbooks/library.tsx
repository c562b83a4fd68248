import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../../shared/format/duration.ts'
import type { Run } from '../../../shared/model/run.ts'
import { useQueryUtils } from '../../app/core.tsx'
import { EmptyState, PageHeader, Panel, QueryView, Tag } from '../../ui/index.ts'
import styles from './playbooks.module.css'
import { dateTime, hostNamesOf, toneOfRun } from './run-state.ts'

/** All playbooks, and what has been run. */
export function Library() {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const playbooks = useQuery(utils.playbooks.list.queryOptions())
  return (
    <>
      <PageHeader title={t('title')} note={t('note')} />
      <div className={styles.stack}>
        <Panel title={t('library')}>
          <QueryView query={playbooks}>
            {(list) =>
              list.length === 0 ? (
                <EmptyState title={t('empty')}>{t('emptyHelp')}</EmptyState>
              ) : (
                <ul className={styles.library}>
                  {list.map((playbook) => (
                    <li key={playbook.id}>
                      <a href={`#/playbooks/${encodeURIComponent(playbook.id)}`}>{playbook.name}</a>
                      <span className={styles.tags}>
                        {playbook.problem && <Tag tone="bad">{t('broken')}</Tag>}
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
        <Panel title={t('history.title')}>
          <History />
        </Panel>
      </div>
    </>
  )
}

/** Past and present runs, newest first; of one playbook where it is given. */
export function History({ playbookId }: { playbookId?: string }) {
  const utils = useQueryUtils()
  const runs = useQuery(utils.playbooks.runs.queryOptions())
  return (
    <QueryView query={runs}>
      {(all) => <Runs runs={playbookId === undefined ? all : all.filter((run) => run.playbookId === playbookId)} />}
    </QueryView>
  )
}

function Runs({ runs }: { runs: readonly Run[] }) {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const hosts = useQuery(utils.hosts.list.queryOptions())
  if (runs.length === 0) return <p className={styles.soft}>{t('history.empty')}</p>
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t('history.playbook')}</th>
          <th scope="col">{t('history.state')}</th>
          <th scope="col">{t('history.hosts')}</th>
          <th scope="col">{t('history.started')}</th>
          <th scope="col">{t('history.took')}</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <th scope="row">
              <a href={`#/runs/${encodeURIComponent(run.id)}`}>{run.name}</a>
            </th>
            <td>
              <Tag tone={toneOfRun(run.state)}>{t(`states.${run.state}`)}</Tag>
            </td>
            <td>{hostNamesOf(run, hosts.data ?? [], t('removedHost'))}</td>
            <td>{dateTime.format(run.createdAt)}</td>
            <td>{run.endedAt === null ? t('history.running') : formatDuration(run.endedAt - run.createdAt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
