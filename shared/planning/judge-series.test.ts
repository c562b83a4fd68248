import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Sample } from '../model/metric.ts'
import { judgeSeries, staleAfterMs } from './judge-series.ts'

const EVERY = 10_000
const MINUTE = 60_000
const NOW = 1_000_000_000
/** Samples every 10 s up to now, `value` by how long ago each is. */
const samples = (fromMsAgo: number, value: (msAgo: number) => number, toMsAgo = 0): Sample[] => {
  const list: Sample[] = []
  for (let ago = fromMsAgo; ago >= toMsAgo; ago -= EVERY) list.push({ at: NOW - ago, value: value(ago) })
  return list
}
const judged = (list: Sample[], sustain = 5 * MINUTE) => judgeSeries(list, '>', 0.8, sustain, NOW, EVERY)

describe('a sustained breach', () => {
  it('fires once every sample since the sustain time ago breaches, and not a round before', () => {
    expect(judged(samples(5 * MINUTE, () => 0.9))).toMatchObject({ state: 'fired', heldMs: 5 * MINUTE, coverage: 1 })
    expect(judged(samples(5 * MINUTE - EVERY, () => 0.9))).toMatchObject({
      state: 'pending',
      heldMs: 5 * MINUTE - EVERY,
    })
  })

  it('starts anew after one sample under the threshold', () => {
    const list = samples(20 * MINUTE, (ago) => (ago === 2 * MINUTE ? 0.5 : 0.9))
    expect(judged(list)).toMatchObject({ state: 'pending', heldMs: 2 * MINUTE - EVERY })
  })

  it('is clear as soon as the newest sample does not breach', () => {
    expect(judged(samples(20 * MINUTE, (ago) => (ago === 0 ? 0.8 : 0.9)))).toMatchObject({ state: 'clear', heldMs: 0 })
  })

  it.each([
    ['>', 'clear'],
    ['>=', 'fired'],
    ['<', 'clear'],
    ['<=', 'fired'],
  ] as const)('exactly at the threshold, "%s" is %s', (op, state) => {
    expect(
      judgeSeries(
        samples(10 * MINUTE, () => 0.8),
        op,
        0.8,
        5 * MINUTE,
        NOW,
        EVERY,
      ).state,
    ).toBe(state)
  })
})

describe('a gap', () => {
  it('of one missed round changes nothing', () => {
    const list = samples(10 * MINUTE, () => 0.9).filter((one) => one.at !== NOW - 2 * MINUTE)
    expect(judged(list).state).toBe('fired')
  })

  it('that leaves too little of the window covered makes it unknown, not fired', () => {
    const list = samples(10 * MINUTE, () => 0.9).filter((one) => one.at < NOW - 4 * MINUTE || one.at > NOW - 2 * MINUTE)
    const result = judged(list)
    expect(result.state).toBe('unknown')
    // The newest twelve samples reach back 125 s, those before the gap stand for 50 s.
    expect(result.coverage).toBeCloseTo(175 / 300, 12)
  })

  it('up to now makes it unknown after the stated time, and not before', () => {
    const stale = staleAfterMs(EVERY)
    const until = (msAgo: number) => judged(samples(10 * MINUTE, () => 0.9, msAgo))
    expect(stale).toBe(30_000)
    expect(until(30_000).state).toBe('fired')
    expect(until(40_000)).toMatchObject({ state: 'unknown', heldMs: null, observed: 0.9 })
    expect(judged(samples(10 * MINUTE, () => 0.1, 40_000)).state).toBe('unknown')
  })

  it('without any sample is unknown', () => {
    expect(judged([])).toEqual({ state: 'unknown', observed: null, observedAt: null, heldMs: null, coverage: 0 })
  })
})

it('ignores samples from after now', () => {
  const list = [...samples(10 * MINUTE, () => 0.9), { at: NOW + 1, value: 0.1 }]
  expect(judged(list).state).toBe('fired')
})

it('fires at once when nothing need be sustained', () => {
  expect(judged([{ at: NOW, value: 0.9 }], 0).state).toBe('fired')
})

it('fires only when all of the window breaches, whatever the series', () => {
  const series = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 60_000 }), high: fc.boolean() }), {
    maxLength: 80,
  })
  fc.assert(
    fc.property(series, fc.integer({ min: 0, max: 10 * MINUTE }), (steps, sustain) => {
      let at = NOW
      const list = steps.map(({ gap, high }) => {
        const sample = { at, value: high ? 0.9 : 0.5 }
        at -= gap
        return sample
      })
      list.reverse()
      const { state, coverage, heldMs } = judged(list, sustain)
      expect(coverage).toBeGreaterThanOrEqual(0)
      expect(coverage).toBeLessThanOrEqual(1)
      if (state !== 'fired') return
      expect(list.filter((one) => one.at >= NOW - sustain).every((one) => one.value === 0.9)).toBe(true)
      expect(heldMs).toBeGreaterThanOrEqual(sustain)
    }),
  )
})
