import { Button, Modal } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { problemFrom, useQueryUtils } from '../../../app/core.tsx'
import { ProblemNotice, QueryView } from '../../../ui/index.ts'
import { useGuide } from '../guide-state.ts'
import styles from '../now.module.css'

/** The samples with their stories; opening one leads to its verdict. */
export function SampleChoice({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('doors')
  const { t: app } = useTranslation('app')
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const guide = useGuide()
  const offers = useQuery(utils.samples.offers.queryOptions())
  const opening = useMutation(
    utils.samples.open.mutationOptions({
      onSuccess: async () => {
        guide.close()
        await queries.invalidateQueries()
        onClose()
      },
    }),
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('samples.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': app('close') }}
    >
      <div className={styles.stack}>
        <p className={styles.soft}>{t('samples.help')}</p>
        {opening.isError && <ProblemNotice problem={problemFrom(opening.error)} />}
        <QueryView query={offers}>
          {(samples) => (
            <ul className={styles.samples}>
              {samples.map((one) => (
                <li key={one.blueprintId}>
                  <div>
                    <b>{one.name}</b>{' '}
                    <span className={styles.small}>{t('samples.servers', { count: one.servers })}</span>
                    <p className={styles.soft}>{one.story}</p>
                  </div>
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={t('samples.openOf', { name: one.name })}
                    loading={opening.isPending && opening.variables.blueprintId === one.blueprintId}
                    disabled={opening.isPending}
                    onClick={() => opening.mutate({ blueprintId: one.blueprintId })}
                  >
                    {t('samples.open')}
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </QueryView>
        <p role="status" className={styles.small}>
          {opening.isPending && t('samples.opening')}
        </p>
      </div>
    </Modal>
  )
}
