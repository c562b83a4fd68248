import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { type DetachedCommands, detachedCommands } from '../../detached.ts'
import { RUN_TOKEN } from '../step.ts'
import { type CopyPlan, jobPreamble, MARK } from './copy.ts'
import { BEGIN_READING, CONTENTS, CONTENTS_NOW, OBJECTS, SEQUENCES } from './queries.ts'
import {
  IDENTITY_INDEXES,
  lagSql,
  lockSql,
  MOMENT,
  markSql,
  publishSql,
  type Replication,
  reachedSql,
  SEQUENCES_AS_SQL,
  sinceMomentSql,
  subscribeSql,
  syncSql,
  unpublishSql,
  unsubscribeSql,
  VIEWS_AS_SQL,
} from './replication.ts'
import {
  type Address,
  docker,
  PSQL,
  passwordInput,
  privateFolder,
  readPasswords,
  type Side,
  sqlInput,
  toolFunction,
} from './side.ts'
import { freezeSql } from './statements.ts'

export interface LogicalPlan extends CopyPlan {
  replication: Replication
  /** Where the server of the target reaches the server of the source. */
  publisher: Address
  /** Contents of these come with the write stop: they are in no publication. */
  unlogged: string[]
}

const ask = (side: Side, rest: string) => `${side.name}_tool ${PSQL} -d ${quoteWord(side.database)} ${rest}`

/** libpq's text for reaching the source from the target's server, quoted as an SQL literal; the password comes from its file. */
function connectionText(plan: LogicalPlan, source: Side): string {
  const quoted = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const parts = [
    ...(plan.publisher.server === '' ? [] : [`host=${quoted(plan.publisher.server)}`]),
    `port=${quoted(plan.publisher.port || '5432')}`,
    `dbname=${quoted(source.database)}`,
    `user=${quoted(source.user)}`,
    'application_name=headroom-move connect_timeout=10 keepalives_idle=30',
    ...(source.settings.PGSSLMODE === undefined ? [] : [`sslmode=${quoted(source.settings.PGSSLMODE)}`]),
    ...(source.settings.PGOPTIONS === undefined ? [] : [`options=${quoted(source.settings.PGOPTIONS)}`]),
  ].join(' ')
  const words = quoteWord(parts.replaceAll("'", "''"))
  if (source.password === null) return `printf "'%s'" ${words}`
  // The file holds what libpq's password file wants: \ before : and \. Here \ goes before ' and \, and then ' is doubled.
  return `printf "'%s password=''%s'''" ${words} "$(sed -e 's/^\\*:\\*:\\*:\\*://' -e 's/\\\\\\([\\\\:]\\)/\\1/g' "$dir/source.pass" | sed -e 's/[\\\\]/\\\\\\\\/g' -e "s/'/\\\\\\\\''/g")"`
}

/** Shell functions that wait for the target to have all of the source up to now. */
function waitFor(plan: LogicalPlan, source: Side, target: Side): string {
  return `mark() { place=$(${ask(source, sqlInput(markSql))}
); case $place in *[!0-9A-F/]*|'') echo "no place in the WAL: $place" >&2; return 1;; esac; }
reached() { for try in $(seq 1 "$1"); do
  [ "$(${ask(target, `-c "${reachedSql(plan.replication, '$place')}" </dev/null`)})" = t ] && return 0
  sleep 0.05
done; return 1; }`
}

export function logicalCommands(
  plan: LogicalPlan,
  source: Side,
  target: Side,
  stepId: string,
  runId = RUN_TOKEN,
): { job: DetachedCommands; guard: DetachedCommands; stop: Command; clean: Command[] } {
  const input = passwordInput([source, target]) ?? ''
  const name = `${runId}-${stepId}`
  return {
    job: detachedCommands(name, jobScript(plan, source, target), input),
    guard: detachedCommands(`${name}-guard`, guardScript(plan, source, target), input),
    stop: { argv: ['sh', '-c', stopScript(plan, source, target, name)], ...stdin(input), timeoutMs: 6 * 3_600_000 },
    clean: [target, source].map((side) => ({
      argv: ['sh', '-c', cleanScript(plan, source, target, side)],
      ...stdin(input),
      timeoutMs: 60_000,
    })),
  }
}

