import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useDeferredValue, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useQueryUtils } from '../../app/core.tsx'
import { useRoute } from '../../app/route.ts'
import { Loading, PageHeader, QueryView } from '../../ui/index.ts'
import { AlertsPanel } from './alerts/index.tsx'
import { BrokenJournals } from './broken-journals.tsx'
import { Evidence } from './evidence.tsx'
import { useGuide } from './guide-state.ts'
import { Ladder } from './ladder.tsx'
import { LimitTable } from './limit-table.tsx'
import { NextActions } from './next-actions.tsx'
import styles from './now.module.css'
import { Runways } from './runways.tsx'
import { VerdictPanel } from './verdict-panel.tsx'

// What a start with a plan and servers does not show, or shows last, is not read with it.
const Guide = lazy(async () => ({ default: (await import('./guide.tsx')).Guide }))
const AdditionPanel = lazy(async () => ({ default: (await import('./addition/index.tsx')).AdditionPanel }))

export default function Now() {
  const utils = useQueryUtils()
  const plan = useQuery(utils.plan.current.queryOptions())
  const hosts = useQuery(utils.hosts.list.queryOptions())
  const client = useQueryClient()
  const guide = useGuide()
  const { query } = useRoute()
  const known = plan.data !== undefined && hosts.data !== undefined
  const fresh = plan.data === null || hosts.data?.length === 0

  // Asked beside the plan and the servers, not after them. Without a plan it is refused, and nobody looks at it.
  useEffect(() => void client.prefetchQuery(utils.plan.verdict.queryOptions()), [client, utils])

  useEffect(() => {
    if (!known || guide.state !== 'undecided') return
    if (fresh) guide.open()
    else guide.close()
  }, [known, fresh, guide])

  return (
    <QueryView query={plan}>
      {(current) => (
        <QueryView query={hosts}>
          {(all) => {
            // Without a plan there is nothing to judge by, whatever was put off.
            // A message that an alert fired leads to that alert, whatever else was begun.
            const isTold = query.get('alert') !== null
            if (current !== null && (guide.state !== 'open' || isTold)) return <Present />
            return (
              <Suspense fallback={<Loading />}>
                <Guide current={current} hosts={all} />
              </Suspense>
            )
          }}
        </QueryView>
      )}
    </QueryView>
  )
}

/** Where the servers stand against the stage: the verdict first, then what it rests on. */
function Present() {
  const { t } = useTranslation('now')
  const utils = useQueryUtils()
  const verdict = useQuery(utils.plan.verdict.queryOptions())
  const plan = useQuery(utils.plan.current.queryOptions())
  const hosts = useQuery(utils.hosts.list.queryOptions())
  const stage = verdict.data?.stage
  // What the verdict rests on is drawn after it: that is what was come for.
  const isWhole = useDeferredValue(verdict.data !== undefined, false)
  return (
    <>
      <PageHeader
        title={t('title')}
        note={
          stage &&
          t('stageOf', {
            index: stage.index + 1,
            of: stage.of,
            stage: stage.name,
            plan: plan.data?.plan.name ?? '',
          })
        }
      />
      <QueryView query={verdict}>
        {(said) => (
          <div className={styles.grid}>
            <VerdictPanel verdict={said} hosts={hosts.data ?? []} />
            <BrokenJournals />
            <div className={styles.column}>
              {plan.data && <Ladder costed={plan.data} verdict={said} />}
              {isWhole && (
                <>
                  <Runways plan={plan.data?.plan ?? null} />
                  <Evidence judgements={said.judgements} plan={plan.data?.plan ?? null} hosts={hosts.data ?? []} />
                </>
              )}
            </div>
            <div className={styles.column}>
              <AlertsPanel />
              <NextActions verdict={said} hosts={hosts.data ?? []} />
              <LimitTable judgements={said.judgements} />
            </div>
            {isWhole && plan.data && (
              <div className={styles.across}>
                <Suspense fallback={null}>
                  <AdditionPanel key={plan.data.plan.id} plan={plan.data.plan} />
                </Suspense>
              </div>
            )}
          </div>
        )}
      </QueryView>
    </>
  )
}
