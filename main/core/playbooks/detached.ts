import { quoteWord } from '../../../shared/format/shell.ts'
import type { Command } from '../../../shared/model/command.ts'
import { Secret } from '../../../shared/model/secret.ts'

/**
 * A command that outlives its connection. It runs in its own session, in a folder of the remote user's temporary files
 * that only that user can open. `out`, `err` and `exit` in there hold what it left. Its standard input, which comes after a
 * line with its length in bytes, is read from a file whose name is gone before the command starts, so that secrets lie on
 * the disk for an instant only.
 */
export interface DetachedCommands {
  /** Starts it, or finds it started. Prints "started" or "attached". */
  launch: Command
  /**
   * Starts it as `launch` does and prints its output as it comes, until it ends. The last line of standard error is then
   * "headroom-job" and its exit code, "dead" where it left none, or "attached" where it was started before; the first is
   * "headroom-job begins", after whatever the login shell printed. See `JobErrors`.
   */
  follow: Command
  /** Reads on; standard input is "offset of out, offset of err". See `parsePoll`. */
  poll: Command
  /** Ends its whole process group. */
  cancel: Command
  /** Removes the folder. */
  remove: Command
}

const CHUNK_BYTES = 262_144

/** The exit code takes the place of bytes that are there since the start: a disk that has filled up does not lose it. */
const EXIT_CODE = 'printf "%03d\\n" "$?"'

const IN_FOLDER = `nohup $detach sh -c 'cd "$1" || exit 73; echo $$ >pid.new; mv pid.new pid; exec 3<in; rm -f in
sh ./job <&3 3<&- >out 2>err; ${EXIT_CODE} 1<>exit.new; mv exit.new exit' headroom "$dir" </dev/null >/dev/null 2>&1 &`

const IN_PLACE = `nohup $detach sh -c 'echo $$ >"$1/pid.new"; mv "$1/pid.new" "$1/pid"; exec 3<"$1/in"; rm -f "$1/in"
(umask "$2"; exec sh "$1/job") <&3 3<&- >"$1/out" 2>"$1/err"; ${EXIT_CODE} 1<>"$1/exit.new"; mv "$1/exit.new" "$1/exit"
' headroom "$dir" "$mask" </dev/null >/dev/null 2>&1 &`

/** Short naps at first, so that a short command costs next to nothing; whether it died unseen is looked at now and then. */
const FOLLOW = `out=0; err=0; naps=0
emit() {
all=$(($(wc -c <"$dir/out"))); [ "$all" -le "$out" ] || { tail -c "+$((out + 1))" "$dir/out" | head -c "$((all - out))"; out=$all; } || exit 0
all=$(($(wc -c <"$dir/err"))); [ "$all" -le "$err" ] || { tail -c "+$((err + 1))" "$dir/err" | head -c "$((all - err))" >&2; err=$all; } || exit 0
}
while [ ! -f "$dir/exit" ]; do
[ -d "$dir" ] || exit 0
naps=$((naps + 1))
case $naps in 1|2|3) nap=0.005 ;; 4|5|6) nap=0.02 ;; 7|8|9) nap=0.05 ;; *) nap=0.2 ;; esac
sleep $nap 2>/dev/null || sleep 1
emit
[ $((naps % 25)) -ne 0 ] || { pid=$(cat "$dir/pid" 2>/dev/null) && ! kill -0 "$pid" 2>/dev/null && [ ! -f "$dir/exit" ] && break; }
done
emit
printf '\\nheadroom-job %s\\n' "$(cat "$dir/exit" 2>/dev/null || echo dead)" >&2`