const stdin = (input: ReturnType<typeof passwordInput>) => (input === undefined || input === '' ? {} : { stdin: input })

function jobScript(plan: LogicalPlan, source: Side, target: Side): string {
  const { replication } = plan
  const within = plan.route.within === 'source' ? source : plan.route.within === 'target' ? target : null
  const own = plan.owners === 'target-user' ? ' --no-owner --no-privileges' : ''
  const put = within
    ? `put() { ${docker(within)} exec -i ${quoteWord(within.container)} sh -c 'mkdir -p "$1"; cat >"$1/$2"' headroom "$inside" "$1" <"$1"; }; files=$inside`
    : 'put() { :; }; files=$dir'
  const restore = `target_tool pg_restore --exit-on-error${own}`
  const to = quoteWord(target.database)
  const subscribe = subscribeSql(replication)
  return `${jobPreamble(plan, source, target)}
${put}
${waitFor(plan, source, target)}
tell phase schema
source_tool pg_dump --schema-only --no-publications --no-subscriptions -Fc${own} -d ${quoteWord(source.database)} >schema </dev/null || exit 67
put schema
${restore} --section=pre-data -d ${to} "$files/schema" </dev/null || exit 67
# Keys come before the rows: replicated changes find their rows by them. All else is built once the rows are there.
echo >identity # awk tells two files apart only when the first is not empty
${ask(source, `-c "${IDENTITY_INDEXES}"`)} >>identity </dev/null || exit 67
${restore} --section=post-data -l "$files/schema" >list </dev/null || exit 67
awk 'NR == FNR { key[$0] = 1; next }
  /^;/ { next }
  { early = ($4 == "CONSTRAINT" || ($4 == "INDEX" && ($5 " " $6) in key)) ; print >(early ? "early" : "late") }' identity list
: >>early; : >>late; put early; put late
[ ! -s early ] || ${restore} -L "$files/early" -d ${to} "$files/schema" </dev/null || exit 67
tell phase publish
${ask(source, sqlInput(publishSql(replication), ' || exit 67'))}
{ printf %s ${quoteWord(subscribe.before)}; ${connectionText(plan, source)}; printf '%s\\n' ${quoteWord(subscribe.after)}; } |
  target_tool ${PSQL} -d ${to} || exit 71
tell phase copy
while :; do
  state=$(${ask(target, `-c "${syncSql(replication).replaceAll('\n', ' ')}" </dev/null`)}) || exit 67
  set -- $state
  [ -n "\${4-}" ] || { echo 'the subscription is not there any more' >&2; exit 72; }
  tell sync "$1" "$2"; tell size "$4"
  tell lag $(${ask(source, `-c "${lagSql(replication)}" </dev/null`)})
  [ -n "$(${ask(source, `-c "SELECT 1 FROM pg_replication_slots WHERE slot_name = '${replication.name}'" </dev/null`)})" ] || { echo 'the replication slot is not there any more' >&2; exit 72; }
  [ "$1" = "$2" ] && break
  [ "$3" -lt 3 ] || exit 73
  sleep 1
done
tell phase indexes
[ ! -s late ] || ${restore} -L "$files/late" -d ${to} "$files/schema" </dev/null || exit 67
tell phase analyze
target_tool psql -X -q -v ON_ERROR_STOP=1 -d ${to} -c ANALYZE </dev/null || exit 67
tell phase catch-up
for try in $(seq 1 86400); do
  set -- $(${ask(source, `-c "${lagSql(replication)}" </dev/null`)})
  [ -n "\${1-}" ] || { echo 'the replication slot is not there any more' >&2; exit 72; }
  tell lag "$@"
  [ "$1" -lt 4000000 ] && break
  sleep 1
done
tell phase prove
${momentScript(source, target, replication)}
tell phase ready`
}

