import { quoteWord } from '../../../../../shared/format/shell.ts'
import { type DetachedCommands, detachedCommands } from '../../detached.ts'
import { RUN_TOKEN } from '../step.ts'
import type { Route } from './preflight.ts'
import { BEGIN_READING, CONTENTS, CONTENTS_NOW, SEQUENCES, WRITES } from './queries.ts'
import { docker, PSQL, passwordInput, readPasswords, type Side, sqlInput, toolFunction } from './side.ts'

/** Lines of the job's output that are for the program, not for the operator, start with this. */
const MARK = '#headroom '

export interface CopyPlan {
  route: Route
  tools: { folder: string; major: number }
  owners: 'keep' | 'target-user'
  /** The whole restore in one transaction: it is there or it is not. Off for very many objects, which need a lock each. */
  oneTransaction: boolean
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

function jobScript(plan: CopyPlan, source: Side, target: Side): string {
  const { route, tools, owners } = plan
  const within = route.within === 'source' ? source : route.within === 'target' ? target : null
  const inside = within
    ? `; ${docker(within)} exec ${quoteWord(within.container)} rm -rf "$inside" </dev/null 2>/dev/null`
    : ''
  const restore = [
    'pg_restore --verbose',
    plan.oneTransaction ? '--single-transaction' : '--exit-on-error',
    ...(owners === 'target-user' ? ['--no-owner --no-privileges'] : []),
    `-d ${quoteWord(target.database)}`,
  ].join(' ')
  return `umask 077
dir=$PWD
inside=/tmp/$(basename "$dir")
watcher=
trap '[ -z "$watcher" ] || kill "$watcher" 2>/dev/null; rm -f "$dir"/*.pass "$dir/ask"${inside}' EXIT
trap 'exit 129' HUP INT TERM
${readPasswords([source, target], within)}
${toolFunction(source, route.source, within, within ? '' : tools.folder)}
${toolFunction(target, route.target, within, within ? '' : tools.folder)}
tell() { printf '${MARK}%s\\n' "$*"; }
tell phase snapshot
mkfifo ask || exit 73
source_tool ${PSQL} -d ${quoteWord(source.database)} <ask >answer 2>answer.said &
keeper=$!
exec 4>ask
trap '' PIPE
cat >&4 ${sqlInput(`${BEGIN_READING}\nSELECT 'snapshot ' || pg_export_snapshot();\n${SEQUENCES}`)}
until grep -q '^snapshot ' answer; do
  kill -0 "$keeper" 2>/dev/null || { cat answer.said >&2; exit 66; }
  sleep 0.2 2>/dev/null || sleep 1
done
snapshot=$(sed -n 's/^snapshot //p' answer)
tell writes-before "$(source_tool ${PSQL} -d ${quoteWord(source.database)} -c '${WRITES}' </dev/null)"
trap - PIPE
tell phase copy
( while :; do
    tell size "$(target_tool ${PSQL} -d ${quoteWord(target.database)} -c 'SELECT pg_database_size(current_database())' </dev/null 2>/dev/null)"
    sleep 2
  done ) 4>&- &
watcher=$!
{ source_tool pg_dump -Fc --snapshot="$snapshot" -d ${quoteWord(source.database)} 4>&- </dev/null; echo $? >dump.code; } |
  { target_tool ${restore} 4>&-; echo $? >restore.code; }
kill "$watcher" 2>/dev/null; watcher=
dumped=$(cat dump.code); restored=$(cat restore.code)
tell codes "$dumped" "$restored"
[ "$dumped" = 0 ] && [ "$restored" = 0 ] || exit 67
tell phase analyze
target_tool psql -X -q -v ON_ERROR_STOP=1 -d ${quoteWord(target.database)} -c ANALYZE </dev/null || exit 67
tell phase count-source
trap '' PIPE
cat >&4 ${sqlInput(`${CONTENTS}\nCOMMIT;\n${SEQUENCES}\n\\q`)}
exec 4>&-
wait "$keeper" || { cat answer.said >&2; exit 68; }
sed -n 's/^{/${MARK}source {/p' answer
tell phase count-target
target_tool ${PSQL} -d ${quoteWord(target.database)} >counted ${sqlInput(CONTENTS_NOW, ' || exit 68')}
sed -n 's/^{/${MARK}target {/p' counted
tell writes-after "$(source_tool ${PSQL} -d ${quoteWord(source.database)} -c '${WRITES}' </dev/null)"
tell phase end`
}

export type Phase = 'snapshot' | 'copy' | 'analyze' | 'count-source' | 'count-target' | 'end'

/** What the job has told so far. */
export interface CopyState {
  phase: Phase | null
  sizeBytes: number | null
  source: string[]
  target: string[]
  codes: { dump: number; restore: number } | null
  writesBefore: number | null
  writesAfter: number | null
}

export const newCopyState = (): CopyState => ({
  phase: null,
  sizeBytes: null,
  source: [],
  target: [],
  codes: null,
  writesBefore: null,
  writesAfter: null,
})

/** Takes one line of the job's output into the state. False: the line is for the operator to read. */
export function takeLine(state: CopyState, line: string): boolean {
  if (!line.startsWith(MARK)) return false
  const [word = '', ...rest] = line.slice(MARK.length).split(' ')
  const text = rest.join(' ')
  const number = /^-?\d+$/.test(text) ? Number(text) : null
  if (word === 'phase') state.phase = text as Phase
  else if (word === 'size' && number !== null) state.sizeBytes = number
  else if (word === 'source') state.source.push(text)
  else if (word === 'target') state.target.push(text)
  else if (word === 'codes') state.codes = { dump: Number(rest[0]), restore: Number(rest[1]) }
  else if (word === 'writes-before') state.writesBefore = number
  else if (word === 'writes-after') state.writesAfter = number
  return true
}

/** Share of the whole step that each phase begins at; the copy takes the part between its own and the next. */
const BEGINS: Record<Phase, number> = {
  snapshot: 0.02,
  copy: 0.05,
  analyze: 0.8,
  'count-source': 0.83,
  'count-target': 0.92,
  end: 1,
}
const WORDS: Record<Phase, string> = {
  snapshot: 'Taking a snapshot of the source',
  copy: 'Copying',
  analyze: 'Gathering statistics on the target',
  'count-source': 'Counting the source',
  'count-target': 'Counting the target',
  end: 'Comparing',
}

/** Progress as a ratio and in words; `elapsedMs` since the copy began gives the time left. Sizes in bytes. */
export function progressOf(
  state: CopyState,
  sourceBytes: number,
  emptyBytes: number,
  elapsedMs: number,
  words: { bytes(value: number): string; duration(ms: number): string },
): { ratio: number; text: string } | null {
  if (state.phase === null) return null
  const begins = BEGINS[state.phase]
  if (state.phase !== 'copy' || state.sizeBytes === null) return { ratio: begins, text: WORDS[state.phase] }
  const wanted = Math.max(1, sourceBytes - emptyBytes)
  const share = Math.min(1, Math.max(0, (state.sizeBytes - emptyBytes) / wanted))
  const left = share > 0.02 && share < 1 ? `, about ${words.duration((elapsedMs / share) * (1 - share))} left` : ''
  return {
    ratio: begins + (BEGINS.analyze - begins) * share,
    text: `${WORDS.copy}: ${words.bytes(state.sizeBytes)} of about ${words.bytes(sourceBytes)}${left}`,
  }
}
