import * as z from 'zod'
import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { PlanContext } from '../step.ts'
import { type Pgcopydb, TELL_PGCOPYDB } from './pgcopydb.ts'
import {
  DATABASE_FACTS,
  type DatabaseFacts,
  DatabaseFactsSchema,
  SERVER_FACTS,
  type ServerFacts,
  ServerFactsSchema,
} from './queries.ts'
import { refusalOf } from './refusal.ts'
import {
  type Address,
  docker,
  FIND_PROGRAM,
  isLocal,
  PSQL,
  passwordInput,
  peerAddress,
  privateFolder,
  readPasswords,
  type Side,
  type SideName,
  sideCommand,
  sqlInput,
  toolFunction,
} from './side.ts'

const TIMEOUT_MS = 60_000

export interface SideFacts {
  server: ServerFacts
  /** Null where the database is not there. */
  database: DatabaseFacts | null
  systemId: string | null
  freeBytes: number | null
  locales: string[]
}

/** Asks a side about its server and its database; where the database is not there, another one of the server is asked. */
export function factsCommand(side: Side): Command {
  const disk =
    side.container !== ''
      ? `${docker(side)} exec ${quoteWord(side.container)} df -Pk "$data"`
      : isLocal(side)
        ? 'df -Pk "$data"'
        : 'false'
  const locales =
    side.container !== ''
      ? `${docker(side)} exec ${quoteWord(side.container)} locale -a`
      : isLocal(side)
        ? 'locale -a'
        : 'false'
  const body = `ask() { ${side.name}_tool ${PSQL} "$@"; }
base=${quoteWord(side.database)}
if ask -d "$base" >"$dir/facts" 2>"$dir/said" ${sqlInput(DATABASE_FACTS)}
then echo "database $(cat "$dir/facts")"
elif grep -q 'database ".*" does not exist' "$dir/said"; then
  echo 'database null'
  base=postgres
  ask -d postgres -c 'SELECT 1' >/dev/null 2>&1 || base=template1
else cat "$dir/said" >&2; exit 69; fi
printf 'server '; ask -d "$base" ${sqlInput(SERVER_FACTS, ' || exit 69')}
printf 'system '; ask -d "$base" -c 'SELECT system_identifier FROM pg_control_system()' 2>/dev/null || echo
data=$(ask -d "$base" -c 'SHOW data_directory' 2>/dev/null)
[ -z "$data" ] || printf 'free %s\\n' "$(${disk} 2>/dev/null </dev/null | awk 'NR == 2 { print $4 }')"
printf 'locales %s\\n' "$(${locales} 2>/dev/null </dev/null | tr '\\n' ' ')"`
  return sideCommand(side, body, TIMEOUT_MS)
}

/** @throws HeadroomError what PostgreSQL, Docker or the connection said */
export async function readFacts(side: Side, context: PlanContext): Promise<SideFacts> {
  const result = await context.hosts.run(side.hostId, factsCommand(side), { signal: context.signal })
  if (result.exitCode !== 0) throw new HeadroomError(refusalOf(side, context.hostName(side.hostId), `${result.stderr}`))
  const lines = new Map(
    result.stdout.split('\n').map((line) => {
      const space = line.indexOf(' ')
      return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)]
    }),
  )
  const database = JSON.parse(lines.get('database') ?? 'null') as unknown
  return {
    server: ServerFactsSchema.parse(JSON.parse(lines.get('server') ?? 'null')),
    database: database === null ? null : DatabaseFactsSchema.parse(database),
    systemId: lines.get('system') || null,
    freeBytes: /^\d+$/.test(lines.get('free') ?? '') ? Number(lines.get('free')) * 1024 : null,
    locales: (lines.get('locales') ?? '').split(' ').filter((name) => name !== ''),
  }
}

/** A place the copy could run at: one side's host, the other reached over the network. */
export interface Route {
  runOn: SideName
  hostId: string
  source: Address
  target: Address
  /** The side whose container has the programs; null: those of the host. */
  within: SideName | null
}

export function routeOf(runOn: SideName, source: Side, target: Side, context: PlanContext): Route {
  const near = runOn === 'source' ? source : target
  const own = (side: Side): Address => ({ server: side.server, port: side.port })
  const seen = (side: Side): Address => {
    if (side.name === runOn) return own(side)
    const sameHost = source.hostId === target.hostId
    return sameHost && side.container === '' && side.peerServer === '' && near.container === ''
      ? own(side)
      : peerAddress(side, context)
  }
  return {
    runOn,
    hostId: near.hostId,
    source: seen(source),
    target: seen(target),
    within: near.container === '' ? null : near.name,
  }
}

/** Tells every folder with the programs, at the host or in the container. */
function toolList(within: Side | null): string {
  const list = `for found in $(command -v pg_restore 2>/dev/null) $(ls /usr/lib/postgresql/*/bin/pg_restore /usr/pgsql-*/bin/pg_restore /usr/local/pgsql/bin/pg_restore 2>/dev/null); do
  folder=\${found%/*}
  [ -x "$folder/pg_dump" ] && [ -x "$folder/psql" ] && printf 'tools %s %s\\n' "$folder" "$("$folder/pg_dump" --version)"
done`
  if (!within) return `${list}\n${TELL_PGCOPYDB}`
  return `${docker(within)} exec -i ${quoteWord(within.container)} sh <<'HEADROOM_TOOLS'\n${list}\nHEADROOM_TOOLS`
}

