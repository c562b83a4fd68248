import { formatDuration } from '../../../../../shared/format/duration.ts'
import type { Problem } from '../../../../../shared/model/problem.ts'
import type { RunContext, StepPlan } from '../step.ts'
import type { Planned, Sides } from './planned.ts'
import { dropCommand, mustRun } from './statements.ts'

/** What a rehearsal says in the review instead; the problem where its database is there already. */
export function tellRehearsal(
  { target }: Sides,
  planned: Planned,
  names: { target: string },
  plan: StepPlan,
): Problem[] {
  plan.downtime = 'none; a rehearsal stops no writes'
  plan.warnings = plan.warnings.filter((text) => !text.startsWith('Writes to the source are not stopped.'))
  plan.effects.push(`drops "${target.database}" on ${names.target} again at the end, however it ends`)
  if (planned.strategy === 'parallel')
    plan.notes.push(
      'A rehearsal of a logical move copies in parallel: replication would need the source to take part. It measures the copy, not the seconds of write stop.',
    )
  if (planned.create) return []
  return [
    {
      code: 'REHEARSAL_NOT_NEW',
      fact: `There is a database "${target.database}" on ${names.target} already, and a rehearsal drops the one it fills.`,
      fix: 'Look what it is; drop or rename it, then preview again.',
      field: 'target_database',
      value: target.database,
    },
  ]
}

/** How long it took, which is how long writes will stop. */
export function rehearsedIn(context: RunContext): string {
  const took = context.environment.now() - Number(context.memory.rehearsedFrom)
  return took >= 0
    ? `Copied and compared in ${formatDuration(took)}: with writes stopped, expect them to stop for about that long.`
    : ''
}

/** Drops what this very run made; safe to do twice. */
export async function dropRehearsed(sides: Sides, planned: Planned, context: RunContext): Promise<void> {
  if (context.memory.createdByUs !== true) return
  await mustRun(context, sides.target, dropCommand(sides, planned), { cleanup: true })
  context.remember({ createdByUs: false, createdOid: null, proven: false })
  context.journal('drop-database', sides.target.hostId, `"${sides.target.database}" of the rehearsal is dropped.`)
  context.stands('')
}
