import { HeadroomError, problemOf } from '../../../../../shared/model/problem.ts'
import { throughLinkLoss } from '../../link-loss.ts'
import type { RunContext } from '../step.ts'
import type { Sides } from './planned.ts'
import { sqlIdentifier } from './side.ts'
import { remember } from './standing.ts'
import { freezeCommand, mustRun, unfreezeCommand } from './statements.ts'

/** Stops writes to the source, unless an earlier try of the run did. Noted before it happens, so that it is always undone. */
export async function freeze(sides: Sides, context: RunContext): Promise<void> {
  if (context.memory.frozen === true && context.memory.freezeDone === true) return
  remember(context, sides, { frozen: true, freezeDone: false })
  context.remember({ frozenAt: context.environment.now() })
  context.journal(
    'freeze',
    sides.source.hostId,
    `"${sides.source.database}" becomes read-only; undone at the end of the step.`,
  )
  await mustRun(context, sides.source, freezeCommand(sides))
  remember(context, sides, { freezeDone: true })
}

/** Lets writes through again; tries for a minute where the connection is at fault. */
export async function unfreeze(sides: Sides, context: RunContext): Promise<void> {
  if (context.memory.frozen !== true) return
  await throughLinkLoss(context, () => mustRun(context, sides.source, unfreezeCommand(sides), { cleanup: true }))
  remember(context, sides, { frozen: false, freezeDone: false })
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
      fact: `"${database}" on ${context.hostName(hostId)} could not be made writable again: ${problemOf(error).fact}${earlier}`,
      fix: `Run this in another database of that server, such as postgres: ALTER DATABASE ${sqlIdentifier(database)} RESET default_transaction_read_only; new sessions write again.`,
      value: database,
    })
  }
}
