import { isIP } from 'node:net'
import { networkAddress } from '../../../../../shared/format/host-address.ts'
import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { HeadroomError } from '../../../../../shared/model/problem.ts'
import { Secret } from '../../../../../shared/model/secret.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import type { PlanContext } from '../step.ts'
import { urlParts } from './url.ts'

export type SideName = 'source' | 'target'

/** One of the two databases of a move. `server` '' is the default socket; `port` '' the default port. */
export interface Side {
  name: SideName
  hostId: string
  server: string
  port: string
  peerServer: string
  peerPort: string
  user: string
  database: string
  password: Secret | null
  container: string
  dockerHost: string
  /** Settings of libpq that a URL stated, such as PGSSLMODE. */
  settings: Readonly<Record<string, string>>
}

/** Where a program connects to, as seen from where it runs. */
export interface Address {
  server: string
  port: string
}

/** Reads one side's fields, or its URL. PARAMETER_INVALID names the field. */
export function sideOf(step: StepOf<'postgres-move'>, name: SideName, context: PlanContext): Side {
  const fields = step[name]
  const text = (value: string | number | undefined): string =>
    value === undefined ? '' : context.values.plain(String(value))
  const url = fields.url === undefined ? null : context.values.secret(fields.url)
  const parts = url === null ? null : urlParts(url, name)
  const ownHost = text(fields.host) === '' ? undefined : fields.host
  const otherHost = step[name === 'source' ? 'target' : 'source'].host
  const host = ownHost ?? (parts ? otherHost : undefined)
  if (host === undefined)
    throw new HeadroomError({
      code: 'PARAMETER_INVALID',
      fact: `The ${name} has no server.`,
      fix: 'Name the server it runs on, or one that reaches it.',
      field: `${name}.host`,
    })
  const side: Side = {
    name,
    hostId: context.values.hostId(host),
    server: parts?.server ?? text(fields.server),
    port: parts?.port ?? text(fields.port),
    peerServer: text(fields.peer_server),
    peerPort: text(fields.peer_port),
    user: parts?.user ?? text(fields.user),
    database: databaseOf(step, name, parts?.database ?? text(fields.database)),
    password: parts ? parts.password : fields.password === undefined ? null : context.values.secret(fields.password),
    container: parts ? '' : text(fields.container),
    dockerHost: text(fields.docker_host),
    settings: parts?.settings ?? {},
  }
  for (const [field, value] of [
    ['port', side.port],
    ['peer_port', side.peerPort],
  ] as const)
    if (value !== '' && !(/^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65535))
      throw new HeadroomError({
        code: 'PARAMETER_INVALID',
        fact: `The ${field} of the ${name} is "${value}", which is no port.`,
        fix: 'Write a whole number from 1 to 65535.',
        field: `${name}.${field}`,
        value,
      })
  for (const field of ['database', 'user'] as const)
    if (side[field] === '')
      throw new HeadroomError({
        code: 'PARAMETER_INVALID',
        fact: `The ${field} of the ${name} is empty.`,
        fix: `Name the ${field}.`,
        field: `${name}.${field}`,
        value: '',
      })
  return side
}

/** A rehearsal fills a database of its own; names have 63 bytes at most. */
function databaseOf({ throwaway }: StepOf<'postgres-move'>, name: SideName, database: string): string {
  if (!throwaway || name === 'source' || database === '') return database
  let stem = database
  while (Buffer.byteLength(stem) > 63 - REHEARSAL.length) stem = stem.slice(0, -1)
  return `${stem}${REHEARSAL}`
}
const REHEARSAL = '_rehearsal'

/** Whether the server is on the very host, so that the host's disks are its disks. */
export function isLocal(side: Side): boolean {
  if (side.container !== '' || side.server === '' || side.server.startsWith('/')) return true
  return (
    side.server === 'localhost' || side.server === '::1' || (isIP(side.server) === 4 && side.server.startsWith('127.'))
  )
}

/** Where the other host reaches this side: as stated, else its own network address, else the address of its host. */
export function peerAddress(side: Side, context: PlanContext): Address {
  const port = side.peerPort || side.port
  if (side.peerServer !== '') return { server: side.peerServer, port }
  if (!isLocal(side)) return { server: side.server, port }
  const host = context.hosts.get(side.hostId)
  return { server: networkAddress(host), port }
}

/** Name of the shell variable and of the file with a side's password. */
const passwordOf = (side: Side): string => `${side.name}_password`

/**
 * Shell that reads the passwords from standard input, a line each, and keeps them where no process list shows them: in
 * files of the private folder $dir, which libpq reads. `printf` is a builtin of every shell that hosts have.
 */
