import pino from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Command } from '../../../shared/model/command.ts'
import type { Problem } from '../../../shared/model/problem.ts'
import type { Environment } from '../environment.ts'
import type { Hosts } from '../hosts/index.ts'
import { HostLocks } from './host-locks.ts'

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
