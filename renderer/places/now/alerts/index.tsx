import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Alert } from '../../../../shared/model/alert.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { useRoute } from '../../../app/route.ts'
import { EmptyState, Panel, ProblemNotice, QueryView } from '../../../ui/index.ts'
import { Absences } from './absences.tsx'
import { AlertItem } from './alert-item.tsx'
import styles from './alerts.module.css'
import { PastAlerts, UnknownSeries } from './past.tsx'

/** From so many alerts of one server on they stand under its name and can be folded. */
const GROUPED_FROM = 4

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
      className={styles.panel}
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
  const hosts = [...new Set(alerts.map(({ hostId }) => hostId))]
  const items = (some: readonly Alert[]) => (
    <ul className={styles.list}>
      {some.map((alert) => (
        <AlertItem key={alert.id} alert={alert} wanted={wanted === alert.id} />
      ))}
    </ul>
  )
  if (alerts.length < GROUPED_FROM || hosts.length === alerts.length) return items(alerts)
  return (
    <div className={styles.groups}>
      {hosts.map((hostId) => {
        const mine = alerts.filter((alert) => alert.hostId === hostId)
        const isWanted = mine.some(({ id }) => id === wanted)
        return (
          <details
            key={hostId}
            open={isWanted || hosts.length <= 3 || mine.some(({ severity }) => severity === 'critical')}
          >
            <summary>{t('group', { host: mine[0]?.hostName ?? '', count: mine.length })}</summary>
            {items(mine)}
          </details>
        )
      })}
    </div>
  )
}
