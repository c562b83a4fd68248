import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PATIENCE_MS, PageStarts } from './page-starts.ts'

describe('the start of a page', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('ends one that never runs, once for each that was loaded', () => {
    const end = vi.fn()
    const starts = new PageStarts(end)
    starts.loads()
    vi.advanceTimersByTime(PATIENCE_MS - 1)
    expect(end).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(end).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(10 * PATIENCE_MS)
    expect(end).toHaveBeenCalledTimes(1)
    starts.loads()
    vi.advanceTimersByTime(PATIENCE_MS)
    expect(end).toHaveBeenCalledTimes(2)
  })

  it('leaves one that runs, and gives each load the whole time', () => {
    const end = vi.fn()
    const starts = new PageStarts(end)
    starts.loads()
    starts.settled()
    vi.advanceTimersByTime(2 * PATIENCE_MS)
    starts.loads()
    vi.advanceTimersByTime(PATIENCE_MS - 1)
    starts.loads()
    vi.advanceTimersByTime(PATIENCE_MS - 1)
    expect(end).not.toHaveBeenCalled()
  })
})
