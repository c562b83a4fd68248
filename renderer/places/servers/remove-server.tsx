import { Button, Modal } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../../shared/model/host.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { go } from '../../app/route.ts'
import { ProblemNotice } from '../../ui/index.ts'
import styles from './servers.module.css'

/** Names the server and what is lost; No has the focus. */
export function RemoveServerDialog({ host, onClose }: { host: Host; onClose: () => void }) {
  const { t } = useTranslation('servers')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: () => core.hosts.remove({ hostId: host.id }),
    onSuccess: async () => {
      go('/servers')
      notifications.show({ message: t('remove.done', { name: host.name }) })
      await queries.invalidateQueries({ queryKey: utils.hosts.key() })
      await queries.invalidateQueries({ queryKey: utils.metrics.key() })
    },
  })
  const { name } = host
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('remove.title', { name })}
      withCloseButton={false}
      closeOnClickOutside={false}
    >
      <div className={styles.stack}>
        <p style={{ overflowWrap: 'anywhere' }}>{t('remove.effect', { name, address: host.address })}</p>
        {remove.isError && <ProblemNotice problem={problemFrom(remove.error)} />}
        <div className={styles.dialogActions}>
          <Button onClick={onClose} data-autofocus variant="default">
            {t('remove.no')}
          </Button>
          <Button
            color="var(--bad)"
            variant="outline"
            maw="100%"
            loading={remove.isPending}
            onClick={() => remove.mutate()}
          >
            {t('remove.yes', { name })}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
