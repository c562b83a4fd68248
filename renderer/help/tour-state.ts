import { create } from 'zustand'
import type { PlaceName } from '../../shared/model/address.ts'

/** Where the tour halts: places, and the palette's button. */
export const STOPS = ['now', 'servers', 'plan', 'what-if', 'playbooks', 'search'] as const satisfies readonly (
  | PlaceName
  | 'search'
)[]

interface TourState {
  /** The stop it is at; null while it does not run. */
  step: number | null
  to(step: number | null): void
}

export const useTour = create<TourState>((set) => ({ step: null, to: (step) => set({ step }) }))

/** What the tour speaks of just now, to be marked. */
export const useTourStop = (): (typeof STOPS)[number] | null => {
  const step = useTour((state) => state.step)
  return step === null ? null : (STOPS[step] ?? null)
}
