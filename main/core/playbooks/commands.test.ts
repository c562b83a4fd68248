import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../../shared/model/secret.ts'
import { approved, previewOf } from './commands.ts'
import { detachedCommands, JobErrors, parsePoll } from './detached.ts'
import { LineSplitter, OutputBatches } from './output.ts'

const context = { hostName: (id: string) => `name of ${id}` }

describe('approved', () => {
  const launch = { argv: ['sh', '-c', 'cd headroom-this-run-move'], stdin: new Secret('pw', 'hunter2') }
  const planned = [previewOf(context, 'h', launch, 'run')]
  it('finds the planned command, with the run’s id in the place of its token', () => {
    const command = { ...launch, argv: ['sh', '-c', 'cd headroom-r1-move'] }
    expect(approved(planned, 'h', command, 'r1')).toBe(planned[0])
    expect(JSON.stringify(planned)).not.toContain('hunter2')
  })
  it.each([
    ['another text', 'h', { ...launch, argv: ['sh', '-c', 'reboot'] }],
    ['another host', 'other', launch],
    ['another input', 'h', { ...launch, stdin: 'extra' }],
    ['sudo', 'h', { ...launch, sudo: true }],
  ])('refuses %s with PREVIEW_CHANGED', (_name, host, command) => {
    expect(() => approved(planned, host, command, 'r1')).toThrow(/not one of those reviewed/)
  })
})

describe('parsePoll', () => {
  const poll = (text: string, from = { out: 0, err: 0 }) => parsePoll(Buffer.from(text), from)
  it('splits the new bytes of both streams and says whether more is there', () => {
    expect(poll('running 3 2 3 2 61\nabcde')).toEqual({
      state: 'running',
      exitCode: null,
      ageMs: 61_000,
      out: Buffer.from('abc'),
      err: Buffer.from('de'),
      complete: true,
    })
    expect(poll('exit:7 1 0 9 0\na', { out: 3, err: 0 })).toMatchObject({
      state: 'ended',
      exitCode: 7,
      complete: false,
    })
    expect(poll('exit: 0 0 0 0\n')).toMatchObject({ state: 'ended', exitCode: null })
    expect(poll('gone 0 0 0 0\n')).toMatchObject({ state: 'gone', complete: true })
    expect(poll('starting 0 0 0 0 -\n')).toMatchObject({ state: 'starting', ageMs: null })
  })
  it('takes nothing from an answer that was cut short', () => {
    expect(poll('running 3 2 3 2\nabcd')).toBe(null)
    expect(poll('running 3')).toBe(null)
    expect(poll('')).toBe(null)
    expect(poll('odd 0 0 0 0\n')).toBe(null)
  })
})

describe('standard error of a command that is followed', () => {
  const pieces = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 20 })
  const text = fc.stringMatching(/^[a-z \n]{0,80}$/)
  it('is told apart from what the login shell printed before it, whole, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(text, text, fc.constantFrom('0', '137', 'dead', 'attached'), pieces, (before, own, end, sizes) => {
        let rest = Buffer.from(`${before}headroom-job begins\n${own}\nheadroom-job ${end}\n`)
        const heard = { beforehand: '', own: '' }
        const errors = new JobErrors({
          beforehand: (chunk) => {
            heard.beforehand += chunk
          },
          write: (chunk) => {
            heard.own += chunk
          },
        })
        for (const size of [...sizes, 1000]) {
          if (rest.length > 0) errors.write(rest.subarray(0, size))
          rest = rest.subarray(size)
        }
        expect(errors.end()).toBe(end)
        expect(heard).toEqual({ beforehand: before, own })
      }),
    )
  })
  it('that was cut off says no end, and what it began with is told whole', () => {
    const errors = new JobErrors({ beforehand: () => {}, write: () => {} })
    errors.write(Buffer.from('noise\nheadroom-job begins\ncannot write in /tmp/headroom-a-rather-long-name-of-a-run: '))
    errors.write(Buffer.from('is its disk full?\n'))
    expect(errors.end()).toBeNull()
    expect(errors.said).toBe('cannot write in /tmp/headroom-a-rather-long-name-of-a-run: is its disk full?')
  })
})