/** `stay`: it runs where and with the umask a command of its own connection would; else in its folder. `sudo`: it has root's programs to end. */
export function detachedCommands(
  name: string,
  script: string,
  input: string | Secret,
  { stay = false, sudo = false }: { stay?: boolean; sudo?: boolean } = {},
): DetachedCommands {
  // Over a link that breaks just then a part may arrive, which is no input to begin with.
  const measured = (text: string) => `${Buffer.byteLength(text)}\n${text}`
  const stdin = input instanceof Secret ? new Secret(input.name, measured(input.reveal())) : measured(input)
  const folder = `dir=\${TMPDIR:-/tmp}/${quoteWord(`headroom-${name}`)}`
  const start = (already: string) => `${stay ? 'mask=$(umask)\n' : ''}umask 077
${folder}
if ! mkdir "$dir" 2>/dev/null; then
  if [ -O "$dir" ] && [ -f "$dir/started" ]; then ${already}; exit 0; fi
  [ -O "$dir" ] && [ ! -L "$dir" ] || { echo "cannot make $dir" >&2; exit 73; }
fi
IFS= read -r size && cat >"$dir/in" && [ $(($(wc -c <"$dir/in"))) -eq "$size" ] && printf '%s\\n' ${quoteWord(script)} >"$dir/job" && : >"$dir/out" && : >"$dir/err" && echo 000 >"$dir/exit.new" && date +%s >"$dir/started" || {
  rm -rf -- "$dir"; echo "cannot write in $dir: is its disk full?" >&2; exit 73; }
detach=; command -v setsid >/dev/null 2>&1 && detach=setsid
${stay ? IN_PLACE : IN_FOLDER}`
  const launch = `${start('echo attached')}
echo started`
  const follow = `printf 'headroom-job begins\\n' >&2
${start("printf '\\nheadroom-job attached\\n' >&2")}
${FOLLOW}`
  const poll = `${folder}
read -r from_out from_err
cd "$dir" 2>/dev/null || { echo gone 0 0 0 0; exit 0; }
[ -f started ] || { echo starting 0 0 0 0; exit 0; }
pid=$(cat pid 2>/dev/null)
if [ -f exit ]; then state=exit:$(cat exit)
elif [ -z "$pid" ]; then state=starting
elif kill -0 "$pid" 2>/dev/null; then state=running
elif [ -f exit ]; then state=exit:$(cat exit)
else state=dead; fi
all_out=$(($(wc -c <out))); all_err=$(($(wc -c <err)))
new_out=$((all_out - from_out)); [ $new_out -le ${CHUNK_BYTES} ] || new_out=${CHUNK_BYTES}; [ $new_out -ge 0 ] || new_out=0
new_err=$((all_err - from_err)); [ $new_err -le ${CHUNK_BYTES} ] || new_err=${CHUNK_BYTES}; [ $new_err -ge 0 ] || new_err=0
since=$(cat started 2>/dev/null); age=-
[ -z "$since" ] || age=$(($(date +%s) - since))
echo "$state $new_out $new_err $all_out $all_err $age"
tail -c "+$((from_out + 1))" out | head -c "$new_out"
tail -c "+$((from_err + 1))" err | head -c "$new_err"`
  const cancel = `${folder}
pid=$(cat "$dir/pid" 2>/dev/null) || exit 0
[ -f "$dir/exit" ] && exit 0
${sudo ? 'sudo -n kill -TERM "-$pid" 2>/dev/null || ' : ''}kill -TERM "-$pid" 2>/dev/null || kill -TERM "$pid" 2>/dev/null || exit 0
for try in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" 2>/dev/null || exit 0; sleep 1; done
${sudo ? 'sudo -n kill -KILL "-$pid" 2>/dev/null || ' : ''}kill -KILL "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || :`
  const remove = `${folder}; rm -rf -- "$dir"`
  return {
    launch: { argv: ['sh', '-c', launch], stdin, timeoutMs: 60_000 },
    follow: { argv: ['sh', '-c', follow], stdin },
    poll: { argv: ['sh', '-c', poll], stdin: '0 0\n', timeoutMs: 30_000 },
    cancel: { argv: ['sh', '-c', cancel], timeoutMs: 30_000 },
    remove: { argv: ['sh', '-c', remove], timeoutMs: 60_000 },
  }
}

/** Where reading stands, in bytes. */
export interface Offsets {
  out: number
  err: number
}

export interface Poll {
  state: 'starting' | 'running' | 'ended' | 'dead' | 'gone'
  exitCode: number | null
  /** Since it was started, by the server's clock; null where the server does not know. */
  ageMs: number | null
  out: Buffer
  err: Buffer
  /** Nothing is left to read. */
  complete: boolean
}

