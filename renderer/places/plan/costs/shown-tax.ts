import { create } from 'zustand'

/** Whether costs are shown with tax; the choice holds for every stage while the window is open. */
export const useShownTax = create<{ withTax: boolean; setWithTax(withTax: boolean): void }>((set) => ({
  withTax: false,
  setWithTax: (withTax) => set({ withTax }),
}))
