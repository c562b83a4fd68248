import { memo, useCallback, useDeferredValue, useEffect, useMemo, useSyncExternalStore } from 'react'
import { formatMoney } from '../../../shared/format/quantity.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Assumptions, Simulation } from '../../../shared/model/scenario.ts'
import { problemFrom, useCore, useLine } from '../../app/core.tsx'
import { Loading, ProblemNotice } from '../../ui/index.ts'
import { assumptionsOf, useWhatIf } from './assumptions.ts'
import { Controls } from './controls.tsx'
import { Result } from './result.tsx'
import { ScenarioBar } from './scenario-bar.tsx'
import { ScenarioRunner } from './scenario-runner.ts'
import type { WhatIfPanel } from './tabs.ts'
import styles from './what-if.module.css'

// A move of a slider draws the sliders; the result is drawn when there is a new one, the bar of scenarios when there is time.
const SteadyControls = memo(Controls)
const SteadyResult = memo(Result)
const SteadyBar = memo(ScenarioBar)

/** What was shown when the place was left: coming back shows it at once, and computes it anew. */
let last: { plan: Plan; wanted: Assumptions; simulation: Simulation } | null = null

function knownOf(plan: Plan, wanted: Assumptions): Simulation | null {
  return last?.plan === plan && JSON.stringify(last.wanted) === JSON.stringify(wanted) ? last.simulation : null
}

/** One what-if with its sliders: redrawn while they move. */
export const ScenarioPanel: WhatIfPanel = ({ plan }) => {
  const core = useCore()
  const { generation } = useLine()
  const changes = useWhatIf((state) => state.changes[plan.id])
  const change = useWhatIf((state) => state.change)
  const reset = useWhatIf((state) => state.reset)
  const wanted = useMemo<Assumptions>(() => assumptionsOf(plan, changes), [plan, changes])

  // biome-ignore lint/correctness/useExhaustiveDependencies: only what the place was opened with may be known already
  const runner = useMemo(
    () =>
      new ScenarioRunner((assumptions, signal) => core.plan.simulate(assumptions, { signal }), knownOf(plan, wanted)),
    [core],
  )
  const { simulation, error, busy } = useSyncExternalStore(runner.subscribe, () => runner.state)
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer changes what is shown
  useEffect(() => {
    if (runner.answered?.wanted === wanted) last = { plan, ...runner.answered }
  }, [runner, plan, wanted, simulation, busy])
  // biome-ignore lint/correctness/useExhaustiveDependencies: an engine that came back is asked again
  useEffect(() => runner.want(wanted), [runner, wanted, generation])
  useEffect(() => () => runner.stop(), [runner])

  const money = useCallback(
    (minor: number) => formatMoney({ minor: Math.round(minor), currency: plan.currency }),
    [plan.currency],
  )
  const onChange = useCallback((next: Partial<Assumptions>) => change(plan.id, next), [change, plan.id])
  const onReset = useCallback(() => reset(plan.id), [reset, plan.id])
  const settled = useDeferredValue(wanted)
  const pulled = Object.keys(wanted.levers).length > 0

  return (
    <>
      <SteadyBar plan={plan} value={settled} />
      <div className={styles.layout}>
        <SteadyControls
          plan={plan}
          value={wanted}
          simulation={pulled ? simulation : null}
          money={money}
          onChange={onChange}
          onReset={onReset}
        />
        <div className={styles.results}>
          {error !== null && <ProblemNotice problem={problemFrom(error)} onRetry={() => runner.want(wanted)} />}
          {simulation ? (
            <SteadyResult
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
