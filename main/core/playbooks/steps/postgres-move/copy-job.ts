import { formatDuration } from '../../../../../shared/format/duration.ts'
import { formatQuantity } from '../../../../../shared/format/quantity.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { HeadroomError, type Problem, problemOf } from '../../../../../shared/model/problem.ts'
import { attach } from '../../attach.ts'
import { isLinkLoss, throughLinkLoss } from '../../link-loss.ts'
import type { PlanContext, RunContext } from '../step.ts'
import { type CopyState, copyCommands, newCopyState, progressOf, takeError, takeLine } from './copy.ts'
import { isPgcopydbTalk } from './pgcopydb.ts'
import type { MoveStep, Planned, Sides } from './planned.ts'
import { readFacts } from './preflight.ts'
import { lastError, refusedMidway } from './refusal.ts'
import { remember } from './standing.ts'
import { createCommand, endCopyCommand, mustRun } from './statements.ts'

const EMPTY_DATABASE_BYTES = 7.5e6
const FULL_BYTES = 4 * 1_048_576

/** Makes the target ready: an empty database that is there, or one that this run makes. What others put there is left alone. */
export async function prepareTarget(sides: Sides, planned: Planned, context: RunContext): Promise<void> {
  if (context.memory.launched === true) return
  const { database, hostId } = sides.target
  const found = (await readFacts(sides.target, context)).database
  if (!planned.create) {
    if (found && found.objects > 0) throw new HeadroomError(notEmpty(sides, found.objects, context))
    return remember(context, sides, { target: 'empty' })
  }
  if (found && context.memory.createdByUs !== true)
    throw new HeadroomError({
      code: 'PREVIEW_CHANGED',
      fact: `The database "${database}" has come into being since the review; it is left alone.`,
      fix: 'Review the playbook again.',
    })
  if (found && found.objects > 0 && found.oid !== context.memory.createdOid)
    throw new HeadroomError(notEmpty(sides, found.objects, context))
  // Written down before it happens: from here on an empty database of this name is this run's own, also for a later try.
  context.remember({ createdByUs: true })
  context.journal('create-database', hostId, `"${database}" is created.`, { undo: 'drop it' })
  await mustRun(context, sides.target, createCommand(sides, planned))
  remember(context, sides, { target: 'empty' })
  context.remember({ createdOid: (await readFacts(sides.target, context)).database?.oid ?? null })
}

const notEmpty = ({ target }: Sides, objects: number, context: PlanContext): Problem => ({
  code: 'TARGET_NOT_EMPTY',
  fact: `The database "${target.database}" on ${context.hostName(target.hostId)} holds ${objects} objects now; it is left alone.`,
  fix: 'Empty it by hand if nobody needs them, then resume the run; or move to another database.',
  field: 'target_database',
  value: target.database,
})

/** Starts the copy, or finds the one that an earlier try started, and follows it to its end. */
export async function copy(step: MoveStep, sides: Sides, planned: Planned, context: RunContext): Promise<CopyState> {
  const { hostId } = planned.copy.route
  const commands = copyCommands(planned.copy, sides.source, sides.target, step.id, context.runId)
  if (context.memory.leftover === true) await removeJob(step, sides, planned, context)
  if (context.memory.launched === true) context.journal('attached', hostId, 'The copy is picked up where it is.')
  else await launch(hostId, commands.launch, sides, context)
  const state = newCopyState()
  const startedAt = Number(context.memory.launchedAt)
  const errors: string[] = []
  let told = ''
  const { exitCode, end } = await attach(context, hostId, commands, {
    out: (line) => {
      if (!takeLine(state, line)) return context.line(hostId, 'stdout', line)
      const elapsed = context.environment.now() - startedAt
      const progress = progressOf(state, planned.sourceBytes, EMPTY_DATABASE_BYTES, elapsed, {
        bytes: (value) => formatQuantity(value, 'bytes'),
        duration: formatDuration,
        count: (value) => formatQuantity(value, 'count'),
      })
      if (progress && progress.text !== told) {
        told = progress.text
        context.progress(progress.ratio, progress.text)
      }
    },
    err: (line) => {
      takeError(state, line)
      if (!/^pg_(dump|restore): (?!error|warning|detail)/.test(line) && !isPgcopydbTalk(line)) errors.push(line)
      context.line(hostId, 'stderr', line)
    },
  })
  const copied = state.codes?.dump === 0 && state.codes.restore === 0
  // pgcopydb has been seen to end well after a table that found no room.
  const full = planned.copy.format === 'pgcopydb' && /No space left on device/i.test(errors.join('\n'))
  if (end === 'ended' && exitCode === 0 && state.phase === 'end' && !full) {
    remember(context, sides, { target: 'filled' })
    return state
  }
  // Programs may outlive the job that was killed, and a server notices a lost client late.
  await endCopySessions(sides, planned, context).catch((error: unknown) => {
    context.line(hostId, 'note', `The sessions of the copy could not be ended: ${problemOf(error).fact}`)
  })
  remember(context, sides, { target: copied ? 'filled' : planned.copy.oneTransaction ? 'empty' : 'partial' })
  await removeJob(step, sides, planned, context)
  const isNow = full || (await isFull(sides, context))
  throw new HeadroomError(
    copyProblem(state, end, exitCode, errors.slice(-20).join('\n'), isNow, sides, planned, context),
  )
}