it.each(['dash', 'bash'])(
  'a poll by %s of a command whose start was broken off says that it has not begun',
  (shell) => {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-test-'))
    try {
      mkdirSync(join(folder, 'headroom-half'))
      writeFileSync(join(folder, 'headroom-half', 'in'), '')
      const [, , poll = ''] = detachedCommands('half', 'true', '').poll.argv as string[]
      const { stdout } = spawnSync(shell, ['-c', poll], {
        ...{ input: '0 0\n', env: { PATH: process.env.PATH, TMPDIR: folder } },
      })
      expect(parsePoll(stdout, { out: 0, err: 0 })).toMatchObject({ state: 'starting', complete: true })
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)

it('a poll from beyond the end of a file, which another program cut short, says that there is no more', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-test-'))
  try {
    const job = join(folder, 'headroom-cut')
    mkdirSync(job)
    for (const [name, text] of Object.entries({ out: 'ab\n', err: '', exit: '000\n', started: '' }))
      writeFileSync(join(job, name), text)
    const [, , poll = ''] = detachedCommands('cut', 'true', '').poll.argv as string[]
    const { stdout } = spawnSync('sh', ['-c', poll], {
      ...{ input: '0 84\n', env: { PATH: process.env.PATH, TMPDIR: folder } },
    })
    expect(parsePoll(stdout, { out: 0, err: 84 })).toMatchObject({
      ...{ state: 'ended', exitCode: 0, ageMs: null, complete: true },
      out: Buffer.from('ab\n'),
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it.each([0, 3, 30])('a detached command of whose input only %i bytes arrived does not begin', (arrived) => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-test-'))
  try {
    const { argv, stdin } = detachedCommands('cut', `cat >${folder}/ran`, 'some words that are its input\n').launch
    const input = String(stdin).slice(0, arrived)
    const { status } = spawnSync('sh', ['-c', argv[2] as string], {
      ...{ input, env: { PATH: process.env.PATH, TMPDIR: folder } },
    })
    expect(status).toBe(73)
    expect(readdirSync(folder)).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('a detached command whose folder cannot be written does not begin and leaves nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-test-'))
  try {
    const { argv, stdin } = detachedCommands('full', 'echo ran', 'input\n').launch
    const [, , launch = ''] = argv as string[]
    // A limit of 0 bytes for files stands for a full disk.
    const { status, stdout, stderr } = spawnSync('sh', ['-c', `ulimit -f 0\n${launch}`], {
      ...{ input: String(stdin), env: { PATH: process.env.PATH, TMPDIR: folder }, encoding: 'utf8' },
    })
    expect({ status, stdout }).toEqual({ status: 73, stdout: '' })
    expect(stderr).toMatch(/cannot write in .*headroom-full: is its disk full/)
    expect(readdirSync(folder)).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

describe('output', () => {
  it('puts lines together from any pieces', () => {
    const lines: string[] = []
    const splitter = new LineSplitter((line) => lines.push(line))
    for (const byte of Buffer.from('één\r\ntwo\nlast')) splitter.write(Buffer.from([byte]))
    splitter.end()
    expect(lines).toEqual(['één', 'two', 'last'])
  })
  it('cuts a very long line and keeps only the end after very many', () => {
    const kept: { stream: string; text: string }[] = []
    const batches = new OutputBatches(199_999, (lines) => kept.push(...lines))
    const line = { at: 0, step: 's', host: 'h', stream: 'stdout' as const }
    batches.add({ ...line, text: 'x'.repeat(9000) })
    batches.add({ ...line, text: 'one too many' })
    batches.add({ ...line, text: 'two too many' })
    batches.flush()
    expect(kept.map(({ stream, text }) => [stream, text.length < 100 ? text : text.slice(-20)])).toEqual([
      ['stdout', 'xxx … (9000 characters)'.slice(-20)],
      ['note', 'More than 200000 lines: of the rest only the end is kept.'],
      ['stdout', 'one too many'],
      ['stdout', 'two too many'],
    ])
  })
})
