import { create } from 'zustand'
import type { FitTerms } from '../../../../shared/model/provider-fit.ts'

/** What is asked of the comparison. It outlives a visit to another part of the app. */
export interface Asked {
  /** `server:<id>`, `all`, or `stage:<id>`; empty for the first there is. */
  subject: string
  windowDays: 7 | 30 | 90
  drivers: Record<string, number>
  terms: Partial<FitTerms>
  /** The row of the present stage that is paid now. */
  paid: string | null
}
interface AskedStore extends Asked {
  ask(change: Partial<Omit<Asked, 'terms'>>): void
  set(terms: Partial<FitTerms>): void
}

export const useAsked = create<AskedStore>((set) => ({
  subject: '',
  windowDays: 30,
  drivers: {},
  terms: { margin: 0.3 },
  paid: null,
  ask: (change) => set(change),
  set: (terms) => set((state) => ({ terms: { ...state.terms, ...terms } })),
}))
