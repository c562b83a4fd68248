import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { Backup, BackupStatus } from '../../../../shared/model/backup.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { ProblemNotice, QueryView } from '../../../ui/index.ts'
import styles from '../settings.module.css'
import own from './backup.module.css'
import { RestoreDialog } from './restore-dialog.tsx'
import { moment } from './times.ts'

const SHOWN_FIRST = 8

export function BackupList({ present }: { present: BackupStatus['present'] }) {
  const { t } = useTranslation('backups')
  const utils = useQueryUtils()
  const backups = useQuery(utils.backups.list.queryOptions())
  const [chosen, setChosen] = useState<Backup | null>(null)
  const [all, setAll] = useState(false)
  return (
    <QueryView query={backups}>
      {(list) =>
        list.length === 0 ? (
          <p className={styles.quiet}>{t('list.empty')}</p>
        ) : (
          <div className={styles.scroll}>
            <table className={`${styles.table} ${own.list}`} aria-label={t('list.label')}>
              <thead>
                <tr>
                  <th scope="col">{t('list.time')}</th>
                  <th scope="col">{t('list.kind')}</th>
                  <th scope="col">{t('list.files')}</th>
                  <th scope="col" className={own.number}>
                    {t('list.size')}
                  </th>
                  <td />
                </tr>
              </thead>
              <tbody>
                {(all ? list : list.slice(0, SHOWN_FIRST)).map((backup) => (
                  <Row key={backup.path} backup={backup} onRestore={() => setChosen(backup)} />
                ))}
              </tbody>
            </table>
            {!all && list.length > SHOWN_FIRST && (
              <Button size="compact-sm" variant="subtle" onClick={() => setAll(true)}>
                {t('list.more', { count: list.length })}
              </Button>
            )}
            {chosen && <RestoreDialog backup={chosen} present={present} onClose={() => setChosen(null)} />}
          </div>
        )
      }
    </QueryView>
  )
}

function Row({ backup, onRestore }: { backup: Backup; onRestore: () => void }) {
  const { t } = useTranslation('backups')
  const core = useCore()
  const time = moment(backup.at)
  const verify = useMutation({
    mutationFn: () => core.backups.verify({ id: backup.id }),
    onSuccess: () => notifications.show({ message: t('list.sound', { time }) }),
  })
  return (
    <tr>
      <td className={own.time}>{time}</td>
      <td>
        {t(`kinds.${backup.kind}`)}
        {!backup.own && backup.files.length > 0 && <small className={styles.quiet}> · {t('list.other')}</small>}
      </td>
      <td>
        {backup.files.map(({ name }) => t(`contents.${name}`)).join(', ')}
        {backup.fault !== null && <span className={own.fault}>{backup.fault}</span>}
        {verify.isError && <ProblemNotice problem={problemFrom(verify.error)} />}
      </td>
      <td className={own.number}>{formatQuantity(backup.bytes, 'bytes')}</td>
      <td className={own.buttons}>
        {backup.fault === null && (
          <>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t('list.verifyLabel', { time })}
              loading={verify.isPending}
              onClick={() => verify.mutate()}
            >
              {t('list.verify')}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t('list.restoreLabel', { time })}
              onClick={onRestore}
            >
              {t('list.restore')}
            </Button>
          </>
        )}
      </td>
    </tr>
  )
}
