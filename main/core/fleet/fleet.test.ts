import { afterEach, beforeEach, expect, test } from 'vitest'
import { failure, type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import { createMetrics, type Metrics } from '../metrics/index.ts'
import { createFleet, type Fleet } from './index.ts'
import { overviewOf } from './overview.ts'
import { highestOf } from './sparklines.ts'

let open: OpenHosts
let metrics: Metrics
let fleet: Fleet
beforeEach(() => {
  open = openHosts()
  metrics = createMetrics(open)
  fleet = createFleet({ ...open, metrics })
})
afterEach(async () => {
  await metrics.close()
  await open.close()
})

test('marks are kept in order, replaced, cleared, and gone with their server', async () => {
  const { id } = await open.hosts.add({ kind: 'local', name: 'here' })
  expect(fleet.marks()).toEqual([])
  expect(fleet.setMarks({ hostId: id, tags: ['Web', 'eu'], stage: 'two' })).toEqual({
    hostId: id,
    tags: ['eu', 'web'],
    stage: 'two',
  })
  expect(fleet.marks()).toEqual([{ hostId: id, tags: ['eu', 'web'], stage: 'two' }])
  fleet.setMarks({ hostId: id, tags: [], stage: null })
  expect(fleet.marks()).toEqual([])
  fleet.setMarks({ hostId: id, tags: ['x'], stage: null })
  await open.hosts.remove(id)
  expect(fleet.marks()).toEqual([])
})

test('what cannot be a tag, and a server that is not there, are refused', async () => {
  const { id } = await open.hosts.add({ kind: 'local', name: 'here' })
  const refused = await failure(
    Promise.resolve().then(() => fleet.setMarks({ hostId: id, tags: ['a=b'], stage: null })),
  )
  expect(refused.problem).toMatchObject({ code: 'TAG_INVALID', field: 'tags', value: 'a=b' })
  const unknown = await failure(Promise.resolve().then(() => fleet.setMarks({ hostId: 'x', tags: [], stage: null })))
  expect(unknown.code).toBe('HOST_NOT_FOUND')
})

const series = (hostId: string, metric: string, labels = {}) => ({
  id: 1,
  hostId,
  metric,
  labels,
  unit: 'ratio' as const,
})

test('a row has the worst disk, the traffic of outer devices, and nothing that is no longer measured', () => {
  const rows = overviewOf(
    ['a', 'b'],
    [
      { series: series('a', 'cpu_used_ratio'), at: 1_000_000, value: 0.5 },
      { series: series('a', 'disk_used_ratio', { mount: '/' }), at: 1_000_000, value: 0.3 },
      { series: series('a', 'disk_used_ratio', { mount: '/data' }), at: 1_000_000, value: 0.9 },
      { series: series('a', 'network_receive_bytes_per_second', { device: 'eth0' }), at: 1_000_000, value: 10 },
      { series: series('a', 'network_receive_bytes_per_second', { device: 'eth1' }), at: 1_000_000, value: 5 },
      { series: series('a', 'network_receive_bytes_per_second', { device: 'docker0' }), at: 1_000_000, value: 99 },
      { series: series('a', 'swap_used_ratio'), at: 600_000, value: 0.7 },
      { series: series('gone', 'cpu_used_ratio'), at: 1, value: 1 },
    ],
    new Map([
      ['a', 1_000_000],
      ['gone', 1],
    ]),
  )
  expect(rows).toEqual([
    { hostId: 'a', at: 1_000_000, figures: { cpu: 0.5, disk: 0.9, received: 15 }, mount: '/data' },
    { hostId: 'b', at: null, figures: {}, mount: null },
  ])
})

test('of several series a line takes the highest of each step, and a gap where none has a value', () => {
  const slice = (at: number[], avg: (number | null)[]) => ({
    series: series('a', 'disk_used_ratio'),
    bucketMs: 10,
    at,
    avg,
    min: avg,
    max: avg,
  })
  const window = { from: 100, to: 200, points: 10 }
  expect(
    highestOf('a', 'm', [slice([100, 110, 120], [1, 5, null]), slice([101, 111, 131], [3, 2, 4])], window),
  ).toEqual({
    hostId: 'a',
    metric: 'm',
    at: [100, 110, 120, 130],
    avg: [3, 5, null, 4],
  })
})
