import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Recorder } from './recorder.ts'
import type { HostRound } from './store.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function recorder(fails: (hostId: string) => boolean = () => false) {
  const writes: string[][] = []
  const made = new Recorder((rounds: readonly HostRound[]) => {
    writes.push(rounds.map(({ hostId }) => hostId))
    const bad = rounds.find(({ hostId }) => fails(hostId))
    if (bad) throw new Error(bad.hostId)
    return rounds.map(({ at }) => at)
  })
  return {
    writes,
    add: (hostId: string, at: number) => made.add({ hostId, at, measured: [] }),
    flush: () => made.flush(),
  }
}

test('rounds of one moment are written together, and each is told its own count', async () => {
  const { writes, add } = recorder()
  const both = Promise.all([add('a', 1), add('b', 2)])
  expect(writes).toEqual([])
  await vi.runAllTimersAsync()
  expect(await both).toEqual([1, 2])
  expect(writes).toEqual([['a', 'b']])
})

test('a second round of a host waits for no timer and shares no write with the first', async () => {
  const { writes, add, flush } = recorder()
  const first = add('a', 1)
  const second = add('a', 2)
  expect(writes).toEqual([['a']])
  flush()
  expect(await Promise.all([first, second])).toEqual([1, 2])
})

test('many are not kept waiting', () => {
  const { writes, add } = recorder()
  for (let i = 0; i < 70; i++) void add(`h${i}`, i)
  expect(writes.map(({ length }) => length)).toEqual([32, 32])
})

test('one that cannot be written takes no other along', async () => {
  const { add, flush } = recorder((hostId) => hostId === 'b')
  const all = Promise.allSettled([add('a', 1), add('b', 2), add('c', 3)])
  flush()
  expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})
