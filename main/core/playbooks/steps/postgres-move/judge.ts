import { formatQuantity } from '../../../../../shared/format/quantity.ts'
import type { Problem } from '../../../../../shared/model/problem.ts'
import { judgeLogical, tellOf } from './judge-logical.ts'
import { packageOf } from './packages.ts'
import type { SideFacts } from './preflight.ts'
import type { Side } from './side.ts'

export interface Wish {
  strategy: 'stream' | 'parallel' | 'logical'
  owners: 'keep' | 'target-user'
  /** Free disk wanted on the target, as a multiple of the size of the source. */
  margin: number
  /** Writes to the source are stopped during the move. */
  freeze: boolean
  /** Tables copied at once by the parallel strategy. */
  jobs: number
  /** What copies them. */
  parallelBy: 'auto' | 'pg_dump' | 'pgcopydb'
  withoutKey: 'refuse' | 'full'
  /** WAL that the source may keep for the logical strategy, bytes. */
  walLimit: number
  runOn: 'auto' | 'source' | 'target' | 'relay'
}

const bytes = (value: number): string => formatQuantity(value, 'bytes')
const majorOf = (versionNumber: number): number => Math.floor(versionNumber / 10_000)
const named = (names: readonly string[]): string =>
  names.length > 10 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ')

/** What the facts of both sides say against a move, and what is worth knowing. Pure. */
export function judge(
  source: Side,
  target: Side,
  from: SideFacts,
  to: SideFacts,
  wish: Wish,
  names: { source: string; target: string },
): { problems: Problem[]; warnings: string[] } {
  const problems: Problem[] = []
  const warnings: string[] = []
  const database = from.database
  if (!database) {
    problems.push({
      code: 'DATABASE_MISSING',
      fact: `PostgreSQL on ${names.source} has no database "${source.database}".`,
      fix: `It has ${named(from.server.databases)}. Correct the name.`,
      field: 'source_database',
      value: source.database,
    })
    return { problems, warnings }
  }
  if (from.systemId !== null && from.systemId === to.systemId && source.database === target.database)
    problems.push({
      code: 'SAME_DATABASE',
      fact: `Source and target are the same database "${source.database}" of the same server.`,
      fix: 'Name another target server or another target database.',
      field: 'target_database',
      value: target.database,
    })
  else if (to.database && to.database.objects > 0)
    problems.push({
      code: 'TARGET_NOT_EMPTY',
      fact: `The database "${target.database}" on ${names.target} holds ${to.database.objects} objects (${to.database.tables} tables).`,
      fix: 'Name a database that is not there yet, or empty this one by hand.',
      field: 'target_database',
      value: target.database,
    })
  if (majorOf(to.server.version) < majorOf(from.server.version))
    problems.push({
      code: 'VERSION_DOWNGRADE',
      fact: `The source is PostgreSQL ${majorOf(from.server.version)}, the target ${majorOf(to.server.version)}; a move goes upwards only.`,
      fix: `Use a target with PostgreSQL ${majorOf(from.server.version)} or newer. If it must be the older one, dump as SQL text by hand, edit out what ${majorOf(to.server.version)} does not know, and load that.`,
      field: 'target_host',
    })
  if (majorOf(from.server.version) < 11)
    problems.push({
      code: 'VERSION_TOO_OLD',
      fact: `The source is PostgreSQL ${majorOf(from.server.version)}; the proof needs 11 or newer.`,
      fix: 'Upgrade it in place first.',
    })
  if (to.server.recovery)
    problems.push({
      code: 'TARGET_READ_ONLY',
      fact: `PostgreSQL on ${names.target} is a standby and takes no writes.`,
      fix: 'Name its primary as the target.',
      field: 'target_host',
    })
  if (!to.database && !to.server.createDatabase)
    problems.push({
      code: 'CREATE_REFUSED',
      fact: `The database "${target.database}" is not there, and "${target.user}" may not create it on ${names.target}.`,
      fix: 'Create it by hand, owned by that user, or name a user that may create databases.',
      field: 'target_user',
      value: target.user,
    })
  const needed = Math.ceil(database.bytes * wish.margin)
  if (to.freeBytes === null)
    warnings.push(`The free disk of ${names.target} cannot be seen from there; ${bytes(needed)} are needed.`)
  else if (to.freeBytes < needed)
    problems.push({
      code: 'TARGET_NO_SPACE',
      fact: `${names.target} has ${bytes(to.freeBytes)} free where PostgreSQL keeps its data; ${bytes(needed)} are needed (${bytes(database.bytes)} times ${wish.margin}).`,
      fix: 'Free some space there, or give it a larger disk.',
      field: 'target_host',
      details: { freeBytes: String(to.freeBytes), neededBytes: String(needed) },
    })
  if (wish.strategy === 'logical') judgeLogical(source, target, from, to, wish, names, problems, warnings)
  tellOf(source, from, to, names, warnings)
  const absent = database.extensions.filter((name) => !to.server.extensions.includes(name))
  if (absent.length > 0)
    problems.push({
      code: 'EXTENSION_MISSING',
      fact: `${names.target} does not offer the extensions ${named(absent)}.`,
      fix: `Install their packages on the target: ${named(absent.map((name) => packageOf(name, majorOf(to.server.version))))}.`,
    })
  if (wish.owners === 'keep') {
    const missing = database.owners.filter((role) => !to.server.roles.includes(role))
    if (missing.length > 0)
      problems.push({
        code: 'ROLE_MISSING',
        fact: `The roles ${named(missing)} own objects or have rights in the source, and are not on ${names.target}.`,
        fix: `Create them there (CREATE ROLE …), or set owners to target-user so that "${target.user}" owns everything.`,
        field: 'owners',
        value: 'keep',
      })
    const foreign = database.owners.filter((role) => to.server.roles.includes(role) && !to.server.member.includes(role))
    if (!to.server.superuser && foreign.length > 0)
      problems.push({
        code: 'ROLE_NOT_GRANTED',
        fact: `"${target.user}" is not a member of ${named(foreign)} on ${names.target} and cannot give objects to them.`,
        fix: `Grant the roles to it, use a superuser, or set owners to target-user.`,
        field: 'owners',
        value: 'keep',
      })
  }
  if (database.unreadable.length > 0)
    problems.push({
      code: 'SOURCE_UNREADABLE',
      fact: `"${source.user}" may not read ${named(database.unreadable)}.`,
      fix: 'Name a user that may read every table: its owner, a superuser or a member of pg_read_all_data.',
      field: 'source_user',
      value: source.user,
    })
  if (wish.freeze && !database.readOnly && !database.alterable)
    problems.push({
      code: 'FREEZE_REFUSED',
      fact: `"${source.user}" does not own "${source.database}" on ${names.source} and cannot make it read-only.`,
      fix: 'Name its owner or a superuser, or do without stopping writes.',
      field: 'freeze_writes',
      value: 'true',
    })
  if (to.database && to.database.encoding !== database.encoding)
    warnings.push(
      `The source is encoded in ${database.encoding}, the target in ${to.database.encoding}; text is converted, and the move fails where it cannot be.`,
    )
  if (to.database && to.database.collate !== database.collate)
    warnings.push(
      `The source sorts by ${database.collate}, the target by ${to.database.collate}: the order of text changes.`,
    )
  if (!to.database && to.locales.length > 0) {
    const plain = (name: string) => name.toLowerCase().replaceAll('-', '')
    const known = new Set([...to.locales.map(plain), 'c', 'posix', 'c.utf8'])
    const absentLocales = [...new Set([database.collate, database.ctype])].filter((name) => !known.has(plain(name)))
    if (absentLocales.length > 0)
      problems.push({
        code: 'COLLATION_MISSING',
        fact: `${names.target} does not have the locale ${absentLocales.join(', ')} of the source.`,
        fix: 'Generate the locale there (Debian: dpkg-reconfigure locales) and restart PostgreSQL, or create the target database by hand with another one.',
      })
  }
  return { problems, warnings }
}
