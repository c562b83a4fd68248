import { type ComponentType, memo } from 'react'
import type { Plan } from '../../../../shared/model/plan.ts'

/** A component drawn again only when one of the parts it reads is another object: an edit leaves the rest as it was. */
export function memoOn<P extends object>(Component: ComponentType<P>, partsOf: (props: P) => readonly unknown[]) {
  return memo(Component, (before, after) => {
    const old = partsOf(before)
    return partsOf(after).every((part, at) => Object.is(part, old[at]))
  })
}

/** The ids and names of the stages as one text, which is equal while none of them changes. */
export const stageNames = (plan: Plan): string => plan.stages.map((stage) => `${stage.id}\n${stage.name}`).join('\n')
