import type { Command } from '../../../../../shared/model/command.ts'
import { HeadroomError, problemOf } from '../../../../../shared/model/problem.ts'
import { attach } from '../../attach.ts'
import type { DetachedCommands } from '../../detached.ts'
import { throughLinkLoss } from '../../link-loss.ts'
import type { RunContext } from '../step.ts'
import { isFull, launch } from './copy-job.ts'
import { beforeStop } from './cutover.ts'
import { type LogicalPlan, logicalCommands } from './logical-job.ts'
import { bytes, type LogicalState, logicalProgress, newLogicalState, takeLogicalLine } from './logical-progress.ts'
import type { MoveStep, Planned, Sides } from './planned.ts'
import { compared, contentsOf, differs } from './proof.ts'
import { lastError } from './refusal.ts'
import { replicationProblem } from './replication-problem.ts'
import { remember } from './standing.ts'
import type { Switch } from './switch.ts'

/**
 * Brings the target to within moments of the source, then stops writes and proves both equal. The replication stays until
 * `endReplication`, so that nothing is lost before the switch; a guard at the host ends it should nobody come back.
 */
export async function moveLogically(
  step: MoveStep,
  sides: Sides,
  planned: Planned,
  plan: LogicalPlan,
  switching: Switch | null,
  context: RunContext,
): Promise<void> {
  const { hostId } = plan.route
  const { job, guard, stop } = logicalCommands(plan, sides.source, sides.target, step.id, context.runId)
  if (context.memory.replicated !== true) {
    await replicate(sides, planned, plan, { job, guard }, context)
    context.remember({ replicated: true })
  } else await stillReplicating(plan, { job, guard }, hostId, context)

  if (switching) await beforeStop(switching, context)
  remember(context, sides, { frozen: true, freezeDone: true })
  context.remember({ frozenAt: context.environment.now() })
  context.journal('freeze', sides.source.hostId, `"${sides.source.database}" becomes read-only.`)
  context.progress(0.95, 'Writes are stopped: the last changes, sequences, and the proof')
  const { exitCode, stdout, stderr } = await context.execute(hostId, stop, { quiet: true })
  const state = newLogicalState()
  for (const line of stdout.split('\n')) takeLogicalLine(state, line)
  if (exitCode !== 0)
    throw new HeadroomError({
      code: 'WRITE_STOP_FAILED',
      fact: `The last changes could not be brought over and proven (exit code ${exitCode}): ${lastError(stderr)}.`,
      fix: 'Correct the cause that PostgreSQL names, then resume the run.',
    })
  await prove(sides, state, 'during the write stop', [], context)
}

/** `later`: tables whose rows come with the write stop. */
async function prove(
  sides: Sides,
  state: LogicalState,
  when: string,
  later: readonly string[],
  context: RunContext,
): Promise<void> {
  const [left, right] = [contentsOf(state.source), contentsOf(state.target)]
  for (const table of later) for (const side of [left, right]) side.tables.delete(table)
  const proof = compared(sides, context, left, right, when)
  context.prove(proof)
  const different = proof.rows.filter(({ equal }) => !equal)
  if (different.length > 0) {
    remember(context, sides, { target: 'different' })
    throw new HeadroomError(differs(different, sides, context))
  }
}

