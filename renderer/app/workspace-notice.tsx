import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useQueryUtils } from './core.tsx'
import styles from './frame.module.css'

/** One line above every place while something is wrong with the workspace's files; Settings tells the rest. */
export function WorkspaceNotice() {
  const { t } = useTranslation('backups')
  const utils = useQueryUtils()
  const { data } = useQuery(utils.backups.status.queryOptions())
  const trouble = data?.troubles.find(({ kind }) => kind !== 'restored')
  return (
    <div role="status" aria-live="polite">
      {trouble && (
        <div className={styles.banner} data-state="trouble">
          <span>{trouble.problem.fact}</span>
          <a href="#/settings" className={styles.bannerLink}>
            {t('trouble.open')}
          </a>
        </div>
      )}
    </div>
  )
}
