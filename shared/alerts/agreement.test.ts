import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AlertTestSchema } from '../model/alert.ts'
import type { Comparison } from '../model/condition.ts'
import type { Sample } from '../model/metric.ts'
import { judge } from '../planning/judge.ts'
import { judgeSeries } from '../planning/judge-series.ts'
import { judgeRun, startOf } from './judge-run.ts'

const EVERY = 15_000
const THRESHOLD = 6

const streams = fc.record({
  steps: fc.array(
    fc.tuple(fc.constantFrom(5000, 15_000, 15_000, 15_000, 60_000, 200_000), fc.integer({ min: 4, max: 8 })),
    { minLength: 1, maxLength: 60 },
  ),
  op: fc.constantFrom<Comparison[]>('>', '>=', '<', '<='),
  forMs: fc.constantFrom(0, 15_000, 60_000, 300_000),
  intervalMs: fc.constantFrom(EVERY, 60_000),
  after: fc.constantFrom(0, 20_000, 100_000, 400_000),
})

it('verdicts and alerts agree on what has been sustained, on any series and at any moment', () => {
  let fired = 0
  fc.assert(
    fc.property(streams, ({ steps, op, forMs, intervalMs, after }) => {
      let at = 0
      const samples = steps.map(([gap, value]): Sample => {
        at += gap
        return { at, value }
      })
      const now = at + after
      const test = AlertTestSchema.parse({
        ...{ metric: 'cpu_used_ratio', op, threshold: THRESHOLD, forMs, unknownAfterMs: 30_000 },
      })
      const { standing, changes } = judgeRun(test, samples, { ...startOf(0), judgedAt: -1 }, now, intervalMs)
      const verdict = judgeSeries(samples, op, THRESHOLD, forMs, now, intervalMs)

      // Whenever an alert fired, a verdict of that moment says so; and one says so at no sample at which none was open.
      for (const change of changes.filter(({ kind }) => kind === 'fired')) {
        fired += 1
        const then = judgeSeries(samples, op, THRESHOLD, forMs, change.at, intervalMs)
        expect(then).toMatchObject({ state: 'fired', coverage: change.coverage, heldMs: change.at - change.from })
      }
      if (verdict.state === 'fired') expect(standing).toMatchObject({ state: 'firing', open: true })
      if (verdict.heldMs === null) expect(standing.state).toBe('unknown')
      else if (verdict.state === 'clear') expect(standing.state).toBe('ok')
      // A gap that leaves the time short of samples fires nothing anew and ends nothing that is open.
      else if (verdict.state === 'unknown') expect(['pending', 'firing']).toContain(standing.state)
      else if (verdict.state === 'pending') expect(standing).toMatchObject({ state: 'pending', open: false })
    }),
    { numRuns: 500 },
  )
  expect(fired).toBeGreaterThan(100)
})

it('a series that is asked for once a minute is judged by its own minute, as alerts do', () => {
  const samples: Sample[] = Array.from({ length: 20 }, (_, i) => ({ at: i * 60_000, value: 0.9 }))
  const now = 19 * 60_000 + 50_000
  const judged = judge({ metric: 'disk_used_ratio', op: '>', value: 0.8 }, 5 * 60_000, {
    ...{ now, expectedIntervalMs: 10_000, drivers: [], needs: {} },
    series: () => [{ hostId: 'h', hostName: 'vps', metric: 'disk_used_ratio', labels: {}, unit: 'ratio', samples }],
  })
  // By the round's ten seconds it would be stale after half a minute, and covered to a quarter.
  expect(judged).toMatchObject({ state: 'fired', coverage: 1 })
  expect(judgeSeries(samples, '>', 0.8, 5 * 60_000, now, 10_000).state).toBe('unknown')
})
