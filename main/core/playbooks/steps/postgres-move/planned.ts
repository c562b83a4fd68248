import { z } from 'zod'
import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import type { PlanContext } from '../step.ts'
import type { CopyPlan } from './copy.ts'
import type { Wish } from './judge.ts'
import { type Side, sideOf } from './side.ts'

export type MoveStep = StepOf<'postgres-move'>

export const PlannedSchema = z.object({
  create: z.boolean(),
  freeze: z.boolean(),
  sourceBytes: z.number(),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  base: z.string(),
  copy: z.custom<CopyPlan>((value) => typeof value === 'object' && value !== null && 'route' in value),
})
/** What the plan found out and the run builds on. Sizes are rounded, so that a growing source does not change the hash. */
export type Planned = z.infer<typeof PlannedSchema>

export interface Sides {
  source: Side
  target: Side
}

export const sidesOf = (step: MoveStep, context: PlanContext): Sides => ({
  source: sideOf(step, 'source', context),
  target: sideOf(step, 'target', context),
})

export function flagOf(value: boolean | string, context: PlanContext): boolean {
  return typeof value === 'boolean' ? value : context.values.plain(value) === 'true'
}

export function wishOf(step: MoveStep, context: PlanContext): Wish {
  const owners = context.values.plain(step.owners)
  const margin = Number(context.values.plain(String(step.margin)))
  if (owners !== 'keep' && owners !== 'target-user')
    throw new HeadroomError({
      code: 'PARAMETER_INVALID',
      fact: `owners is "${owners}".`,
      fix: 'Write keep or target-user.',
      field: 'owners',
      value: owners,
    })
  if (!Number.isFinite(margin) || margin < 1)
    throw new HeadroomError({
      code: 'PARAMETER_INVALID',
      fact: `margin is "${context.values.plain(String(step.margin))}".`,
      fix: 'Write a number of 1 or more, such as 1.3.',
      field: 'margin',
    })
  return { owners, margin, freeze: flagOf(step.freeze_writes, context) }
}
