import * as z from 'zod'
import { quoteWord } from '../../../../../shared/format/shell.ts'
import { type DetachedCommands, detachedCommands } from '../../detached.ts'
import { RUN_TOKEN } from '../step.ts'
import { PGCOPYDB_TABLE, pgcopydbScript } from './pgcopydb.ts'
import type { Route } from './preflight.ts'
import { BEGIN_READING, CONTENTS, CONTENTS_NOW, NOT_SYSTEM, SEQUENCES, WRITES } from './queries.ts'
import { APPLICATION, docker, PSQL, passwordInput, readPasswords, type Side, sqlInput, toolFunction } from './side.ts'

/** Lines of the job's output that are for the program, not for the operator, start with this. */
export const MARK = '#headroom '

export interface CopyPlan {
  route: Route
  tools: { folder: string; major: number }
  owners: 'keep' | 'target-user'
  /** The whole restore in one transaction: it is there or it is not. Off for very many objects, which need a lock each. */
  oneTransaction: boolean
  /**
   * `plain`: SQL text into psql, the fastest pipe. `custom`: an archive into pg_restore, for large objects, whose part of
   * the text has transactions of its own. `directory`: files between pg_dump and pg_restore with several jobs each.
   * `pgcopydb`: that program copies several tables at once, without files.
   */
  format: 'plain' | 'custom' | 'directory' | 'pgcopydb'
  jobs: number
  /** gzip level of the directory format; 0 where the disk has room for the data as it is. */
  compression: number
}

/**
 * The copy as one detached job. A psql session holds a snapshot of the source; pg_dump copies that snapshot, and the
 * same snapshot is counted afterwards, so that the proof is exact even while others write to the source.
 */
export function copyCommands(
  plan: CopyPlan,
  source: Side,
  target: Side,
  stepId: string,
  runId = RUN_TOKEN,
): DetachedCommands {
  return detachedCommands(`${runId}-${stepId}`, jobScript(plan, source, target), passwordInput([source, target]) ?? '')
}

/** Start of every detached job: passwords in private files, the tools of both sides, `tell`. */
export function jobPreamble(plan: Pick<CopyPlan, 'route' | 'tools'>, source: Side, target: Side): string {
  const { route, tools } = plan
  const within = route.within === 'source' ? source : route.within === 'target' ? target : null
  const inside = within
    ? `; ${docker(within)} exec ${quoteWord(within.container)} rm -rf "$inside" </dev/null 2>/dev/null`
    : ''
  return `umask 077
dir=$PWD
inside=/tmp/$(basename "$dir")
watcher=; copier=
trap '[ -z "$watcher" ] || kill "$watcher" 2>/dev/null; [ -z "$copier" ] || kill -TERM "-$copier" 2>/dev/null; rm -rf "$dir"/*.pass "$dir/ask" "$dir/dump" "$dir/pgcopydb"${inside}' EXIT
trap 'exit 129' HUP INT TERM PIPE
${readPasswords([source, target], within)}
${toolFunction(source, route.source, within, within ? '' : tools.folder)}
${toolFunction(target, route.target, within, within ? '' : tools.folder)}
tell() { printf '${MARK}%s\\n' "$*"; }`
}

/** Shell that prints which tables the source sends at this moment, as one line of JSON. Empty before PostgreSQL 14. */
const SENDING = `SELECT coalesce(json_agg(json_build_object('table', p.relid::regclass::text, 'rows', p.tuples_processed, 'bytes', p.bytes_processed)), '[]') FROM pg_stat_progress_copy p JOIN pg_stat_activity a USING (pid) WHERE a.application_name = '${APPLICATION}' AND p.datname = current_database()`

const ALL_TABLES = `SELECT count(*) || ' ' || coalesce(sum(greatest(reltuples, 0)), 0)::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND ${NOT_SYSTEM}`

function copyScript(plan: CopyPlan, source: Side, target: Side): string {
  const own = plan.owners === 'target-user' ? ' --no-owner --no-privileges' : ''
  const from = quoteWord(source.database)
  const to = quoteWord(target.database)
  const dump = (rest: string) =>
    `source_tool pg_dump --verbose --snapshot="$snapshot"${own} ${rest} -d ${from} 4>&- </dev/null`
  if (plan.format === 'plain') {
    const [begin, commit] = plan.oneTransaction ? ["printf 'BEGIN;\\n'; ", ` && printf 'COMMIT;\\n'`] : ['', '']
    // A dump that breaks off sends no COMMIT: psql takes the end of its input for the end of the script.
    return `{ ${begin}${dump('-Fp')}; code=$?; echo $code >dump.code; [ $code = 0 ]${commit}; } |
  { target_tool psql -X -q -v ON_ERROR_STOP=1 -d ${to} 4>&- >/dev/null; echo $? >restore.code; }`
  }
  if (plan.format === 'pgcopydb')
    return pgcopydbScript(
      { jobs: plan.jobs, own: own === '', tools: plan.tools.folder },
      { side: source, at: plan.route.source },
      { side: target, at: plan.route.target },
      APPLICATION,
    )
  const restore = `target_tool pg_restore --verbose${own}`
  if (plan.format === 'custom')
    return `{ ${dump('-Fc -Z0')}; echo $? >dump.code; } |
  { ${restore} ${plan.oneTransaction ? '--single-transaction' : '--exit-on-error'} -d ${to} 4>&-; echo $? >restore.code; }`
  const files = plan.route.within ? '"$inside/dump"' : '"$dir/dump"'
  return `${dump(`-Fd -j ${plan.jobs} -Z${plan.compression} -f ${files}`)}; echo $? >dump.code; echo 0 >restore.code
tell phase restore
[ "$(cat dump.code)" != 0 ] || { ${restore} --exit-on-error -j ${plan.jobs} -d ${to} ${files} 4>&- </dev/null; echo $? >restore.code; }`
}