async function replicate(
  sides: Sides,
  planned: Planned,
  plan: LogicalPlan,
  commands: { job: DetachedCommands; guard: DetachedCommands },
  context: RunContext,
): Promise<void> {
  const { hostId } = plan.route
  const { job, guard } = commands
  if (context.memory.launched === true) context.journal('attached', hostId, 'The replication is picked up where it is.')
  else {
    // From here on something may have to be taken back at the source.
    context.remember({ replicating: true })
    context.journal(
      'replication',
      sides.source.hostId,
      `Publication, slot and subscription ${plan.replication.name} are made; removed however the move ends.`,
    )
    for (const left of [job, guard]) await context.execute(hostId, left.cancel, { quiet: true })
    for (const left of [job, guard]) await context.execute(hostId, left.remove, { quiet: true })
    await launch(hostId, guard.launch, sides, context)
    await launch(hostId, job.launch, sides, context)
  }
  const state = newLogicalState()
  const startedAt = Number(context.memory.launchedAt)
  const errors: string[] = []
  let told = ''
  const { exitCode, end } = await attach(context, hostId, job, {
    out: (line) => {
      if (!takeLogicalLine(state, line)) return context.line(hostId, 'stdout', line)
      const progress = logicalProgress(state, planned.sourceBytes, context.environment.now() - startedAt)
      if (progress && progress.text !== told) {
        told = progress.text
        context.progress(progress.ratio, progress.text)
      }
    },
    err: (line) => {
      errors.push(line)
      context.line(hostId, 'stderr', line)
    },
  })
  if (end !== 'ended' || exitCode !== 0 || state.phase !== 'ready') {
    remember(context, sides, { target: 'partial' })
    const full = await isFull(sides, context)
    throw new HeadroomError(replicationProblem(plan, end, exitCode, errors.slice(-20).join('\n'), sides, context, full))
  }
  remember(context, sides, { target: 'filled' })
  if (state.moment) await prove(sides, state, 'while the source was written to', plan.unlogged, context)
  else
    context.line(
      hostId,
      'note',
      'Writers held the tables all the time, so nothing could be compared yet: the write stop takes as long as comparing all of it does.',
    )
}

/** After an interruption: whether the replication is there still, before anything is stopped for it. */
async function stillReplicating(
  plan: LogicalPlan,
  { guard }: { job: DetachedCommands; guard: DetachedCommands },
  hostId: string,
  context: RunContext,
): Promise<void> {
  const printed = (await context.read(hostId, guard.poll)).toString('latin1')
  if (/^(running|starting)/.test(printed)) return
  throw new HeadroomError({
    code: 'REPLICATION_LOST',
    fact: `The replication ${plan.replication.name} has ended: the source kept more than ${bytes(plan.replication.walLimit)} of WAL for it, or ${context.hostName(hostId)} was restarted.`,
    fix: 'Resume the run: the move begins anew.',
  })
}

/**
 * Removes subscription, slots and publication, the guard and the jobs' folders. Both sides are tried, whatever becomes of
 * the other; may be done twice.
 * @throws REPLICATION_LEFT with the statements that do it by hand
 */
export async function endReplication(
  step: MoveStep,
  sides: Sides,
  plan: LogicalPlan,
  context: RunContext,
): Promise<void> {
  if (context.memory.replicating !== true) return
  const { hostId } = plan.route
  const { job, guard, clean } = logicalCommands(plan, sides.source, sides.target, step.id, context.runId)
  const failures: unknown[] = []
  const attempt = (command: Command) =>
    throughLinkLoss(context, async () => {
      const { exitCode, stderr } = await context.execute(hostId, command, { cleanup: true })
      if (exitCode === 0) return
      const fact = `${lastError(stderr)}.`
      throw new HeadroomError({
        code: 'REPLICATION_LEFT',
        fact,
        fix: 'See the message; it is in the words of PostgreSQL.',
      })
    }).catch((error: unknown) => void failures.push(error))
  await attempt(job.cancel)
  for (const command of clean) await attempt(command)
  if (failures.length > 0) {
    const { name } = plan.replication
    // A later try removes it first, and begins the copy anew; one that was proven is not copied again.
    if (context.memory.proven !== true) context.remember({ launched: false, replicated: false })
    throw new HeadroomError({
      code: 'REPLICATION_LEFT',
      fact: `Not all of the replication ${name} could be removed: ${problemOf(failures[0]).fact} A slot that is left makes the source keep its WAL; a guard on ${context.hostName(hostId)} removes it when that is more than ${bytes(plan.replication.walLimit)}.`,
      fix: `On the target: ALTER SUBSCRIPTION ${name} DISABLE; ALTER SUBSCRIPTION ${name} SET (slot_name = NONE); DROP SUBSCRIPTION ${name}; on the source: SELECT pg_drop_replication_slot('${name}'); DROP PUBLICATION ${name};`,
      value: name,
    })
  }
  for (const command of [guard.cancel, guard.remove, job.remove]) await attempt(command)
  context.remember({ replicating: false, replicated: false, launched: false })
  context.journal(
    'replication-ended',
    sides.source.hostId,
    `Subscription, slot and publication ${plan.replication.name} are removed.`,
  )
}
