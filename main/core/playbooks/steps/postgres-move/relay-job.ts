import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { Secret } from '../../../../../shared/model/secret.ts'
import { AWAIT_SNAPSHOT, type CopyPlan, MARK } from './copy.ts'
import { BEGIN_READING, CONTENTS, CONTENTS_NOW, SEQUENCES, WRITES } from './queries.ts'
import { PSQL, passwordInput, privateFolder, readPasswords, type Side, sqlInput, toolFunction } from './side.ts'

export type Packing = 'zstd' | 'lz4' | 'gzip' | 'none'

/** Between servers that do not reach each other the dump goes through this computer. */
export interface RelayPlan {
  /** What both sides can pack with; used where the way is slower than PostgreSQL takes rows in. */
  packing: Packing
  /** Folders of the programs at each side's host; '' within a container. */
  sourceTools: string
  targetTools: string
}

const PACK: Record<Packing, string> = {
  zstd: ' | zstd -1 -q -c',
  lz4: ' | lz4 -1 -q -c',
  gzip: ' | gzip -1 -c',
  none: '',
}
const UNPACK: Record<Packing, string> = {
  zstd: 'zstd -d -q -c | ',
  lz4: 'lz4 -d -q -c | ',
  gzip: 'gzip -d -c | ',
  none: '',
}

function begin(side: Side, bin: string): string {
  const within = side.container === '' ? null : side
  return `${privateFolder(within)}
cd "$dir" || exit 73
${readPasswords([side], within)}
IFS= read -r packing || exit 65
${toolFunction(side, { server: side.server, port: side.port }, within, within ? '' : bin)}
tell() { printf '${MARK}%s\\n' "$*"; }`
}

/** `dump` prints the dump, and tells on its standard error; `load` reads it after the password and tells on standard output. */
export function relayCommands(
  relay: RelayPlan,
  copy: CopyPlan,
  source: Side,
  target: Side,
  packing: Packing = 'none',
): { dump: Command; load: Command } {
  const own = copy.owners === 'target-user' ? ' --no-owner --no-privileges' : ''
  const from = quoteWord(source.database)
  const to = quoteWord(target.database)
  const custom = copy.format === 'custom'
  const wrapped = copy.oneTransaction && !custom
  const dump = `${begin(source, relay.sourceTools)}
tell phase snapshot >&2
mkfifo ask || exit 73
source_tool ${PSQL} -d ${from} <ask >answer 2>answer.said &
keeper=$!
exec 4>ask
trap '' PIPE
cat >&4 ${sqlInput(`${BEGIN_READING}\nSELECT 'snapshot ' || pg_export_snapshot();\n${SEQUENCES}`)}
${AWAIT_SNAPSHOT}
trap 'exit 129' PIPE
snapshot=$(sed -n 's/^snapshot //p' answer)
tell writes-before "$(source_tool ${PSQL} -d ${from} -c '${WRITES}' </dev/null)" >&2
tell phase copy >&2
dump() { ${wrapped ? "printf 'BEGIN;\\n'; " : ''}source_tool pg_dump --verbose --snapshot="$snapshot"${own} ${custom ? '-Fc -Z0' : '-Fp'} -d ${from} 4>&- </dev/null; code=$?; echo $code >dump.code; [ $code = 0 ]${wrapped ? " && printf 'COMMIT;\\n'" : ''}; }
if [ "$packing" = none ]; then dump; else dump${PACK[relay.packing]}; fi
exec 1>&2
[ "$(cat dump.code)" = 0 ] || exit 67
trap '' PIPE
cat >&4 ${sqlInput(`${CONTENTS}\nCOMMIT;\n${SEQUENCES}\n\\q`)}
exec 4>&-
wait "$keeper" || { cat answer.said >&2; exit 68; }
sed -n 's/^{/${MARK}source {/p' answer
tell writes-after "$(source_tool ${PSQL} -d ${from} -c '${WRITES}' </dev/null)"`
  const restore = custom
    ? `target_tool pg_restore ${copy.oneTransaction ? '--single-transaction' : '--exit-on-error'}${own} -d ${to}`
    : `target_tool psql -X -q -v ON_ERROR_STOP=1 -d ${to} >/dev/null`
  const load = `${begin(target, relay.targetTools)}
if [ "$packing" = none ]; then ${restore}; else ${UNPACK[relay.packing]}${restore}; fi || exit 67
tell phase analyze
target_tool psql -X -q -v ON_ERROR_STOP=1 -d ${to} -c ANALYZE </dev/null || exit 67
tell phase count
target_tool ${PSQL} -d ${to} >counted ${sqlInput(CONTENTS_NOW, ' || exit 68')}
sed -n 's/^{/${MARK}target {/p' counted`
  const make = (text: string, side: Side): Command => {
    const first = passwordInput([side])
    const password = first instanceof Secret ? first.reveal() : ''
    // A secret also where there is no password: what it says is known only when the way was measured.
    const stdin = new Secret(first instanceof Secret ? first.name : 'how it is packed', `${password}${packing}\n`)
    return { argv: ['sh', '-c', text], stdin, timeoutMs: 20 * 86_400_000 }
  }
  return { dump: make(dump, source), load: make(load, target) }
}

const PROBE_BYTES = 64 * 1_048_576

/** Sends bytes from the source's host to the target's, the way that a dump would go, to see how fast that is. */
export const probeCommands = (): { give: Command; take: Command } => ({
  give: { argv: ['sh', '-c', `head -c ${PROBE_BYTES} /dev/zero`], timeoutMs: 60_000 },
  take: { argv: ['sh', '-c', 'cat >/dev/null'], timeoutMs: 60_000 },
})
