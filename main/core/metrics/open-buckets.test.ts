import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testEnvironment } from '../../../test/fixtures/environment.ts'
import { openWorkspace } from '../workspace/index.ts'
import { ROLLUPS } from './retention.ts'
import { rollUp } from './rollup.ts'
import { SampleStore } from './store.ts'

const START = Date.UTC(2026, 0, 1)
const cpu = (value: number) => [{ metric: 'cpu_used_ratio', labels: {}, value }]
const STORED = ROLLUPS.filter(({ stored }) => stored)

/** Buckets on disk and in memory are those of the samples, whatever happened: sums to what adding in another order leaves. */
function expectWhole(store: SampleStore): void {
  const [series] = store.series('h')
  if (series === undefined) return
  const samples = store.columns(series.id, 0, Number.MAX_SAFE_INTEGER)
  for (const { level } of STORED) {
    const told = store.rolledUp(level, series.id, 0, Number.MAX_SAFE_INTEGER)
    const counted = rollUp(samples, level)
    const exact = ({ at, n, min, max }: (typeof told)[number]) => ({ at, n, min, max })
    expect(told.map(exact)).toEqual(counted.map(exact))
    for (const [i, { sum }] of told.entries()) expect(sum).toBeCloseTo(counted[i]?.sum ?? Number.NaN, 6)
  }
}

test('rollups are whole after crashes, after closing, clocks that were set back, imports and reads at any moment', () => {
  const event = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ kind: fc.constant('sample' as const), seconds: fc.integer({ min: 1, max: 1200 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('back' as const), seconds: fc.integer({ min: 1, max: 9000 }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('close' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('read' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('import' as const), seconds: fc.integer({ min: 60, max: 7200 }) }),
    },
  )
  const environment = testEnvironment()
  let run = 0
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      run += 1
      const workspace = openWorkspace(join(environment.folder, `w${run}`), environment)
      try {
        let store = new SampleStore(workspace.metrics)
        let now = START
        for (const [i, one] of events.entries()) {
          if (one.kind === 'sample') {
            now += one.seconds * 1000
            store.record('h', now, cpu((i * 37) % 101))
          } else if (one.kind === 'back') now -= one.seconds * 1000
          else if (one.kind === 'close') {
            store.close()
            store = new SampleStore(workspace.metrics)
          }
          // Memory is gone; what was committed is what another process finds.
          else if (one.kind === 'crash') store = new SampleStore(workspace.metrics)
          else if (one.kind === 'read') expectWhole(store)
          else {
            const at = Float64Array.from({ length: 20 }, (_, k) => now - one.seconds * 1000 + k * 30_000 + 1)
            store.fill(store.ensureSeries('h', 'cpu_used_ratio', {}), { at, value: at.map((_, k) => k) }, now)
          }
        }
        expectWhole(store)
        expectWhole(new SampleStore(workspace.metrics))
      } finally {
        workspace.close()
      }
    }),
    { numRuns: 60 },
  )
  environment.dispose()
}, 60_000)

test('a round that fails leaves the buckets as they were', () => {
  const environment = testEnvironment()
  const workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
  const store = new SampleStore(workspace.metrics)
  store.record('h', START, cpu(1))
  const bad = [...cpu(2), { metric: 'no_such_metric', labels: {}, value: 1 }]
  expect(() => store.record('h', START + 3_600_000, bad)).toThrow()
  expectWhole(store)
  store.record('h', START + 3_600_000, cpu(3))
  expectWhole(store)
  workspace.close()
  environment.dispose()
})
