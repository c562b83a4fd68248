import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Alert } from '../../../../shared/model/alert.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { useRoute } from '../../../app/route.ts'
import { EmptyState, Folded, Panel, ProblemNotice, QueryView } from '../../../ui/index.ts'
import { Absences } from './absences.tsx'
import { AlertItem } from './alert-item.tsx'
import styles from './alerts.module.css'
import { PastAlerts, UnknownSeries } from './past.tsx'

/** The gravest that are shown at once, so that the ladder and the next actions stay in sight; the rest is folded. */
const SHOWN_FIRST = 3
/** So many of the folded ones are drawn when they are opened, and with each further step. */
const SHOWN_MORE = 50
/** So many servers of the folded ones are named. */
const NAMED_MOST = 4

/** What fires now, what cannot be judged, and what was missed. */
export function AlertsPanel() {
  const { t } = useTranslation('alerts')
  const core = useCore()
  const utils = useQueryUtils()
  const list = useQuery({ ...utils.alerts.list.queryOptions(), refetchInterval: 30_000 })
  const wanted = useRoute().query.get('alert')
  const acknowledge = useMutation({
    mutationFn: (ids: string[]) => core.alerts.acknowledge({ ids, acknowledged: true }),
  })
  const waiting = list.data?.open.filter(({ acknowledgedAt }) => acknowledgedAt === null) ?? []
  return (
    <Panel
      title={t('title')}
      section="alerts"
      aside={
        <span className={styles.aside}>
          {waiting.length > 1 && (
            <Button
              size="compact-xs"
              variant="default"
              loading={acknowledge.isPending}
              onClick={() => acknowledge.mutate(waiting.map(({ id }) => id))}
            >
              {t('acknowledgeAll')}
            </Button>
          )}
          <a href="#/settings">{t('rules')}</a>
        </span>
      }
    >
      <QueryView query={list}>
        {({ open, past, unknown, absences, rules, watching }) => (
          <div className={styles.stack}>
            {acknowledge.isError && <ProblemNotice problem={problemFrom(acknowledge.error)} />}
            {open.length > 0 ? (
              <Open alerts={open} wanted={wanted} />
            ) : rules.series === 0 ? (
              <EmptyState title={t('noRules')}>{t('noRulesText')}</EmptyState>
            ) : (
              <p>
                {t('none')} <span className={styles.soft}>{t('noneText', rules)}</span>
              </p>
            )}
            <UnknownSeries unknown={unknown} />
            <Absences absences={absences} />
            <PastAlerts past={past} wanted={wanted} />
            <p className={styles.soft}>{watching ? t('asleep') : t('notWatching')}</p>
          </div>
        )}
      </QueryView>
    </Panel>
  )
}

function Open({ alerts, wanted }: { alerts: readonly Alert[]; wanted: string | null }) {
  const { t } = useTranslation('alerts')
  const rest = alerts.slice(SHOWN_FIRST)
  const hosts = [...new Set(rest.map(({ hostName }) => hostName))]
  const wantedAt = rest.findIndex(({ id }) => id === wanted)
  return (
    <>
      <Items alerts={alerts.slice(0, SHOWN_FIRST)} wanted={wanted} />
      {rest.length > 0 && (
        <Folded
          className={styles.rest}
          open={wantedAt >= 0}
          summary={
            <>
              {t('more', { count: rest.length })}{' '}
              <small>{hosts.length <= NAMED_MOST ? hosts.join(', ') : t('onServers', { count: hosts.length })}</small>
            </>
          }
        >
          {() => <InSteps alerts={rest} wanted={wanted} atLeast={wantedAt + 1} />}
        </Folded>
      )}
    </>
  )
}

function InSteps({ alerts, ...item }: { alerts: readonly Alert[]; wanted: string | null; atLeast: number }) {
  const { t } = useTranslation('alerts')
  const [most, setMost] = useState(SHOWN_MORE)
  const shown = alerts.slice(0, Math.max(most, item.atLeast))
  return (
    <>
      <Items alerts={shown} wanted={item.wanted} />
      {shown.length < alerts.length && (
        <Button size="compact-xs" variant="default" onClick={() => setMost(shown.length + SHOWN_MORE)}>
          {t('more', { count: alerts.length - shown.length })}
        </Button>
      )}
    </>
  )
}

function Items({ alerts, wanted }: { alerts: readonly Alert[]; wanted: string | null }) {
  return (
    <ul className={styles.list}>
      {alerts.map((alert) => (
        <AlertItem key={alert.id} alert={alert} wanted={wanted === alert.id} />
      ))}
    </ul>
  )
}
