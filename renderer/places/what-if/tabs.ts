import type { ComponentType } from 'react'
import type { StageCost } from '../../../shared/contract/contract.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { AutoscalingPanel } from './autoscaling/index.tsx'
import { CheapestPanel } from './cheapest/index.tsx'
import { ComparePanel } from './compare/index.tsx'
import { FitsPanel } from './fits/index.tsx'
import { ProvidersPanel } from './providers/index.tsx'
import { ScenarioPanel } from './scenario.tsx'

/** A part of the What-if place; it has an address, `#/what-if/<id>`. Its title is the word `tabs.<id>` of the place. */
export type WhatIfPanel = ComponentType<{ plan: Plan; costs: readonly StageCost[] }>

/** In the order they are shown. The first one is also `#/what-if`. */
export const TABS = [
  { id: 'scenario', Panel: ScenarioPanel },
  { id: 'compare', Panel: ComparePanel },
  { id: 'cheapest-path', Panel: CheapestPanel },
  { id: 'auto-scaling', Panel: AutoscalingPanel },
  { id: 'fits', Panel: FitsPanel },
  { id: 'providers', Panel: ProvidersPanel },
] as const satisfies readonly {
  id: string
  Panel: WhatIfPanel
}[]
