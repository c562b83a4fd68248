import type { Command } from '../../../shared/model/command.ts'

/**
 * The lock that lies on a server itself, so that two workspaces see each other. It is the file `lock` in
 * `~/.local/state/headroom/<name of the machine>` of the user that logs in (a home may be shared by several machines), made
 * whole and then linked into place: a link is there or not, also where two programs try at once. Its lines: the id of the
 * run, its workspace, who started it, its name, and when the lock was taken. Beside it, `beat-<run>` holds the driver's last sign of life and
 * `broken-<run>` who took the lock away from that run. Times are seconds of the server's own clock.
 */
export interface Claim {
  runId: string
  /** The computer and the folder of the workspace that drives the run. */
  workspace: string
}

/** Who holds a server, as the lock on it says. */
export interface ServerHolder extends Claim {
  /** Who started or resumed it. */
  by: string
  name: string
  /** How long ago, by the server's clock; null where it does not say. */
  sinceMs: number | null
  signOfLifeMs: number | null
}

/**
 * Lines that did not arrive, over a link that broke just then, must not become a lock of nobody's. Who holds a server is read
 * at one time: a lock may be given back in the midst of it.
 */
const BEGIN = `umask 077
whole() { [ $1 -eq 0 ] || { echo 'its input was cut short' >&2; exit 74; }; }
IFS= read -r run && IFS= read -r workspace; whole $?
state=\${XDG_STATE_HOME:-\${HOME:+$HOME/.local/state}}
[ -n "$state" ] || { echo none; echo 'there is no home folder' >&2; exit 0; }
dir=$state/headroom/$(uname -n); lock=$dir/lock; beat=$dir/beat-$run
mine() { [ "$(head -n 2 "$1" 2>/dev/null)" = "$run
$workspace" ]; }
show() {
  all=$(cat "$lock" 2>/dev/null)
  held=$(printf '%s\\n' "$all" | head -n 1); case $held in ''|*[!A-Za-z0-9-]*) held=unknown ;; esac
  for line in 1 2 3 4 5; do set -- "$@" "$(printf '%s\\n' "$all" | sed -n "\${line}p")"; done
  printf '%s\\n' "$@" "$(cat "$dir/beat-$held" 2>/dev/null)" "$(date +%s)"
}`

/**
 * Prints "taken", "held" and who holds it, or "none" where no lock can be left, with the reason as its last error. Each try
 * writes a file of its own: one that an earlier try linked into place is the lock itself. An empty lock, as a power cut
 * leaves it, is nobody's.
 */
export const takeCommand = (claim: Claim, by: string, name: string): Command =>
  command(
    `${BEGIN}
IFS= read -r by && IFS= read -r name; whole $?
new=$dir/new-$run-$$
if [ -f "$lock" ] && [ ! -s "$lock" ]; then
  mv "$lock" "$new-empty" 2>/dev/null && { [ ! -s "$new-empty" ] || ln "$new-empty" "$lock"; rm -f "$new-empty"; }
fi
mkdir -p "$dir" && printf '%s\\n' "$run" "$workspace" "$by" "$name" "$(date +%s)" >"$new" || { rm -f "$new"; echo none; exit 0; }
if ln "$new" "$lock" 2>/dev/null || mine "$lock"; then date +%s >"$beat"; echo taken
elif [ -e "$lock" ]; then show held
elif ln "$new" "$lock"; then date +%s >"$beat"; echo taken
else echo none; fi
rm -f "$new"`,
    [claim.runId, claim.workspace, by, name],
  )

/**
 * A sign of life. Prints "kept", "gone" where the lock is not there any more, "held" and who holds it now, or "broken" and
 * who took it away, with the reason. The sign takes the place of the one before, which a full disk does not hinder.
 */
export const beatCommand = (claim: Claim): Command =>
  command(
    `${BEGIN}
if mine "$lock"; then date +%s 1<>"$beat"; echo kept
elif [ -f "$dir/broken-$run" ]; then echo broken; cat "$dir/broken-$run"; rm -f "$dir/broken-$run"
elif [ -e "$lock" ]; then show held
else echo gone; fi`,
    [claim.runId, claim.workspace],
  )

/** Removes the lock where it is this run's, and no other one that comes in its place meanwhile. Safe to do twice. */
export const releaseCommand = (claim: Claim): Command =>
  command(
    `${BEGIN}
gone=$dir/gone-$run-$$
if mine "$lock" && mv "$lock" "$gone" 2>/dev/null; then mine "$gone" || ln "$gone" "$lock"; rm -f "$gone"; fi
rm -f "$beat" "$dir/broken-$run" "$dir/new-$run"-*`,
    [claim.runId, claim.workspace],
  )

/**
 * Takes the lock away from the run that holds it. Prints "broken"; "fresh" and who holds it where its driver gave a sign of
 * life within `staleSeconds`; "changed" where it is not that run's any more.
 */
export const breakCommand = (holder: Claim, why: string, staleSeconds: number): Command =>
  command(
    `${BEGIN}
IFS= read -r stale && IFS= read -r why; whole $?
mine "$lock" || { echo changed; exit 0; }
sign=$(cat "$beat" 2>/dev/null); case $sign in ''|*[!0-9]*) sign=0 ;; esac
[ $(($(date +%s) - sign)) -ge "$stale" ] || { show fresh; exit 0; }
gone=$dir/gone-$run
mv "$lock" "$gone" 2>/dev/null || { echo changed; exit 0; }
mine "$gone" || { ln "$gone" "$lock"; rm -f "$gone"; echo changed; exit 0; }
printf '%s\\n' "$why" >"$dir/broken-$run"
rm -f "$gone" "$beat"
echo broken`,
    [holder.runId, holder.workspace, String(staleSeconds), why],
  )

const command = (text: string, lines: readonly string[]): Command => ({
  argv: ['sh', '-c', text],
  stdin: lines.map((line) => `${oneLine(line)}\n`).join(''),
  timeoutMs: 20_000,
})

export const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 400)

/** What follows "held" or "fresh". */
export function parseHolder(lines: readonly string[]): ServerHolder {
  const [runId = '', workspace = '', by = '', name = '', since = '', sign = '', now = ''] = lines
  const ago = (at: string) =>
    /^\d+$/.test(at) && /^\d+$/.test(now) ? Math.max(0, Number(now) - Number(at)) * 1000 : null
  return { runId, workspace, by, name, sinceMs: ago(since), signOfLifeMs: ago(sign) }
}
