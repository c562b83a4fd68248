import { Button } from '@mantine/core'
import { useDebouncedValue, useThrottledValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Assumptions } from '../../../shared/model/scenario.ts'
import { problemFrom, useQueryUtils } from '../../app/core.tsx'
import { go } from '../../app/route.ts'
import { EmptyState, Loading, PageHeader, ProblemNotice, QueryView } from '../../ui/index.ts'
import { DRAFT_PATHS, planAssumptions, useWhatIf } from './assumptions.ts'
import { Controls } from './controls.tsx'
import { Result } from './result.tsx'
import styles from './what-if.module.css'

export default function WhatIf() {
  const { t } = useTranslation('what-if')
  const utils = useQueryUtils()
  const query = useQuery(utils.plan.current.queryOptions())
  const plan = query.data?.plan
  const stage = plan?.stages.find((one) => one.id === plan.stage)
  return (
    <>
      <PageHeader
        title={t('title')}
        note={plan && stage ? t('note', { plan: plan.name, stage: stage.name }) : undefined}
      />
      <QueryView query={query}>
        {(current) =>
          current === null ? (
            <EmptyState title={t('noPlan')} actions={<Button onClick={() => go('/plan')}>{t('toPlan')}</Button>}>
              {t('noPlanHelp')}
            </EmptyState>
          ) : (
            <Scenario plan={current.plan} />
          )
        }
      </QueryView>
    </>
  )
}

const SETTLED_MS = 250
const MOVING_MS = 80

function Scenario({ plan }: { plan: Plan }) {
  const utils = useQueryUtils()
  const changes = useWhatIf((state) => state.changes[plan.id])
  const change = useWhatIf((state) => state.change)
  const reset = useWhatIf((state) => state.reset)
  const wanted = useMemo<Assumptions>(() => ({ ...planAssumptions(plan), ...changes }), [plan, changes])

  const [settled] = useDebouncedValue(wanted, SETTLED_MS)
  const moving = useThrottledValue(wanted, MOVING_MS)
  const input = settled === wanted ? wanted : { ...moving, paths: Math.min(moving.paths, DRAFT_PATHS) }
  // A new input cancels the call in flight; the former result stays until the next one is there.
  const query = useQuery({
    ...utils.plan.simulate.queryOptions({ input }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  })

  return (
    <div className={styles.layout}>
      <Controls plan={plan} value={wanted} onChange={(next) => change(plan.id, next)} onReset={() => reset(plan.id)} />
      <div className={styles.results}>
        {query.isError && <ProblemNotice problem={problemFrom(query.error)} onRetry={() => void query.refetch()} />}
        {query.data ? (
          <Result
            plan={plan}
            simulation={query.data}
            wantedPaths={wanted.paths}
            busy={query.isFetching || settled !== wanted}
          />
        ) : (
          !query.isError && <Loading />
        )}
      </div>
    </div>
  )
}
