import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AlertPart, type AlertTest, AlertTestSchema } from '../model/alert.ts'
import type { Sample } from '../model/metric.ts'
import { judge } from '../planning/judge.ts'
import { judgeRun, startOf } from './judge-run.ts'
import { together } from './together.ts'

const EVERY = 15_000
const series = (...values: (number | null)[]): Sample[] =>
  values.flatMap((value, i) => (value === null ? [] : [{ at: i * EVERY, value }]))
const test = (also: Partial<AlertPart> = {}, more: Partial<AlertTest> = {}): AlertTest =>
  AlertTestSchema.parse({
    ...{ metric: 'cpu_used_ratio', op: '>', threshold: 0.8, forMs: 30_000, unknownAfterMs: 30_000, ...more },
    also: [{ metric: 'memory_used_ratio', op: '>', threshold: 0.9, ...also }],
  })
const run = (given: AlertTest, cpu: Sample[], ...others: Sample[][]) => {
  const [part] = given.also
  const runs = part ? [{ part, series: others.map((samples) => ({ samples, intervalMs: EVERY })) }] : []
  const last = Math.max(...cpu.map(({ at }) => at))
  return judgeRun(given, cpu, { ...startOf(0), judgedAt: -1 }, last, EVERY, together(given, runs))
}
const told = (given: AlertTest, cpu: Sample[], ...others: Sample[][]) =>
  run(given, cpu, ...others).changes.map(({ kind, at }) => `${kind} ${at / EVERY}`)

describe('a rule of several conditions', () => {
  it('fires when all have held for its time, since the last of them began', () => {
    const cpu = series(0.5, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9)
    const memory = series(0.5, 0.5, 0.5, 0.95, 0.95, 0.95, 0.95)
    expect(told(test(), cpu, memory)).toEqual(['pending 3', 'fired 5'])
    expect(run(test(), cpu, memory).changes.at(-1)).toMatchObject({ from: 3 * EVERY, coverage: 1 })
    expect(told(test(), cpu, series(...Array(7).fill(0.5)))).toEqual([])
    expect(told(test(), series(...Array(7).fill(0.5)), memory)).toEqual([])
  })

  it('clears when one of them does, for the time that clearing takes', () => {
    const cpu = series(...Array(9).fill(0.9))
    const memory = series(0.95, 0.95, 0.95, 0.95, 0.5, 0.5, 0.5, 0.5, 0.5)
    expect(told(test(), cpu, memory)).toEqual(['pending 0', 'fired 2', 'cleared 4'])
    expect(told(test({}, { clearForMs: 30_000 }), cpu, memory)).toEqual(['pending 0', 'fired 2', 'cleared 6'])
  })

  it('is unknown while one is silent, unless another says that it does not hold; what was open stays open', () => {
    const cpu = series(...Array(9).fill(0.9))
    expect(told(test(), cpu)).toEqual(['unknown 0'])
    const stopped = series(0.95, 0.95, 0.95)
    const judged = run(test(), cpu, stopped)
    expect(judged.changes.map(({ kind }) => kind)).toEqual(['pending', 'fired', 'unknown'])
    expect(judged.standing).toMatchObject({ state: 'unknown', open: true })
    expect(told(test(), series(0.9, 0.9, 0.9, 0.9, 0.9, 0.5), stopped).at(-1)).toBe('cleared 5')
    const back = series(0.95, 0.95, 0.95, null, null, null, null, 0.95, 0.95)
    expect(told(test(), cpu, back)).toEqual(['pending 0', 'fired 2', 'unknown 6', 'known 7'])
  })

  it('asks any series of a condition, or every one', () => {
    const cpu = series(...Array(5).fill(0.9))
    const [full, low] = [series(...Array(5).fill(0.95)), series(...Array(5).fill(0.5))]
    expect(told(test(), cpu, low, full).at(-1)).toBe('fired 2')
    expect(told(test({ every: true }), cpu, low, full)).toEqual([])
    expect(told(test({ every: true }), cpu, full, full).at(-1)).toBe('fired 2')
  })

  it('fires exactly when a verdict on the same samples says so', () => {
    const values = fc.array(fc.option(fc.constantFrom(0.5, 0.7, 0.95, 0.95, 0.95), { nil: null, freq: 8 }), {
      minLength: 6,
      maxLength: 40,
    })
    let fired = 0
    fc.assert(
      fc.property(fc.tuple(values, values), fc.constantFrom(0, 30_000, 60_000), ([a, b], forMs) => {
        const cpu = series(0.95, ...a)
        const memory = series(0.95, ...b)
        const given = test({}, { forMs })
        const { changes } = run(given, cpu, memory)
        const measured = (metric: string, samples: Sample[]) => ({
          ...{ hostId: 'h', hostName: 'here', metric, labels: {}, unit: 'ratio' as const, samples },
        })
        const verdictAt = (now: number) =>
          judge(
            {
              all: [
                { metric: 'cpu_used_ratio', op: '>', value: 0.8 },
                { metric: 'memory_used_ratio', op: '>', value: 0.9 },
              ],
            },
            forMs,
            {
              ...{ now, expectedIntervalMs: EVERY, drivers: [], needs: {} },
              series: (metric) => [measured(metric, metric === 'cpu_used_ratio' ? cpu : memory)],
            },
          ).state
        let open = false
        for (const { at } of cpu) {
          for (const change of changes.filter((one) => one.at === at)) {
            if (change.kind === 'fired') {
              fired += 1
              open = true
              expect(verdictAt(at)).toBe('fired')
            }
            if (change.kind === 'cleared') open = false
          }
          if (verdictAt(at) === 'fired') expect(open).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
    expect(fired).toBeGreaterThan(50)
  })
})
