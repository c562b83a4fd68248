import { z } from 'zod'
import { formatDuration } from '../../../../../shared/format/duration.ts'
import { formatQuantity } from '../../../../../shared/format/quantity.ts'
import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { HeadroomError, type Problem, problemOf } from '../../../../../shared/model/problem.ts'
import type { Proof } from '../../../../../shared/model/run.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import { attach } from '../../attach.ts'
import { previewOf } from '../../commands.ts'
import { emptyPlan, Interrupted, type PlanContext, type RunContext, type StepHandler, type StepPlan } from '../step.ts'
import { type CopyPlan, type CopyState, copyCommands, newCopyState, progressOf, takeLine } from './copy.ts'
import { judge, type Wish } from './judge.ts'
import {
  baseOf,
  chooseTools,
  factsCommand,
  notReached,
  parseRoute,
  type Route,
  readFacts,
  routeCommand,
  routeOf,
  type SideFacts,
} from './preflight.ts'
import { compare, contentsOf } from './proof.ts'
import { CONTENTS_NOW, endSessions } from './queries.ts'
import { lastError, refusalOf } from './refusal.ts'
import {
  APPLICATION,
  PSQL,
  type Side,
  type SideName,
  sideCommand,
  sideOf,
  sqlIdentifier,
  sqlInput,
  sqlLiteral,
} from './side.ts'

type MoveStep = StepOf<'postgres-move'>

/** No measurement yet: what a dump into another server over a gigabit line commonly reaches, stated as an assumption. */
const ASSUMED_BYTES_PER_SECOND = 30e6
const MOST_OBJECTS_IN_ONE_TRANSACTION = 2000
const EMPTY_DATABASE_BYTES = 7.5e6
const COUNT_TIMEOUT_MS = 6 * 3_600_000

