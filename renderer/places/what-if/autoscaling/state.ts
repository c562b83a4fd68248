import { create } from 'zustand'
import type { AutoscaleInput } from '../../../../shared/model/autoscale-week.ts'
import type { Autoscaler } from '../../../../shared/model/autoscaler.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { primaryDriver } from '../assumptions.ts'
import { type CurveName, curveOf } from './curves.ts'

/** What is tried in this part, on top of the plan; kept while the operator visits other places. */
export interface Trial {
  stageId: string
  at: number
  curve: CurveName | 'plan'
  noise: number
  burstsPerWeek: number
  burstMultiplier: number
  burstMinutes: number
  seed: number
  /** By stage: the autoscalers in place of the stage's own. */
  autoscalers: Record<string, Autoscaler[]>
}

/**
 * The trial before anything is changed: the stage that is looked at, else the one held now where it has autoscalers, else
 * the first that has; the driver at least where that stage begins; the plan's own week, or an assumed one.
 */
export function planTrial(plan: Plan, chosen?: string): Trial {
  const present = plan.stages.find((one) => one.id === plan.stage)
  const scaling = plan.stages.find((one) => one.autoscalers.length > 0)
  const looked = plan.stages.find((one) => one.id === chosen)
  const held = present?.autoscalers.length ? present : (scaling ?? present ?? plan.stages[0])
  const stage = looked ?? held
  const capacity = stage?.capacity.find((one) => one.driver === primaryDriver(plan).id)
  return {
    stageId: stage?.id ?? '',
    at: Math.max(primaryDriver(plan).present, capacity?.min ?? 0),
    curve: plan.seasonality ? 'plan' : 'evening',
    noise: 0.03,
    burstsPerWeek: 0,
    burstMultiplier: 2,
    burstMinutes: 10,
    seed: 1,
    autoscalers: {},
  }
}

export function scalersOf(plan: Plan, trial: Trial): readonly Autoscaler[] {
  return trial.autoscalers[trial.stageId] ?? plan.stages.find((one) => one.id === trial.stageId)?.autoscalers ?? []
}

/** What the engine is asked. */
export function inputOf(plan: Plan, trial: Trial): AutoscaleInput {
  const { stageId, at, seed, noise, curve } = trial
  return {
    stageId,
    at,
    seed,
    noise,
    autoscalers: [...scalersOf(plan, trial)],
    bursts: { perWeek: trial.burstsPerWeek, multiplier: trial.burstMultiplier, minutes: trial.burstMinutes },
    ...(curve === 'plan' ? {} : { seasonality: curveOf(curve) }),
  }
}

interface Trials {
  changes: Record<string, Partial<Trial>>
  change(planId: string, change: Partial<Trial>): void
  reset(planId: string): void
}

export const useTrials = create<Trials>((set) => ({
  changes: {},
  change: (planId, change) =>
    set((state) => ({ changes: { ...state.changes, [planId]: { ...state.changes[planId], ...change } } })),
  reset: (planId) => set((state) => ({ changes: { ...state.changes, [planId]: {} } })),
}))
