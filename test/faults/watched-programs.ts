import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What programs of a server were asked to change, in their order. */
export interface Asked {
  server: string
  /** The program and its first words, such as `docker swarm init`. */
  what: string
  /** Null: it has not ended. */
  exitCode: number | null
}

/**
 * A moment of a command that changes something: before it does, after it did and before that is told, or when the server is
 * asked next for how things stand.
 */
export type Moment = 'before' | 'after' | 'next'

/** Programs of servers under watch: they write down what they are asked to change, and can be told to stand still. */
export interface Watch {
  /**
   * Puts a program in the place of another, under the same name.
   * @param real a path, or shell text that runs it with "$@"
   * @param changes patterns of `case` for the words of those calls that change something
   * @param never patterns for those that never stand still, such as the service itself
   */
  put(server: string, bin: string, name: string, real: string, changes: string, never?: string): void
  /** What was asked since the last `forget`. */
  asked(): Asked[]
  /** The next call like that stands still at this moment. */
  holdAt(moment: Moment, what: string): void
  /** Whether a call stands still. */
  isHeld(): boolean
  letGo(): void
  forget(): void
}

export function watchIn(folder: string): Watch {
  mkdirSync(folder, { recursive: true })
  const at = (name: string) => join(folder, name)
  const watch: Watch = {
    put(server, bin, name, real, changes, never = '*nothing*') {
      mkdirSync(bin, { recursive: true })
      writeFileSync(join(bin, name), wrapper(folder, server, name, real, changes, never))
      chmodSync(join(bin, name), 0o755)
    },
    asked() {
      const lines = existsSync(at('log')) ? readFileSync(at('log'), 'utf8').split('\n').filter(Boolean) : []
      const ends = new Map(
        lines.flatMap((line) => {
          const [word, id = '', code] = line.split('|')
          return word === 'end' ? [[id, Number(code)] as const] : []
        }),
      )
      return lines.flatMap((line) => {
        const [word, id = '', server = '', what = ''] = line.split('|')
        return word === 'begin' ? [{ server, what, exitCode: ends.get(id) ?? null }] : []
      })
    },
    holdAt(moment, what) {
      rmSync(at('go'), { force: true })
      writeFileSync(at('hold'), `${moment} ${what}\n`)
    },
    isHeld: () => existsSync(at('held')),
    letGo() {
      writeFileSync(at('go'), '')
      rmSync(at('hold'), { force: true })
    },
    forget() {
      for (const name of ['log', 'hold', 'held', 'changed']) rmSync(at(name), { force: true })
    },
  }
  return watch
}

const wrapper = (
  folder: string,
  server: string,
  name: string,
  real: string,
  changes: string,
  never: string,
) => `#!/bin/sh
at='${folder}'
real() ( ${real.startsWith('/') ? `exec '${real}' "$@"` : real} )
hold() {
  [ "$(cat "$at/hold" 2>/dev/null)" = "$1" ] && mv "$at/hold" "$at/held" 2>/dev/null || return 0
  while [ ! -e "$at/go" ]; do sleep 0.02; done
}
case " $* " in
${never}) real "$@"; exit ;;
${changes}) ;;
*) last=$(cat "$at/changed" 2>/dev/null); [ -z "$last" ] || hold "next $last"; real "$@"; exit ;;
esac
what='${name.replace(/^\./, '').replace(/-program$/, '')}'; for word; do case $word in -*|*/*|*[!a-z0-9-]*) break ;; *) what="$what $word" ;; esac; done
what=$(echo $what | cut -d' ' -f1-3)
printf 'begin|%s|%s|%s\\n' "$$" '${server}' "$what" >>"$at/log"
hold "before $what"
real "$@"
code=$?
printf 'end|%s|%s\\n' "$$" "$code" >>"$at/log"
echo "$what" >"$at/changed"
hold "after $what"
exit "$code"
`
