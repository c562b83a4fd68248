import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { Backup, BackupStatus } from '../../../../shared/model/backup.ts'
import { problemFrom, useCore } from '../../../app/core.tsx'
import { ConfirmDialog, ProblemNotice } from '../../../ui/index.ts'
import own from './backup.module.css'
import { moment } from './times.ts'

/** Names what is replaced, from when it is, and what it is replaced by. */
export function RestoreDialog(props: { backup: Backup; present: BackupStatus['present']; onClose: () => void }) {
  const { backup, present, onClose } = props
  const { t } = useTranslation('backups')
  const core = useCore()
  const time = moment(backup.at)
  // The engine restarts right after its answer; the banner says so, and when it is back everything is read again.
  const restore = useMutation({ mutationFn: () => core.backups.restore({ id: backup.id }), onSuccess: onClose })
  const what = backup.files.map(({ name }) => t(`contents.${name}`)).join(', ')
  return (
    <ConfirmDialog
      title={t('restore.title', { time })}
      yes={t('restore.yes')}
      no={t('restore.no')}
      danger
      busy={restore.isPending}
      onYes={() => restore.mutate()}
      onNo={onClose}
    >
      <p>{t('restore.replaces', { what })}</p>
      <table className={own.replaced}>
        <thead>
          <tr>
            <td />
            <th scope="col">{t('restore.present')}</th>
            <th scope="col">{t('restore.backup')}</th>
          </tr>
        </thead>
        <tbody>
          {backup.files.map((file) => {
            const now = present.find(({ name }) => name === file.name)
            return (
              <tr key={file.name}>
                <th scope="row">{t(`contents.${file.name}`)}</th>
                <td className={own.number}>
                  {now ? formatQuantity(now.bytes, 'bytes') : '–'}
                  {now && <small>{t('restore.changed', { time: moment(now.changedAt) })}</small>}
                </td>
                <td className={own.number}>
                  {formatQuantity(file.bytes, 'bytes')}
                  <small>{time}</small>
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <p>{t('restore.effect', { time })}</p>
      {restore.isError && <ProblemNotice problem={problemFrom(restore.error)} />}
    </ConfirmDialog>
  )
}