export async function launch(hostId: string, command: Command, sides: Sides, context: RunContext): Promise<void> {
  context.remember({ launched: true, launchedAt: context.environment.now() })
  remember(context, sides, { target: 'filling' })
  try {
    const launched = await context.execute(hostId, command)
    if (launched.exitCode === 0) return
    context.remember({ launched: false })
    remember(context, sides, { target: 'empty' })
    throw new HeadroomError({
      code: 'LAUNCH_FAILED',
      fact: `The copy could not be started on ${context.hostName(hostId)}: ${lastError(launched.stderr)}.`,
      fix: 'See that its temporary folder can be written, then resume the run.',
    })
  } catch (error) {
    // The answer is lost, not the copy: following it shows whether it began.
    if (!isLinkLoss(error) || context.signal.aborted) throw error
    context.line(hostId, 'note', `${problemOf(error).fact} Looking whether the copy began.`)
  }
}

/** Ends what the copy has open in both databases. */
export async function endCopySessions({ source, target }: Sides, planned: Planned, context: RunContext): Promise<void> {
  const ended = await Promise.allSettled([
    mustRun(context, source, endCopyCommand(source, source.database), { cleanup: true }),
    mustRun(context, target, endCopyCommand(target, planned.base), { cleanup: true }),
  ])
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}

/** The job's folder is removed; a later try starts anew. Where it cannot be reached, that is said, and the next try removes it. */
export async function removeJob(step: MoveStep, sides: Sides, planned: Planned, context: RunContext): Promise<void> {
  const { hostId } = planned.copy.route
  const { remove } = copyCommands(planned.copy, sides.source, sides.target, step.id, context.runId)
  context.remember({ launched: false, leftover: true })
  try {
    await throughLinkLoss(context, () => context.execute(hostId, remove, { cleanup: true }))
    context.remember({ leftover: false })
  } catch (error) {
    const name = `headroom-${context.runId}-${step.id}`
    context.line(
      hostId,
      'note',
      `${problemOf(error).fact} The folder ${name} with the job's output is still among the temporary files of ${context.hostName(hostId)}; remove it by hand, or resume the run.`,
    )
  }
}

/** Whether the disk of the target's data has nothing to speak of left, as far as can be seen. */
export async function isFull(sides: Sides, context: RunContext): Promise<boolean> {
  try {
    const { freeBytes } = await readFacts(sides.target, context)
    return freeBytes !== null && freeBytes < FULL_BYTES
  } catch {
    return false
  }
}

const noSpaceLine = (stderr: string): string =>
  stderr.split('\n').find((line) => /No space left on device/i.test(line)) ?? stderr

export function copyProblem(
  state: CopyState,
  end: 'ended' | 'dead' | 'gone',
  exitCode: number | null,
  stderr: string,
  full: boolean,
  sides: Sides,
  planned: Planned,
  context: PlanContext,
): Problem {
  const target = context.hostName(sides.target.hostId)
  const host = context.hostName(planned.copy.route.hostId)
  if (
    planned.copy.format === 'directory' &&
    /pg_dump: error: could not (write|open|create)|could not write to output file/.test(stderr)
  )
    return {
      code: 'SCRATCH_NO_SPACE',
      fact: `${host} could not hold the files of the dump: ${lastError(stderr)}.`,
      fix: 'Free some space among its temporary files (TMPDIR), or take the strategy stream, which needs none. Then resume the run.',
    }
  if (full || /No space left on device/i.test(stderr))
    return {
      code: 'TARGET_NO_SPACE',
      fact: `The disk of ${target} filled up during the copy${stderr === '' ? '' : `: ${lastError(noSpaceLine(stderr))}`}.`,
      fix: 'Free some space there, then resume the run.',
    }
  const refused = refusedMidway(stderr, sides, [planned.copy.route], context.hostName)
  if (refused) return refused
  if (end !== 'ended')
    return {
      code: 'COPY_LOST',
      fact: `The copy on ${host} ended without a result: it was killed, or ${host} was restarted.`,
      fix: 'Resume the run: the copy begins anew.',
    }
  return {
    code: 'COPY_FAILED',
    fact: `The move failed while ${state.phase === 'copy' ? 'copying' : (state.phase ?? 'starting').replace('-', ' ')} (exit code ${exitCode}${planned.copy.format === 'pgcopydb' ? ' of pgcopydb' : state.codes ? `, pg_dump ${state.codes.dump}, pg_restore ${state.codes.restore}` : ''}): ${lastError(stderr)}.`,
    fix:
      stderr === ''
        ? `What its programs said could not be kept, as where the disk of the temporary files of ${host} is full (df "\${TMPDIR:-/tmp}"). Make room there, then resume the run.`
        : 'Correct the cause that PostgreSQL names, then resume the run.',
  }
}
