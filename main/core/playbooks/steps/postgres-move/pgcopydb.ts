import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Address, Side } from './side.ts'
import { URL_SETTINGS } from './url.ts'

/**
 * pgcopydb copies several tables at once straight from server to server, so the dump needs no room on a disk, and builds
 * several indexes of a table at once. It takes the same snapshot as pg_dump would, so the proof is as exact.
 */
export interface Pgcopydb {
  version: string
  /** Newest major version of PostgreSQL that it states to work with. */
  newest: number
}

/** Shell that tells pgcopydb's version where it is; its second word is the newest version of PostgreSQL it knows. */
export const TELL_PGCOPYDB = `pgcopydb --version 2>/dev/null </dev/null | awk '
/^pgcopydb version / { version = $3 }
/^compatible with Postgres / { newest = $NF }
END { if (newest ~ /^[0-9]+$/) print "pgcopydb", newest, version }'`

/**
 * Why it cannot copy, in words; null where it can. `majors`: of both servers. `unlogged`: such tables of the source, whose
 * rows it leaves out.
 */
export function pgcopydbRefused(
  found: Pgcopydb | null,
  { container, majors, unlogged }: { container: boolean; majors: readonly number[]; unlogged: readonly string[] },
): string | null {
  if (container) return 'the copy runs within a container'
  if (found === null) return 'it is not installed there'
  if (unlogged.length > 0)
    return `it leaves out the rows of unlogged tables, such as ${unlogged.slice(0, 3).join(', ')}`
  const newest = Math.max(...majors)
  return found.newest < newest
    ? `version ${found.version} works up to PostgreSQL ${found.newest}, and ${newest} is at hand`
    : null
}

/** A URL without the password, whose file lies in $dir; as a double-quoted word of the shell. */
function uri(side: Side, at: Address, application: string): string {
  const part = encodeURIComponent
  const query = [
    // A folder of sockets has no place in the authority of a URL.
    ...(at.server === '' ? [] : [`host=${part(at.server)}`]),
    ...(at.port === '' ? [] : [`port=${part(at.port)}`]),
    ...Object.entries(URL_SETTINGS).flatMap(([key, variable]) => {
      const value = side.settings[variable]
      return value === undefined ? [] : [`${key}=${part(value)}`]
    }),
    `application_name=${application}&connect_timeout=10`,
  ].join('&')
  const pass = side.password === null ? '' : `"&passfile=$pass_dir%2F${side.name}.pass"`
  return `${quoteWord(`postgres://${part(side.user)}@/${part(side.database)}?${query}`)}${pass}`
}

/** The copy by `jobs` tables and as many indexes at once, from the exported snapshot $snapshot. */
export function pgcopydbScript(
  { jobs, own, tools }: { jobs: number; own: boolean; tools: string },
  source: { side: Side; at: Address },
  target: { side: Side; at: Address },
  application: string,
): string {
  return `pass_dir=$(printf %s "$dir" | od -An -v -tx1 | tr -d '\\n' | sed 's/ /%/g')
# When it fails it ends its whole process group, which must not be the job's.
PATH=${quoteWord(tools)}:$PATH LC_MESSAGES=C \\
PGCOPYDB_SOURCE_PGURI=${uri(source.side, source.at, application)} \\
PGCOPYDB_TARGET_PGURI=${uri(target.side, target.at, application)} \\
setsid pgcopydb clone --snapshot "$snapshot" --dir "$dir/pgcopydb" --table-jobs ${jobs} --index-jobs ${jobs}${own ? '' : ' --no-owner --no-acl'} 4>&- </dev/null >pgcopydb.said & copier=$!
wait "$copier"; code=$?; copier=; cat pgcopydb.said; echo $code >dump.code; echo $code >restore.code
rm -rf "$dir/pgcopydb"`
}

/** A table that it comes to. */
export const PGCOPYDB_TABLE = / INFO +COPY "((?:[^"]|"")*)"\."((?:[^"]|"")*)"$/

const SAID = /^\d[\d-]*[ \d:.]* \d+ +([A-Z]+)\b(.*)$/

/** Whether a line is its own but no error that says what happened: the statement that failed, and who ended of it, are not. */
export function isPgcopydbTalk(line: string): boolean {
  const [, level, text = ''] = SAID.exec(line) ?? []
  if (level === undefined) return false
  if (level !== 'ERROR' && level !== 'FATAL') return true
  return !/(?:error|ERROR|FATAL):|Failed to (?!run )/.test(text) || text.includes('see above')
}
