import { expect, test } from 'vitest'
import type { Host } from '../../../shared/model/host.ts'
import type { Latest } from '../../../shared/model/metric.ts'
import { fleetOf } from './fleet.ts'

const host = (id: string) => ({ id, name: id, lastSampleAt: null as number | null }) as Host
const latest = (hostId: string, metric: string, value: number, labels: Record<string, string> = {}): Latest => ({
  series: { id: 1, hostId, metric, labels, unit: 'ratio' },
  at: 1,
  value,
})

test('each server gets its own newest values and its fullest disk', () => {
  const rows = fleetOf(
    [host('a'), host('b')],
    [
      latest('a', 'cpu_used_ratio', 0.4),
      latest('a', 'disk_used_ratio', 0.5, { mount: '/' }),
      latest('a', 'disk_used_ratio', 0.9, { mount: '/data' }),
      latest('a', 'disk_used_ratio', 0.2, { mount: '/boot' }),
      latest('b', 'load1', 1.5),
    ],
  )
  expect(rows.map((row) => [row.host.id, row.cpu, row.disk, row.load])).toEqual([
    ['a', 0.4, { mount: '/data', used: 0.9 }, undefined],
    ['b', undefined, undefined, 1.5],
  ])
})

test('values of a server that was removed meanwhile are left out', () => {
  expect(fleetOf([], [latest('gone', 'cpu_used_ratio', 1)])).toEqual([])
})

test('the newest sample is the store’s or the host’s, whichever is later', () => {
  const [a, b, c] = fleetOf(
    [{ ...host('a'), lastSampleAt: 5 }, host('b'), host('c')],
    [latest('a', 'load1', 1), latest('b', 'load1', 1)],
  )
  expect([a?.sampledAt, b?.sampledAt, c?.sampledAt]).toEqual([5, 1, null])
})
