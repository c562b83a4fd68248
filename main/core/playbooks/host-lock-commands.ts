import type { Command } from '../../../shared/model/command.ts'

/**
 * The lock that lies on a server itself, so that two workspaces see each other.
 *
 * For the user that logs in it is the file `lock` in `~/.local/state/headroom/<name of the machine>` (a home may be shared by
 * several machines), made whole and then linked into place: a link is there or not, also where two programs try at once. Its
 * lines: the id of the run, its workspace, who started it, its name, and when the lock was taken. Beside it, `beat-<run>`
 * holds the driver's last sign of life and `broken-<run>` who took the lock away from that run.
 *
 * For those who log in as other users it is the folder `headroom-lock-<run>` in a folder that everybody may write in and
 * where none but its owner can take it away (/run/lock or /tmp: sticky, of root): `who` and `sign` in it are copies of the
 * two. Whose it is says its owner, not what it says. Nobody follows a link there or removes another's folder. A lock of
 * another user is passed over once it was broken: `passed-<run>`, in the breaker's home, says when, and any later sign of life
 * counts again; `headroom-broken-<run>` tells the other, who believes it only if its own sign of life was that old. So a
 * user of the server can at most claim the server under its own name.
 *
 * Times are seconds of the server's own clock.
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
  /** The user of the server whose lock it is, where that is another than the one that asks; else empty. */
  login: string
}

/**
 * Lines that did not arrive, over a link that broke just then, must not become a lock of nobody's. An id that is none must not
 * become a path. Who holds a server is read at one time: a lock may be given back in the midst of it.
 */
const BEGIN = `umask 077
whole() { [ $1 -eq 0 ] || { echo 'its input was cut short' >&2; exit 74; }; }
IFS= read -r run && IFS= read -r workspace; whole $?
case $run in ''|*[!A-Za-z0-9-]*) echo 'this is no id of a run' >&2; exit 65 ;; esac
state=\${XDG_STATE_HOME:-\${HOME:+$HOME/.local/state}}
[ -n "$state" ] || { echo none; echo 'there is no home folder' >&2; exit 0; }
dir=$state/headroom/$(uname -n); lock=$dir/lock; beat=$dir/beat-$run
places=
for at in /run/lock /tmp; do
  set -- $(ls -ldn "$at/." 2>/dev/null)
  case $1:$3 in d???????wt*:0) places="$places $at" ;; esac
done
mine() { [ "$(head -c 4000 "$1" 2>/dev/null | head -n 2)" = "$run
$workspace" ]; }
ours() { [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ]; }
others() { [ -d "$1" ] && [ ! -L "$1" ] && [ ! -O "$1" ] && [ -f "$1/$2" ] && [ ! -L "$1/$2" ]; }
login() { set -- $(ls -ld "$1" 2>/dev/null); printf %s "$3"; }
seconds() { set -- "$(head -c 12 "$1" 2>/dev/null)"; case $1 in ''|*[!0-9]*) ;; *) printf %s "$1" ;; esac; }
withdraw() { for at in $places; do if ours "$at/headroom-lock-$run"; then rm -rf -- "$at/headroom-lock-$run"; fi; done; }`

/** Prints its first word, and who holds the server: by which file, with the sign of life in which other, and whose it is. */
const SHOW = `show() {
  all=$(head -c 4000 "$2" 2>/dev/null)
  held=$(printf '%s\\n' "$all" | head -n 1); case $held in ''|*[!A-Za-z0-9-]*) held=unknown ;; esac
  set -- "$1" "\${3:-$dir/beat-$held}" "$4"
  printf '%s\\n' "$1"
  for line in 1 2 3 4 5; do printf '%s\\n' "$(printf '%s\\n' "$all" | sed -n "\${line}p")"; done
  printf '%s\\n' "$(seconds "$2")" "$(date +%s)" "$3"
}`

/** Finds a lock of another user that was not broken since its last sign of life. */
const OTHER = `other() {
  for at in $places; do for one in "$at"/headroom-lock-*; do
    others "$one" who || continue
    sign=$(seconds "$one/sign"); broken=$(seconds "$dir/passed-\${one##*/headroom-lock-}")
    [ "\${sign:-0}" -gt "\${broken:--1}" ] && return 0
  done; done
  return 1
}`

/** Shows the lock to other users, too. */
const POST = `post() {
  for at in $places; do
    own=$at/headroom-lock-$run
    mkdir -m 755 "$own" 2>/dev/null || ours "$own" || continue
    (umask 022; cat "$lock" >"$own/who" && date +%s >"$own/sign") 2>/dev/null && return 0
    rm -rf -- "$own"
  done
  return 1
}`

/** Gives the lock back where it is this run's, and no other one that comes in its place meanwhile. */
const BACK = `back() {
  gone=$dir/gone-$run-$$
  if mine "$lock" && mv "$lock" "$gone" 2>/dev/null; then mine "$gone" || ln "$gone" "$lock"; rm -f "$gone"; fi
  rm -f "$beat" "$dir/broken-$run" "$dir/new-$run"-*
  withdraw
  for old in "$dir"/passed-*; do
    left=\${old##*/passed-}
    for at in $places; do [ ! -d "$at/headroom-lock-$left" ] || continue 2; done
    rm -f "$old"
    for at in $places; do if ours "$at/headroom-broken-$left"; then rm -rf -- "$at/headroom-broken-$left"; fi; done
  done
}`

