import { Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatSpan } from '../../../shared/format/duration.ts'
import type { Run } from '../../../shared/model/run.ts'
import { useQueryUtils } from '../../app/core.tsx'
import { QueryView, Tag } from '../../ui/index.ts'
import styles from './playbooks.module.css'
import { dateTime, hostNamesOf, stateOfRun, toneOfRun } from './run-state.ts'

/** From so many runs on, they can be filtered. */
const MANY = 8
const SHOWN = 100

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

const STATES = ['running', 'waiting', 'succeeded', 'failed', 'stopped', 'interrupted'] as const

function Runs({ runs }: { runs: readonly Run[] }) {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const hosts = useQuery(utils.hosts.list.queryOptions())
  const audit = useQuery(utils.playbooks.audit.queryOptions({ input: {} }))
  const [words, setWords] = useState('')
  const [state, setState] = useState<string | null>(null)
  const [all, setAll] = useState(false)
  if (runs.length === 0) return <p className={styles.soft}>{t('history.empty')}</p>
  const named = (run: Run) => hostNamesOf(run, hosts.data ?? [], t('removedHost'))
  const wanted = words.trim().toLowerCase()
  const found = runs.filter(
    (run) =>
      (state === null || stateOfRun(run) === state) &&
      (wanted === '' || `${run.name} ${run.playbookId} ${named(run)} ${run.id}`.toLowerCase().includes(wanted)),
  )
  return (
    <>
      {runs.length >= MANY && (
        <div className={styles.filters}>
          <TextInput
            size="xs"
            aria-label={t('history.filter')}
            placeholder={t('history.filter')}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
          <Select
            size="xs"
            aria-label={t('history.only')}
            placeholder={t('history.all')}
            clearable
            data={STATES.map((value) => ({ value, label: t(`states.${value}`) }))}
            value={state}
            onChange={setState}
          />
        </div>
      )}
      {found.length === 0 ? (
        <p className={styles.soft}>{t('history.none')}</p>
      ) : (
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
            {found.slice(0, all ? undefined : SHOWN).map((run) => (
              <tr key={run.id}>
                <th scope="row">
                  <a href={`#/runs/${encodeURIComponent(run.id)}`}>{run.name}</a>
                </th>
                <td>
                  <span className={styles.tags}>
                    <Tag tone={toneOfRun(stateOfRun(run))}>{t(`states.${stateOfRun(run)}`)}</Tag>
                    {run.rehearsal && <Tag>{t('rehearsal.tag')}</Tag>}
                    {audit.data?.broken.some(({ runId }) => runId === run.id) && (
                      <Tag tone="bad">{t('audit.mark')}</Tag>
                    )}
                  </span>
                </td>
                <td>{named(run)}</td>
                <td>{dateTime(run.createdAt)}</td>
                <td>{run.endedAt === null ? t('history.running') : formatSpan(run.createdAt, run.endedAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {!all && found.length > SHOWN && (
        <button type="button" className={styles.copy} onClick={() => setAll(true)}>
          {t('history.more', { count: found.length - SHOWN })}
        </button>
      )}
    </>
  )
}
