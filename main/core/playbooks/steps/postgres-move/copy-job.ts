import { formatDuration } from '../../../../../shared/format/duration.ts'
import { formatQuantity } from '../../../../../shared/format/quantity.ts'
import { HeadroomError, type Problem } from '../../../../../shared/model/problem.ts'
import { attach } from '../../attach.ts'
import type { PlanContext, RunContext } from '../step.ts'
import { createCommand, mustRun } from './commands.ts'
import { type CopyState, copyCommands, newCopyState, progressOf, takeLine } from './copy.ts'
import type { MoveStep, Planned, Sides } from './planned.ts'
import { readFacts } from './preflight.ts'
import { lastError } from './refusal.ts'

const EMPTY_DATABASE_BYTES = 7.5e6

/** Makes the target ready: an empty database that is there, or one that this run makes. */
export async function prepareTarget(
  _step: MoveStep,
  sides: Sides,
  planned: Planned,
  context: RunContext,
): Promise<void> {
  if (!planned.create || context.memory.launched === true) return
  // Written down before it happens: from here on the database is this run's own, also for a later try.
  if (context.memory.createdByUs !== true) {
    const facts = await readFacts(sides.target, context)
    if (facts.database)
      throw new HeadroomError({
        code: 'PREVIEW_CHANGED',
        fact: `The database "${sides.target.database}" has come into being since the review; it is left alone.`,
        fix: 'Review the playbook again.',
      })
    context.remember({ createdByUs: true })
  }
  context.journal('create-database', sides.target.hostId, `"${sides.target.database}" is created.`, { undo: 'drop it' })
  await mustRun(context, sides.target, createCommand(sides, planned))
}

export async function copy(step: MoveStep, sides: Sides, planned: Planned, context: RunContext): Promise<CopyState> {
  const { hostId } = planned.copy.route
  const commands = copyCommands(planned.copy, sides.source, sides.target, step.id, context.runId)
  if (context.memory.launched !== true) {
    context.remember({ launched: true, launchedAt: context.environment.now() })
    const launched = await context.execute(hostId, commands.launch)
    if (launched.exitCode !== 0)
      throw new HeadroomError({
        code: 'LAUNCH_FAILED',
        fact: `The copy could not be started on ${context.hostName(hostId)}: ${lastError(launched.stderr)}.`,
        fix: 'See that its temporary folder can be written.',
      })
  } else context.journal('attached', hostId, 'The copy is picked up where it is.')
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
      })
      if (progress && progress.text !== told) {
        told = progress.text
        context.progress(progress.ratio, progress.text)
      }
    },
    err: (line) => {
      if (!/^pg_(dump|restore): (?!error|warning)/.test(line)) errors.push(line)
      context.line(hostId, 'stderr', line)
    },
  })
  if (end === 'ended' && exitCode === 0 && state.phase === 'end') return state
  await removeJob(step, sides, planned, context)
  throw new HeadroomError(copyProblem(state, end, exitCode, errors.slice(-20).join('\n'), sides, planned, context))
}

/** The job's folder is removed; a later try starts anew. */
export async function removeJob(step: MoveStep, sides: Sides, planned: Planned, context: RunContext): Promise<void> {
  const { remove } = copyCommands(planned.copy, sides.source, sides.target, step.id, context.runId)
  await context.execute(planned.copy.route.hostId, remove, { cleanup: true })
  context.remember({ launched: false })
}

function copyProblem(
  state: CopyState,
  end: 'ended' | 'dead' | 'gone',
  exitCode: number | null,
  stderr: string,
  sides: Sides,
  planned: Planned,
  context: PlanContext,
): Problem {
  const target = context.hostName(sides.target.hostId)
  const left = planned.copy.oneTransaction
    ? `The source is untouched; "${sides.target.database}" on ${target} is empty as before.`
    : `The source is untouched; "${sides.target.database}" on ${target} is filled in part.`
  const host = context.hostName(planned.copy.route.hostId)
  if (end !== 'ended')
    return {
      code: 'COPY_LOST',
      fact: `The copy on ${host} ended without a result: it was killed, or ${host} was restarted. ${left}`,
      fix: 'Resume the run: the copy begins anew.',
    }
  if (/No space left on device/i.test(stderr))
    return {
      code: 'TARGET_NO_SPACE',
      fact: `The disk of ${target} filled up during the copy: ${lastError(stderr)}. ${left}`,
      fix: 'Free some space there, then resume the run.',
    }
  return {
    code: 'COPY_FAILED',
    fact: `The move failed while ${state.phase === 'copy' ? 'copying' : (state.phase ?? 'starting').replace('-', ' ')} (exit code ${exitCode}${state.codes ? `, pg_dump ${state.codes.dump}, pg_restore ${state.codes.restore}` : ''}): ${lastError(stderr)}. ${left}`,
    fix: 'Correct the cause that PostgreSQL names, then resume the run.',
  }
}
