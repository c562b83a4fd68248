import * as z from 'zod'
import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import type { PlanContext } from '../step.ts'
import type { CopyPlan } from './copy.ts'
import type { Wish } from './judge.ts'
import type { LogicalPlan } from './logical-job.ts'
import type { RelayPlan } from './relay-job.ts'
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
  strategy: z.enum(['stream', 'parallel', 'logical']),
  logical: z.custom<LogicalPlan | null>((value) => typeof value === 'object').default(null),
  relay: z.custom<RelayPlan | null>((value) => typeof value === 'object').default(null),
  /** How the file with the URL was found on each server of the application. */
  files: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
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

/** A word of a few, from the step. PARAMETER_INVALID names the field. */
export function wordOf<T extends string>(field: string, value: string, words: readonly T[], context: PlanContext): T {
  const plain = context.values.plain(value)
  const found = words.find((word) => word === plain)
  if (found !== undefined) return found
  throw new HeadroomError({
    code: 'PARAMETER_INVALID',
    fact: `${field} is "${plain}".`,
    fix: `Write ${words.slice(0, -1).join(', ')} or ${words.at(-1)}.`,
    field,
    value: plain,
  })
}

function numberOf(field: string, value: string | number, least: number, most: number, context: PlanContext): number {
  const plain = context.values.plain(String(value))
  const number = Number(plain)
  if (plain.trim() !== '' && Number.isFinite(number) && number >= least && number <= most) return number
  throw new HeadroomError({
    code: 'PARAMETER_INVALID',
    fact: `${field} is "${plain}".`,
    fix: `Write a number from ${least} to ${most}.`,
    field,
    value: plain,
  })
}

export function wishOf(step: MoveStep, context: PlanContext): Wish {
  const asked = wordOf('strategy', step.strategy, ['stream', 'parallel', 'logical'], context)
  // A replication is led from the source; a rehearsal leaves that as it is, and measures the copy alone.
  const strategy = step.throwaway && asked === 'logical' ? 'parallel' : asked
  return {
    strategy,
    owners: wordOf('owners', step.owners, ['keep', 'target-user'], context),
    margin: numberOf('margin', step.margin, 1, 100, context),
    freeze:
      !step.throwaway && (strategy === 'logical' || switches(step, context) || flagOf(step.freeze_writes, context)),
    jobs: Math.floor(numberOf('jobs', step.jobs, 1, 64, context)),
    parallelBy: wordOf('parallel_by', step.parallel_by, ['auto', 'pg_dump', 'pgcopydb'], context),
    withoutKey: wordOf('without_key', step.without_key, ['refuse', 'full'], context),
    walLimit: numberOf('wal_limit', step.wal_limit, 0.05, 100_000, context) * 2 ** 30,
    runOn: wordOf('run_on', step.run_on, ['auto', 'source', 'target', 'relay'], context),
  }
}

/** Whether an application is led to the target at the end. */
export const switches = (step: MoveStep, context: PlanContext): boolean =>
  step.cutover !== undefined && context.values.plain(step.cutover.hosts).trim() !== ''
