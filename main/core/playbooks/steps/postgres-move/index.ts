import { formatDuration } from '../../../../../shared/format/duration.ts'
import { formatQuantity } from '../../../../../shared/format/quantity.ts'
import { HeadroomError, type Problem } from '../../../../../shared/model/problem.ts'
import { previewOf } from '../../commands.ts'
import { emptyPlan, Interrupted, type PlanContext, type StepHandler, type StepPlan } from '../step.ts'
import { commandsOf, countCommand } from './commands.ts'
import { copyCommands } from './copy.ts'
import { copy, endCopySessions, prepareTarget, removeJob } from './copy-job.ts'
import { endFreeze, freeze, unfreeze } from './freeze.ts'
import { judge } from './judge.ts'
import { flagOf, type Planned, PlannedSchema, type Sides, sidesOf, wishOf } from './planned.ts'
import { baseOf, factsCommand, readFacts, type SideFacts } from './preflight.ts'
import { contentsOf, differs, proofOf } from './proof.ts'
import { refusalOf } from './refusal.ts'
import { chooseRoute } from './route.ts'
import type { Side } from './side.ts'
import { remember } from './standing.ts'

/** No measurement yet: what a dump into another server over a gigabit line commonly reaches, stated as an assumption. */
const ASSUMED_BYTES_PER_SECOND = 30e6

/** Moves a PostgreSQL database by pg_dump into pg_restore, and proves that both sides hold the same. The source is never dropped. */
export const postgresMove: StepHandler<'postgres-move'> = {
  async plan(step, context) {
    const sides = sidesOf(step, context)
    const { source, target } = sides
    const plan: StepPlan = { ...emptyPlan(), hostIds: [...new Set([source.hostId, target.hostId])] }
    for (const side of [source, target])
      plan.commands.push(previewOf(context, side.hostId, factsCommand(side), 'check'))
    const [from, to] = await bothFacts(sides, context, plan.problems)
    if (!from || !to) return plan
    const names = { source: context.hostName(source.hostId), target: context.hostName(target.hostId) }
    const wish = wishOf(step, context)
    const judged = judge(source, target, from, to, wish, names)
    plan.problems.push(...judged.problems)
    plan.warnings.push(...judged.warnings)
    const database = from.database
    if (!database) return plan

    const copy = await chooseRoute(step, sides, from, to, wish, context, plan)
    if (!copy) return plan
    const freeze = flagOf(step.freeze_writes, context) && !database.readOnly
    const planned: Planned = {
      create: to.database === null,
      freeze,
      sourceBytes: Number(database.bytes.toPrecision(1)),
      encoding: database.encoding,
      collate: database.collate,
      ctype: database.ctype,
      base: baseOf(target, to),
      copy,
    }
    plan.facts = planned
    for (const { side, command, purpose, detached } of commandsOf(step, sides, planned))
      plan.commands.push(
        previewOf(context, side.hostId, command, purpose, {
          detached,
          readOnly: purpose === 'check' || purpose === 'verify',
        }),
      )

    const estimate = formatDuration((database.bytes / ASSUMED_BYTES_PER_SECOND) * 1000 + 5000)
    plan.notes.push(
      `${formatQuantity(database.bytes, 'bytes')} in ${database.tables} tables and ${database.largeObjects} large objects; about ${estimate} if 30 MB a second get through (assumed, not measured).`,
      `The copy runs on ${context.hostName(copy.route.hostId)} with the programs of PostgreSQL ${copy.tools.major}, detached: it goes on without this computer.`,
    )
    if (!freeze && !database.readOnly)
      plan.warnings.push(
        `Writes to the source are not stopped. The proof is exact for the moment the copy begins; what is written after it is not on the target (${database.otherSessions} other sessions are open now).`,
      )
    plan.effects.push(
      ...(planned.create ? [`creates the database "${target.database}" on ${names.target}`] : []),
      `fills "${target.database}" on ${names.target}`,
      ...(freeze
        ? [`makes "${source.database}" on ${names.source} read-only during the move and ends its open sessions`]
        : []),
      `leaves "${source.database}" on ${names.source} as it is`,
    )
    plan.downtime = freeze
      ? `writes stopped for about ${estimate}; reads go on`
      : 'none; writes during the move are not copied'
    return plan
  },

  async run(step, context) {
    const sides = sidesOf(step, context)
    const planned = PlannedSchema.parse(context.plan.facts)
    let failure: unknown = null
    try {
      remember(context, sides, {})
      if (planned.freeze) await freeze(sides, context)
      await prepareTarget(sides, planned, context)
      const state = await copy(step, sides, planned, context)
      const proof = proofOf(sides, context, contentsOf(state.source), contentsOf(state.target), 'after the copy')
      context.prove(proof)
      await removeJob(step, sides, planned, context)
      const different = proof.rows.filter(({ equal }) => !equal)
      remember(context, sides, { target: different.length > 0 ? 'different' : 'proven' })
      if (different.length > 0) throw new HeadroomError(differs(different, sides, context))
      const later =
        state.writesBefore === null || state.writesAfter === null ? 0 : state.writesAfter - state.writesBefore
      const tables = proof.rows.filter(({ name }) => name.startsWith('table ')).length
      const outcome = `${tables} tables are equal on both sides, rows and checksums.`
      if (later <= 0) return { kind: 'done', outcome }
      context.line(
        sides.source.hostId,
        'note',
        `${later} row changes reached the source since the copy began; they are not on the target.`,
      )
      return {
        kind: 'done',
        outcome: `${outcome} ${later} row changes reached the source since the copy began and are not on the target.`,
      }
    } catch (error) {
      failure = error
      throw error
    } finally {
      // The copy may be going on at the host, and the source has to stay as it is for it. Stopping it ends the freeze too.
      const goesOn = failure !== null && (failure instanceof Interrupted || context.signal.aborted)
      if (!goesOn) await endFreeze(sides, context, failure)
    }
  },

  async abandon(step, context) {
    const sides = sidesOf(step, context)
    const parsed = PlannedSchema.safeParse(context.plan.facts)
    if (!parsed.success) return
    const planned = parsed.data
    // Every part is tried, whatever becomes of the others: the source must take writes again in any case.
    const failures: unknown[] = []
    const attempt = (work: () => Promise<void>) => work().catch((error: unknown) => void failures.push(error))
    if (context.memory.launched === true) {
      const { hostId } = planned.copy.route
      const { cancel } = copyCommands(planned.copy, sides.source, sides.target, step.id, context.runId)
      await attempt(async () => void (await context.execute(hostId, cancel, { cleanup: true })))
      // A server notices that its client is gone only when it next talks to it, which may be hours away.
      await attempt(() => endCopySessions(sides, planned, context))
      if (failures.length === 0) {
        remember(context, sides, { target: planned.copy.oneTransaction ? 'empty' : 'partial' })
        await removeJob(step, sides, planned, context)
      }
    }
    await attempt(() => unfreeze(sides, context))
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
    return proofOf(sides, context, left, right, 'counted again')
  },
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
