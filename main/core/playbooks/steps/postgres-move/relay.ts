import { formatDuration } from '../../../../../shared/format/duration.ts'
import { formatQuantity } from '../../../../../shared/format/quantity.ts'
import { HeadroomError, problemOf } from '../../../../../shared/model/problem.ts'
import { LineSplitter } from '../../output.ts'
import type { RunContext } from '../step.ts'
import { type CopyState, newCopyState, takeError, takeLine } from './copy.ts'
import { copyProblem, endCopySessions, isFull } from './copy-job.ts'
import type { Planned, Sides } from './planned.ts'
import { type RelayPlan, relayCommands } from './relay-job.ts'
import { isFast, pipeBetween } from './relay-pipe.ts'
import { remember } from './standing.ts'

const TELL_EVERY_MS = 500

/**
 * Copies through this computer: what the source's host prints is what the target's host reads. Nothing is read before the
 * other side has taken what was read before, so memory does not grow with the database. It does not outlive the connection.
 */
export async function relay(sides: Sides, planned: Planned, plan: RelayPlan, context: RunContext): Promise<CopyState> {
  const { source, target } = sides
  const startedAt = context.environment.elapsed()
  remember(context, sides, { target: 'filling' })
  const packing = plan.packing === 'none' || (await isFast(sides, context)) ? 'none' : plan.packing
  if (packing !== 'none')
    context.line(source.hostId, 'note', `The way through this computer is slow: the dump is packed by ${packing}.`)
  const commands = relayCommands(plan, planned.copy, source, target, packing)
  const state = newCopyState()
  const launchedAt = performance.now()
  const errors: string[] = []
  let bytes = 0
  let toldAt = 0
  const tell = () => {
    const now = context.environment.elapsed()
    if (now - toldAt < TELL_EVERY_MS && state.phase === 'copy') return
    toldAt = now
    const rate = (bytes / Math.max(1, now - startedAt)) * 1000
    const table = state.table === null ? '' : `; table ${state.begun}, ${state.table}`
    context.progress(
      state.phase === 'copy' ? null : state.phase === 'end' ? 1 : 0.85,
      `Copying through this computer: ${formatQuantity(bytes, 'bytes')} in ${formatDuration(now - startedAt)}, ${formatQuantity(rate, 'bytes')}/s${table}`,
    )
  }
  const lines = (hostId: string, stream: 'stdout' | 'stderr') =>
    new LineSplitter((line) => {
      if (takeLine(state, line)) {
        if (state.phase === 'analyze') state.copiedMs ??= Math.round(performance.now() - launchedAt)
        return tell()
      }
      takeError(state, line)
      if (stream === 'stderr' && !/^pg_(dump|restore): (?!error|warning)/.test(line)) errors.push(line)
      context.line(hostId, stream, line)
    })
  const splitters = {
    dumpErr: lines(source.hostId, 'stderr'),
    loadOut: lines(target.hostId, 'stdout'),
    loadErr: lines(target.hostId, 'stderr'),
  }
  const {
    codes: [dumped, loaded],
    failures,
  } = await pipeBetween(
    context,
    { hostId: source.hostId, command: commands.dump, onStderr: (chunk) => splitters.dumpErr.write(chunk) },
    {
      ...{ hostId: target.hostId, command: commands.load },
      onStdout: (chunk) => splitters.loadOut.write(chunk),
      onStderr: (chunk) => splitters.loadErr.write(chunk),
    },
    (count) => {
      bytes += count
      tell()
    },
  )
  for (const one of Object.values(splitters)) one.end()
  if (dumped === 0 && loaded === 0) {
    remember(context, sides, { target: 'filled' })
    state.phase = 'end'
    return state
  }
  context.signal.throwIfAborted()
  await endCopySessions(sides, planned, context).catch((error: unknown) => {
    context.line(target.hostId, 'note', `The sessions of the copy could not be ended: ${problemOf(error).fact}`)
  })
  remember(context, sides, { target: planned.copy.oneTransaction ? 'empty' : 'partial' })
  if (failures.length > 0) {
    const problem = problemOf(failures[0])
    throw new HeadroomError({
      code: 'RELAY_BROKEN',
      fact: `The copy through this computer broke off: ${problem.fact}`,
      fix: 'Resume the run: the copy begins anew.',
    })
  }
  state.codes = { dump: dumped ?? 1, restore: loaded ?? 1 }
  throw new HeadroomError(
    copyProblem(
      state,
      'ended',
      loaded ?? dumped,
      errors.slice(-20).join('\n'),
      await isFull(sides, context),
      sides,
      planned,
      context,
    ),
  )
}
