import { SegmentedControl } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { LOG_LEVELS, type LogLevel } from '../../../../shared/model/log.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { ProblemNotice, QueryView } from '../../../ui/index.ts'
import styles from '../settings.module.css'
import own from './diagnostics.module.css'

/** How much the log holds, from the next line on. */
export function LogLevelField() {
  const { t } = useTranslation('diagnostics')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const settings = useQuery(utils.app.settings.queryOptions())
  const save = useMutation({
    mutationFn: (logLevel: LogLevel) => core.app.saveSettings({ logLevel }),
    onSettled: () => queries.invalidateQueries({ queryKey: utils.app.settings.key() }),
  })
  return (
    <div className={own.level}>
      <QueryView query={settings}>
        {({ logLevel }) => (
          <div className={own.levels}>
            <span id="log-level">{t('log.label')}</span>
            <SegmentedControl
              aria-labelledby="log-level"
              size="xs"
              value={save.isPending ? save.variables : logLevel}
              onChange={(value) => save.mutate(LOG_LEVELS.find((one) => one === value) ?? 'info')}
              data={LOG_LEVELS.map((value) => ({ value, label: t(`log.levels.${value}`) }))}
            />
          </div>
        )}
      </QueryView>
      {save.isError && <ProblemNotice problem={problemFrom(save.error)} />}
      <p className={styles.quiet}>{t('log.help')}</p>
    </div>
  )
}
