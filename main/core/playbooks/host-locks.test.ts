import { spawnSync } from 'node:child_process'
import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { renderCommand } from '../../../shared/format/shell.ts'
import type { Command } from '../../../shared/model/command.ts'
import type { Problem } from '../../../shared/model/problem.ts'
import type { Environment } from '../environment.ts'
import type { Hosts } from '../hosts/index.ts'
import { breakCommand, releaseCommand, takeCommand } from './host-lock-commands.ts'
import { HostLocks } from './host-locks.ts'
import type { StepPlan } from './steps/step.ts'

/** What the server answers next, and what it was asked. */
let answers: (string | Error)[]
let asked: Command[]
let locks: HostLocks
const lost: Problem[] = []

beforeEach(() => {
  vi.useFakeTimers()
  answers = []
  asked = []
  lost.length = 0
  const hosts = {
    get: () => ({ id: 'h', name: 'web', kind: 'ssh' }),
    run: (_id: string, command: Command) => {
      asked.push(command)
      const answer = answers.shift() ?? 'kept\n'
      if (answer instanceof Error) return Promise.reject(answer)
      return Promise.resolve({ exitCode: 0, signal: null, stdout: answer, stderr: '', durationMs: 1 })
    },
  } as unknown as Hosts
  const environment = { log: pino({ level: 'silent' }) } as unknown as Environment
  locks = new HostLocks({ hosts, environment, workspace: 'desk:/ws', by: 'ann@desk', isOurs: () => true })
})
afterEach(() => {
  locks.close()
  vi.useRealTimers()
})
const take = () => {
  answers.push('taken\n')
  return locks.take(
    { runId: 'r', name: 'Move', hostIds: ['h'] },
    () => {},
    (problem) => lost.push(problem),
  )
}

it('a run gives signs of life until its end, and one that does not arrive changes nothing', async () => {
  await take()
  answers.push(new Error('the link is down'), 'kept\n')
  await vi.advanceTimersByTimeAsync(90_000)
  expect(asked).toHaveLength(4)
  expect(lost).toEqual([])
  await locks.release('r', ['h'])
  await vi.advanceTimersByTimeAsync(90_000)
  expect(asked).toHaveLength(5)
})

it('sends what the preview shows, with the id of the run in its place', async () => {
  const plans = [
    { commands: [{ hostId: 'h', readOnly: false }] },
    { commands: [{ hostId: 'other', readOnly: true }] },
  ] as unknown as StepPlan[]
  const [shown, ...more] = locks.preview('Move', plans)
  expect(more).toEqual([])
  expect(shown).toMatchObject({ hostNames: ['web'], signEveryMs: 30_000 })
  await take()
  await vi.advanceTimersByTimeAsync(30_000)
  await locks.release('r', ['h'])
  expect(shown?.commands.map(({ what }) => what)).toEqual(['take', 'sign', 'release'])
  const sent = asked.map((command) => renderCommand(command, { reveal: true }))
  expect(shown?.commands.map(({ text, stdin }) => ({ text, stdin }))).toEqual(
    sent.map(({ text, stdin }) => ({ text, stdin: stdin?.replace(/^r\n/, 'this-run\n') })),
  )
})

it('a lock that only its own user sees is a lock, and is told', async () => {
  answers.push('alone\n')
  const told: string[] = []
  await locks.take(
    { runId: 'r', name: 'Move', hostIds: ['h'] },
    (_id, fact) => told.push(fact),
    () => {},
  )
  expect(told).toEqual([expect.stringMatching(/^People who log in to web as another user would not see this run/)])
  await vi.advanceTimersByTimeAsync(30_000)
  expect(asked).toHaveLength(2)
})

it.each([
  ['other', 'sofa:/ws'],
  ['other', 'desk:/ws'],
])('another user’s lock is never removed, whatever run (%s) and workspace (%s) it claims', async (runId, workspace) => {
  locks.close()
  answers.push(`held\n${runId}\n${workspace}\nme\nMove\n1\n1\n2\nmallory\n`)
  const taking = locks.take(
    { runId: 'r', name: 'Move', hostIds: ['h'] },
    () => {},
    () => {},
  )
  await expect(taking).rejects.toMatchObject({ problem: { fact: expect.stringContaining('logged in as mallory') } })
  expect(asked).toHaveLength(1)
})

it('a lock that somebody removed by hand is taken again', async () => {
  await take()
  answers.push('gone\n', 'taken\n')
  await vi.advanceTimersByTimeAsync(30_000)
  expect(asked).toHaveLength(3)
  expect(lost).toEqual([])
})