/**
 * Compares the whole of both sides while the source is written to. Writers wait for a part of a second, with no error,
 * until the target has what was written and both sides have a snapshot of the same moment. Where the tables do not come
 * free, nothing is compared here, and the write stop takes as long as comparing does.
 */
function momentScript(source: Side, target: Side, replication: Replication): string {
  // A session must not hold the pipe of another open, which then would not end.
  const session = (side: Side, fd: number, name: string, shut: string) =>
    `mkfifo ask.${name}; (${shut} ${ask(side, `<ask.${name} >answer.${name} 2>said.${name}`)}) & ${name}=$!; exec ${fd}>ask.${name}`
  const answered = (name: string, word: string) =>
    `for wait in $(seq 1 100); do grep -q '^${word}' answer.${name} && break; kill -0 "$${name}" 2>/dev/null || break; sleep 0.03; done`
  return `trap '' PIPE
rm -f online.*
for round in 1 2 3 4 5 6 7 8; do
  rm -f ask.* answer.*
  ${session(source, 5, 'locker', '')}
  ${session(source, 6, 'left', 'exec 5>&-;')}
  ${session(target, 7, 'right', 'exec 5>&- 6>&-;')}
  echo 'SELECT 0;' >&6; echo 'SELECT 0;' >&7
  cat >&5 ${sqlInput(lockSql(replication))}
  ${answered('locker', 'locked')}
  moment=
  if grep -q '^locked' answer.locker && mark; then
    cat >&6 ${sqlInput(`${BEGIN_READING}\n${MOMENT}`)}
    ${answered('left', 'moment')}
    if reached 30; then
      cat >&7 ${sqlInput(`${BEGIN_READING}\n${MOMENT}`)}
      ${answered('right', 'moment')}
      # Only a moment at which the writers were still held counts.
      echo "SELECT 'held';" >&5
      ${answered('locker', 'held')}
      grep -q '^held' answer.locker && grep -q '^moment' answer.left && grep -q '^moment' answer.right && moment=1
    fi
  fi
  exec 5>&-; wait "$locker" 2>/dev/null
  [ -z "$moment" ] || break
  exec 6>&- 7>&-; wait "$left" "$right" 2>/dev/null
  sleep 1
done
if [ -n "$moment" ]; then
  tell moment
  cat >&6 ${sqlInput(`${CONTENTS}\nCOMMIT;\n\\q`)}
  cat >&7 ${sqlInput(`${CONTENTS}\nCOMMIT;\n\\q`)}
  exec 6>&- 7>&-
  wait "$left" || { cat said.left >&2; exit 68; }
  wait "$right" || { cat said.right >&2; exit 68; }
  sed -n 's/^{/${MARK}source {/p' answer.left
  sed -n 's/^{/${MARK}target {/p' answer.right
  sed -n 's/^moment //p' answer.left >online.left; sed -n 's/^moment //p' answer.right >online.right
fi
trap 'exit 129' PIPE`
}

/** Ends the replication when nobody comes back for it and the source keeps more WAL than it may. */
function guardScript(plan: LogicalPlan, source: Side, target: Side): string {
  const { replication } = plan
  return `${jobPreamble(plan, source, target)}
seen=
while :; do
  kept=$(${ask(source, `-c "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint FROM pg_replication_slots WHERE slot_name = '${replication.name}'" </dev/null 2>/dev/null`)})
  if [ $? -eq 0 ]; then
    [ -z "$kept" ] || seen=1
    [ -n "$kept" ] || [ -z "$seen" ] || exit 0
    if [ "\${kept:-0}" -gt ${Math.round(replication.walLimit)} ]; then
      echo "the source keeps $kept bytes of WAL: the replication is ended" >&2
      ${ask(source, sqlInput(unpublishSql(replication), ' && exit 70'))}
    fi
  fi
  sleep 5
done`
}

