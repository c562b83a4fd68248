import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Assumptions, Simulation } from '../../../shared/model/scenario.ts'
import { DRAFT_PATHS, ScenarioRunner } from './scenario-runner.ts'

const assumptions = (present: number): Assumptions => ({
  present,
  growth: { kind: 'exponential', monthlyRate: 0.1, deviation: 0 },
  months: 12,
  paths: 10_000,
  seed: 1,
  policy: { kind: 'stay' },
  levers: {},
  tax: false,
}) // prettier-ignore

interface Call {
  asked: Assumptions
  signal: AbortSignal
  answer(): Promise<void>
  fail(error: Error): Promise<void>
}

function setUp(known: Simulation | null = null) {
  const calls: Call[] = []
  const runner = new ScenarioRunner((asked, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<Simulation>()
    signal.addEventListener('abort', () => reject(new Error('cancelled')))
    calls.push({
      asked,
      signal,
      answer: async () => {
        resolve({ paths: asked.paths, months: asked.present } as Simulation)
        await vi.advanceTimersByTimeAsync(0)
      },
      fail: async (error) => {
        reject(error)
        await vi.advanceTimersByTimeAsync(0)
      },
    })
    return promise
  }, known)
  return { runner, calls, last: () => calls.at(-1) as Call }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('ScenarioRunner', () => {
  it('answers the first wish in full', async () => {
    const { runner, calls, last } = setUp()
    runner.want(assumptions(1))
    expect(last().asked.paths).toBe(10_000)
    await last().answer()
    expect(runner.state).toMatchObject({ busy: false, simulation: { paths: 10_000 } })
    expect(calls).toHaveLength(1)
  })

  it('shows what is known until it is computed anew, and tells which wish was answered', async () => {
    const known = { paths: 10_000, months: 7 } as Simulation
    const { runner, last } = setUp(known)
    expect(runner.state).toEqual({ simulation: known, error: null, busy: false })
    const wanted = assumptions(1)
    runner.want(wanted)
    expect(runner.state).toEqual({ simulation: known, error: null, busy: true })
    expect(runner.answered).toBe(null)
    await last().answer()
    expect(runner.state).toMatchObject({ busy: false, simulation: { months: 1 } })
    expect(runner.answered?.wanted).toBe(wanted)
    runner.want(assumptions(2))
    await last().answer()
    expect(runner.state).toMatchObject({ busy: true, simulation: { paths: DRAFT_PATHS, months: 2 } })
    expect(runner.answered?.wanted).toBe(wanted)
  })

  it('drafts while the wish moves, then gives the full answer of the last one', async () => {
    const { runner, calls, last } = setUp()
    runner.want(assumptions(1))
    await last().answer()
    for (let present = 2; present <= 12; present += 1) {
      runner.want(assumptions(present))
      await last().answer()
      expect(runner.state).toMatchObject({ busy: true, simulation: { paths: DRAFT_PATHS, months: present } })
      await vi.advanceTimersByTimeAsync(30)
    }
    const drafts = calls.filter((call) => call.asked.paths === DRAFT_PATHS)
    expect(drafts).toHaveLength(11)
    expect(drafts.every((call) => !call.signal.aborted)).toBe(true)
    expect(runner.state.busy).toBe(true)
    await vi.advanceTimersByTimeAsync(300)
    await last().answer()
    await vi.advanceTimersByTimeAsync(300)
    await last().answer()
    expect(runner.state).toMatchObject({ busy: false, simulation: { paths: 10_000, months: 12 } })
  })

  it('has one draft under way at a time, and the newest wish next', async () => {
    const { runner, calls, last } = setUp()
    runner.want(assumptions(1))
    await last().answer()
    for (let present = 2; present <= 12; present += 1) runner.want(assumptions(present))
    expect(calls.map((call) => call.asked.present)).toEqual([1, 2])
    await last().answer()
    expect(calls.map((call) => call.asked.present)).toEqual([1, 2, 12])
    await last().answer()
    expect(calls).toHaveLength(3)
    await vi.advanceTimersByTimeAsync(300)
    expect(last().asked).toMatchObject({ present: 12, paths: 10_000 })
  })

  it('cancels a full run that is no longer wanted, and keeps the former result', async () => {
    const { runner, calls, last } = setUp()
    runner.want(assumptions(1))
    await last().answer()
    runner.want(assumptions(2))
    await last().answer()
    await vi.advanceTimersByTimeAsync(250)
    const full = last()
    expect(full.asked.paths).toBe(10_000)
    runner.want(assumptions(3))
    expect(full.signal.aborted).toBe(true)
    await vi.advanceTimersByTimeAsync(0)
    expect(runner.state).toMatchObject({ error: null, busy: true, simulation: { months: 2 } })
    expect(calls.at(-1)?.asked).toMatchObject({ present: 3, paths: DRAFT_PATHS })
  })

  it('says why the answer failed, and tries again with the next wish', async () => {
    const { runner, last } = setUp()
    runner.want(assumptions(1))
    await last().fail(new Error('no plan'))
    expect(runner.state).toMatchObject({ busy: false, error: new Error('no plan') })
    runner.want(assumptions(2))
    expect(runner.state).toMatchObject({ busy: true, error: null })
  })

  it('cancels what runs when it is stopped', () => {
    const { runner, last } = setUp()
    runner.want(assumptions(1))
    runner.stop()
    expect(last().signal.aborted).toBe(true)
  })
})
