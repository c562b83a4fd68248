import { create } from 'zustand'
import type { Assumptions } from '../../../shared/model/scenario.ts'

interface ScenarioChoice {
  /** By plan: the id of the scenario whose assumptions were last put under the sliders. */
  chosen: Record<string, string | null>
  choose(planId: string, id: string | null): void
}

export const useScenarioChoice = create<ScenarioChoice>((set) => ({
  chosen: {},
  choose: (planId, id) => set((state) => ({ chosen: { ...state.chosen, [planId]: id } })),
}))

/** Whether two sets of assumptions mean the same. The start is left out: it is when they are run. */
export function sameAssumptions(a: Assumptions, b: Assumptions): boolean {
  return canonical({ ...a, start: undefined }) === canonical({ ...b, start: undefined })
}

/** JSON with sorted keys and without what is undefined. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return `{${entries
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`)
    .join()}}`
}
