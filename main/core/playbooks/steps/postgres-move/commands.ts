import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { DetachedCommands } from '../../detached.ts'
import type { Purpose, RunContext } from '../step.ts'
import { copyCommands } from './copy.ts'
import { type Switch, switchCommands } from './cutover.ts'
import { logicalCommands } from './logical-job.ts'
import type { MoveStep, Planned, Sides } from './planned.ts'
import { CONTENTS_NOW, endSessions } from './queries.ts'
import { refusalOf } from './refusal.ts'
import { relayCommands } from './relay-job.ts'
import { APPLICATION, PSQL, type Side, sideCommand, sqlIdentifier, sqlInput, sqlLiteral } from './side.ts'

const COUNT_TIMEOUT_MS = 6 * 3_600_000

export const countCommand = (side: Side): Command =>
  sideCommand(
    side,
    `${side.name}_tool ${PSQL} -d ${quoteWord(side.database)} ${sqlInput(CONTENTS_NOW)}`,
    COUNT_TIMEOUT_MS,
  )

const sqlCommand = (side: Side, base: string, sql: string): Command =>
  sideCommand(side, `${side.name}_tool ${PSQL} -d ${quoteWord(base)} ${sqlInput(sql)}`, 60_000)

/** Creates the database like the source's; one that an earlier try of this run made is made anew. */
export function createCommand({ target }: Sides, planned: Planned): Command {
  const name = sqlIdentifier(target.database)
  return sqlCommand(
    target,
    planned.base,
    `DROP DATABASE IF EXISTS ${name};
CREATE DATABASE ${name} TEMPLATE template0 ENCODING ${sqlLiteral(planned.encoding)} LC_COLLATE ${sqlLiteral(planned.collate)} LC_CTYPE ${sqlLiteral(planned.ctype)};`,
  )
}

export const dropCommand = ({ target }: Sides, planned: Planned): Command =>
  sqlCommand(target, planned.base, `DROP DATABASE IF EXISTS ${sqlIdentifier(target.database)};`)

export const endCopyCommand = (side: Side, base: string): Command =>
  sqlCommand(
    side,
    base,
    `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = ${sqlLiteral(side.database)} AND application_name = '${APPLICATION}' AND pid <> pg_backend_pid();`,
  )

export const freezeSql = (source: Side): string =>
  `SET default_transaction_read_only = off;\nALTER DATABASE ${sqlIdentifier(source.database)} SET default_transaction_read_only = on;\n${endSessions(source.database)}`

export const freezeCommand = ({ source }: Sides): Command => sqlCommand(source, source.database, freezeSql(source))

export const unfreezeCommand = ({ source }: Sides): Command =>
  sqlCommand(
    source,
    source.database,
    `SET default_transaction_read_only = off;\nALTER DATABASE ${sqlIdentifier(source.database)} RESET default_transaction_read_only;\n${endSessions(source.database)}`,
  )

interface MoveCommand {
  hostId: string
  command: Command
  purpose: Purpose
  detached?: boolean
}

const detachedOf = (hostId: string, job: DetachedCommands): MoveCommand[] => [
  { hostId, command: job.launch, purpose: 'run', detached: true },
  { hostId, command: job.poll, purpose: 'check' },
  { hostId, command: job.remove, purpose: 'cleanup' },
  { hostId, command: job.cancel, purpose: 'cleanup' },
]

/** Every command the run may send, in the order it sends them. */
export function commandsOf(step: MoveStep, sides: Sides, planned: Planned, switching: Switch | null): MoveCommand[] {
  const { source, target } = sides
  const { hostId } = planned.copy.route
  const commands: MoveCommand[] = []
  const at = (side: Side, command: Command, purpose: Purpose) =>
    commands.push({ hostId: side.hostId, command, purpose })
  const app = switching ? switchCommands(switching, step.id) : null
  if (app && planned.strategy !== 'logical') commands.push(...app.before)
  if (planned.freeze && planned.strategy !== 'logical') at(source, freezeCommand(sides), 'run')
  if (planned.create) at(target, createCommand(sides, planned), 'run')
  if (planned.logical) {
    const { job, guard, stop, clean } = logicalCommands(planned.logical, source, target, step.id)
    commands.push(...detachedOf(hostId, guard), ...detachedOf(hostId, job))
    if (app) commands.push(...app.before)
    commands.push({ hostId, command: stop, purpose: 'run' })
    for (const command of clean) commands.push({ hostId, command, purpose: 'cleanup' })
  } else if (planned.relay) {
    const { dump, load } = relayCommands(planned.relay, planned.copy, source, target)
    at(source, dump, 'run')
    at(target, load, 'run')
  } else commands.push(...detachedOf(hostId, copyCommands(planned.copy, source, target, step.id)))
  at(source, endCopyCommand(source, source.database), 'cleanup')
  at(target, endCopyCommand(target, planned.base), 'cleanup')
  at(source, countCommand(source), 'verify')
  at(target, countCommand(target), 'verify')
  if (app) commands.push(...app.go, ...app.back)
  if (planned.freeze) at(source, unfreezeCommand(sides), app ? 'undo' : 'cleanup')
  if (planned.create) at(target, dropCommand(sides, planned), 'undo')
  return commands
}

export async function mustRun(
  context: RunContext,
  side: Side,
  command: Command,
  options: { cleanup?: boolean } = {},
): Promise<void> {
  const result = await context.execute(side.hostId, command, options)
  if (result.exitCode !== 0) throw new HeadroomError(refusalOf(side, context.hostName(side.hostId), result.stderr))
}
