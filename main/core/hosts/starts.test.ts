import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Starts } from './starts.ts'

/** Starts that end when told to, and the names of those that have begun. */
function recorded(starts: Starts) {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const start = (name: string, key = name, signal?: AbortSignal) =>
    starts.run(
      key,
      () => {
        begun.push(name)
        return new Promise<void>((end) => ends.set(name, end))
      },
      signal,
    )
  const settle = () => vi.advanceTimersByTimeAsync(0)
  const end = async (name: string) => {
    ends.get(name)?.()
    await settle()
  }
  return { begun, start, end, settle }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('starts', () => {
  it('lets in so many at once, and the others in the order in which they asked', async () => {
    const { begun, start, end, settle } = recorded(new Starts({ atOnce: 2, atOnceEach: 2, patienceMs: 1000 }))
    for (const name of ['a', 'b', 'c', 'd']) void start(name)
    await settle()
    expect(begun).toEqual(['a', 'b'])
    await end('b')
    expect(begun).toEqual(['a', 'b', 'c'])
    await end('a')
    expect(begun).toEqual(['a', 'b', 'c', 'd'])
  })

  it('lets those of other servers pass one that waits for its own', async () => {
    const { begun, start, end, settle } = recorded(new Starts({ atOnce: 3, atOnceEach: 1, patienceMs: 1000 }))
    void start('jump 1', 'jump')
    void start('jump 2', 'jump')
    void start('web')
    await settle()
    expect(begun).toEqual(['jump 1', 'web'])
    await end('jump 1')
    expect(begun).toEqual(['jump 1', 'web', 'jump 2'])
  })

  it('takes the place of one that hangs, and lets it go on', async () => {
    const { begun, start, end, settle } = recorded(new Starts({ atOnce: 1, atOnceEach: 1, patienceMs: 1000 }))
    const hangs = start('hangs')
    void start('next')
    void start('last')
    await vi.advanceTimersByTimeAsync(999)
    expect(begun).toEqual(['hangs'])
    await vi.advanceTimersByTimeAsync(1)
    expect(begun).toEqual(['hangs', 'next'])
    await end('hangs')
    await hangs
    await settle()
    expect(begun).toEqual(['hangs', 'next'])
    await end('next')
    expect(begun).toEqual(['hangs', 'next', 'last'])
  })

  it('gives the place back when the work fails', async () => {
    const starts = new Starts({ atOnce: 1, atOnceEach: 1, patienceMs: 1000 })
    await expect(starts.run('a', () => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
    expect(await starts.run('a', () => Promise.resolve('in'))).toBe('in')
  })

  it('leaves the line when it is given up', async () => {
    const { begun, start, end, settle } = recorded(new Starts({ atOnce: 1, atOnceEach: 1, patienceMs: 1000 }))
    void start('a')
    const aborter = new AbortController()
    const gone = expect(start('b', 'b', aborter.signal)).rejects.toThrow('closed')
    void start('c')
    await settle()
    aborter.abort(new Error('closed'))
    await gone
    await end('a')
    expect(begun).toEqual(['a', 'c'])
    await expect(start('d', 'd', aborter.signal)).rejects.toThrow('closed')
  })
})
