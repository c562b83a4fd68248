import * as z from 'zod'
import { create } from 'zustand'
import { createJSONStorage, persist } from 'zustand/middleware'
import type { Plan } from '../../../shared/model/plan.ts'
import { type Assumptions, AssumptionsSchema } from '../../../shared/model/scenario.ts'
import { fitToPlan } from '../../../shared/planning/scenario-fit.ts'

export function primaryDriver(plan: Plan): Plan['drivers'][number] {
  const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  if (!driver) throw new Error('a plan has at least one driver')
  return driver
}

/** The what-if that assumes nothing but the plan itself, three years ahead. */
export function planAssumptions(plan: Plan): Assumptions {
  return {
    present: primaryDriver(plan).present,
    growth: plan.growth,
    months: 36,
    paths: 10_000,
    seed: 1,
    policy: { kind: 'triggers', leadMonths: 1 },
    levers: {},
    tax: false,
  }
}

/** The plan's own assumptions with what was changed of them, as far as the plan still has the stages and drivers named. */
export function assumptionsOf(plan: Plan, changes: Partial<Assumptions> | undefined): Assumptions {
  return fitToPlan(plan, { ...planAssumptions(plan), ...changes }).assumptions
}

interface WhatIf {
  /** What was changed, on top of the plan's own; kept while the operator visits other places. */
  changes: Record<string, Partial<Assumptions>>
  change(planId: string, change: Partial<Assumptions>): void
  reset(planId: string): void
}

const ChangesSchema = AssumptionsSchema.partial()
const KeptSchema = z.object({ changes: z.record(z.string(), z.record(z.string(), z.unknown())) })

/** What a reload found kept, plan by plan. What can no longer be read is as if it had never been changed. */
export function keptChanges(kept: unknown): Pick<WhatIf, 'changes'> {
  const read = KeptSchema.safeParse(kept)
  if (!read.success) return { changes: {} }
  const plans = Object.entries(read.data.changes).flatMap(([plan, given]) => {
    const change = ChangesSchema.safeParse(given)
    if (!change.success) return []
    // The schema fills in defaults, which nobody changed.
    const own = Object.entries(change.data).filter(([key, value]) => Object.hasOwn(given, key) && value !== undefined)
    return [[plan, Object.fromEntries(own) as Partial<Assumptions>] as const]
  })
  return { changes: Object.fromEntries(plans) }
}

/** Kept for the window's session, so that a reload loses nothing. */
export const useWhatIf = create<WhatIf>()(
  persist(
    (set) => ({
      changes: {},
      change: (planId, change) =>
        set((state) => ({ changes: { ...state.changes, [planId]: { ...state.changes[planId], ...change } } })),
      reset: (planId) => set((state) => ({ changes: { ...state.changes, [planId]: {} } })),
    }),
    {
      name: 'what-if',
      storage: createJSONStorage(() => sessionStorage),
      partialize: ({ changes }) => ({ changes }),
      merge: (kept, state) => ({ ...state, ...keptChanges(kept) }),
    },
  ),
)

const SLIDER_TOP = Math.log10(10_000_000)

/** A slider position 0..1000 for a number of users, by powers of ten up to ten million; what lies beyond rests at the end. */
export function positionOf(users: number): number {
  return Math.round(Math.min(1, Math.log10(Math.max(1, users)) / SLIDER_TOP) * 1000)
}

/** The users at a slider position, in three significant figures. */
export function usersAt(position: number): number {
  const users = 10 ** ((position / 1000) * SLIDER_TOP)
  return Number(users.toPrecision(users < 100 ? 2 : 3))
}
