import { Loader } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { problemFrom } from '../app/core.tsx'
import { ProblemNotice } from './problem-notice.tsx'
import styles from './ui.module.css'

export function Loading({ label }: { label?: string }) {
  const { t } = useTranslation()
  return (
    <div className={styles.loading} role="status">
      <Loader size={16} aria-hidden="true" />
      {label ?? t('loading')}
    </div>
  )
}

/**
 * Draws a query's data, or that it is loading, or why it failed. Data that was read before stays on screen under a
 * failure, with the failure above it.
 */
export function QueryView<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined)
    return (
      <>
        {query.isError && <ProblemNotice problem={problemFrom(query.error)} onRetry={() => void query.refetch()} />}
        {children(query.data)}
      </>
    )
  if (query.isError) return <ProblemNotice problem={problemFrom(query.error)} onRetry={() => void query.refetch()} />
  return <Loading />
}