export function readPasswords(sides: readonly Side[], inContainer: Side | null): string {
  return sides
    .filter(({ password }) => password !== null)
    .map((side) => {
      const variable = passwordOf(side)
      const file = `"$dir/${side.name}.pass"`
      const lines = [
        `IFS= read -r ${variable} || exit 65`,
        `printf '*:*:*:*:%s\\n' "$(printf '%s' "$${variable}" | sed 's/[\\\\:]/\\\\&/g')" >${file}`,
        `unset ${variable}`,
      ]
      if (inContainer)
        lines.push(
          `${docker(inContainer)} exec -i ${quoteWord(inContainer.container)} sh -c 'umask 077; mkdir -p "$1" && cat >"$1/${side.name}.pass"' headroom "$inside" <${file} || exit 69`,
        )
      return lines.join('\n')
    })
    .join('\n')
}

export const docker = (side: Side): string =>
  side.dockerHost === '' ? 'docker' : `DOCKER_HOST=${quoteWord(side.dockerHost)} docker`

/** The name its sessions have in pg_stat_activity. */
export const APPLICATION = 'headroom-move'

/**
 * A shell function `<name>_tool PROGRAM ARGUMENTS` that runs a PostgreSQL program against a side. `within`: the side
 * whose container has the programs, or null for those of the host (`bin`: their folder; empty: found on the PATH).
 */
export function toolFunction(side: Side, at: Address, within: Side | null, bin: string): string {
  const flags = [
    ...(at.server === '' ? [] : ['-h', at.server]),
    ...(at.port === '' ? [] : ['-p', at.port]),
    '-U',
    side.user,
    '-w',
  ].map(quoteWord)
  const stated = Object.entries(side.settings).map(([key, value]) => `${key}=${quoteWord(value)}`)
  const all = [`PGAPPNAME=${APPLICATION}`, 'PGCLIENTENCODING=UTF8', 'PGCONNECT_TIMEOUT=10', 'LC_MESSAGES=C', ...stated]
  const settings = all.join(' ')
  if (within) {
    const pass = side.password === null ? '' : ` -e PGPASSFILE="$inside/${side.name}.pass"`
    const env = all.map((one) => `-e ${one}`).join(' ')
    return `${side.name}_tool() { tool=$1; shift; ${docker(within)} exec -i ${env}${pass} ${quoteWord(within.container)} "$tool" ${flags.join(' ')} "$@"; }`
  }
  const pass = side.password === null ? '' : ` PGPASSFILE="$dir/${side.name}.pass"`
  const program = bin === '' ? '"$(pg_program "$tool")"' : `${quoteWord(bin)}/"$tool"`
  return `${side.name}_tool() { tool=$1; shift; ${settings}${pass} ${program} ${flags.join(' ')} "$@"; }`
}

/** Finds a PostgreSQL program: on the PATH, else the newest of Debian's per-version folders. */
export const FIND_PROGRAM = `pg_program() {
  command -v "$1" 2>/dev/null && return
  for found in $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin 2>/dev/null | sort -V -r); do
    [ -x "$found/$1" ] && { echo "$found/$1"; return; }
  done
  echo "$1"
}`

/** A private folder that is gone when the shell ends, on this host and, where one is used, in the container. */
export function privateFolder(inContainer: Side | null): string {
  const inside = inContainer
    ? `; ${docker(inContainer)} exec ${quoteWord(inContainer.container)} rm -rf "$inside" 2>/dev/null </dev/null`
    : ''
  return `umask 077
dir=$(mktemp -d "\${TMPDIR:-/tmp}/headroom.XXXXXX") || exit 73
inside=/tmp/$(basename "$dir")
trap 'rm -rf "$dir"${inside}' EXIT
trap 'exit 129' HUP INT TERM PIPE`
}

/** The passwords of these sides as standard input, a line each. */
export function passwordInput(sides: readonly Side[]): string | Secret | undefined {
  const secrets = sides.flatMap(({ password }) => (password === null ? [] : [password]))
  if (secrets.length === 0) return undefined
  return new Secret(
    secrets.map(({ name }) => name).join(', '),
    secrets.map((secret) => `${secret.reveal()}\n`).join(''),
  )
}

/** A command that runs shell text against one side, from that side's own host. */
export function sideCommand(side: Side, body: string, timeoutMs: number): Command {
  const within = side.container === '' ? null : side
  const text = [
    privateFolder(within),
    FIND_PROGRAM,
    readPasswords([side], within),
    toolFunction(side, { server: side.server, port: side.port }, within, ''),
    body,
  ]
    .filter((part) => part !== '')
    .join('\n')
  return { argv: ['sh', '-c', text], stdin: passwordInput([side]), timeoutMs }
}

/** psql that prints bare rows, reads no start-up file and stops at the first error. */
export const PSQL = 'psql -X -q -A -t -v ON_ERROR_STOP=1'

/** SQL as a here-document: no expansion happens in it. `rest` is what follows on the command's line. */
export const sqlInput = (sql: string, rest = ''): string => `<<'HEADROOM_SQL'${rest}\n${sql}\nHEADROOM_SQL`

/** A literal in SQL text, for a server with standard_conforming_strings on (the default since 9.1). */
export const sqlLiteral = (text: string): string =>
  text.includes('\\') ? ` E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`

export const sqlIdentifier = (text: string): string => `"${text.replaceAll('"', '""')}"`
