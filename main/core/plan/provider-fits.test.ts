import { expect, it } from 'vitest'
import type { Host } from '../../../shared/model/host.ts'
import type { Labels } from '../../../shared/model/metric.ts'
import { pricedPlan } from '../../../test/fixtures/priced-plan.ts'
import { type LoadSubject, loadOf } from './provider-fits.ts'

const NOW = Date.parse('2026-11-21T08:00:00Z')
const host = (id: string): Host => ({
  ...{ id, name: `server ${id}`, kind: 'local', address: 'localhost', port: null, user: null, authKind: 'none' },
  ...{ keyPath: null, postgres: null, createdAt: 0, state: 'up', lastSampleAt: null, problem: null },
})
/** Hourly means by host and metric; each host's samples begin some minutes apart. */
const measured: Record<string, Record<string, { labels: Labels; values: number[] }[]>> = {
  a: {
    cpu_used_ratio: [{ labels: {}, values: [0.5, 1, 0.5] }],
    cpu_cores: [{ labels: {}, values: [2, 2, 2] }],
    disk_used_ratio: [
      { labels: { mount: '/' }, values: [0.5] },
      { labels: { mount: '/data' }, values: [0.1] },
    ],
    disk_total_bytes: [
      { labels: { mount: '/' }, values: [40e9] },
      { labels: { mount: '/data' }, values: [100e9] },
    ],
  },
  b: { cpu_used_ratio: [{ labels: {}, values: [1, 0.5, 0.5] }], cpu_cores: [{ labels: {}, values: [4] }] },
}
const load = (subject: LoadSubject, hosts = [host('a'), host('b')]) =>
  loadOf({
    ...{ subject, hosts, now: NOW, plan: () => pricedPlan([{}]) },
    metrics: {
      slice: ({ hostId, metric, from, to, widthPx }) =>
        (measured[hostId]?.[metric] ?? []).map(({ labels, values }, id) => ({
          series: { id, hostId, metric, labels, unit: 'ratio' as const },
          bucketMs: (to - from) / widthPx,
          at: values.map(
            (_value, index) => from + (index * (to - from)) / widthPx + (hostId === 'a' ? 60_000 : 240_000),
          ),
          min: values,
          max: values,
          avg: values,
        })),
    },
  })

it("takes one server's load", () => {
  const { resources, name } = load({ kind: 'server', hostId: 'a', windowDays: 7 })
  expect(name).toBe('server a')
  expect(resources.cores?.value).toBe(2)
  expect(resources.cores?.meanMs).toBe(15 * 60_000)
  expect(resources.disk?.value).toBe(30e9)
})
it('adds servers up stretch by stretch, though their samples lie apart', () => {
  expect(load({ kind: 'all', windowDays: 90 }).resources.cores).toMatchObject({
    value: 5,
    means: 3,
    meanMs: 2 * 3_600_000,
  })
})
it('takes a stage from the plan', () => {
  expect(load({ kind: 'stage', stage: 's0', drivers: { users: 500 } })).toMatchObject({
    measured: false,
    resources: { cores: { value: 1 } },
  }) // prettier-ignore
})
it.each([
  [{ kind: 'server', hostId: 'c', windowDays: 7 }, 'HOST_NOT_FOUND'],
  [{ kind: 'stage', stage: 's9' }, 'UNKNOWN_STAGE'],
  [{ kind: 'stage', stage: 's0', drivers: { cats: 3 } }, 'UNKNOWN_DRIVER'],
] as [LoadSubject, string][])('refuses %o', (subject, code) => {
  expect(() => load(subject)).toThrow(expect.objectContaining({ code }))
})
it('says that nothing is watched', () => {
  expect(() => load({ kind: 'all', windowDays: 7 }, [])).toThrow(expect.objectContaining({ code: 'NO_SERVERS' }))
})
