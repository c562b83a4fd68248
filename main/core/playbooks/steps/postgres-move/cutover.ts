import { setTimeout as pause } from 'node:timers/promises'
import { parseDuration } from '../../../../../shared/format/duration.ts'
import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { HeadroomError, type Problem, problemOf } from '../../../../../shared/model/problem.ts'
import { Secret } from '../../../../../shared/model/secret.ts'
import { throughLinkLoss } from '../../link-loss.ts'
import { type PlanContext, type Purpose, RUN_TOKEN, type RunContext } from '../step.ts'
import { flagOf, type MoveStep, type Sides, switches } from './planned.ts'
import { lastError } from './refusal.ts'
import { peerAddress } from './side.ts'
import { urlParts } from './url.ts'

/** How the application's servers are led to the target. */
export interface Switch {
  hostIds: string[]
  file: string
  key: string
  /** The new URL; null: the old one with these. */
  url: Secret | null
  server: string
  port: string
  database: string
  before: Command | null
  restart: Command | null
  check: Command | null
  timeoutMs: number
  sudo: boolean
}

const BETWEEN_CHECKS_MS = 300
const SAFE_URL = /^[A-Za-z0-9._~:/?#@!&*+,;=%[\]-]+$/

/** The step's cutover, or null where the operator switches over. PARAMETER_INVALID and URL_INVALID name the field. */
export function switchOf(step: MoveStep, sides: Sides, context: PlanContext): Switch | null {
  const { cutover } = step
  if (!cutover || !switches(step, context)) return null
  const text = (value: string | number | undefined) => (value === undefined ? '' : context.values.plain(String(value)))
  const wrong = (field: string, fact: string, fix: string, value: string) =>
    new HeadroomError({ code: 'PARAMETER_INVALID', fact, fix, field: `cutover.${field}`, value })
  const file = text(cutover.file)
  if (!file.startsWith('/'))
    throw wrong('file', `The file with the URL is "${file}".`, 'Write its whole path, such as /srv/shop/.env.', file)
  const key = text(cutover.key)
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
    throw wrong('key', `"${key}" is no name of a variable.`, 'Write a name such as DATABASE_URL.', key)
  const url = cutover.url === undefined ? null : context.values.secret(cutover.url)
  if (url !== null) {
    urlParts(url, 'target')
    if (!SAFE_URL.test(url.reveal()))
      throw new HeadroomError({
        code: 'URL_INVALID',
        fact: 'The new URL holds characters that mean something else in an env file or a compose file (quotes, spaces, $, backslashes).',
        fix: 'Write them as %XX in the URL, such as %24 for $.',
        field: 'cutover.url',
      })
  }
  const sudo = cutover.sudo === undefined ? false : flagOf(cutover.sudo, context)
  const commandOf = (value: string | string[] | undefined): Command | null => {
    if (value === undefined) return null
    // A parameter alone is the command that the operator gave; inside of a command parameters are quoted words.
    const script = (one: string) =>
      /^\$\{\{\s*[\w.]+\s*\}\}$/.test(one.trim()) ? text(one) : context.values.shell(one)
    const argv = typeof value === 'string' ? ['sh', '-c', script(value)] : value.map(text)
    return argv.at(-1)?.trim() === '' ? null : { argv, timeoutMs: 300_000, ...(sudo ? { sudo } : {}) }
  }
  const seen = peerAddress(sides.target, context)
  return {
    hostIds: context.values.hostIds(cutover.hosts),
    ...{ file, key, url, sudo },
    server: text(cutover.address) || seen.server,
    port: text(cutover.port) || seen.port || '5432',
    database: sides.target.database,
    before: commandOf(cutover.before),
    restart: commandOf(cutover.restart),
    check: commandOf(cutover.check),
    timeoutMs: parseDuration(text(cutover.timeout)),
  }
}

/**
 * Rewrites the value of a key in an env file or a compose file's `environment`, in whatever quotes it has. The new URL is
 * the first line of the input; "" keeps user, password and query of the old one. Exit 3: the key is not there; 4: its
 * value is no URL.
 */
const REWRITE = `function moved(old,   i, scheme, rest, authority, path, login, query) {
  i = index(old, "://"); if (i == 0 || old !~ /^postgres/) { bad = 1; return old }
  scheme = substr(old, 1, i + 2); rest = substr(old, i + 3)
  i = index(rest, "/"); if (i == 0) i = length(rest) + 1
  authority = substr(rest, 1, i - 1); path = substr(rest, i)
  login = ""; if (match(authority, /^.*@/)) login = substr(authority, 1, RLENGTH)
  query = ""; i = index(path, "?"); if (i > 0) query = substr(path, i)
  return scheme login server ":" port "/" database query
}
NR == 1 { fresh = $0; next }
{ line = $0; end = ""; if (sub(/\\r$/, "", line)) end = "\\r"
  if (match(line, "^[ \\t]*(export[ \\t]+)?(-[ \\t]+)?[\\"']?" key "[\\"']?[ \\t]*[=:][ \\t]*")) {
    head = substr(line, 1, RLENGTH); rest = substr(line, RLENGTH + 1); quote = substr(rest, 1, 1)
    if (quote == "\\"" || quote == "'") { i = index(substr(rest, 2), quote); if (i == 0) i = length(rest); old = substr(rest, 2, i - 1); tail = substr(rest, i + 1) }
    else { quote = ""; match(rest, /^[^ \\t"']*/); old = substr(rest, 1, RLENGTH); tail = substr(rest, RLENGTH + 1) }
    line = head quote (fresh == "" ? moved(old) : fresh) tail; found++
  }
  print line end }
END { exit found == 0 ? 3 : bad ? 4 : 0 }`

const backupOf = (file: string, stepId: string, runId: string) =>
  quoteWord(`${file}.headroom-${runId}-${stepId}-before`)

const awk = (one: Switch) =>
  `awk -v key=${quoteWord(one.key)} -v server=${quoteWord(one.server.includes(':') ? `[${one.server}]` : one.server)} -v port=${quoteWord(one.port)} -v database=${quoteWord(encodeURIComponent(one.database))} ${quoteWord(REWRITE)}`

/** Commands at the application's servers. `go`: in order; `back`: what returns the old URL. */
export function switchCommands(one: Switch, stepId: string, runId = RUN_TOKEN) {
  const sudo = one.sudo ? { sudo: true } : {}
  const file = quoteWord(one.file)
  const backup = backupOf(one.file, stepId, runId)
  const shell = (text: string): Command => ({ argv: ['sh', '-c', text], timeoutMs: 60_000, ...sudo })
  const look =
    shell(`file=$(readlink -f -- ${file}) && [ -f "$file" ] || { echo "${'$'}{file:-}: no such file" >&2; exit 66; }
[ -r "$file" ] && [ -w "$file" ] && [ -w "$(dirname -- "$file")" ] || { echo 'the file or its folder cannot be written' >&2; exit 77; }
{ echo; cat -- "$file"; } | ${awk({ ...one, url: null })} >/dev/null`)
  const replace: Command = {
    ...shell(`umask 077
IFS= read -r fresh
file=$(readlink -f -- ${file}) && [ -f "$file" ] || exit 66
[ -e ${backup} ] || cp -p -- "$file" ${backup} || exit 73
new=$(mktemp "$file.XXXXXX") && cp -p -- "$file" "$new" || exit 73
{ printf '%s\\n' "$fresh"; cat -- ${backup}; } | ${awk(one)} >"$new"
code=$?; [ $code -eq 0 ] || { rm -f -- "$new"; exit $code; }
mv -f -- "$new" "$file"`),
    stdin: one.url === null ? '\n' : new Secret(one.url.name, `${one.url.reveal()}\n`),
  }
  const restore = shell(`file=$(readlink -f -- ${file}) || exit 66
[ -e ${backup} ] || exit 0
new=$(mktemp "$file.XXXXXX") && cp -p -- ${backup} "$new" && mv -f -- "$new" "$file"`)
  const each = (command: Command | null, purpose: Purpose) =>
    command === null ? [] : one.hostIds.map((hostId) => ({ hostId, command, purpose }))
  return {
    look,
    replace,
    restore,
    before: [...each(look, 'check'), ...each(one.before, 'run')],
    go: [...each(replace, 'run'), ...each(one.restart, 'run'), ...each(one.check, 'verify')],
    back: each(restore, 'undo'),
  }
}

/** Looks at the file on every server, reading only. */
export async function lookAtFiles(one: Switch, step: MoveStep, context: PlanContext): Promise<Problem[]> {
  const { look } = switchCommands(one, step.id)
  const all = await Promise.all(
    one.hostIds.map(async (hostId): Promise<Problem | null> => {
      const name = context.hostName(hostId)
      try {
        const { exitCode, stderr } = await context.hosts.run(
          hostId,
          look,
          context.signal ? { signal: context.signal } : {},
        )
        if (exitCode === 0) return null
        if (exitCode === 3)
          return {
            code: 'CUTOVER_KEY_MISSING',
            fact: `${one.file} on ${name} has no value for ${one.key}.`,
            fix: 'Correct the file or the name of the variable.',
            field: 'cutover.key',
            value: one.key,
          }
        if (exitCode === 4)
          return one.url === null
            ? {
                code: 'CUTOVER_VALUE_INVALID',
                fact: `${one.key} in ${one.file} on ${name} is no postgres:// URL, so the address in it cannot be replaced.`,
                fix: 'Give the new URL.',
                field: 'cutover.url',
              }
            : null
        return {
          code: 'CUTOVER_FILE_REFUSED',
          fact: `${one.file} on ${name} cannot be changed: ${lastError(stderr)}.`,
          fix: 'Correct the path, or let this user write the file and its folder (sudo).',
          field: 'cutover.file',
          value: one.file,
        }
      } catch (error) {
        return problemOf(error)
      }
    }),
  )
  return all.filter((problem) => problem !== null)
}

async function onEach(one: Switch, work: (hostId: string) => Promise<void>): Promise<void> {
  const ends = await Promise.allSettled(one.hostIds.map(work))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

async function must(
  context: RunContext,
  hostId: string,
  command: Command,
  what: string,
  cleanup = false,
): Promise<void> {
  const { exitCode, stderr, stdout } = await context.execute(hostId, command, { cleanup })
  if (exitCode === 0) return
  throw new HeadroomError({
    code: 'CUTOVER_FAILED',
    fact: `${what} on ${context.hostName(hostId)} ended with exit code ${exitCode}: ${lastError(stderr.trim() === '' ? stdout : stderr)}.`,
    fix: 'Correct the cause, then resume the run.',
    field: 'cutover',
  })
}

/** Runs what the operator wants done before writes are stopped. */
export async function beforeStop(one: Switch, context: RunContext): Promise<void> {
  const { before } = one
  if (before) await onEach(one, (hostId) => must(context, hostId, before, 'The command before the write stop'))
}

/** Leads every server of the application to the target and checks it. May be done again after it was broken off. */
export async function switchOver(one: Switch, step: MoveStep, context: RunContext): Promise<void> {
  const { replace } = switchCommands(one, step.id, context.runId)
  const { restart, check } = one
  context.journal('switch', null, `${one.key} in ${one.file} is changed; the old file is kept beside it.`)
  await onEach(one, async (hostId) => {
    await must(context, hostId, replace, `Changing ${one.file}`)
    if (restart) await must(context, hostId, restart, 'The restart')
  })
  if (!check) return
  const until = context.environment.now() + one.timeoutMs
  await onEach(one, async (hostId) => {
    for (;;) {
      const { exitCode, stderr, stdout } = await context.execute(hostId, check, { quiet: true })
      if (exitCode === 0) return
      if (context.environment.now() >= until)
        throw new HeadroomError({
          code: 'HEALTH_CHECK_FAILED',
          fact: `The application on ${context.hostName(hostId)} is not well with the new database: exit code ${exitCode}, ${lastError(stderr.trim() === '' ? stdout : stderr)}.`,
          fix: 'See the log of the application, correct the cause, then resume the run.',
          field: 'cutover.check',
        })
      await pause(BETWEEN_CHECKS_MS, undefined, { signal: context.signal })
    }
  })
}

/** Puts the old file back on every server and restarts. A server that cannot be reached does not keep the others from it. */
export async function returnOld(one: Switch, step: MoveStep, context: RunContext): Promise<void> {
  const { restore } = switchCommands(one, step.id, context.runId)
  const { restart } = one
  await onEach(one, async (hostId) => {
    await throughLinkLoss(context, () => must(context, hostId, restore, `Putting ${one.file} back`, true))
    if (restart) await must(context, hostId, restart, 'The restart with the old URL', true)
  })
  context.journal('switch-returned', null, `${one.key} in ${one.file} is as it was.`)
}
