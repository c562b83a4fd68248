import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useQueryUtils } from '../../app/core.tsx'
import { Panel, Tag } from '../../ui/index.ts'
import styles from './now.module.css'

/** Says that the journal of a run is not what was written; nothing where all are whole. */
export function BrokenJournals() {
  const { t } = useTranslation('now')
  const utils = useQueryUtils()
  const audit = useQuery(utils.playbooks.audit.queryOptions({ input: {} }))
  const broken = audit.data?.broken ?? []
  if (broken.length === 0) return null
  return (
    <Panel title={t('journals.title')} className={styles.journals}>
      <ul>
        {broken.map(({ runId, name, fact }) => (
          <li key={runId}>
            <Tag tone="bad">{t('journals.broken')}</Tag> <a href={`#/runs/${encodeURIComponent(runId)}`}>{name}</a>:{' '}
            {fact}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