it.each([
  ['broken\nbob@sofa: she is away\n', /^The lock of this run on web was taken away by bob@sofa: she is away\.$/],
  [
    'held\nx\nsofa:/ws\nbob@sofa\nOther\n100\n160\n170\n',
    /by the run "Other" of bob@sofa \(sofa:\/ws\), for 1 min 10 s\./,
  ],
])('a run whose lock was taken away is told so once (%j)', async (answer, fact) => {
  await take()
  answers.push(answer)
  await vi.advanceTimersByTimeAsync(90_000)
  expect(lost).toMatchObject([{ code: 'LOCK_LOST', fact: expect.stringMatching(fact) }])
})

describe('the lock of a server, as its shell leaves it', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-test-'))
  })
  afterEach(() => {
    // Also what other users would see of it.
    for (const runId of ['run-1', 'run-2']) shell(releaseCommand({ ...claim, runId }))
    rmSync(folder, { recursive: true })
  })
  const claim = { runId: 'run-1', workspace: 'desk:/ws' }
  const place = () => join(folder, 'headroom', hostname())
  const printed = ({ argv, stdin }: Command, before = '') =>
    spawnSync('sh', ['-c', `${before}${argv[2]}`], {
      ...{ input: String(stdin), env: { PATH: process.env.PATH, XDG_STATE_HOME: folder }, encoding: 'utf8' },
    }).stdout.split('\n')
  const shell = (command: Command, before = '') => printed(command, before)[0]
  const written = () => readFileSync(join(place(), 'lock'), 'utf8').split('\n').slice(0, 3)

  it('is not written into by a second try of the run whose first was broken off, however that one ends', () => {
    const take = takeCommand(claim, 'ann@desk', 'Move')
    expect(shell(take)).toBe('taken')
    // The first try did not come to removing what it linked.
    linkSync(join(place(), 'lock'), join(place(), `new-${claim.runId}`))
    expect(shell(take, 'ulimit -f 0\n')).not.toBe('taken')
    expect(written()).toEqual(['run-1', 'desk:/ws', 'ann@desk'])
    expect(shell(take)).toBe('taken')
    shell(releaseCommand(claim))
    expect(readdirSync(place()).filter((name) => name !== `new-${claim.runId}`)).toEqual([])
  })
  it('is not taken by lines that were cut off on their way', () => {
    const take = takeCommand(claim, 'ann@desk', 'Move')
    for (const arrived of ['', 'run-1\n', 'run-1\ndesk:/ws\nann@desk\nMov'])
      expect(shell({ ...take, stdin: arrived })).not.toBe('taken')
    expect(existsSync(join(place(), 'lock'))).toBe(false)
    expect(shell(take)).toBe('taken')
    for (const command of [releaseCommand(claim), breakCommand(claim, 'gone', 0)])
      shell({ ...command, stdin: String(command.stdin).slice(0, 8) })
    expect(written()).toEqual(['run-1', 'desk:/ws', 'ann@desk'])
  })
  it('says who holds it as it was at one time, though it is given back meanwhile', () => {
    shell(takeCommand(claim, 'ann@desk', 'Move'))
    const givenBack = `sed() { rm -f '${place()}/lock'; command sed "$@"; }\n`
    const other = takeCommand({ ...claim, runId: 'run-2' }, 'bob@desk', 'Other')
    expect(printed(other, givenBack).slice(0, 5)).toEqual(['held', 'run-1', 'desk:/ws', 'ann@desk', 'Move'])
  })
  it('is not taken from the next one by a release that comes late', () => {
    const next = takeCommand({ ...claim, runId: 'run-2' }, 'bob@desk', 'Other')
    shell(takeCommand(claim, 'ann@desk', 'Move'))
    writeFileSync(join(folder, 'next'), `run-2\n${claim.workspace}\nbob@desk\nOther\n1\n`)
    const late = `mv() { cp '${folder}/next' '${place()}/lock'; command mv "$@"; }\n`
    shell(releaseCommand(claim), late)
    expect(written()).toEqual(['run-2', 'desk:/ws', 'bob@desk'])
    expect(shell(next)).toBe('taken')
  })
  it('is nobody’s where it is empty', () => {
    mkdirSync(place(), { recursive: true })
    writeFileSync(join(place(), 'lock'), '')
    expect(shell(takeCommand(claim, 'ann@desk', 'Move'))).toBe('taken')
    expect(shell(takeCommand({ ...claim, runId: 'run-2' }, 'bob@desk', 'Other'))).toBe('held')
    expect(written()).toEqual(['run-1', 'desk:/ws', 'ann@desk'])
  })
})
