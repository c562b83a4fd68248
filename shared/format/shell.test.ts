import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Command } from '../model/command.ts'
import { Secret } from '../model/secret.ts'
import { hasRawWords, quoteWord, renderCommand } from './shell.ts'

const word = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !text.includes('\0'))
const nasty = fc.constantFrom("'", '"', '$(id)', '`id`', '\\', '\n', '!', '*', '~', '-n', '', ' ', '#', ';', '&', '‹x›')
const anyWord = fc.oneof(
  word,
  fc.array(fc.oneof(word, nasty), { maxLength: 6 }).map((parts) => parts.join('')),
)

function runInShell(command: Command, env: Record<string, string> = {}) {
  const { text, stdin } = renderCommand(command, { reveal: true })
  const result = spawnSync('sh', ['-c', text], { input: stdin ?? '', env: { PATH: process.env.PATH, ...env } })
  return { text, code: result.status, stdout: result.stdout.toString(), stderr: result.stderr.toString() }
}
const code = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return (error as { code?: string }).code
  }
  return 'nothing thrown'
}

describe('a command as text', () => {
  it('brings any words to the program unchanged', () => {
    fc.assert(
      fc.property(fc.array(anyWord, { minLength: 1, maxLength: 4 }), (words) => {
        const { stdout } = runInShell({ argv: ['printf', '%s\\0', ...words] })
        expect(stdout.split('\0').slice(0, -1)).toEqual(words)
      }),
      { numRuns: 150 },
    )
  })

  it('brings any plain or secret variable and standard input to the program unchanged, and no secret into the text', () => {
    fc.assert(
      fc.property(anyWord, anyWord, anyWord, (plain, hidden, input) => {
        const secret = `canary-${hidden}`
        const { text, stdout, stderr } = runInShell({
          argv: ['sh', '-c', 'printf "%s\\0%s\\0" "$PLAIN" "$HIDDEN"; cat'],
          env: { PLAIN: plain, HIDDEN: new Secret('hidden', secret) },
          stdin: input,
        })
        expect(stderr).toBe('')
        expect(stdout).toBe(`${plain}\0${secret}\0${input}`)
        expect(text).not.toContain('canary-')
      }),
      { numRuns: 150 },
    )
  })

  it('runs where it is told, whatever the folder is called and CDPATH says', () => {
    const { stdout } = runInShell({ argv: ['pwd'], cwd: '/usr/lib' }, { CDPATH: '/' })
    expect(stdout.trim()).toBe('/usr/lib')
    expect(renderCommand({ argv: ['ls'], cwd: "it's -x" }, { reveal: true }).text).toBe("cd './it'\\''s -x' && ls")
  })

  it('reads plainly where nothing needs quotes', () => {
    expect(renderCommand({ argv: ['pg_dump', '--format=c', '-p', '5432', 'shop'] }, { reveal: true })).toEqual({
      text: 'pg_dump --format=c -p 5432 shop',
      stdin: null,
    })
  })

  it('quotes a program that is called like a word of the shell', () => {
    expect(renderCommand({ argv: ['if', 'if'] }, { reveal: true }).text).toBe("'if' if")
    expect(renderCommand({ argv: ['A=b'] }, { reveal: true }).text).toBe("'A=b'")
  })

  it('shows secrets by name in a preview, whose text is the text that is sent', () => {
    const command: Command = {
      argv: ['psql', '-c', 'select 1'],
      env: { PGPASSWORD: new Secret('pg password', 's3cret'), PGHOST: 'db' },
      stdin: new Secret('input', 'hush'),
    }
    const preview = renderCommand(command, { reveal: false })
    const sent = renderCommand(command, { reveal: true })
    expect(preview.text).toBe(sent.text)
    expect(preview.text).toBe("IFS= read -r PGPASSWORD && export PGPASSWORD && PGHOST=db psql -c 'select 1'")
    expect(preview.stdin).toBe('‹pg password›\n‹input›')
    expect(sent.stdin).toBe('s3cret\nhush')
  })

  it('asks sudo for the program itself, and for a shell only where variables or a folder are needed', () => {
    expect(renderCommand({ argv: ['systemctl', 'restart', 'x y'], sudo: true }, { reveal: true }).text).toBe(
      "sudo -n -- systemctl restart 'x y'",
    )
    expect(renderCommand({ argv: ['ls'], cwd: '/srv', sudo: true }, { reveal: true }).text).toBe(
      "sudo -n -- sh -c 'cd /srv && ls'",
    )
    expect(renderCommand({ argv: ['A=b', 'x'], sudo: true }, { reveal: true }).text).toBe(
      "sudo -n -- sh -c ''\\''A=b'\\'' x'",
    )
  })

  it('brings any words and variables through sudo unchanged', () => {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-sudo-'))
    // Stands for sudo without a password: it drops "-n --", and the environment as sudo does.
    writeFileSync(join(folder, 'sudo'), '#!/bin/sh\nshift 2\nexec env -i PATH="$PATH" "$@"\n', { mode: 0o755 })
    const env = { PATH: `${folder}:${process.env.PATH}` }
    try {
      fc.assert(
        fc.property(anyWord, anyWord, anyWord, (argument, plain, hidden) => {
          const script = 'printf "%s\\0%s\\0%s" "$1" "$PLAIN" "$HIDDEN"'
          const { stdout } = runInShell(
            {
              argv: ['sh', '-c', script, 'sh', argument],
              env: { PLAIN: plain, HIDDEN: new Secret('hidden', hidden) },
              sudo: true,
            },
            env,
          )
          expect(stdout).toBe(`${argument}\0${plain}\0${hidden}`)
        }),
        { numRuns: 60 },
      )
      expect(runInShell({ argv: ['printf', '%s', 'a b'], sudo: true }, env).stdout).toBe('a b')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('inserts raw words as they are and says so', () => {
    const command: Command = { argv: ['printf', 'a b', { raw: '| tr a-z A-Z' }] }
    expect(hasRawWords(command)).toBe(true)
    expect(hasRawWords({ argv: ['true'], env: { A: new Secret('a', 'b') } })).toBe(false)
    expect(runInShell(command).stdout).toBe('A B')
  })

  it('refuses what no command line can carry', () => {
    expect(code(() => renderCommand({ argv: [] }, { reveal: true }))).toBe('COMMAND_EMPTY')
    expect(code(() => renderCommand({ argv: ['echo', new Secret('x', 'y')] }, { reveal: false }))).toBe(
      'SECRET_IN_ARGV',
    )
    expect(code(() => renderCommand({ argv: ['x'], env: { 'A;id': 'b' } }, { reveal: true }))).toBe('ENV_NAME_INVALID')
    expect(code(() => quoteWord('a\0b'))).toBe('COMMAND_TEXT_INVALID')
    expect(code(() => quoteWord('\ud800'))).toBe('COMMAND_TEXT_INVALID')
    const nul = { argv: ['x'], env: { A: new Secret('a', 'a\0') } }
    expect(code(() => renderCommand(nul, { reveal: true }))).toBe('COMMAND_TEXT_INVALID')
  })
})
