import { Button, Progress } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { BackupStatus } from '../../../../shared/model/backup.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { Panel, ProblemNotice, QueryView } from '../../../ui/index.ts'
import styles from '../settings.module.css'
import own from './backup.module.css'
import { BackupList } from './list.tsx'
import { BackupPolicy } from './policy.tsx'
import { moment } from './times.ts'
import { Troubles } from './troubles.tsx'

/** Last backup, next one, those there are, and the way back to each. */
export function BackupsPanel() {
  const { t } = useTranslation('backups')
  const utils = useQueryUtils()
  const status = useQuery(utils.backups.status.queryOptions())
  return (
    <Panel section="backups" title={t('title')} className={styles.wide}>
      <QueryView query={status}>
        {(now) => (
          <div className={own.panel}>
            <Troubles status={now} />
            <State status={now} />
            <BackupList present={now.present} />
          </div>
        )}
      </QueryView>
    </Panel>
  )
}

function State({ status }: { status: BackupStatus }) {
  const { t } = useTranslation('backups')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const [changing, setChanging] = useState(false)
  const make = useMutation({
    mutationFn: () => core.backups.make(),
    onSuccess: ({ bytes }) => {
      notifications.show({ message: t('made', { size: formatQuantity(bytes, 'bytes') }) })
    },
    onSettled: () => queries.invalidateQueries({ queryKey: utils.backups.key() }),
  })
  const { last, nextAt, running, failed } = status
  const busy = make.isPending || running !== null
  return (
    <div className={own.state}>
      <p className={styles.quiet}>{t('intro')}</p>
      <dl className={styles.facts}>
        <dt>{t('last')}</dt>
        <dd>{last === null ? t('never') : `${moment(last.at)} · ${formatQuantity(last.bytes, 'bytes')}`}</dd>
        <dt>{t('next')}</dt>
        <dd>{nextAt === null ? t('nextNever') : last === null && failed === null ? t('nextSoon') : moment(nextAt)}</dd>
        <dt>{t('folder')}</dt>
        <dd>
          <code>{status.folder}</code>
        </dd>
      </dl>
      {failed && !busy && <ProblemNotice problem={failed.problem} />}
      {make.isError && failed === null && <ProblemNotice problem={problemFrom(make.error)} />}
      {running && (
        <div className={own.progress}>
          <Progress
            value={running.total === 0 ? 0 : (100 * running.done) / running.total}
            aria-label={t('running', running)}
          />
          <small className={styles.quiet}>{t('running', running)}</small>
        </div>
      )}
      <div className={styles.row}>
        <Button onClick={() => make.mutate()} loading={busy}>
          {t('now')}
        </Button>
        <Button variant="default" onClick={() => setChanging(true)}>
          {t('change')}
        </Button>
      </div>
      {changing && <BackupPolicy settings={status.settings} onClose={() => setChanging(false)} />}
    </div>
  )
}