/**
 * Prints "taken"; "alone" where it was taken but cannot be shown to other users; "held" and who holds it; or "none" where no
 * lock can be left, with the reason as its last error. Each try writes a file of its own: one that an earlier try linked into
 * place is the lock itself. An empty lock, as a power cut leaves it, is nobody's. The lock is shown before others are looked
 * for: of two that come at once at least one sees the other.
 */
export const takeCommand = (claim: Claim, by: string, name: string): Command =>
  command(
    `${BEGIN}
${SHOW}
${OTHER}
${POST}
${BACK}
taken() {
  date +%s >"$beat"; word=taken; post || word=alone
  if other; then back; show held "$one/who" "$one/sign" "$(login "$one")"; else echo $word; fi
}
IFS= read -r by && IFS= read -r name; whole $?
new=$dir/new-$run-$$
if [ -f "$lock" ] && [ ! -s "$lock" ]; then
  mv "$lock" "$new-empty" 2>/dev/null && { [ ! -s "$new-empty" ] || ln "$new-empty" "$lock"; rm -f "$new-empty"; }
fi
mkdir -p "$dir" && printf '%s\\n' "$run" "$workspace" "$by" "$name" "$(date +%s)" >"$new" || { rm -f "$new"; echo none; exit 0; }
if ln "$new" "$lock" 2>/dev/null || mine "$lock"; then taken
elif [ -e "$lock" ]; then show held "$lock"
elif ln "$new" "$lock"; then taken
else echo none; fi
rm -f "$new"`,
    [claim.runId, claim.workspace, by, name],
  )

/**
 * A sign of life. Prints "kept", "gone" where the lock is not there any more, "held" and who holds it now, or "broken" and
 * who took it away, with the reason. The sign takes the place of the one before, which a full disk does not hinder. What
 * another user left counts only where the run was silent for so long that its lock could be broken.
 */
export const beatCommand = (claim: Claim, staleSeconds: number): Command =>
  command(
    `${BEGIN}
${SHOW}
${OTHER}
${POST}
sign() {
  date +%s 1<>"$beat"
  for at in $places; do
    own=$at/headroom-lock-$run
    if ours "$own" && [ -s "$own/who" ]; then date +%s 1<>"$own/sign"; return; fi
  done
  post
}
if mine "$lock"; then
  last=$(seconds "$beat")
  if [ $(($(date +%s) - \${last:-0})) -ge ${staleSeconds} ]; then
    for at in $places; do
      one=$at/headroom-broken-$run
      if others "$one" why; then printf 'broken\\n%s (user %s)\\n' "$(head -c 400 "$one/why")" "$(login "$one")"; exit 0; fi
    done
    if other; then show held "$one/who" "$one/sign" "$(login "$one")"; exit 0; fi
  fi
  sign; echo kept
elif [ -f "$dir/broken-$run" ]; then echo broken; cat "$dir/broken-$run"; rm -f "$dir/broken-$run"
elif [ -e "$lock" ]; then show held "$lock"
else echo gone; fi`,
    [claim.runId, claim.workspace],
  )

/** Gives the lock back. Safe to do twice. */
export const releaseCommand = (claim: Claim): Command =>
  command(
    `${BEGIN}
${BACK}
back`,
    [claim.runId, claim.workspace],
  )

/**
 * Takes the lock away from the run that holds it, or passes over that of another user. Prints "broken"; "fresh" and who holds
 * it where its driver gave a sign of life within `staleSeconds`; "changed" where it is not that run's any more.
 */
export const breakCommand = (holder: Claim, why: string, staleSeconds: number): Command =>
  command(
    `${BEGIN}
${SHOW}
IFS= read -r why; whole $?
silent() { last=$(seconds "$1"); [ $(($(date +%s) - \${last:-0})) -ge ${staleSeconds} ]; }
if mine "$lock"; then
  silent "$beat" || { show fresh "$lock"; exit 0; }
  gone=$dir/gone-$run
  mv "$lock" "$gone" 2>/dev/null || { echo changed; exit 0; }
  mine "$gone" || { ln "$gone" "$lock"; rm -f "$gone"; echo changed; exit 0; }
  printf '%s\\n' "$why" >"$dir/broken-$run"
  rm -f "$gone" "$beat"
  withdraw
  echo broken
  exit 0
fi
for at in $places; do
  one=$at/headroom-lock-$run
  others "$one" who && mine "$one/who" || continue
  silent "$one/sign" || { show fresh "$one/who" "$one/sign" "$(login "$one")"; exit 0; }
  mkdir -p "$dir" && date +%s >"$dir/passed-$run" || exit 1
  note=$at/headroom-broken-$run
  { mkdir -m 755 "$note" 2>/dev/null || ours "$note"; } && (umask 022; printf '%s\\n' "$why" >"$note/why")
  echo broken
  exit 0
done
echo changed`,
    [holder.runId, holder.workspace, why],
  )

const command = (text: string, lines: readonly string[]): Command => ({
  argv: ['sh', '-c', text],
  stdin: lines.map((line) => `${oneLine(line)}\n`).join(''),
  timeoutMs: 20_000,
})

export const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 400)

/** What follows "held" or "fresh". */
export function parseHolder(lines: readonly string[]): ServerHolder {
  const [runId = '', workspace = '', by = '', name = '', since = '', sign = '', now = '', login = ''] =
    lines.map(oneLine)
  const ago = (at: string) =>
    /^\d+$/.test(at) && /^\d+$/.test(now) ? Math.max(0, Number(now) - Number(at)) * 1000 : null
  return { runId, workspace, by, name, sinceMs: ago(since), signOfLifeMs: ago(sign), login }
}
