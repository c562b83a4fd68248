import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { formatMoney } from '../../../shared/format/quantity.ts'
import type { Assumptions } from '../../../shared/model/scenario.ts'
import { problemFrom, useCore, useLine } from '../../app/core.tsx'
import { Loading, ProblemNotice } from '../../ui/index.ts'
import { planAssumptions, useWhatIf } from './assumptions.ts'
import { Controls } from './controls.tsx'
import { Result } from './result.tsx'
import { ScenarioBar } from './scenario-bar.tsx'
import { ScenarioRunner } from './scenario-runner.ts'
import type { WhatIfPanel } from './tabs.ts'
import styles from './what-if.module.css'

/** One what-if with its sliders: redrawn while they move. */
export const ScenarioPanel: WhatIfPanel = ({ plan }) => {
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

  const money = (minor: number) => formatMoney({ minor: Math.round(minor), currency: plan.currency })

  return (
    <>
      <ScenarioBar plan={plan} value={wanted} />
      <div className={styles.layout}>
        <Controls
          plan={plan}
          value={wanted}
          simulation={simulation}
          money={money}
          onChange={(next) => change(plan.id, next)}
          onReset={() => reset(plan.id)}
        />
        <div className={styles.results}>
          {error !== null && <ProblemNotice problem={problemFrom(error)} onRetry={() => runner.want(wanted)} />}
          {simulation ? (
            <Result
              plan={plan}
              policy={wanted.policy.kind}
              from={wanted.stage ?? plan.stage}
              simulation={simulation}
              wantedPaths={wanted.paths}
              busy={busy}
            />
          ) : (
            error === null && <Loading />
          )}
        </div>
      </div>
    </>
  )
}
