import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { OutputBatches, Turns } from './output.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const line = (text: string) => ({ at: 0, step: 'a', host: 'web', stream: 'stdout' as const, text })

it('lines that cannot be stored on a full disk wait, in order, until they can, and end nothing; a flush says so', () => {
  let full = true
  const stored: string[] = []
  const batches = new OutputBatches(0, (lines) => {
    if (full) throw new Error('database or disk is full')
    stored.push(...lines.map(({ text }) => text))
  })
  batches.add(line('1'))
  vi.advanceTimersByTime(1000)
  batches.add(line('2'))
  vi.advanceTimersByTime(1000)
  expect(stored).toEqual([])
  full = false
  vi.advanceTimersByTime(1000)
  expect(stored).toEqual(['1', '2'])
  full = true
  batches.add(line('3'))
  expect(() => batches.flush()).toThrow('full')
})

it('of an output that is too long the end of each step is kept, and how many lines are left out', () => {
  const stored: string[] = []
  const batches = new OutputBatches(199_999, (lines) => void stored.push(...lines.map(({ text }) => text)))
  for (let i = 0; i < 5001; i += 1) batches.add(line(String(i)))
  vi.advanceTimersByTime(1000)
  expect(stored).toEqual(['0', 'More than 200000 lines: of the rest only the end is kept.'])
  batches.flush()
  expect(stored.slice(2, 4)).toEqual(['3000 lines are left out here.', '3001'])
  expect(stored.slice(4)).toEqual(Array.from({ length: 1999 }, (_, i) => String(3002 + i)))
  batches.add(line('the next step'))
  batches.flush()
  batches.flush()
  expect(stored.slice(2003)).toEqual(['the next step'])
})

it('after a whole batch whoever fills it waits for the turn of its run; of many runs one goes on at a time', async () => {
  vi.useRealTimers()
  const turns = new Turns()
  const sizes: number[] = []
  const order: { name: string; round: number }[] = []
  let round = 0
  let ticking = setImmediate(function tick() {
    round += 1
    ticking = setImmediate(tick)
  })
  const run = async (name: string) => {
    const batches = new OutputBatches(0, (lines) => void sizes.push(lines.length), turns)
    expect(batches.room()).toBeUndefined()
    for (let i = 0; i < 4000; i += 1) {
      batches.add(line(String(i)))
      const room = batches.room()
      if (room === undefined) continue
      await room
      order.push({ name, round })
    }
  }
  await Promise.all([run('a'), run('b')])
  clearImmediate(ticking)
  expect(sizes).toEqual([2000, 2000, 2000, 2000])
  expect(order.map(({ name }) => name)).toEqual(['a', 'b', 'a', 'b'])
  expect(new Set(order.map((one) => one.round)).size).toBe(4)
})