/** Until the session with the snapshot has it: a few hundredths of a second, where the server is not busy. */
export const AWAIT_SNAPSHOT = `naps=0
until grep -q '^snapshot ' answer; do
  kill -0 "$keeper" 2>/dev/null || { cat answer.said >&2; exit 66; }
  naps=$((naps + 1)); nap=0.02; [ $naps -le 10 ] || nap=0.2
  sleep $nap 2>/dev/null || sleep 1
done`

function jobScript(plan: CopyPlan, source: Side, target: Side): string {
  return `${jobPreamble(plan, source, target)}
tell phase snapshot
mkfifo ask || exit 73
source_tool ${PSQL} -d ${quoteWord(source.database)} <ask >answer 2>answer.said &
keeper=$!
exec 4>ask
trap '' PIPE
cat >&4 ${sqlInput(`${BEGIN_READING}\nSELECT 'snapshot ' || pg_export_snapshot();\n${SEQUENCES}`)}
${AWAIT_SNAPSHOT}
snapshot=$(sed -n 's/^snapshot //p' answer)
tell writes-before "$(source_tool ${PSQL} -d ${quoteWord(source.database)} -c '${WRITES}' </dev/null)"
tell tables "$(source_tool ${PSQL} -d ${quoteWord(source.database)} ${sqlInput(ALL_TABLES)}
)"
trap 'exit 129' PIPE
tell phase copy
# One session a side is asked again and again: a program and a login each time would cost the copy its processor.
mkfifo ask.size ask.sending
target_tool ${PSQL} -d ${quoteWord(target.database)} <ask.size 4>&- 2>/dev/null & sizes=$!
source_tool ${PSQL} -d ${quoteWord(source.database)} <ask.sending 4>&- 2>/dev/null & sendings=$!
( exec 5>ask.size 6>ask.sending; nap=; trap 'kill $nap 2>/dev/null; exit' TERM
  while :; do
    echo "SELECT '${MARK}size ' || pg_database_size(current_database());" >&5
    cat >&6 ${sqlInput(`SELECT '${MARK}sending ' || (${SENDING});`)}
    sleep 2 5>&- 6>&- & nap=$!; wait $nap
  done ) 4>&- 2>/dev/null &
watcher=$!
clock() { tell clock "$(cut -d' ' -f1 /proc/uptime 2>/dev/null)"; }
clock
${copyScript(plan, source, target)}
clock${plan.format === 'directory' ? '\nrm -rf "$dir/dump"' : ''}
kill "$watcher" 2>/dev/null; watcher=
: <>ask.size <>ask.sending # a session that was never asked anything waits for someone to open these
wait "$sizes" "$sendings"
dumped=$(cat dump.code); restored=$(cat restore.code)
tell codes "$dumped" "$restored"
[ "$dumped" = 0 ] && [ "$restored" = 0 ] || exit 67
tell phase analyze
target_tool psql -X -q -v ON_ERROR_STOP=1 -d ${quoteWord(target.database)} -c ANALYZE </dev/null || exit 67
tell phase count
trap '' PIPE
cat >&4 ${sqlInput(`${CONTENTS}\nCOMMIT;\n${SEQUENCES}\n\\q`)}
exec 4>&-
target_tool ${PSQL} -d ${quoteWord(target.database)} >counted ${sqlInput(CONTENTS_NOW, ' || { kill "$keeper"; exit 68; }')}
wait "$keeper" || { cat answer.said >&2; exit 68; }
sed -n 's/^{/${MARK}source {/p' answer
sed -n 's/^{/${MARK}target {/p' counted
tell writes-after "$(source_tool ${PSQL} -d ${quoteWord(source.database)} -c '${WRITES}' </dev/null)"
tell phase end`
}

export type Phase = 'snapshot' | 'copy' | 'restore' | 'analyze' | 'count' | 'end'

