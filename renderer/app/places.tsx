import { BookOpenCheck, Calculator, Gauge, ListTree, type LucideIcon, Server, Settings, Tags } from 'lucide-react'
import { type ComponentType, lazy } from 'react'
import type { PlaceName } from '../../shared/model/address.ts'

export interface PlaceEntry {
  name: PlaceName
  icon: LucideIcon
  Component: ComponentType
  /** Goes between its own addresses by itself: they neither draw it anew nor scroll it to its head. */
  staysDrawn?: boolean
}

/** The seven places in the order of the navigation. Their names are words; see words/en.ts. */
export const places: readonly PlaceEntry[] = [
  { name: 'now', icon: Gauge, Component: lazy(() => import('../places/now/index.tsx')) },
  { name: 'servers', icon: Server, Component: lazy(() => import('../places/servers/index.tsx')) },
  { name: 'plan', icon: ListTree, Component: lazy(() => import('../places/plan/index.tsx')), staysDrawn: true },
  { name: 'what-if', icon: Calculator, Component: lazy(() => import('../places/what-if/index.tsx')) },
  { name: 'playbooks', icon: BookOpenCheck, Component: lazy(() => import('../places/playbooks/index.tsx')) },
  { name: 'prices', icon: Tags, Component: lazy(() => import('../places/prices/index.tsx')) },
  { name: 'settings', icon: Settings, Component: lazy(() => import('../places/settings/index.tsx')) },
]