const PlannedSchema = z.object({
  create: z.boolean(),
  freeze: z.boolean(),
  sourceBytes: z.number(),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  base: z.string(),
  copy: z.custom<CopyPlan>((value) => typeof value === 'object' && value !== null && 'route' in value),
})
/** What the plan found out and the run builds on. Sizes are rounded, so that a growing source does not change the hash. */
type Planned = z.infer<typeof PlannedSchema>

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
      if (planned.freeze && context.memory.frozen !== true) await freeze(sides, context)
      await prepareTarget(step, sides, planned, context)
      const state = await copy(step, sides, planned, context)
      const proof = proofOf(sides, context, contentsOf(state.source), contentsOf(state.target), 'after the copy')
      context.prove(proof)
      await removeJob(step, sides, planned, context)
      const different = proof.rows.filter(({ equal }) => !equal)
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
      // The copy may be going on at the host, and the source has to stay as it is for it.
      if (!(failure instanceof Interrupted) && !context.signal.aborted) await endFreeze(sides, context, failure)
    }
  },

  async abandon(step, context) {
    const sides = sidesOf(step, context)
    const parsed = PlannedSchema.safeParse(context.plan.facts)
    if (!parsed.success) return
    const planned = parsed.data
    if (context.memory.launched === true) {
      const { cancel } = copyCommands(planned.copy, sides.source, sides.target, step.id, context.runId)
      await context.execute(planned.copy.route.hostId, cancel, { cleanup: true })
      // A server notices that its client is gone only when it next talks to it, which may be hours away.
      await mustRun(context, sides.source, endCopyCommand(sides.source, sides.source.database), { cleanup: true })
      await mustRun(context, sides.target, endCopyCommand(sides.target, planned.base), { cleanup: true })
      await removeJob(step, sides, planned, context)
    }
    await unfreeze(sides, context)
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

interface Sides {
  source: Side
  target: Side
}

const sidesOf = (step: MoveStep, context: PlanContext): Sides => ({
  source: sideOf(step, 'source', context),
  target: sideOf(step, 'target', context),
})

function flagOf(value: boolean | string, context: PlanContext): boolean {
  return typeof value === 'boolean' ? value : context.values.plain(value) === 'true'
}

function wishOf(step: MoveStep, context: PlanContext): Wish {
  const owners = context.values.plain(step.owners)
  const margin = Number(context.values.plain(String(step.margin)))
  if (owners !== 'keep' && owners !== 'target-user')
    throw new HeadroomError({
      code: 'PARAMETER_INVALID',
      fact: `owners is "${owners}".`,
      fix: 'Write keep or target-user.',
      field: 'owners',
      value: owners,
    })
  if (!Number.isFinite(margin) || margin < 1)
    throw new HeadroomError({
      code: 'PARAMETER_INVALID',
      fact: `margin is "${context.values.plain(String(step.margin))}".`,
      fix: 'Write a number of 1 or more, such as 1.3.',
      field: 'margin',
    })
  return { owners, margin }
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

/** Tries the places the copy could run at, the target first, and takes the first from which both databases are reached. */
async function chooseRoute(
  step: MoveStep,
  sides: Sides,
  from: SideFacts,
  to: SideFacts,
  wish: Wish,
  context: PlanContext,
  plan: StepPlan,
): Promise<CopyPlan | null> {
  const asked = context.values.plain(step.run_on)
  const places: SideName[] = asked === 'source' || asked === 'target' ? [asked] : ['target', 'source']
  const major = Math.floor(from.server.version / 10_000)
  const base = baseOf(sides.target, to)
  const refused: string[] = []
  let reached: Route | null = null
  for (const place of places) {
    const route = routeOf(place, sides.source, sides.target, context)
    const command = routeCommand(route, sides.source, sides.target, base)
    plan.commands.push(previewOf(context, route.hostId, command, 'check'))
    const result = await context.hosts.run(route.hostId, command, { signal: context.signal })
    const facts = parseRoute(result.stdout)
    const where = context.hostName(route.hostId)
    const said = {
      source: notReached(facts.reach.source, from.systemId),
      target: notReached(facts.reach.target, to.systemId),
    }
    const failed = (['source', 'target'] as const).find((name) => said[name] !== null)
    if (failed) {
      refused.push(
        `${where} does not reach the ${failed}: ${lastError(result.exitCode === 0 ? (said[failed] ?? '') : result.stderr)}`,
      )
      continue
    }
    reached = route
    const tools = chooseTools(facts.tools, major)
    if (tools)
      return {
        route,
        tools,
        owners: wish.owners,
        oneTransaction:
          (from.database?.objects ?? 0) + (from.database?.largeObjects ?? 0) <= MOST_OBJECTS_IN_ONE_TRANSACTION,
      }
    refused.push(`${where} has no pg_dump and pg_restore of PostgreSQL ${major} or newer`)
  }
  plan.problems.push(
    reached
      ? {
          code: 'POSTGRES_TOOLS_MISSING',
          fact: `${refused.join('; ')}.`,
          fix: `Install postgresql-client-${major} or newer on one of the two servers.`,
        }
      : {
          code: 'NO_NETWORK_PATH',
          fact: `Neither server reaches the other's database. ${refused.join('; ')}.`,
          fix: 'Let one in: listen_addresses, pg_hba.conf and the firewall of the other; or state the address it is reached at (peer_server, peer_port).',
        },
  )
  return null
}

const countCommand = (side: Side): Command =>
  sideCommand(
    side,
    `${side.name}_tool ${PSQL} -d ${quoteWord(side.database)} ${sqlInput(CONTENTS_NOW)}`,
    COUNT_TIMEOUT_MS,
  )

const sqlCommand = (side: Side, base: string, sql: string): Command =>
  sideCommand(side, `${side.name}_tool ${PSQL} -d ${quoteWord(base)} ${sqlInput(sql)}`, 60_000)

/** Creates the database like the source's; one that an earlier try of this run made is made anew. */
function createCommand({ target }: Sides, planned: Planned): Command {
  const name = sqlIdentifier(target.database)
  return sqlCommand(
    target,
    planned.base,
    `DROP DATABASE IF EXISTS ${name};
CREATE DATABASE ${name} TEMPLATE template0 ENCODING ${sqlLiteral(planned.encoding)} LC_COLLATE ${sqlLiteral(planned.collate)} LC_CTYPE ${sqlLiteral(planned.ctype)};`,
  )
}

const dropCommand = ({ target }: Sides, planned: Planned): Command =>
  sqlCommand(target, planned.base, `DROP DATABASE IF EXISTS ${sqlIdentifier(target.database)};`)

const endCopyCommand = (side: Side, base: string): Command =>
  sqlCommand(
    side,
    base,
    `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = ${sqlLiteral(side.database)} AND application_name = '${APPLICATION}' AND pid <> pg_backend_pid();`,
  )

const freezeCommand = ({ source }: Sides): Command =>
  sqlCommand(
    source,
    source.database,
    `ALTER DATABASE ${sqlIdentifier(source.database)} SET default_transaction_read_only = on;\n${endSessions(source.database)}`,
  )

const unfreezeCommand = ({ source }: Sides): Command =>
  sqlCommand(
    source,
    source.database,
    `SET default_transaction_read_only = off;\nALTER DATABASE ${sqlIdentifier(source.database)} RESET default_transaction_read_only;\n${endSessions(source.database)}`,
  )

/** Every command the run may send, in the order it sends them. */
function commandsOf(step: MoveStep, sides: Sides, planned: Planned) {
  const { source, target } = sides
  const copying = planned.copy.route.runOn === 'source' ? source : target
  const job = copyCommands(planned.copy, source, target, step.id)
  type Planned1 = {
    side: Side
    command: Command
    purpose: 'check' | 'run' | 'verify' | 'undo' | 'cleanup'
    detached?: boolean
  }
  const commands: Planned1[] = []
  if (planned.freeze) commands.push({ side: source, command: freezeCommand(sides), purpose: 'run' })
  if (planned.create) commands.push({ side: target, command: createCommand(sides, planned), purpose: 'run' })
  commands.push(
    { side: copying, command: job.launch, purpose: 'run', detached: true },
    { side: copying, command: job.poll, purpose: 'check' },
    { side: copying, command: job.remove, purpose: 'cleanup' },
    { side: copying, command: job.cancel, purpose: 'cleanup' },
    { side: source, command: endCopyCommand(source, source.database), purpose: 'cleanup' },
    { side: target, command: endCopyCommand(target, planned.base), purpose: 'cleanup' },
    { side: source, command: countCommand(source), purpose: 'verify' },
    { side: target, command: countCommand(target), purpose: 'verify' },
  )
  if (planned.freeze) commands.push({ side: source, command: unfreezeCommand(sides), purpose: 'cleanup' })
  if (planned.create) commands.push({ side: target, command: dropCommand(sides, planned), purpose: 'undo' })
  return commands
}

async function mustRun(
  context: RunContext,
  side: Side,
  command: Command,
  options: { cleanup?: boolean } = {},
): Promise<void> {
  const result = await context.execute(side.hostId, command, options)
  if (result.exitCode !== 0) throw new HeadroomError(refusalOf(side, context.hostName(side.hostId), result.stderr))
}

async function freeze(sides: Sides, context: RunContext): Promise<void> {
  context.remember({ frozen: true })
  context.journal(
    'freeze',
    sides.source.hostId,
    `"${sides.source.database}" becomes read-only; undone at the end of the step.`,
  )
  await mustRun(context, sides.source, freezeCommand(sides))
}

async function unfreeze(sides: Sides, context: RunContext): Promise<void> {
  if (context.memory.frozen !== true) return
  await mustRun(context, sides.source, unfreezeCommand(sides), { cleanup: true })
  context.remember({ frozen: false })
  context.journal('unfreeze', sides.source.hostId, `"${sides.source.database}" takes writes again.`)
}

/** Lets writes through again after the move. What goes wrong with that is told together with what went wrong before. */
async function endFreeze(sides: Sides, context: RunContext, failure: unknown): Promise<void> {
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

/** Makes the target ready: an empty database that is there, or one that this run makes. */
async function prepareTarget(_step: MoveStep, sides: Sides, planned: Planned, context: RunContext): Promise<void> {
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

async function copy(step: MoveStep, sides: Sides, planned: Planned, context: RunContext): Promise<CopyState> {
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
async function removeJob(step: MoveStep, sides: Sides, planned: Planned, context: RunContext): Promise<void> {
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

function proofOf(
  sides: Sides,
  context: PlanContext,
  left: ReturnType<typeof contentsOf>,
  right: ReturnType<typeof contentsOf>,
  when: string,
): Proof {
  const rows = compare(left, right)
  return {
    title: `Source and target compared, ${when}`,
    at: context.environment.now(),
    equal: rows.every(({ equal }) => equal),
    rows,
    leftName: `${sides.source.database} on ${context.hostName(sides.source.hostId)}`,
    rightName: `${sides.target.database} on ${context.hostName(sides.target.hostId)}`,
  }
}

function differs(rows: Proof['rows'], sides: Sides, context: PlanContext): Problem {
  const first = rows[0] as Proof['rows'][number]
  const more = rows.length > 1 ? ` and ${rows.length - 1} more` : ''
  return {
    code: 'TABLE_DIFFERS',
    fact: `After the copy ${first.name}${more} differs: ${first.left} in the source, ${first.right} in the target.`,
    fix: `Do not switch over. The source is untouched; "${sides.target.database}" on ${context.hostName(sides.target.hostId)} is kept for you to look at. Find what writes to or changes rows there (a trigger, another program), then drop that database and run the move again.`,
    value: first.name,
    details: Object.fromEntries(rows.slice(0, 50).map((row) => [row.name, `${row.left} / ${row.right}`])),
  }
}
