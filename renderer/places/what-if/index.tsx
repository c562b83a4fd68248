import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Assumptions } from '../../../shared/model/scenario.ts'
import { problemFrom, useCore, useLine, useQueryUtils } from '../../app/core.tsx'
import { go } from '../../app/route.ts'
import { EmptyState, Loading, PageHeader, ProblemNotice, QueryView } from '../../ui/index.ts'
import { planAssumptions, useWhatIf } from './assumptions.ts'
import { Controls } from './controls.tsx'
import { Result } from './result.tsx'
import { ScenarioRunner } from './scenario-runner.ts'
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

function Scenario({ plan }: { plan: Plan }) {
  const core = useCore()
  const { generation } = useLine()
  const changes = useWhatIf((state) => state.changes[plan.id])
  const change = useWhatIf((state) => state.change)
  const reset = useWhatIf((state) => state.reset)
  const wanted = useMemo<Assumptions>(() => ({ ...planAssumptions(plan), ...changes }), [plan, changes])

  const runner = useMemo(
    () => new ScenarioRunner((assumptions, signal) => core.plan.simulate(assumptions, { signal })),
    [core],
  )
  const { simulation, error, busy } = useSyncExternalStore(runner.subscribe, () => runner.state)
  // biome-ignore lint/correctness/useExhaustiveDependencies: an engine that came back is asked again
  useEffect(() => runner.want(wanted), [runner, wanted, generation])
  useEffect(() => () => runner.stop(), [runner])

  return (
    <div className={styles.layout}>
      <Controls plan={plan} value={wanted} onChange={(next) => change(plan.id, next)} onReset={() => reset(plan.id)} />
      <div className={styles.results}>
        {error !== null && <ProblemNotice problem={problemFrom(error)} onRetry={() => runner.want(wanted)} />}
        {simulation ? (
          <Result plan={plan} simulation={simulation} wantedPaths={wanted.paths} busy={busy} />
        ) : (
          error === null && <Loading />
        )}
      </div>
    </div>
  )
}
