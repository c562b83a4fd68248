import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { Secret } from '../../../../../shared/model/secret.ts'

/** Files up to this size are read, compared line by line and shown as a diff. */
export const DIFF_BYTES = 1_048_576

/** Where a file is, and as whom it is read and written. */
export interface Place {
  hostId: string
  path: string
  sudo: boolean
}

const SIGNATURE = `stat -c '%i-%s-%Y' --`

/**
 * Prints how a file stands, a word and its value a line, then its content in base64: `real` the path behind links,
 * `me` the user's id, `kind` file, absent, folder, other, loop or unreadable, `parent` yes or no, `stat` mode, ids,
 * names, size and links, `sig` what tells this very file from one put in its place, `write` and `enter` yes or no.
 */
export function readCommand({ path, sudo }: Place): Command {
  const script = `path=${quoteWord(path)}
real=$path
if [ -L "$path" ]; then real=$(readlink -f -- "$path") || { echo 'kind loop'; exit 0; }; fi
printf 'real %s\\n' "$real"
echo "me $(id -u)"
dir=\${real%/*}; dir=\${dir:-/}
if [ -d "$dir" ]; then echo 'parent yes'; else echo 'parent no'; fi
if [ -w "$dir" ] && [ -x "$dir" ]; then echo 'enter yes'; else echo 'enter no'; fi
if [ ! -e "$real" ]; then echo 'kind absent'; exit 0; fi
if [ -d "$real" ]; then echo 'kind folder'; exit 0; fi
if [ ! -f "$real" ]; then echo 'kind other'; exit 0; fi
if [ ! -r "$real" ]; then echo 'kind unreadable'; exit 0; fi
echo 'kind file'
echo "stat $(stat -c '%a %u %g %U %G %s %h' -- "$real")"
echo "sig $(${SIGNATURE} "$real")"
if [ -w "$real" ]; then echo 'write yes'; else echo 'write no'; fi
echo "sha256 $(sha256sum <"$real")"
size=$(($(wc -c <"$real")))
if [ "$size" -le ${DIFF_BYTES} ]; then echo content; base64 <"$real"; fi`
  return { argv: ['sh', '-c', script], sudo, timeoutMs: 60_000 }
}

/** What a write takes from the moment of the run: it travels on standard input and is no part of what is compared. */
export interface WriteInput {
  backup: string
  /** SHA-256 of what is there now, or "absent". */
  expected: string
  content: Buffer
  /** SHA-256 of the content: an input that was cut short changes nothing. */
  digest: string
}

/**
 * Replaces a file in one step: a new file beside it takes over owner, mode and access lists, is filled, compared with
 * its digest, and renamed over the old one, which stays under the name of the backup. Prints "sig" of the new file and
 * of the backup. Exit 75: the file is not the one that was read; 76: the content did not arrive whole.
 */
export function writeCommand(
  place: Place & { real: string },
  how: { mode: string | null; owner: string | null; folders: boolean; newMode: string },
  input: WriteInput | null,
): Command {
  const { real } = place
  const script = `umask 077
real=${quoteWord(real)}
dir=\${real%/*}; dir=\${dir:-/}
IFS= read -r backup && IFS= read -r expected && IFS= read -r digest || exit 76
${how.folders ? '[ -d "$dir" ] || (umask 022; mkdir -p -- "$dir") || exit 73\n' : ''}now=absent
if [ -e "$real" ]; then now=$(sha256sum <"$real") && now=\${now%% *} || exit 73; fi
[ "$now" = "$expected" ] || { echo "$real has changed" >&2; exit 75; }
tmp=$(mktemp "$dir/.headroom-XXXXXX") || exit 73
trap 'rm -f -- "$tmp"' EXIT
trap 'exit 143' HUP INT TERM
if [ "$now" != absent ]; then cp -p -- "$real" "$tmp" || exit 73; fi
base64 -d >"$tmp" || exit 76
new=$(sha256sum <"$tmp")
[ "\${new%% *}" = "$digest" ] || { echo 'the content did not arrive whole' >&2; exit 76; }
${how.mode === null ? `[ "$now" != absent ] || chmod ${how.newMode} "$tmp" || exit 73` : `chmod ${quoteWord(how.mode)} "$tmp" || exit 73`}
${how.owner === null ? '' : `chown ${quoteWord(how.owner)} "$tmp" || exit 73\n`}if [ "$now" != absent ]; then
  if command -v chcon >/dev/null 2>&1; then chcon --reference="$real" "$tmp" 2>/dev/null || :; fi
  [ ! -e "$backup" ] || cmp -s -- "$real" "$backup" || { echo "$backup is another file" >&2; exit 73; }
  rm -f -- "$backup"
  ln -- "$real" "$backup" 2>/dev/null || cp -p -- "$real" "$backup" || exit 73
fi
sync "$tmp" 2>/dev/null || :
mv -f -- "$tmp" "$real" || exit 73
trap - EXIT
echo "sig $(${SIGNATURE} "$real")"
[ "$now" = absent ] || echo "backup $(${SIGNATURE} "$backup")"`
  return {
    argv: ['sh', '-c', script],
    sudo: place.sudo,
    stdin: new Secret(
      `the content for ${real}`,
      input === null
        ? '-'
        : `${input.backup}\n${input.expected}\n${input.digest}\n${input.content.toString('base64').replace(/.{1,76}/g, '$&\n')}`,
    ),
    timeoutMs: 10 * 60_000,
  }
}

/** What a write left: the name of the previous version, and what tells both files from others. */
export interface Written {
  /** Null: there was no file. */
  backup: string | null
  signature: string
  backupSignature: string | null
}

/** Puts the previous version back, or removes a file that was new. Exit 75: changed since; 77: the backup is gone. */
export function restoreCommand(place: Place & { real: string }, written: Written | null): Command {
  const script = `real=${quoteWord(place.real)}
IFS= read -r backup && IFS= read -r wrote && IFS= read -r kept || exit 76
now=absent
if [ -e "$real" ]; then now=$(${SIGNATURE} "$real") || exit 73; fi
if [ "$backup" = - ]; then
  [ "$now" != absent ] || exit 0
  [ "$now" = "$wrote" ] || { echo "$real has changed since" >&2; exit 75; }
  rm -f -- "$real"; exit
fi
[ "$now" != "$kept" ] || exit 0
[ "$now" = "$wrote" ] || { echo "$real has changed since" >&2; exit 75; }
[ -f "$backup" ] || { echo "$backup is gone" >&2; exit 77; }
mv -f -- "$backup" "$real"`
  return {
    argv: ['sh', '-c', script],
    sudo: place.sudo,
    stdin: new Secret(
      `the previous version of ${place.real}`,
      written === null ? '-' : `${written.backup ?? '-'}\n${written.signature}\n${written.backupSignature ?? '-'}\n`,
    ),
    timeoutMs: 60_000,
  }
}
