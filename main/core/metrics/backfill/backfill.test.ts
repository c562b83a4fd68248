import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import { type TestEnvironment, testEnvironment } from '../../../../test/fixtures/environment.ts'
import { EventHub } from '../../events.ts'
import type { Hosts } from '../../hosts/index.ts'
import { openWorkspace, type Workspace } from '../../workspace/index.ts'
import { SampleStore } from '../store.ts'
import { createBackfill } from './index.ts'
import type { Part } from './parts.ts'

const NOW = Date.UTC(2026, 5, 15, 12)
let environment: TestEnvironment
let workspace: Workspace

beforeEach(() => {
  environment = testEnvironment({ at: NOW })
  workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
})
afterEach(() => {
  workspace.close()
  environment.dispose()
})

/** Parts of a hundred samples each, an hour long; `before` runs before one is read. */
const parts = (
  count: number,
  before: (index: number, signal: AbortSignal) => void | Promise<void> = () => {},
): Part[] =>
  Array.from({ length: count }, (_, index) => ({
    key: `part ${index}`,
    words: `part ${index}`,
    bytes: null,
    async read(signal) {
      await before(index, signal)
      environment.clock.advance(1000)
      const at = Float64Array.from({ length: 100 }, (_one, i) => NOW - (count - index) * 3_600_000 + i * 36_000)
      const samples = { at, value: at.map(() => 0.5) }
      return { brought: [{ kind: 'samples', metric: 'cpu_used_ratio', labels: {}, samples, stepMs: 36_000 }], bytes: 0 }
    },
  }))
function life(given: Part[]) {
  const store = new SampleStore(workspace.metrics)
  const events: string[] = []
  const hub = new EventHub()
  hub.listen(({ kind }) => events.push(kind))
  const hosts = { get: (id: string) => ({ id, name: id }) } as unknown as Hosts
  const prometheus = { isSet: () => true, parts: async () => given }
  return { store, events, backfill: createBackfill({ store, workspace, hosts, environment, events: hub, prometheus }) }
}
const SOURCE = { kind: 'prometheus', days: 30 } as const
const codeOf = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return error instanceof HeadroomError ? error.code : String(error)
  }
  return 'nothing was thrown'
}

describe('a backfill', () => {
  test('tells how far it is, how long it takes, and at its end that there is a new past', async () => {
    const seen: [number, number | null][] = []
    const { backfill, events, store } = life(
      parts(4, () => {
        const job = backfill.jobs('web')[0]
        seen.push([job?.parts.done ?? -1, job?.leftMs ?? null])
      }),
    )
    const job = await backfill.ended(backfill.start('web', SOURCE).id)
    expect(seen).toEqual([
      [0, null],
      [1, 3000],
      [2, 2000],
      [3, 1000],
    ])
    expect(job).toMatchObject({ state: 'done', parts: { done: 4, total: 4 }, samples: { stored: 400, dropped: 0 } })
    expect(store.reach('web')).toEqual({ from: NOW - 4 * 3_600_000, to: job.to })
    expect(events.at(-1)).toBe('history')
  })
  test('that was cut off by the end of the engine goes on where it was, in another life', async () => {
    const first = life(
      parts(4, async (index, signal) => {
        if (index === 2) await new Promise((resolve) => signal.addEventListener('abort', resolve))
      }),
    )
    const { id } = first.backfill.start('web', SOURCE)
    await expect.poll(() => first.backfill.jobs()[0]?.current).toBe('part 2')
    await first.backfill.close()
    const read: number[] = []
    const second = life(parts(4, (index) => void read.push(index)))
    expect(second.backfill.jobs('web')[0]).toMatchObject({ id, state: 'interrupted', parts: { done: 2, total: 4 } })
    second.backfill.resume(id)
    expect(await second.backfill.ended(id)).toMatchObject({ state: 'done', samples: { stored: 400, dropped: 0 } })
    expect(read).toEqual([2, 3])
  })
  test('that fails keeps what came before, says why, and can go on', async () => {
    let broken = true
    const { backfill, store } = life(
      parts(3, (index) => {
        if (index === 1 && broken)
          throw new HeadroomError({ code: 'PROMETHEUS_SLOW', fact: 'It is slow.', fix: 'Wait.' })
      }),
    )
    const { id } = backfill.start('web', SOURCE)
    expect(await backfill.ended(id)).toMatchObject({ state: 'failed', problem: { code: 'PROMETHEUS_SLOW' } })
    expect(store.columns(store.series('web')[0]?.id ?? 0, 0, NOW).at).toHaveLength(100)
    broken = false
    backfill.resume(id)
    expect(await backfill.ended(id)).toMatchObject({ state: 'done', problem: null })
  })
  test('is one at a time for a host', async () => {
    const { backfill } = life(
      parts(1, (_index, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve()))),
    )
    const { id } = backfill.start('web', SOURCE)
    expect(codeOf(() => backfill.start('web', SOURCE))).toBe('BACKFILL_RUNNING')
    expect(codeOf(() => backfill.start('db', SOURCE))).toBe('nothing was thrown')
    expect(await backfill.cancel(id)).toMatchObject({ state: 'cancelled' })
    await backfill.close()
  })
  test('that is done is not gone on with, and one there is not is said to be none', async () => {
    const { backfill } = life(parts(1))
    const { id } = await backfill.ended(backfill.start('web', SOURCE).id)
    expect(codeOf(() => backfill.resume(id))).toBe('BACKFILL_DONE')
    expect(codeOf(() => backfill.resume('x'))).toBe('BACKFILL_NOT_FOUND')
  })
})

describe('values out of a file', () => {
  const columns = (...values: number[]) => ({
    at: Float64Array.from(values, (_, i) => NOW - (values.length - i) * 60_000),
    value: Float64Array.from(values),
  })
  test('are kept at the precision of their metric', () => {
    const { backfill, store } = life([])
    expect(backfill.values('web', 'cpu_used_ratio', {}, columns(0.123456, 0.2))).toEqual({ stored: 2, dropped: 0 })
    expect(store.latest('web')[0]?.value).toBe(0.2)
    expect(store.raw(store.series('web')[0]?.id ?? 0, 0, NOW)[0]?.value).toBe(0.1235)
  })
  test('are refused for a metric there is not, and percentages for a ratio', () => {
    const { backfill } = life([])
    expect(codeOf(() => backfill.values('web', 'cpu', {}, columns(1)))).toBe('UNKNOWN_METRIC')
    expect(codeOf(() => backfill.values('web', 'cpu_used_ratio', {}, columns(0.5, 37)))).toBe('VALUE_OUT_OF_RANGE')
    expect(codeOf(() => backfill.values('web', 'docker_container_cpu_ratio', { name: 'a' }, columns(3.5)))).toBe(
      'nothing was thrown',
    )
  })
})