/** Looks for the programs and tries both connections from where the copy would run. */
export function routeCommand(route: Route, source: Side, target: Side, targetBase: string): Command {
  const within = route.within === 'source' ? source : route.within === 'target' ? target : null
  const sides = [source, target]
  const tools = toolList(within)
  const reach = (side: Side, base: string) => {
    const ask = `${side.name}_tool ${PSQL} -d ${quoteWord(base)}`
    return `if ${ask} -c 'SELECT 1' >/dev/null 2>"$dir/said" </dev/null
then printf 'reach ${side.name} ok %s\\n' "$(${ask} -c 'SELECT system_identifier FROM pg_control_system()' </dev/null 2>/dev/null)"
else printf 'reach ${side.name} %s\\n' "$(tr '\\n' ' ' <"$dir/said")"; fi`
  }
  const text = [
    privateFolder(within),
    FIND_PROGRAM,
    readPasswords(sides, within),
    toolFunction(source, route.source, within, ''),
    toolFunction(target, route.target, within, ''),
    tools,
    SCRATCH(within),
    reach(source, source.database),
    reach(target, targetBase),
  ]
    .filter((part) => part !== '')
    .join('\n')
  return { argv: ['sh', '-c', text], stdin: passwordInput(sides), timeoutMs: TIMEOUT_MS }
}

/** Tells the free space among the temporary files, and which programs pack a stream. */
const SCRATCH = (within: Side | null) => {
  const df = within ? `${docker(within)} exec ${quoteWord(within.container)} df -Pk /tmp` : 'df -Pk "$dir"'
  return `printf 'scratch %s \\n' "$(${df} 2>/dev/null </dev/null | awk 'NR == 2 { print $4 }')"
for packer in zstd lz4 gzip; do command -v $packer >/dev/null 2>&1 && printf 'packer %s \\n' $packer; done`
}

/** Programs and packers at a side's own host, for the two ends of a relay. */
export function toolsCommand(side: Side): Command {
  const within = side.container === '' ? null : side
  const text = [privateFolder(within), toolList(within), SCRATCH(within)].join('\n')
  return { argv: ['sh', '-c', text], timeoutMs: TIMEOUT_MS }
}

/** Reads a part of the largest table as the copy would, to see how fast it comes. Prints bytes. */
export function sampleCommand(route: Route, source: Side, target: Side, largest: string): Command {
  const within = route.within === 'source' ? source : route.within === 'target' ? target : null
  const sql = `SET statement_timeout = '4s'; COPY (SELECT * FROM ${largest} LIMIT 400000) TO STDOUT`
  const text = [
    privateFolder(within),
    FIND_PROGRAM,
    readPasswords([source], within),
    toolFunction(source, route.source, within, ''),
    `source_tool ${PSQL} -d ${quoteWord(source.database)} ${sqlInput(sql, ' 2>/dev/null | wc -c')}`,
  ]
  return { argv: ['sh', '-c', text.join('\n')], stdin: passwordInput([source]), timeoutMs: TIMEOUT_MS }
}

export interface RouteFacts {
  /** "ok" and the server's identifier where it may be read, else what was said. */
  reach: Record<SideName, string>
  /** Folders with pg_dump, pg_restore and psql, and their major versions. */
  tools: { folder: string; major: number }[]
  /** Free bytes among the temporary files there; null: not told. */
  scratchBytes: number | null
  /** Programs there that pack a stream. */
  packers: string[]
  /** Null where it is not there, or says nothing of itself. */
  pgcopydb: Pgcopydb | null
}

/**
 * Null where a side was reached and is the server that was looked at before, else why not. An address may lead elsewhere
 * from another host, and a copy of the wrong database must not begin.
 */
export function notReached(reach: string, systemId: string | null): string | null {
  if (reach !== 'ok' && !reach.startsWith('ok ')) return reach
  const found = reach.slice(3).trim()
  if (found === '' || systemId === null || found === systemId) return null
  return 'its address leads to another PostgreSQL server from there'
}

const RouteLine = z.tuple([z.enum(['tools', 'reach', 'scratch', 'packer', 'pgcopydb']), z.string(), z.string()])

export function parseRoute(stdout: string): RouteFacts {
  const facts: RouteFacts = {
    tools: [],
    reach: { source: 'not tried', target: 'not tried' },
    scratchBytes: null,
    packers: [],
    pgcopydb: null,
  }
  for (const line of stdout.split('\n')) {
    const [word, second, ...rest] = line.split(' ')
    const parsed = RouteLine.safeParse([word, second, rest.join(' ')])
    if (!parsed.success) continue
    const [kind, name, text] = parsed.data
    if (kind === 'reach' && (name === 'source' || name === 'target')) facts.reach[name] = text
    if (kind === 'scratch' && /^\d+$/.test(name)) facts.scratchBytes = Number(name) * 1024
    if (kind === 'packer') facts.packers.push(name)
    if (kind === 'pgcopydb' && /^\d+$/.test(name)) facts.pgcopydb = { version: text, newest: Number(name) }
    const major = /\(PostgreSQL\) (\d+)/.exec(text)
    if (kind === 'tools' && major) facts.tools.push({ folder: name, major: Number(major[1]) })
  }
  return facts
}

/** The programs to use: the oldest that can read the source, because newer ones may write what an older target cannot read. */
export function chooseTools(tools: RouteFacts['tools'], sourceMajor: number): { folder: string; major: number } | null {
  return tools.filter(({ major }) => major >= sourceMajor).sort((a, b) => a.major - b.major)[0] ?? null
}

/** The database of the target server that can be connected to before the target database is there. */
export const baseOf = (target: Side, facts: SideFacts): string =>
  facts.database ? target.database : facts.server.databases.includes('postgres') ? 'postgres' : 'template1'
