import { gunzipSync } from 'node:zlib'
import { type Archive, readArchive } from '../../../../shared/metrics/sysstat.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import type { Hosts } from '../../hosts/index.ts'

export interface ArchiveFile {
  path: string
  bytes: number
}

export interface Archives {
  files: ArchiveFile[]
  /** Those that this login may not read, or that are packed. */
  left: string[]
  version: string | null
  hasProgram: boolean
  folder: string | null
}

const LOOK_MS = 20_000
const READ_MS = 180_000
/** A day of one record a second is some 150 MB of JSON; packed it is a twentieth. */
const MAX_PACKED_BYTES = 64 * 1024 * 1024
const MAX_TEXT_BYTES = 512 * 1024 * 1024

/** Where the distributions put archives, and where sysstat's own settings say. Prints `bytes path`, `left path`, `version`. */
const LOOK = `
folders=$1
if [ -z "$folders" ]; then
  folders='/var/log/sysstat /var/log/sa'
  for f in /etc/sysstat/sysstat /etc/sysconfig/sysstat /etc/default/sysstat; do
    [ -r "$f" ] && while IFS='=' read -r key value; do
      [ "$key" = SA_DIR ] && folders="$folders $(printf %s "$value" | tr -d '"')"
    done <"$f"
  done
  set -- $folders
fi
seen=' '
for d in "$@"; do
  case $seen in *" $d "*) continue ;; esac
  seen="$seen$d "
  for f in "$d"/sa[0-9]*; do
    [ -f "$f" ] || continue
    case $f in *.xz | *.gz | *.bz2 | *.lz | *.lzo) echo "left $f"; continue ;; esac
    if [ -r "$f" ]; then echo "$(wc -c <"$f" | tr -d ' ') $f"; else echo "left $f"; fi
  done
done
command -v sadf >/dev/null 2>&1 && echo "version $(sadf -V 2>&1 | head -n 1)"
exit 0
`
/** What newer versions know besides is asked for first, on a second of the day: one that does not know it refuses. */
const WHOLE = '-u -r ALL -S -q -n DEV -d -p -F MOUNT'
const PLAIN = '-u -r -S -q -n DEV -d -p'
const READ = `
for asked in '${WHOLE}' '${PLAIN}'; do
  if nice -n 19 sadf -j -e 00:00:01 "$1" -- $asked >/dev/null 2>&1; then break; fi
done
nice -n 19 sadf -j "$1" -- $asked | gzip -c | base64
`
const ENVIRONMENT = ['env', 'LC_ALL=C', 'TZ=UTC', 'S_TIME_FORMAT=ISO']

/** The archives of a host, oldest first as their names tell; reads names and sizes only. */
export async function findArchives(
  hosts: Pick<Hosts, 'run'>,
  hostId: string,
  folder?: string,
  signal?: AbortSignal,
): Promise<Archives> {
  const argv = [...ENVIRONMENT, 'sh', '-c', LOOK, 'sh', folder ?? '']
  const { stdout } = await hosts.run(hostId, { argv, timeoutMs: LOOK_MS }, signal ? { signal } : {})
  const found: Archives = { files: [], left: [], version: null, hasProgram: false, folder: null }
  for (const line of stdout.split('\n')) {
    const [word = '', ...rest] = line.split(' ')
    const path = rest.join(' ')
    if (word === 'left') found.left.push(path)
    else if (word === 'version') {
      found.hasProgram = true
      found.version = /(\d+\.\d+[\w.]*)/.exec(path)?.[1] ?? null
    } else if (/^\d+$/.test(word) && path !== '') found.files.push({ path, bytes: Number(word) })
  }
  found.folder = found.files[0]?.path.replace(/\/[^/]*$/, '') ?? null
  return found
}

/**
 * One archive as its host's own sadf reads it. The login needs no root: archives are readable by all.
 * @throws SYSSTAT_UNREADABLE for a file that this version of sadf cannot read, and what `Hosts.run` throws
 */
export async function readArchiveOf(
  hosts: Pick<Hosts, 'run'>,
  hostId: string,
  file: ArchiveFile,
  signal?: AbortSignal,
): Promise<{ archive: Archive; bytes: number }> {
  const argv = [...ENVIRONMENT, 'sh', '-c', READ, 'sh', file.path]
  const { stdout, stderr } = await hosts.run(
    hostId,
    { argv, timeoutMs: READ_MS },
    { maxOutputBytes: MAX_PACKED_BYTES, ...(signal ? { signal } : {}) },
  )
  try {
    const text = gunzipSync(Buffer.from(stdout, 'base64'), { maxOutputLength: MAX_TEXT_BYTES }).toString('utf8')
    return { archive: readArchive(text), bytes: stdout.length }
  } catch (error) {
    const said = stderr.trim().split('\n')[0] ?? ''
    throw new HeadroomError(
      {
        code: 'SYSSTAT_UNREADABLE',
        fact: `${file.path} cannot be read${said === '' ? '' : `: ${said.replace(/\.$/, '')}`}.`,
        fix: 'An archive of another version of sysstat is converted by "sadf -c" on the server; the other archives are not affected.',
        field: 'path',
        value: file.path,
      },
      { cause: error },
    )
  }
}

export function noArchives(name: string, { hasProgram, left, files }: Archives): HeadroomError {
  const fact =
    files.length > 0 && !hasProgram
      ? `${name} has sysstat archives, but no sadf to read them.`
      : left.length > 0
        ? `${name} has sysstat archives that this login may not read, or that are packed: ${left.slice(0, 3).join(', ')}.`
        : `${name} has no sysstat archives.`
  return new HeadroomError({
    code: 'SYSSTAT_NONE',
    fact,
    fix: 'Install sysstat and switch its collection on for the next time, or take history from Prometheus or a CSV file.',
    field: 'source',
    value: 'sysstat',
  })
}
