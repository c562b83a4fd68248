import { create } from 'zustand'
import type { Assumptions } from '../../../../shared/model/scenario.ts'
import type { StoredScenario } from '../../../../shared/model/stored-scenario.ts'

/** What can be put into a column. `key` of a kept scenario is its id. */
export interface Choice {
  key: string
  name: string
  assumptions: Assumptions
  kept: boolean
}

type PolicyKind = 'stay' | 'triggers' | 'cheapest'
const POLICIES: readonly { kind: PolicyKind; policy: Assumptions['policy'] }[] = [
  { kind: 'stay', policy: { kind: 'stay' } },
  { kind: 'triggers', policy: { kind: 'triggers', leadMonths: 1 } },
  { kind: 'cheapest', policy: { kind: 'cheapest', riskLimit: 0.05, leadMonths: 1 } },
]

/** The sliders, the sliders with each other rule for changing stage, and the kept scenarios. */
export function choicesOf(
  sliders: Assumptions,
  kept: readonly StoredScenario[],
  words: Record<PolicyKind | 'sliders', string>,
): Choice[] {
  const lead = 'leadMonths' in sliders.policy ? sliders.policy.leadMonths : 1
  return [
    { key: 'sliders', name: words.sliders, assumptions: sliders, kept: false },
    ...POLICIES.filter(({ kind }) => kind !== sliders.policy.kind).map(({ kind, policy }) => ({
      key: kind,
      name: words[kind],
      assumptions: { ...sliders, policy: 'leadMonths' in policy ? { ...policy, leadMonths: lead } : policy },
      kept: false,
    })),
    ...kept.map(({ id, name, assumptions }) => ({ key: id, name, assumptions, kept: true })),
  ]
}

/** What is chosen before anybody chose: the sliders under each rule, then kept scenarios, six in all. */
export const firstChoice = (choices: readonly Choice[]): string[] => choices.slice(0, 6).map((one) => one.key)

interface CompareState {
  /** By plan; null is the first choice. */
  keys: Record<string, readonly string[] | undefined>
  base: Record<string, string | undefined>
  sla: number | null
  ranges: Record<string, Record<string, { low: number; high: number }> | undefined>
  setKeys(plan: string, keys: readonly string[]): void
  setBase(plan: string, key: string): void
  setSla(sla: number | null): void
  setRanges(plan: string, ranges: Record<string, { low: number; high: number }>): void
}

export const useCompare = create<CompareState>((set) => ({
  keys: {},
  base: {},
  sla: null,
  ranges: {},
  setKeys: (plan, keys) => set((state) => ({ keys: { ...state.keys, [plan]: keys } })),
  setBase: (plan, key) => set((state) => ({ base: { ...state.base, [plan]: key } })),
  setSla: (sla) => set({ sla }),
  setRanges: (plan, ranges) => set((state) => ({ ranges: { ...state.ranges, [plan]: ranges } })),
}))
