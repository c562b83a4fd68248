import { create } from 'zustand'

interface GuideState {
  /** `undecided` until plan and servers were read; `open` while a newcomer is led; `closed` afterwards. */
  state: 'undecided' | 'open' | 'closed'
  open(): void
  close(): void
}

/** Whether the first steps are shown. It outlives a look at another place, not the window. */
export const useGuide = create<GuideState>((set) => ({
  state: 'undecided',
  open: () => set({ state: 'open' }),
  close: () => set({ state: 'closed' }),
}))
