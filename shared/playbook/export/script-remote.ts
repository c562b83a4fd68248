/** What the script sends to servers for files. Each is shell text for a POSIX shell; paths come in single quotes. */
export interface FilePlace {
  path: string
  mode: string | null
  newMode: string
  owner: string | null
  folders: boolean
}

const BEGIN = (quotedPath: string, folders: boolean): string => `umask 077
path=${quotedPath}
real=$path
if [ -L "$path" ]; then real=$(readlink -f -- "$path") || exit 73; fi
dir=\${real%/*}; dir=\${dir:-/}
${folders ? '[ -d "$dir" ] || (umask 022; mkdir -p -- "$dir") || exit 73\n' : ''}[ ! -e "$real" ] || [ -f "$real" ] || { echo "$real is no file" >&2; exit 73; }
tmp=$(mktemp "$dir/.headroom-XXXXXX") || exit 73
trap 'rm -f -- "$tmp" "$tmp.set"' EXIT
trap 'exit 143' HUP INT TERM
there=no; [ ! -e "$real" ] || { there=yes; cp -p -- "$real" "$tmp" || exit 73; }
`

const END = (quoted: { mode: string | null; newMode: string; owner: string | null }): string =>
  `${quoted.mode === null ? `[ $there = yes ] || chmod ${quoted.newMode} "$tmp" || exit 73` : `chmod ${quoted.mode} "$tmp" || exit 73`}
${quoted.owner === null ? '' : `chown ${quoted.owner} "$tmp" || exit 73\n`}if [ $there = yes ] && cmp -s -- "$real" "$tmp"; then
  ${quoted.mode === null && quoted.owner === null ? 'echo "$real is as wanted already"; exit 0' : ':'}
fi
if [ $there = yes ]; then
  kept="$dir/.\${real##*/}.before-$(date +%Y%m%d%H%M%S)-$$"
  cp -p -- "$real" "$kept" || exit 73
  echo "the previous version is $kept"
fi
mv -f -- "$tmp" "$real" || exit 73
trap - EXIT
rm -f -- "$tmp.set"
echo "$real is written"`

/** Reads the content from standard input and puts it in the file's place; the previous version stays beside it. */
export const writeFile = (place: FilePlace, quote: (text: string) => string): string =>
  `${BEGIN(quote(place.path), place.folders)}cat >"$tmp" || exit 76
${END({ mode: place.mode === null ? null : quote(place.mode), newMode: place.newMode, owner: place.owner === null ? null : quote(place.owner) })}`

/**
 * Sets and removes settings of an env file. Standard input has a line each: NAME=value as it is to stand, or -NAME to
 * remove. Exit 65: a value goes over several lines, which wants a person.
 */
export const editSettings = (path: string, create: boolean, newMode: string, quote: (text: string) => string): string =>
  `${BEGIN(quote(path), false)}${create ? '' : '[ $there = yes ] || { echo "$real is missing" >&2; exit 66; }\n'}cat >"$tmp.set" || exit 76
from=/dev/null; [ $there = no ] || from=$real
awk '
  FILENAME == ARGV[1] {
    if (substr($0, 1, 1) == "-") { drop[substr($0, 2)] = 1; next }
    name = $0; sub(/=.*/, "", name); line[name] = $0; order[++count] = name; next
  }
  {
    text = $0; head = ""
    if (match(text, /^[ \\t]*(export[ \\t]+)?/)) { head = substr(text, 1, RLENGTH); text = substr(text, RLENGTH + 1) }
    if (match(text, /^[A-Za-z_][A-Za-z0-9_]*[ \\t]*=/)) {
      name = substr(text, 1, RLENGTH - 1); gsub(/[ \\t]/, "", name)
      value = substr(text, RLENGTH + 1); sub(/^[ \\t]+/, "", value); first = substr(value, 1, 1)
      if ((name in drop || name in line) && (first == "\\"" || first == "\\047") && index(substr(value, 2), first) == 0) exit 65
      if (name in drop) next
      if (name in line) { print head line[name]; seen[name] = 1; next }
    }
    print
  }
  END { for (at = 1; at <= count; at++) if (!(order[at] in seen)) { print line[order[at]]; seen[order[at]] = 1 } }
' "$tmp.set" "$from" >"$tmp" || { echo "$real has a value over several lines, or could not be read: edit it by hand" >&2; exit 65; }
${END({ mode: null, newMode, owner: null })}`