/** The poll command for going on at these offsets. */
export const pollFrom = (commands: DetachedCommands, from: Offsets): Command => ({
  ...commands.poll,
  stdin: `${from.out} ${from.err}\n`,
})

/**
 * What a poll printed: a line "state new_out new_err all_out all_err age" (seconds, or "-"), then the new bytes of both. Null
 * when it was cut short.
 */
export function parsePoll(printed: Buffer, from: Offsets): Poll | null {
  const lineEnd = printed.indexOf(10)
  const words = printed.subarray(0, Math.max(lineEnd, 0)).toString('latin1').split(' ')
  const [state = '', ...numbers] = words
  const [newOut, newErr, allOut, allErr, age = Number.NaN] = numbers.map(Number)
  if (newOut === undefined || newErr === undefined || allOut === undefined || allErr === undefined) return null
  const bytes = printed.subarray(lineEnd + 1)
  if (bytes.length !== newOut + newErr) return null
  const ended = state.startsWith('exit:')
  if (!ended && state !== 'starting' && state !== 'running' && state !== 'dead' && state !== 'gone') return null
  return {
    state: ended ? 'ended' : (state as 'starting' | 'running' | 'dead' | 'gone'),
    ageMs: Number.isFinite(age) ? age * 1000 : null,
    // An exit code that could not be written, on a full disk, is none.
    exitCode: ended && /^\d+$/.test(state.slice(5)) ? Number(state.slice(5)) : null,
    out: bytes.subarray(0, newOut),
    err: bytes.subarray(newOut),
    complete: from.out + newOut >= allOut && from.err + newErr >= allErr,
  }
}

const TAIL_BYTES = 40
const TAIL = /\nheadroom-job (\d+|dead|attached)\n$/
const BEGINS = Buffer.from('headroom-job begins\n')
const SAID_CHARACTERS = 2000

/**
 * Standard error of `follow`. What comes before the command's own, such as a login shell's complaints, is handed to
 * `beforehand`: it is in no file of the command, so counting it would make reading on begin at the wrong place. Of the rest
 * all but the last line is handed on, which it keeps.
 */
export class JobErrors {
  readonly #beforehand: (chunk: Buffer) => void
  readonly #write: (chunk: Buffer) => void
  #held: Buffer = Buffer.alloc(0)
  #begun = false
  #said = ''

  constructor(given: { beforehand(chunk: Buffer): void; write(chunk: Buffer): void }) {
    this.#beforehand = given.beforehand
    this.#write = given.write
  }

  write(chunk: Buffer): void {
    this.#held = Buffer.concat([this.#held, chunk])
    if (!this.#begun) {
      const at = this.#held.indexOf(BEGINS)
      this.#handOn(at >= 0 ? at : Math.max(0, this.#held.length - BEGINS.length + 1), this.#beforehand)
      if (at < 0) return
      this.#begun = true
      this.#held = this.#held.subarray(BEGINS.length)
    }
    this.#handOn(Math.max(0, this.#held.length - TAIL_BYTES), this.#write)
  }

  /** What the last line says, once it came; null where the stream was cut off before it. */
  end(): string | null {
    const found = TAIL.exec(this.#held.toString('latin1'))
    if (!found) return null
    this.#handOn(found.index, this.#write)
    return found[1] ?? null
  }

  /** The beginning of standard error where it was no job's after all, such as a folder that cannot be made. */
  get said(): string {
    return (this.#said + this.#held.toString()).trim()
  }

  #handOn(bytes: number, write: (chunk: Buffer) => void): void {
    if (bytes === 0) return
    const chunk = this.#held.subarray(0, bytes)
    this.#held = this.#held.subarray(bytes)
    if (this.#begun && this.#said.length < SAID_CHARACTERS) this.#said += chunk.toString()
    write(chunk)
  }
}

/** Removes the folders of detached commands of these names. */
export const removeJobs = (names: readonly string[]): Command => ({
  argv: ['sh', '-c', names.map((name) => `rm -rf -- "\${TMPDIR:-/tmp}"/${quoteWord(`headroom-${name}`)}`).join('; ')],
  timeoutMs: 60_000,
})
