import * as z from 'zod'
import { create } from 'zustand'
import { createJSONStorage, persist } from 'zustand/middleware'

const MOST = 8
const KeptSchema = z.object({ ids: z.array(z.string().max(500)).max(MOST) })

interface Recent {
  ids: readonly string[]
  chose: (id: string) => void
}

/** What was chosen last in the palette, the newest first; kept on this computer. */
export const useRecent = create<Recent>()(
  persist(
    (set) => ({
      ids: [],
      chose: (id) => set(({ ids }) => ({ ids: [id, ...ids.filter((one) => one !== id)].slice(0, MOST) })),
    }),
    {
      name: 'headroom-palette',
      storage: createJSONStorage(() => localStorage),
      partialize: ({ ids }) => ({ ids }),
      merge: (kept, current) => ({ ...current, ...(KeptSchema.safeParse(kept).data ?? {}) }),
    },
  ),
)
