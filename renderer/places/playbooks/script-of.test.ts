import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { quoteWord } from '../../../shared/format/shell.ts'
import { scriptOf } from './script-of.ts'

describe('a script in a command', () => {
  test('reads as the shell gets it', () => {
    const script = `umask 077\ntrap 'rm -f "$file"' EXIT\nprintf '%s\\n' "it's"`
    expect(scriptOf(`sh -c ${quoteWord(script)}`)).toEqual({ before: 'sh -c', script, after: '' })
    const told = execFileSync('sh', ['-c', `printf %s ${quoteWord(script)}`], { encoding: 'utf8' })
    expect(told).toBe(script)
  })
  test('keeps what stands around it', () => {
    expect(scriptOf("sudo -n -- sh -c 'echo a' headroom 3")).toEqual({
      before: 'sudo -n -- sh -c',
      script: 'echo a',
      after: 'headroom 3',
    })
  })
  test.each(["docker service scale 'web=3'", "sh -c 'one' 'two'", "echo 'sh -c' x", 'sh -c true'])(
    '%s stays as it is',
    (text) => {
      expect(scriptOf(text)).toBeNull()
    },
  )
})
