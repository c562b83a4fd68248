import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FirstReadings } from './first-readings.ts'

describe('first readings of many servers', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const signal = new AbortController().signal

  function reading(first: FirstReadings, count: number) {
    const ends: (() => void)[] = []
    const all = Array.from({ length: count }, () => first.read(() => new Promise<void>((end) => ends.push(end))))
    return { ends, all }
  }
  const passed = async (first: FirstReadings, until = signal) => {
    const done = vi.fn()
    void first.letPass(until).then(done)
    await vi.advanceTimersByTimeAsync(0)
    return done
  }

  it('go before the second of any', async () => {
    const first = new FirstReadings()
    const { ends } = reading(first, 9)
    const done = await passed(first)
    await vi.advanceTimersByTimeAsync(1000)
    expect(done).not.toHaveBeenCalled()
    ends[0]?.()
    await vi.advanceTimersByTimeAsync(200)
    expect(done).toHaveBeenCalled()
  })

  it('hold nobody up where they are few, or where they do not end', async () => {
    const few = new FirstReadings()
    reading(few, 8)
    expect(await passed(few)).toHaveBeenCalled()
    const dead = new FirstReadings()
    reading(dead, 100)
    const done = await passed(dead)
    await vi.advanceTimersByTimeAsync(1999)
    expect(done).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(done).toHaveBeenCalled()
  })

  it('count no longer when they fail, and nobody waits for them at the end', async () => {
    const first = new FirstReadings()
    await Promise.allSettled(Array.from({ length: 20 }, () => first.read(() => Promise.reject(new Error('refused')))))
    expect(await passed(first)).toHaveBeenCalled()
    reading(first, 20)
    const ending = new AbortController()
    const done = await passed(first, ending.signal)
    ending.abort()
    await vi.advanceTimersByTimeAsync(0)
    expect(done).toHaveBeenCalled()
  })
})
