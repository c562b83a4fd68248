import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Autoscaler } from '../../../../shared/model/autoscaler.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Problem } from '../../../../shared/model/problem.ts'
import { presetOf } from '../../../../shared/planning/autoscale/presets.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { EmptyState, Loading, Panel, ProblemNotice } from '../../../ui/index.ts'
import type { WhatIfPanel } from '../tabs.ts'
import styles from './autoscaling.module.css'
import { Result } from './result.tsx'
import { ScalerControls } from './scaler-controls.tsx'
import { inputOf, planTrial, scalersOf, useTrials } from './state.ts'
import { useWeek } from './use-week.ts'
import { WeekControls } from './week-controls.tsx'

/** A week of a stage's autoscalers, computed again while a parameter is changed. */
export const AutoscalingPanel: WhatIfPanel = ({ plan }) => {
  const { t } = useTranslation('autoscaling')
  const changes = useTrials((state) => state.changes[plan.id])
  const change = useTrials((state) => state.change)
  const reset = useTrials((state) => state.reset)
  const trial = useMemo(() => {
    // The stage that was looked at may be gone from the plan.
    const own = planTrial(plan, changes?.stageId)
    return { ...own, ...changes, stageId: own.stageId }
  }, [plan, changes])
  const scalers = scalersOf(plan, trial)
  const stage = plan.stages.find((one) => one.id === trial.stageId)
  const wanted = useMemo(() => (scalersOf(plan, trial).length > 0 ? inputOf(plan, trial) : null), [plan, trial])
  const { week, error, busy, again } = useWeek(wanted)
  const set = (value: Autoscaler[]) =>
    change(plan.id, { autoscalers: { ...trial.autoscalers, [trial.stageId]: value } })
  const forget = () => {
    const { [trial.stageId]: _, ...others } = trial.autoscalers
    change(plan.id, { autoscalers: others })
  }
  const keep = useKeep(trial.stageId, forget)

  return (
    <div className={styles.layout}>
      <div className={styles.side}>
        <WeekControls
          plan={plan}
          trial={trial}
          onChange={(next) => change(plan.id, next)}
          onReset={() => reset(plan.id)}
        />
        {stage && scalers.length > 0 && (
          <ScalerControls
            key={trial.stageId}
            plan={plan}
            stage={stage}
            value={scalers}
            changed={trial.autoscalers[trial.stageId] !== undefined}
            onChange={set}
            onBack={forget}
            onKeep={() => void keep.run([...scalers])}
          />
        )}
      </div>
      <div className={styles.results}>
        {keep.problem && <ProblemNotice problem={keep.problem} />}
        {scalers.length === 0 ? (
          <Panel>
            <NoScaler plan={plan} stage={stage?.name ?? ''} onTry={set} />
          </Panel>
        ) : (
          <>
            {error !== null && <ProblemNotice problem={problemFrom(error)} onRetry={again} />}
            {week && week.stage.id === trial.stageId ? (
              <Result week={week} busy={busy} seed={trial.seed} />
            ) : (
              error === null && <Loading label={t('computing')} />
            )}
          </>
        )}
      </div>
    </div>
  )
}

function NoScaler(props: { plan: Plan; stage: string; onTry: (value: Autoscaler[]) => void }) {
  const { t } = useTranslation('autoscaling')
  const { plan } = props
  const pods = [presetOf('hpa', plan), presetOf('keda', plan)].flatMap((one) => one ?? [])
  if (pods.length === 0) return <EmptyState title={t('empty', { stage: props.stage })}>{t('emptyNoDemand')}</EmptyState>
  return (
    <EmptyState
      title={t('empty', { stage: props.stage })}
      actions={<Button onClick={() => props.onTry(pods)}>{t('tryDefaults')}</Button>}
    >
      {t('emptyHelp')}
    </EmptyState>
  )
}

/** Puts what was tried into the plan, as an edit that can be undone there. */
function useKeep(
  stageId: string,
  done: () => void,
): { run: (value: Autoscaler[]) => Promise<void>; problem: Problem | null } {
  const { t } = useTranslation('autoscaling')
  const core = useCore()
  const current = useQuery(useQueryUtils().plan.current.queryOptions())
  const [problem, setProblem] = useState<Problem | null>(null)
  return {
    problem,
    async run(value) {
      const base = current.data?.revision
      if (base === undefined) return
      try {
        await core.plan.edit({ base, edit: { op: 'set', path: ['stages', stageId, 'autoscalers'], value } })
        await current.refetch()
        setProblem(null)
        done()
        notifications.show({ message: t('kept') })
      } catch (error) {
        setProblem(problemFrom(error))
      }
    },
  }
}
