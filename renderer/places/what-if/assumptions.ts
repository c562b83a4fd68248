import { create } from 'zustand'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Assumptions } from '../../../shared/model/scenario.ts'

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

interface WhatIf {
  /** What was changed, on top of the plan's own; kept while the operator visits other places. */
  changes: Record<string, Partial<Assumptions>>
  change(planId: string, change: Partial<Assumptions>): void
  reset(planId: string): void
}

export const useWhatIf = create<WhatIf>((set) => ({
  changes: {},
  change: (planId, change) =>
    set((state) => ({ changes: { ...state.changes, [planId]: { ...state.changes[planId], ...change } } })),
  reset: (planId) => set((state) => ({ changes: { ...state.changes, [planId]: {} } })),
}))

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
