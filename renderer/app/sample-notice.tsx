import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog, ProblemNotice } from '../ui/index.ts'
import { problemFrom, useQueryUtils } from './core.tsx'
import styles from './frame.module.css'
import { go } from './route.ts'

/** One line above every place while a sample is open, so that nobody takes its figures for measured ones. */
export function SampleNotice() {
  const { t } = useTranslation('doors')
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const { data } = useQuery(utils.samples.opened.queryOptions())
  const [asking, setAsking] = useState(false)
  const removing = useMutation(
    utils.samples.remove.mutationOptions({
      onSuccess: async () => {
        setAsking(false)
        notifications.show({ message: t('banner.removed') })
        go('/now')
        await queries.invalidateQueries()
      },
    }),
  )
  if (!data) return null
  return (
    <div className={styles.banner} data-state="sample">
      <span>{t('banner.text', { count: data.servers })}</span>
      <button type="button" className={styles.bannerAction} onClick={() => setAsking(true)}>
        {t('banner.remove')}
      </button>
      {asking && (
        <ConfirmDialog
          title={t('banner.ask')}
          yes={t('banner.yes')}
          no={t('banner.no')}
          busy={removing.isPending}
          onNo={() => setAsking(false)}
          onYes={() => removing.mutate({})}
        >
          <p>{t('banner.effect')}</p>
          {removing.isError && <ProblemNotice problem={problemFrom(removing.error)} />}
        </ConfirmDialog>
      )}
    </div>
  )
}
