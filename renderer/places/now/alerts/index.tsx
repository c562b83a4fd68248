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

/** The gravest that are shown at once, so that the ladder and the next actions stay in sight; the rest is folded. */
const SHOWN_FIRST = 3
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
  const items = (some: readonly Alert[]) => (
    <ul className={styles.list}>
      {some.map((alert) => (
        <AlertItem key={alert.id} alert={alert} wanted={wanted === alert.id} />
      ))}
    </ul>
  )
  return (
    <>
      {items(alerts.slice(0, SHOWN_FIRST))}
      {rest.length > 0 && (
        <details className={styles.rest} open={rest.some(({ id }) => id === wanted)}>
          <summary>
            {t('more', { count: rest.length })}{' '}
            <small>{hosts.length <= NAMED_MOST ? hosts.join(', ') : t('onServers', { count: hosts.length })}</small>
          </summary>
          {items(rest)}
        </details>
      )}
    </>
  )
}
