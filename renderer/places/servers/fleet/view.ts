import { useCallback, useState } from 'react'
import * as z from 'zod'
import { COLUMN_IDS, type ColumnId } from './columns.ts'
import type { Grouping, Sorting } from './rows.ts'

export const TREND_SPANS = ['h1', 'h6', 'h24', 'd7'] as const

const ViewSchema = z.object({
  /** Null: as many of the usual ones as there is room for. */
  columns: z.array(z.enum(COLUMN_IDS as [ColumnId, ...ColumnId[]])).nullable(),
  sorting: z.object({ by: z.enum(['name', ...COLUMN_IDS] as ['name', ...ColumnId[]]), descending: z.boolean() }),
  grouping: z.enum(['none', 'state', 'stage', 'tag']),
  trend: z.enum(TREND_SPANS),
})

/** How the fleet's table is looked at; kept on this computer. */
export interface FleetView {
  columns: ColumnId[] | null
  sorting: Sorting
  grouping: Grouping
  trend: (typeof TREND_SPANS)[number]
}

const USUAL: FleetView = { columns: null, sorting: { by: 'name', descending: false }, grouping: 'none', trend: 'h1' }
const KEY = 'headroom-fleet-view'

function read(): FleetView {
  try {
    return ViewSchema.parse(JSON.parse(localStorage.getItem(KEY) ?? ''))
  } catch {
    return USUAL
  }
}

export function useFleetView(): [FleetView, (change: Partial<FleetView>) => void] {
  const [view, setView] = useState(read)
  const change = useCallback((part: Partial<FleetView>) => {
    setView((before) => {
      const next = { ...before, ...part }
      localStorage.setItem(KEY, JSON.stringify(next))
      return next
    })
  }, [])
  return [view, change]
}
