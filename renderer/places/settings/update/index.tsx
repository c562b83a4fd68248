import { Button, Switch } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { UpdateStatus } from '../../../../shared/model/update.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { Panel, ProblemNotice, QueryView } from '../../../ui/index.ts'
import { moment } from '../backup/times.ts'
import styles from '../settings.module.css'

/** Whether newer versions are looked for, what that sends, and the one that is there. */
export function UpdatesPanel() {
  const { t } = useTranslation('update')
  const utils = useQueryUtils()
  const status = useQuery(utils.update.status.queryOptions())
  return (
    <Panel section="updates" title={t('title')}>
      <QueryView query={status}>{(now) => <Updates status={now} />}</QueryView>
    </Panel>
  )
}

function Updates({ status }: { status: UpdateStatus }) {
  const { t } = useTranslation('update')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const act = useMutation({
    mutationFn: (what: 'on' | 'off' | 'check' | 'download') =>
      what === 'check' || what === 'download' ? core.update[what]() : core.update.set({ on: what === 'on' }),
    onSettled: () => queries.invalidateQueries({ queryKey: utils.update.key() }),
  })
  const busy = (what: typeof act.variables) => act.isPending && act.variables === what
  if (status.feed === null) {
    return (
      <div className={styles.stack}>
        <Facts status={status} />
        <p className={styles.quiet}>{t('noFeed')}</p>
      </div>
    )
  }
  const problem = act.isError ? problemFrom(act.error) : status.problem
  return (
    <div className={styles.stack}>
      <Switch
        label={t('switch')}
        checked={status.on}
        disabled={busy('on') || busy('off')}
        onChange={({ currentTarget }) => act.mutate(currentTarget.checked ? 'on' : 'off')}
      />
      <p className={styles.quiet}>{t('sent', { host: new URL(status.feed).host })}</p>
      <Facts status={status} />
      {status.on && problem !== null && <ProblemNotice problem={problem} />}
      {status.on && <Found status={status} />}
      {status.on && (
        <div className={styles.row}>
          <Button
            variant="default"
            loading={busy('check')}
            disabled={act.isPending}
            onClick={() => act.mutate('check')}
          >
            {t('check')}
          </Button>
          {status.newer !== null && status.ready?.version !== status.newer.version && (
            <Button loading={busy('download')} disabled={act.isPending} onClick={() => act.mutate('download')}>
              {t('download')}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

function Facts({ status: { current, checkedAt, feed } }: { status: UpdateStatus }) {
  const { t } = useTranslation('update')
  return (
    <dl className={styles.facts}>
      <dt>{t('current')}</dt>
      <dd>{current}</dd>
      {feed !== null && (
        <>
          <dt>{t('checked')}</dt>
          <dd>{checkedAt === null ? t('never') : moment(checkedAt)}</dd>
        </>
      )}
    </dl>
  )
}

function Found({ status: { newer, ready, checkedAt, problem } }: { status: UpdateStatus }) {
  const { t } = useTranslation('update')
  if (ready !== null) {
    if (ready.replaced) return <p>{t('replaced', { version: ready.version })}</p>
    return (
      <div>
        <p>{t('ready', { version: ready.version })}</p>
        <p>
          <code>{ready.path}</code>
        </p>
        <p>{ready.command === null ? t('install') : t('command')}</p>
        {ready.command !== null && (
          <p>
            <code>{ready.command}</code>
          </p>
        )}
      </div>
    )
  }
  if (newer !== null) {
    const named = { version: newer.version, date: moment(newer.publishedAt) }
    return (
      <p>
        {newer.bytes === null
          ? t('newer', named)
          : t('newerSize', { ...named, size: formatQuantity(newer.bytes, 'bytes') })}
      </p>
    )
  }
  return checkedAt !== null && problem === null ? <p>{t('newest')}</p> : null
}
