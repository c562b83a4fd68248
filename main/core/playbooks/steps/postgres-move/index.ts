import { formatDuration } from '../../../../../shared/format/duration.ts'
import { HeadroomError, type Problem, problemOf } from '../../../../../shared/model/problem.ts'
import { previewOf } from '../../commands.ts'
import { emptyPlan, Interrupted, type PlanContext, type RunContext, type StepHandler, type StepPlan } from '../step.ts'
import { commandsOf } from './commands.ts'
import { copyCommands } from './copy.ts'
import { copy, endCopySessions, prepareTarget, removeJob } from './copy-job.ts'
import { beforeStop, planFiles, returnOld, switchOver } from './cutover.ts'
import { endFreeze, freeze, unfreeze } from './freeze.ts'
import { judge } from './judge.ts'
import { endReplication, moveLogically } from './logical.ts'
import { logicalPlan } from './logical-plan.ts'
import { type MoveStep, type Planned, PlannedSchema, type Sides, sidesOf, wishOf } from './planned.ts'
import { baseOf, factsCommand, readFacts, type SideFacts } from './preflight.ts'
import { compared, contentsOf, differs, writtenMeanwhile } from './proof.ts'
import { refusalOf } from './refusal.ts'
import { dropRehearsed, rehearsedIn, tellRehearsal } from './rehearsal.ts'
import { relay } from './relay.ts'
import { chooseRoute } from './route.ts'
import type { Side } from './side.ts'
import { remember } from './standing.ts'
import { countCommand } from './statements.ts'
import { type Switch, switchOf } from './switch.ts'
import { tell } from './words.ts'

