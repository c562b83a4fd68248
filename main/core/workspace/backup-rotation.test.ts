import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expired, MANUAL_KEPT } from './backup-rotation.ts'

const DAY_MS = 86_400_000
const FILES = [{ name: 'app.db' }, { name: 'metrics.db' }]
const keep = { daily: 7, weekly: 4, monthly: 6 }
const at = (time: number, kind: 'scheduled' | 'manual' | 'replaced' | 'migration' = 'scheduled') => ({
  id: `${kind} ${time}`,
  at: time,
  kind,
  files: FILES,
})

describe('rotation', () => {
  test('a year of days leaves 7 days, 4 weeks and 6 months', () => {
    let kept: ReturnType<typeof at>[] = []
    const end = Date.UTC(2026, 11, 31, 3)
    for (let day = 364; day >= 0; day -= 1) {
      kept = [...kept, at(end - day * DAY_MS)]
      const dropped = new Set(expired(kept, keep))
      kept = kept.filter((one) => !dropped.has(one))
    }
    expect(kept.map((one) => new Date(one.at).toISOString().slice(0, 10))).toEqual([
      '2026-07-31',
      '2026-08-31',
      '2026-09-30',
      '2026-10-31',
      '2026-11-30',
      '2026-12-13',
      '2026-12-20',
      '2026-12-25',
      '2026-12-26',
      '2026-12-27',
      '2026-12-28',
      '2026-12-29',
      '2026-12-30',
      '2026-12-31',
    ])
  })
  test('of many in a day the newest stays', () => {
    const noon = Date.UTC(2026, 0, 5, 12)
    const all = [0, 1, 2, 3].map((hour) => at(noon + hour * 3_600_000))
    expect(expired(all, { daily: 7, weekly: 0, monthly: 0 }).map((one) => one.at)).toEqual(
      [2, 1, 0].map((hour) => noon + hour * 3_600_000),
    )
  })
  test('of those made by hand the newest five stay, though they are of one day', () => {
    const all = Array.from({ length: 8 }, (_, hour) => at(hour * 3_600_000, 'manual'))
    expect(expired(all, { daily: 1, weekly: 0, monthly: 0 })).toEqual([all[2], all[1], all[0]])
  })
  test('what was put aside is counted by itself: three of a kind stay, whatever the days', () => {
    const all = [1, 2, 3, 4, 5].flatMap((n) => [at(n * DAY_MS, 'replaced'), at(n * DAY_MS, 'migration')])
    expect(expired(all, { daily: 1, weekly: 0, monthly: 0 }).map((one) => one.id)).toEqual(
      [2, 1].flatMap((n) => [`replaced ${n * DAY_MS}`, `migration ${n * DAY_MS}`]),
    )
  })
  test('the newest always stays, doing it twice drops no more, and order does not matter', () => {
    const backups = fc.array(
      fc.record({
        time: fc.integer({ min: 0, max: 900 * DAY_MS }),
        kind: fc.constantFrom('scheduled' as const, 'manual' as const),
      }),
      { maxLength: 60 },
    )
    const keeps = fc.record({
      daily: fc.integer({ min: 1, max: 10 }),
      weekly: fc.nat(6),
      monthly: fc.nat(8),
    })
    fc.assert(
      fc.property(backups, keeps, (given, kept) => {
        const all = given.map(({ time, kind }, i) => ({ ...at(time, kind), id: `${i}` }))
        const dropped = expired(all, kept)
        const left = all.filter((one) => !dropped.includes(one))
        if (all.length > 0) expect(left.map((one) => one.at)).toContain(Math.max(...all.map((one) => one.at)))
        expect(left.length).toBeLessThanOrEqual(kept.daily + kept.weekly + kept.monthly + MANUAL_KEPT)
        expect(expired(left, kept)).toEqual([])
        expect(new Set(expired([...all].reverse(), kept))).toEqual(new Set(dropped))
      }),
    )
  })
})
