import { create } from 'zustand'

/** What the path must keep to; kept while the operator visits other places. The rate is in minor units an hour. */
interface CheapestState {
  riskLimit: number
  leadMonths: number
  hourlyRateMinor: number | null
  set(change: Partial<Pick<CheapestState, 'riskLimit' | 'leadMonths' | 'hourlyRateMinor'>>): void
}

export const useCheapest = create<CheapestState>((set) => ({
  riskLimit: 0.05,
  leadMonths: 1,
  hourlyRateMinor: null,
  set: (change) => set(change),
}))
