import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { RunContext } from '../step.ts'
import type { Planned, Sides } from './planned.ts'
import { CONTENTS_NOW, endSessions } from './queries.ts'
import { refusalOf } from './refusal.ts'
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

export async function mustRun(
  context: RunContext,
  side: Side,
  command: Command,
  options: { cleanup?: boolean } = {},
): Promise<void> {
  const result = await context.execute(side.hostId, command, options)
  if (result.exitCode !== 0) throw new HeadroomError(refusalOf(side, context.hostName(side.hostId), result.stderr))
}
