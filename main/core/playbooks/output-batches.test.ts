import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { OutputBatches } from './output.ts'

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