/** Moves a PostgreSQL database, proves that both sides hold the same, and leads the application over. The source is never dropped. */
export const postgresMove: StepHandler<'postgres-move'> = {
  async plan(step, context) {
    const sides = sidesOf(step, context)
    const { source, target } = sides
    const wish = wishOf(step, context)
    const switching = switchOf(step, sides, context)
    const hostIds = [...new Set([source.hostId, target.hostId, ...(switching?.hostIds ?? [])])]
    const plan: StepPlan = { ...emptyPlan(), hostIds }
    for (const side of [source, target])
      plan.commands.push(previewOf(context, side.hostId, factsCommand(side), 'check'))
    const files = switching ? await planFiles(switching, context, plan) : { commands: [], facts: {} }
    const [from, to] = await bothFacts(sides, context, plan.problems)
    if (!from || !to) return plan
    const names = { source: context.hostName(source.hostId), target: context.hostName(target.hostId) }
    const judged = judge(source, target, from, to, wish, names)
    plan.problems.push(...judged.problems)
    plan.warnings.push(...judged.warnings)
    const database = from.database
    if (!database) return plan

    const chosen = await chooseRoute(sides, from, to, wish, context, plan)
    if (!chosen) return plan
    const { copy } = chosen
    const freeze = wish.freeze && !database.readOnly
    const planned: Planned = {
      create: to.database === null,
      freeze,
      sourceBytes: Number(database.bytes.toPrecision(1)),
      encoding: database.encoding,
      collate: database.collate,
      ctype: database.ctype,
      base: baseOf(target, to),
      strategy: wish.strategy,
      copy,
      files: files.facts,
      relay: chosen.relay,
      logical: wish.strategy === 'logical' ? logicalPlan(step, sides, from, to, wish, copy, context) : null,
    }
    plan.facts = planned
    plan.commands.push(...commandsOf(step, sides, planned, switching, files, context))
    tell(sides, planned, switching, from, chosen.bytesPerSecond, names, plan, context)
    if (step.throwaway) plan.problems.push(...tellRehearsal(sides, planned, names, plan))
    plan.undoable = switching !== null
    return plan
  },

  async run(step, context) {
    const sides = sidesOf(step, context)
    const planned = PlannedSchema.parse(context.plan.facts)
    const switching = switchOf(step, sides, context)
    for (const { password } of [sides.source, sides.target]) if (password) context.conceal(password)
    let failure: unknown = null
    try {
      remember(context, sides, {})
      if (step.throwaway && context.memory.rehearsedFrom === undefined)
        context.remember({ rehearsedFrom: context.environment.now() })
      let outcome = ''
      if (context.memory.proven !== true) {
        outcome = await moved(step, sides, planned, switching, context)
        context.remember({ proven: true, outcome })
      } else outcome = String(context.memory.outcome ?? '')
      if (switching) {
        context.remember({ switching: true })
        context.progress(0.97, 'Leading the application to the target')
        await switchOver(switching, planned, context)
        const stopped = context.environment.now() - Number(context.memory.frozenAt)
        context.remember({ switched: true, switching: false })
        if (stopped >= 0) outcome = `${outcome} Writes were stopped for ${formatDuration(stopped)}.`
      }
      if (step.throwaway) outcome = `${outcome} ${rehearsedIn(context)}`
      if (planned.logical) await endReplication(step, sides, planned.logical, context)
      if (switching || planned.logical)
        outcome = `${outcome} ${switching ? 'The application uses the target. ' : ''}"${sides.source.database}" on ${context.hostName(sides.source.hostId)} stays as it is, read-only.`
      return { kind: 'done', outcome }
    } catch (error) {
      failure = error
      throw error
    } finally {
      // The copy may be going on at the host, and the source has to stay as it is for it. Stopping it ends the freeze too.
      const goesOn = failure !== null && (failure instanceof Interrupted || context.signal.aborted)
      const stays = failure === null && (switching !== null || planned.logical !== null)
      if (!goesOn && !stays) await takeBack(step, sides, planned, switching, context, failure)
      if (!goesOn && step.throwaway) await dropRehearsed(sides, planned, context)
    }
  },

  async undo(step, context) {
    const sides = sidesOf(step, context)
    const switching = switchOf(step, sides, context)
    // Writable first: the application that comes back wants to write.
    await unfreeze(sides, context)
    if (switching) await returnOld(switching, context)
    context.remember({ switched: false, proven: false, replicated: false })
  },

  async abandon(step, context) {
    const sides = sidesOf(step, context)
    const parsed = PlannedSchema.safeParse(context.plan.facts)
    if (!parsed.success) return
    const planned = parsed.data
    const switching = switchOf(step, sides, context)
    // Every part is tried, whatever becomes of the others: the source must take writes again in any case.
    const failures: unknown[] = []
    const attempt = (work: () => Promise<void>) => work().catch((error: unknown) => void failures.push(error))
    if (switching && context.memory.switching === true) await attempt(() => returnOld(switching, context))
    const { logical } = planned
    if (logical) await attempt(() => endReplication(step, sides, logical, context))
    else if (context.memory.launched === true) {
      const { hostId } = planned.copy.route
      const { cancel } = copyCommands(planned.copy, sides.source, sides.target, step.id, context.runId)
      await attempt(async () => void (await context.execute(hostId, cancel, { cleanup: true })))
    }
    if (logical || planned.relay || context.memory.launched === true) {
      // A server notices that its client is gone only when it next talks to it, which may be hours away.
      await attempt(() => endCopySessions(sides, planned, context))
      if (failures.length === 0) {
        remember(context, sides, { target: planned.copy.oneTransaction ? 'empty' : 'partial' })
        if (!logical && !planned.relay) await removeJob(step, sides, planned, context)
      }
    }
    await attempt(() => unfreeze(sides, context))
    if (step.throwaway) await attempt(() => dropRehearsed(sides, planned, context))
    context.remember({ proven: false, switching: false })
    if (failures.length > 0) throw failures[0]
  },

  async prove(step, context) {
    const sides = sidesOf(step, context)
    const count = async (side: Side) => {
      const result = await context.hosts.run(side.hostId, countCommand(side), { signal: context.signal })
      if (result.exitCode !== 0) throw new HeadroomError(refusalOf(side, context.hostName(side.hostId), result.stderr))
      return contentsOf(result.stdout.split('\n'))
    }
    const [left, right] = await Promise.all([count(sides.source), count(sides.target)])
    return compared(sides, context, left, right, 'counted again')
  },
}