/** What the job has told so far. */
export interface CopyState {
  phase: Phase | null
  sizeBytes: number | null
  source: string[]
  target: string[]
  codes: { dump: number; restore: number } | null
  writesBefore: number | null
  writesAfter: number | null
  /** Tables of the source and about how many rows they hold; null until told. */
  all: { tables: number; rows: number } | null
  /** Tables that the copy has come to, the last of them, and how far the source is with those it sends. */
  begun: number
  table: string | null
  sending: { rows: number; bytes: number } | null
  /** Seconds of the host's clock at which the copy alone began; then how long it took. Null where it has no such clock. */
  clock: number | null
  copiedMs: number | null
}

export const newCopyState = (): CopyState => ({
  ...{ phase: null, sizeBytes: null, source: [], target: [], codes: null, writesBefore: null, writesAfter: null },
  ...{ all: null, begun: 0, table: null, sending: null, clock: null, copiedMs: null },
})

const SendingSchema = z.array(z.object({ table: z.string(), rows: z.number(), bytes: z.number() }))

/** Takes one line of the job's output into the state. False: the line is for the operator to read. */
export function takeLine(state: CopyState, line: string): boolean {
  if (!line.startsWith(MARK)) return false
  const [word = '', ...rest] = line.slice(MARK.length).split(' ')
  const text = rest.join(' ')
  const number = /^-?\d+$/.test(text) ? Number(text) : null
  if (word === 'phase') {
    state.phase = text as Phase
    if (text === 'restore') state.begun = 0
  } else if (word === 'size' && number !== null) state.sizeBytes = number
  else if (word === 'source') state.source.push(text)
  else if (word === 'target') state.target.push(text)
  else if (word === 'codes') state.codes = { dump: Number(rest[0]), restore: Number(rest[1]) }
  else if (word === 'writes-before') state.writesBefore = number
  else if (word === 'writes-after') state.writesAfter = number
  else if (word === 'tables' && rest.length === 2) state.all = { tables: Number(rest[0]), rows: Number(rest[1]) }
  else if (word === 'clock' && /^\d+\.\d+$/.test(text)) {
    if (state.clock === null) state.clock = Number(text)
    else state.copiedMs = Math.round((Number(text) - state.clock) * 1000)
  } else if (word === 'sending' && text !== '') {
    const now = SendingSchema.safeParse(jsonOf(text))
    if (now.success && now.data.length > 0)
      state.sending = {
        rows: now.data.reduce((sum, { rows }) => sum + rows, 0),
        bytes: now.data.reduce((sum, { bytes }) => sum + bytes, 0),
      }
  }
  return true
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const TABLE = /^pg_(?:dump: dumping contents of table|restore: processing data for table) "(.*)"$/

/** Takes what the programs say of their progress, which is in English because the job asks for it. */
export function takeError(state: CopyState, line: string): void {
  const other = PGCOPYDB_TABLE.exec(line)
  const table = TABLE.exec(line)?.[1] ?? (other ? `${other[1]}.${other[2]}` : undefined)
  if (table === undefined) return
  state.begun += 1
  state.table = table
  state.sending = null
}

/** Share of the whole step that each phase begins at; the copy takes the part between its own and the next. */
const BEGINS: Record<Phase, number> = { snapshot: 0.02, copy: 0.05, restore: 0.3, analyze: 0.8, count: 0.83, end: 1 }
const WORDS: Record<Phase, string> = {
  snapshot: 'Taking a snapshot of the source',
  copy: 'Copying',
  restore: 'Copying, second part: into the target',
  analyze: 'Gathering statistics on the target',
  count: 'Counting and summing both sides',
  end: 'Comparing',
}

/** Progress as a ratio and in words; `elapsedMs` since the copy began gives the time left. Sizes in bytes. */
export function progressOf(
  state: CopyState,
  sourceBytes: number,
  emptyBytes: number,
  elapsedMs: number,
  words: { bytes(value: number): string; duration(ms: number): string; count(value: number): string },
): { ratio: number; text: string } | null {
  if (state.phase === null) return null
  const begins = BEGINS[state.phase]
  if ((state.phase !== 'copy' && state.phase !== 'restore') || state.sizeBytes === null)
    return { ratio: begins, text: WORDS[state.phase] }
  const wanted = Math.max(1, sourceBytes - emptyBytes)
  const share = Math.min(1, Math.max(0, (state.sizeBytes - emptyBytes) / wanted))
  const left =
    share > 0.02 && share < 1 && elapsedMs > 0
      ? `, about ${words.duration((elapsedMs / share) * (1 - share))} left`
      : ''
  const of = state.all && state.all.tables >= state.begun ? ` of ${state.all.tables}` : ''
  const rows = state.sending
    ? ` (${words.count(state.sending.rows)} rows, ${words.bytes(state.sending.bytes)} sent)`
    : ''
  const table = state.table === null ? '' : `; table ${state.begun}${of}, ${state.table}${rows}`
  return {
    ratio: begins + (BEGINS.analyze - begins) * share,
    text: `${WORDS[state.phase]}: ${words.bytes(state.sizeBytes)} of about ${words.bytes(sourceBytes)}${left}${table}`,
  }
}
