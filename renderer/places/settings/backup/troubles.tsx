import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { BackupStatus } from '../../../../shared/model/backup.ts'
import { useCore, useQueryUtils } from '../../../app/core.tsx'
import { ProblemNotice } from '../../../ui/index.ts'
import own from './backup.module.css'

/** What happened to the files, until it is dismissed; what lasts, such as a full disk, comes back by itself. */
export function Troubles({ status }: { status: BackupStatus }) {
  const { t } = useTranslation('backups')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const dismiss = useMutation({
    mutationFn: () => core.backups.dismiss(),
    onSuccess: () => queries.invalidateQueries({ queryKey: utils.backups.key() }),
  })
  if (status.troubles.length === 0) return null
  return (
    <section className={own.troubles} aria-label={t('trouble.title')}>
      {status.troubles.map(({ kind, problem }) =>
        kind === 'restored' ? (
          <div key={kind} className={own.restored} role="status">
            <p>{problem.fact}</p>
            <p>{problem.fix}</p>
          </div>
        ) : (
          <ProblemNotice key={kind} problem={problem} />
        ),
      )}
      <div>
        <Button size="compact-sm" variant="default" loading={dismiss.isPending} onClick={() => dismiss.mutate()}>
          {t('trouble.dismiss')}
        </Button>
      </div>
    </section>
  )
}
