import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostLock } from '../../../shared/model/run.ts'
import { problemFrom, useQueryUtils } from '../../app/core.tsx'
import { ConfirmDialog, Panel, ProblemNotice, Tag } from '../../ui/index.ts'
import styles from './playbooks.module.css'
import { dateTime } from './run-state.ts'

/** Which run holds which server; a lock that nobody holds any more can be broken. */
export function Locks() {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const locks = useQuery(utils.playbooks.locks.queryOptions())
  const [breaking, setBreaking] = useState<HostLock | null>(null)
  if (!locks.data || locks.data.length === 0) return null
  return (
    <Panel title={t('locks.title')}>
      <ul className={styles.plainList}>
        {locks.data.map((lock) => (
          <li key={lock.hostId} className={styles.lockRow}>
            <span>
              {t('locks.held', { host: lock.hostName })}{' '}
              {lock.elsewhere ? lock.runName : <a href={`#/runs/${encodeURIComponent(lock.runId)}`}>{lock.runName}</a>}
            </span>
            <span className={styles.soft}>
              {t('locks.since', { at: dateTime(lock.since), instance: lock.instance })}
            </span>
            {lock.elsewhere && <Tag>{t('locks.elsewhere')}</Tag>}
            {lock.stale && <Tag tone="warn">{t('locks.stale')}</Tag>}
            {lock.stale && (
              <Button variant="default" size="compact-xs" onClick={() => setBreaking(lock)}>
                {t('locks.break')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {breaking && <Break lock={breaking} onClose={() => setBreaking(null)} />}
    </Panel>
  )
}

function Break({ lock, onClose }: { lock: HostLock; onClose: () => void }) {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const act = useMutation(
    utils.playbooks.breakLock.mutationOptions({
      onSuccess: () => {
        void client.invalidateQueries({ queryKey: utils.playbooks.locks.key() })
        onClose()
      },
    }),
  )
  return (
    <ConfirmDialog
      title={t('locks.breakTitle', { host: lock.hostName, run: lock.runName })}
      yes={t('locks.yes')}
      no={t('confirm.no')}
      danger
      busy={act.isPending}
      onNo={onClose}
      onYes={() => act.mutate({ hostId: lock.hostId, reason })}
    >
      <p>{t(lock.elsewhere ? 'locks.breakHelpElsewhere' : 'locks.breakHelp', { host: lock.hostName })}</p>
      <TextInput
        mt="md"
        label={t('locks.reason')}
        description={t('locks.reasonHelp')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {act.isError && <ProblemNotice problem={problemFrom(act.error)} />}
    </ConfirmDialog>
  )
}
