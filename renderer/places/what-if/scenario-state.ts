import * as z from 'zod'
import { create } from 'zustand'
import { createJSONStorage, persist } from 'zustand/middleware'
import type { Assumptions } from '../../../shared/model/scenario.ts'

interface ScenarioChoice {
  /** By plan: the id of the scenario whose assumptions were last put under the sliders. */
  chosen: Record<string, string | null>
  choose(planId: string, id: string | null): void
}

/** Kept for the window's session, beside the assumptions themselves. */
export const useScenarioChoice = create<ScenarioChoice>()(
  persist(
    (set) => ({
      chosen: {},
      choose: (planId, id) => set((state) => ({ chosen: { ...state.chosen, [planId]: id } })),
    }),
    {
      name: 'what-if-scenario',
      storage: createJSONStorage(() => sessionStorage),
      partialize: ({ chosen }) => ({ chosen }),
      merge: (kept, state) => ({ ...state, ...keptChoice(kept) }),
    },
  ),
)

const KeptSchema = z.object({ chosen: z.record(z.string(), z.string().nullable()) })
const keptChoice = (kept: unknown) => KeptSchema.safeParse(kept).data ?? {}

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
