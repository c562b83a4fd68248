import { Switch } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { ProblemNotice } from '../../ui/index.ts'
import styles from './settings.module.css'

/** Whether the desktop app shows its state beside the clock and goes on without a window. A browser has no such place. */
export function TrayField() {
  const { t } = useTranslation('settings')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const settings = useQuery(utils.app.settings.queryOptions())
  const save = useMutation({
    mutationFn: (tray: boolean) => core.app.saveSettings({ tray }),
    onSettled: () => queries.invalidateQueries({ queryKey: utils.app.settings.key() }),
  })
  if (window.headroom === undefined || settings.data === undefined) return null
  return (
    <div className={styles.stack}>
      <Switch
        label={t('tray.label')}
        checked={save.isPending ? save.variables : settings.data.tray}
        onChange={({ currentTarget }) => save.mutate(currentTarget.checked)}
      />
      <p className={styles.quiet}>{t('tray.help')}</p>
      {save.isError && <ProblemNotice problem={problemFrom(save.error)} />}
    </div>
  )
}
