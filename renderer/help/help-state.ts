import { create } from 'zustand'

interface HelpState {
  isOpen: boolean
  /** How often it was asked for. */
  asked: number
  open(): void
  close(): void
}

/** Whether the help is shown beside the place; the window's own, and forgotten with it. */
export const useHelp = create<HelpState>((set) => ({
  isOpen: false,
  asked: 0,
  open: () => set(({ asked }) => ({ isOpen: true, asked: asked + 1 })),
  close: () => set({ isOpen: false }),
}))
