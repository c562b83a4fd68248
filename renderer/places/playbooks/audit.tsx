import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { saveFile } from '../../charts/index.ts'
import { Panel, ProblemNotice } from '../../ui/index.ts'
import styles from './playbooks.module.css'
import { dateTime } from './run-state.ts'

/** Runs whose journal is not what was written; nothing where all are whole. */
export function BrokenJournals() {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const audit = useQuery(utils.playbooks.audit.queryOptions({ input: {} }))
  if (!audit.data || audit.data.broken.length === 0) return null
  return (
    <Panel title={t('audit.broken')}>
      <ul className={styles.plainList}>
        {audit.data.broken.map(({ runId, name, createdAt, fact }) => (
          <li key={runId}>
            <a href={`#/runs/${encodeURIComponent(runId)}`}>{name}</a>{' '}
            <span className={styles.soft}>{dateTime(createdAt)}</span>
            <p>{fact}</p>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** Whether the journals are whole, and all of them as one document. */
export function AuditBar() {
  const { t } = useTranslation('playbooks')
  const core = useCore()
  const utils = useQueryUtils()
  const client = useQueryClient()
  const audit = useQuery(utils.playbooks.audit.queryOptions({ input: {} }))
  const verify = useMutation({
    mutationFn: () => core.playbooks.audit({ now: true }),
    onSuccess: () => client.invalidateQueries({ queryKey: utils.playbooks.audit.key() }),
  })
  const save = useMutation({
    mutationFn: (format: 'markdown' | 'json') => core.playbooks.exportAudit({ format }),
    onSuccess: (file) =>
      saveFile(file.fileName, file.text, file.fileName.endsWith('json') ? 'application/json' : 'text/markdown'),
  })
  if (!audit.data || audit.data.runs === 0) return null
  const error = verify.error ?? save.error
  return (
    <span className={styles.outputTools}>
      {audit.data.broken.length === 0 && (
        <span className={styles.small}>{t('audit.whole', { count: audit.data.runs })}</span>
      )}
      <Button variant="default" size="compact-xs" loading={verify.isPending} onClick={() => verify.mutate()}>
        {t('audit.verify')}
      </Button>
      <Button variant="default" size="compact-xs" loading={save.isPending} onClick={() => save.mutate('json')}>
        {t('audit.export')}
      </Button>
      {error !== null && <ProblemNotice problem={problemFrom(error)} />}
    </span>
  )
}
