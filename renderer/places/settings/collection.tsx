import { Button, NumberInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../../shared/format/duration.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { Panel, ProblemNotice, QueryView } from '../../ui/index.ts'
import styles from './settings.module.css'

/** How often every server is asked. */
export function Collection() {
  const { t } = useTranslation('settings')
  const utils = useQueryUtils()
  const settings = useQuery(utils.app.settings.queryOptions())
  return (
    <Panel section="measuring" title={t('collection.title')}>
      <QueryView query={settings}>
        {({ collectEveryMs }) => <Interval key={collectEveryMs} stored={collectEveryMs} />}
      </QueryView>
    </Panel>
  )
}

function Interval({ stored }: { stored: number }) {
  const { t } = useTranslation('settings')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const [seconds, setSeconds] = useState<number | string>(stored / 1000)
  const value = Number(seconds)
  const valid = seconds !== '' && value >= 1 && value <= 3600
  const save = useMutation({
    mutationFn: () => core.app.saveSettings({ collectEveryMs: Math.round(value * 1000) }),
    onSuccess: async () => {
      notifications.show({ message: t('collection.saved', { duration: formatDuration(value * 1000) }) })
      await queries.invalidateQueries({ queryKey: utils.app.settings.key() })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (valid) save.mutate()
  }
  return (
    <form onSubmit={submit} className={styles.stack} noValidate>
      <NumberInput
        label={t('collection.label')}
        description={t('collection.help')}
        suffix={` ${t('collection.unit')}`}
        value={seconds}
        onChange={setSeconds}
        error={valid ? undefined : t('collection.range')}
        allowNegative={false}
        hideControls
        w={260}
      />
      {save.isError && <ProblemNotice problem={problemFrom(save.error)} />}
      <Button type="submit" variant="default" disabled={!valid || value * 1000 === stored} loading={save.isPending}>
        {t('collection.save')}
      </Button>
    </form>
  )
}
