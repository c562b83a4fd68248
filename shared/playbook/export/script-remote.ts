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
 * Sets and removes settings of an env file. Standard input has lines: `=NAME=value` as it stands where there is none yet,
 * the same with `"` and `'` as the first character for a value that was quoted so, `-NAME` to remove. Exit 65: a value
 * goes over several lines, which wants a person.
 */
export const editSettings = (path: string, create: boolean, newMode: string, quote: (text: string) => string): string =>
  `${BEGIN(quote(path), false)}${create ? '' : '[ $there = yes ] || { echo "$real is missing" >&2; exit 66; }\n'}cat >"$tmp.set" || exit 76
from=/dev/null; [ $there = no ] || from=$real
awk '
  FILENAME == ARGV[1] {
    form = substr($0, 1, 1); name = substr($0, 2); sub(/=.*/, "", name)
    if (form == "-") { drop[name] = 1; next }
    value[name, form] = substr($0, length(name) + 3)
    if (form == "=") { wanted[name] = 1; order[++count] = name }
    next
  }
  {
    text = $0; head = ""; quote = "="
    if (match(text, /^[ \\t]*(export[ \\t]+)?/)) { head = substr(text, 1, RLENGTH); text = substr(text, RLENGTH + 1) }
    if (match(text, /^[A-Za-z_][A-Za-z0-9_]*[ \\t]*=[ \\t]*/)) {
      head = head substr(text, 1, RLENGTH); name = text; sub(/[ \\t]*=.*/, "", name)
      text = substr(text, RLENGTH + 1)
      if (!(name in drop) && !(name in wanted)) { print; next }
      first = substr(text, 1, 1); tail = ""
      if (first == "\\"" || first == "\\047") {
        for (at = 2; at <= length(text); at++) {
          if (first == "\\"" && substr(text, at, 1) == "\\\\") at++
          else if (substr(text, at, 1) == first) break
        }
        if (at > length(text)) exit 65
        quote = first; tail = substr(text, at + 1)
      } else if (match(text, /[ \\t]+#.*$/) || match(text, /[ \\t]+$/)) tail = substr(text, RSTART)
      if (name in drop) next
      print head value[name, quote] tail; seen[name] = 1; next
    }
    print
  }
  END { for (at = 1; at <= count; at++) if (!(order[at] in seen)) { print order[at] "=" value[order[at], "="]; seen[order[at]] = 1 } }
' "$tmp.set" "$from" >"$tmp" || { echo "$real has a value over several lines, or could not be read: edit it by hand" >&2; exit 65; }
${END({ mode: null, newMode, owner: null })}`