/** Copies and proves; the outcome in words. With a logical move the source is read-only afterwards. */
async function moved(
  step: MoveStep,
  sides: Sides,
  planned: Planned,
  switching: Switch | null,
  context: RunContext,
): Promise<string> {
  const { logical, relay: relayPlan } = planned
  if (logical) {
    if (context.memory.replicated !== true) {
      // What an earlier try could not remove holds the database that is to be made anew.
      if (context.memory.launched !== true) await endReplication(step, sides, logical, context)
      await prepareTarget(sides, planned, context)
    }
    await moveLogically(step, sides, planned, logical, switching, context)
    remember(context, sides, { target: 'proven' })
    return 'Both sides are equal, proven during the write stop.'
  }
  if (switching && context.memory.launched !== true) await beforeStop(switching, context)
  if (planned.freeze) await freeze(sides, context)
  // What an earlier try through this computer left open would hold the database that is made anew.
  if (relayPlan) await endCopySessions(sides, planned, context)
  await prepareTarget(sides, planned, context)
  const state = relayPlan ? await relay(sides, planned, relayPlan, context) : await copy(step, sides, planned, context)
  const proof = compared(sides, context, contentsOf(state.source), contentsOf(state.target), 'after the copy')
  context.prove(proof)
  if (!relayPlan) await removeJob(step, sides, planned, context)
  const different = proof.rows.filter(({ equal }) => !equal)
  remember(context, sides, { target: different.length > 0 ? 'different' : 'proven' })
  if (different.length > 0) throw new HeadroomError(differs(different, sides, context))
  const tables = proof.rows.filter(({ name }) => name.startsWith('table ')).length
  if (state.copiedMs !== null)
    context.journal('copied', sides.target.hostId, `The copy alone took ${formatDuration(state.copiedMs)}.`, {
      durationMs: state.copiedMs,
    })
  const took = state.copiedMs === null ? '' : ` Copied in ${formatDuration(state.copiedMs)}.`
  const outcome = `${tables} tables are equal on both sides, rows and checksums.${took}`
  const missing = writtenMeanwhile(state, switching !== null)
  if (missing === null) return outcome
  context.line(sides.source.hostId, 'note', `${missing}; they are not on the target.`)
  return `${outcome} ${missing} and are not on the target.`
}

/** After a failure, or a move without a switch: the old URL comes back, the replication goes, and the source takes writes again. */
async function takeBack(
  step: MoveStep,
  sides: Sides,
  planned: Planned,
  switching: Switch | null,
  context: RunContext,
  failure: unknown,
): Promise<void> {
  const left: unknown[] = []
  const attempt = (work: () => Promise<void>) => work().catch((error: unknown) => void left.push(error))
  // Writable first: the application that comes back wants to write.
  await attempt(() => endFreeze(sides, context, failure))
  if (switching && context.memory.switching === true) {
    await attempt(() => returnOld(switching, context))
    context.remember({ switching: false })
    context.stands(
      left.length > 0
        ? `The old ${switching.key} could not be put back everywhere; beside ${switching.file} is its earlier version.`
        : `The old ${switching.key} is back in ${switching.file}, and the application uses the source again. What it wrote to the target in between, if anything, is there only.`,
    )
  }
  const { logical } = planned
  if (logical) await attempt(() => endReplication(step, sides, logical, context))
  if (failure !== null) context.remember({ proven: false, replicated: false })
  if (left.length === 0) return
  const first = problemOf(left[0])
  if (failure === null || first.code === 'SOURCE_STILL_READ_ONLY') throw left[0]
  const { fact, field } = problemOf(failure)
  throw new HeadroomError({
    ...first,
    ...(field === undefined ? {} : { field }),
    fact: `${fact} Afterwards: ${first.fact}`,
  })
}

async function bothFacts(sides: Sides, context: PlanContext, problems: Problem[]): Promise<(SideFacts | null)[]> {
  return await Promise.all(
    [sides.source, sides.target].map(async (side) => {
      try {
        return await readFacts(side, context)
      } catch (error) {
        if (!(error instanceof HeadroomError)) throw error
        problems.push(error.problem)
        return null
      }
    }),
  )
}
