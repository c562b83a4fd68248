import { BookOpenCheck, Calculator, Gauge, ListTree, type LucideIcon, Server, Settings, Tags } from 'lucide-react'
import type { ComponentType } from 'react'
import type { PlaceName } from '../../shared/model/address.ts'
import Now from '../places/now/index.tsx'
import { part } from './part.ts'

export interface PlaceEntry {
  name: PlaceName
  icon: LucideIcon
  Component: ComponentType
  /** Goes between its own addresses by itself: they neither draw it anew nor scroll it to its head. */
  staysDrawn?: boolean
}

/** The seven places in the order of the navigation; the first is what a start shows. Their names are words; see words/en.ts. */
export const places: readonly PlaceEntry[] = [
  { name: 'now', icon: Gauge, Component: Now },
  { name: 'servers', icon: Server, Component: part(() => import('../places/servers/index.tsx')) },
  { name: 'plan', icon: ListTree, Component: part(() => import('../places/plan/index.tsx')), staysDrawn: true },
  { name: 'what-if', icon: Calculator, Component: part(() => import('../places/what-if/index.tsx')) },
  { name: 'playbooks', icon: BookOpenCheck, Component: part(() => import('../places/playbooks/index.tsx')) },
  { name: 'prices', icon: Tags, Component: part(() => import('../places/prices/index.tsx')) },
  { name: 'settings', icon: Settings, Component: part(() => import('../places/settings/index.tsx')) },
]
