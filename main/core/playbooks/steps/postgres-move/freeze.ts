import { HeadroomError, problemOf } from '../../../../../shared/model/problem.ts'
import type { RunContext } from '../step.ts'
import { freezeCommand, mustRun, unfreezeCommand } from './commands.ts'
import type { Sides } from './planned.ts'
import { sqlIdentifier } from './side.ts'

export async function freeze(sides: Sides, context: RunContext): Promise<void> {
  context.remember({ frozen: true })
  context.journal(
    'freeze',
    sides.source.hostId,
    `"${sides.source.database}" becomes read-only; undone at the end of the step.`,
  )
  await mustRun(context, sides.source, freezeCommand(sides))
}

export async function unfreeze(sides: Sides, context: RunContext): Promise<void> {
  if (context.memory.frozen !== true) return
  await mustRun(context, sides.source, unfreezeCommand(sides), { cleanup: true })
  context.remember({ frozen: false })
  context.journal('unfreeze', sides.source.hostId, `"${sides.source.database}" takes writes again.`)
}

/** Lets writes through again after the move. What goes wrong with that is told together with what went wrong before. */
export async function endFreeze(sides: Sides, context: RunContext, failure: unknown): Promise<void> {
  try {
    await unfreeze(sides, context)
  } catch (error) {
    const { database, hostId } = sides.source
    const earlier = failure === null ? '' : ` Before that: ${problemOf(failure).fact}`
    throw new HeadroomError({
      code: 'SOURCE_STILL_READ_ONLY',
      fact: `"${database}" on ${context.hostName(hostId)} is still read-only: ${problemOf(error).fact}${earlier}`,
      fix: `Run this in another database of that server, such as postgres: ALTER DATABASE ${sqlIdentifier(database)} RESET default_transaction_read_only; new sessions write again.`,
      value: database,
    })
  }
}