function cleanScript(plan: LogicalPlan, source: Side, target: Side, side: Side): string {
  const within = plan.route.within === 'source' ? source : plan.route.within === 'target' ? target : null
  return `${privateFolder(within)}
${readPasswords([source, target], within)}
${toolFunction(side, plan.route[side.name], within, within ? '' : plan.tools.folder)}
${ask(side, sqlInput(side.name === 'target' ? unsubscribeSql(plan.replication) : unpublishSql(plan.replication)))}`
}

/** The write stop, from the first refused write to the proof, in one command: each connection would cost its time. */
function stopScript(plan: LogicalPlan, source: Side, target: Side, jobName: string): string {
  const within = plan.route.within === 'source' ? source : plan.route.within === 'target' ? target : null
  const bin = within ? '' : plan.tools.folder
  const major = plan.tools.major
  const to = quoteWord(target.database)
  const now = (side: Side, name: string, where: string) =>
    `{ ${ask(side, `-v snapshot="$(cut -d' ' -f1 "$job/online.${where}")" >counted.${name} 2>counted.${name}.said ${sqlInput(`${BEGIN_READING}\n${SEQUENCES}\n${sinceMomentSql(major)}\n${OBJECTS}\nCOMMIT;`)}`)}
}`
  const whole = (side: Side, name: string) =>
    `{ ${ask(side, `>counted.${name} 2>counted.${name}.said ${sqlInput(CONTENTS_NOW)}`)}
}`
  return `${privateFolder(within)}
job=\${TMPDIR:-/tmp}/${quoteWord(`headroom-${jobName}`)}
${readPasswords([source, target], within)}
${toolFunction(source, plan.route.source, within, bin)}
${toolFunction(target, plan.route.target, within, bin)}
${waitFor(plan, source, target)}
cd "$dir" || exit 73
tell() { printf '${MARK}%s\\n' "$*"; }
tell phase stop
${ask(source, sqlInput(freezeSql(source), ' >/dev/null || exit 64'))}
mark || exit 65
reached 600 || { echo 'the target does not catch up: its subscription has stopped' >&2; exit 65; }
tell phase drained
${ask(source, sqlInput(SEQUENCES_AS_SQL, ' >sequences || exit 66'))}
${plan.unlogged.length > 0 ? `source_tool pg_dump --data-only${plan.unlogged.map((table) => ` -t ${quoteWord(table)}`).join('')} -d ${quoteWord(source.database)} </dev/null >unlogged || exit 66\n{ echo 'BEGIN;'; cat unlogged; echo 'COMMIT;'; } | target_tool ${PSQL} -d ${to} >/dev/null || exit 66` : ':'}
${ask(source, sqlInput(VIEWS_AS_SQL, ' >>sequences || exit 66'))}
target_tool ${PSQL} -d ${to} <sequences >/dev/null || exit 66
moment() { ${ask(source, sqlInput(MOMENT))}
${ask(target, sqlInput(MOMENT))}
}
if [ -s "$job/online.left" ] && [ -s "$job/online.right" ] && [ "$(moment | cut -d' ' -f3)" = "$(cat "$job/online.left" "$job/online.right" | cut -d' ' -f2)" ]; then
  tell since-moment
  ${now(source, 'left', 'left')} & left=$!
  ${now(target, 'right', 'right')} & right=$!
else
  ${whole(source, 'left')} & left=$!
  ${whole(target, 'right')} & right=$!
fi
wait $left || { cat counted.left.said >&2; exit 68; }
wait $right || { cat counted.right.said >&2; exit 68; }
sed -n 's/^{/${MARK}source {/p' counted.left
sed -n 's/^{/${MARK}target {/p' counted.right
tell phase end`
}
