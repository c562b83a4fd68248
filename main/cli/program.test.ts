import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandLine } from '../../test/fixtures/command-line.ts'
import { target } from './hosts.ts'
import { printable } from './terminal.ts'

const line = commandLine()
const { headroom } = line

describe('headroom', () => {
  it('lists its commands when asked, and says 2 to one it does not know', async () => {
    const help = await headroom([])
    expect(help).toMatchObject({ code: 0, err: '' })
    expect(help.out).toContain('headroom what-if')
    const unknown = await headroom(['hots', 'list'])
    expect(unknown).toMatchObject({ code: 2, out: '' })
    expect(unknown.err).toContain('no command "hots list"')
  })

  it.each([
    [['hosts', 'add'], 'missing'],
    [['hosts', 'list', 'extra'], 'one word too many'],
    [['hosts', 'list', '--nope'], '--nope'],
    [['hosts', 'add', 'db', 'root@10.0.0.1'], 'how to log in'],
    [['hosts', 'add', 'db', 'root@10.0.0.1', '--agent', '--key', 'x'], 'how to log in'],
    [['hosts', 'add', 'db', '--local', 'x@y'], '--local'],
    [['run', 'swarm-scale', '--param', 'replicas'], 'NAME=VALUE'],
    [['forecast', 'here'], 'missing'],
    [['forecast', 'here', 'load1', '--threshold', 'high'], '--threshold'],
    [['forecast', 'here', 'disk_used_ratio', '/srv'], 'LABEL=VALUE'],
  ])('says 2 and the usage to %j', async (words, part) => {
    const { code, out, err } = await headroom(words)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(part)
    expect(err).toContain('Usage: headroom')
  })

  it('adds, lists and removes this computer, each as one JSON document', async () => {
    const added = await headroom(['hosts', 'add', 'here', '--local', '--json'])
    expect(added.code).toBe(0)
    expect(JSON.parse(added.out)).toMatchObject({ name: 'here', kind: 'local' })
    const listed = await headroom(['hosts', 'list', '--json'])
    expect(JSON.parse(listed.out)).toHaveLength(1)
    expect((await headroom(['hosts', 'remove', 'here'])).code).toBe(0)
    expect(JSON.parse((await headroom(['hosts', 'list', '--json'])).out)).toEqual([])
  })

  it('measures this computer', async () => {
    await headroom(['hosts', 'add', 'here', '--local'])
    const { code, out } = await headroom(['collect', 'here', '--json'])
    expect(code).toBe(0)
    const [round] = JSON.parse(out)
    expect(round.samples).toBeGreaterThan(5)
    expect(round.latest.map((one: { series: { metric: string } }) => one.series.metric)).toContain('memory_used_ratio')
  })

  it('names the servers there are when one is not', async () => {
    await headroom(['hosts', 'add', 'here', '--local'])
    const { code, err } = await headroom(['collect', 'there', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(err)).toMatchObject({ problem: { code: 'UNKNOWN_HOST', fix: 'Use one of: here.' } })
  })

  it('has nothing to measure without servers', async () => {
    expect(await headroom(['collect'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no servers to measure'),
    })
  })

  it('judges and looks ahead on a chosen plan, the same way for the same seed', async () => {
    expect((await headroom(['verdict'])).code).toBe(1)
    expect((await headroom(['what-if'])).err).toContain('no plan')
    expect((await headroom(['plan', 'show'])).code).toBe(1)
    expect((await headroom(['plan', 'choose', 'pareto'])).code).toBe(0)
    expect((await headroom(['plan', 'show'])).out).toContain('€')
    const judged = JSON.parse((await headroom(['verdict', '--json'])).out)
    expect(judged.kind).toBe('cannot-judge')
    const ahead = [
      'what-if',
      '--present',
      '500',
      '--rate',
      '0.1',
      '--months',
      '12',
      '--paths',
      '500',
      '--seed',
      '7',
      '--json',
    ]
    const first = await headroom(ahead)
    expect(JSON.parse(first.out)).toMatchObject({ months: 12, paths: 500, seed: 7 })
    expect((await headroom(ahead)).out).toBe(first.out)
    expect((await headroom(ahead.slice(0, -1))).out).toMatch(/Left out:\n.*It depends on the need "Auto-scaling"/)
    expect((await headroom(['what-if', '--rate', 'fast'])).code).toBe(2)
    const wild = await headroom(['what-if', '--rate=-2', '--json'])
    expect(wild.code).toBe(1)
    expect(JSON.parse(wild.err).problem).toMatchObject({ code: 'INPUT_INVALID', field: 'growth.monthlyRate' })
  })

  it('looks ahead with any kind of growth and policy', async () => {
    await headroom(['plan', 'choose', 'pareto'])
    const ahead = async (...words: string[]) =>
      JSON.parse((await headroom(['what-if', '--present', '1000', '--paths', '100', '--json', ...words])).out)
    const linear = await ahead('--per-month', '500', '--deviation', '0', '--stay')
    expect(linear.driver.p50.slice(0, 3)).toEqual([1000, 1500, 2000])
    const drawn = await ahead('--points', '2=3000,4=1000', '--deviation', '0', '--stay')
    expect(drawn.driver.p50.slice(0, 6)).toEqual([1000, 2000, 3000, 2000, 1000, 1000])
    const logistic = await ahead('--growth', 'logistic', '--rate', '0.5', '--ceiling', '4000', '--deviation', '0.2')
    expect(Math.max(...logistic.driver.p90)).toBeLessThanOrEqual(4000)
    const moved = await ahead('--move', '3=growth', '--deviation', '0')
    expect(moved.stageShare[1].share.slice(2, 4)).toEqual([0, 1])
    expect((await ahead('--policy', 'cheapest', '--risk', '0.2')).months).toBe(24)
    for (const wrong of [
      ['--growth', 'cubic'],
      ['--points', '3'],
      ['--move', 'soon=growth'],
      ['--policy', 'hope'],
    ])
      expect((await headroom(['what-if', ...wrong])).code).toBe(2)
    expect((await headroom(['what-if', '--growth', 'logistic', '--rate', '0.1'])).err).toContain('--ceiling')
    expect(JSON.parse((await headroom(['what-if', '--move', '3=moon', '--json'])).err).problem).toMatchObject({
      code: 'UNKNOWN_STAGE',
      field: 'policy.moves.0.stage',
      value: 'moon',
    })
  })

  it('takes no secret on the command line', async () => {
    const { code, err } = await headroom(['run', 'postgres-move', '--param', 'source_password=hunter2', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(err).problem).toMatchObject({ code: 'SECRET_IN_ARGUMENTS', field: 'source_password' })
    expect(err).not.toContain('hunter2')
    const unset = await headroom(['run', 'postgres-move', '--param', 'source_password=env:NOT_SET', '--json'])
    expect(JSON.parse(unset.err).problem.code).toBe('SECRET_NOT_FOUND')
  })

  it('reads secrets from a variable, a file and standard input', async () => {
    const file = join(line.folder, 'word')
    writeFileSync(file, 'from file\n')
    for (const [reference, given] of [
      ['env:WORD', { env: { WORD: 'from env' } }],
      [`file:${file}`, {}],
      ['-', { input: 'from stdin\n' }],
    ] as const) {
      const { err } = await headroom(
        ['run', 'postgres-move', '--param', `source_password=${reference}`, '--json'],
        given,
      )
      // The secret is taken; what stops the run is the next thing that is missing.
      expect(JSON.parse(err.trim().split('\n').at(-1) ?? '').problem.code).not.toMatch(/^SECRET_/)
    }
  })
})

describe('addresses', () => {
  it.each([
    ['db.example', { user: undefined, address: 'db.example', port: 22 }],
    ['root@10.0.0.1:2222', { user: 'root', address: '10.0.0.1', port: 2222 }],
    ['root@[fd00::1]:2222', { user: 'root', address: 'fd00::1', port: 2222 }],
    ['[fd00::1]', { user: undefined, address: 'fd00::1', port: 22 }],
  ])('%s', (word, expected) => {
    expect(target(word)).toEqual(expected)
  })
})

describe('what a server says', () => {
  it('cannot steer the terminal', () => {
    expect(printable('\u001b]0;owned\u0007 a\tb\r\u009b2J')).toBe('\\x1b]0;owned\\x07 a\tb\\x0d\\x9b2J')
  })
})
