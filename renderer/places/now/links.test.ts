import { expect, test } from 'vitest'
import type { Host } from '../../../shared/model/host.ts'
import type { Judgement } from '../../../shared/model/verdict.ts'
import { chartLink, playbookLink } from './links.ts'

const NOW = Date.UTC(2026, 2, 1)
const query = (href: string) => Object.fromEntries(new URLSearchParams(href.split('?')[1]))

test('evidence is shown over the time it was judged over, and as long as it has held where that is longer', () => {
  const of = (sustainMs: number, heldMs: number | null) =>
    query(chartLink('a b', 'load1', { window: { from: NOW - sustainMs, to: NOW }, heldMs }))
  expect(of(300_000, null)).toEqual({ metric: 'load1', from: `${NOW - 300_000}`, to: `${NOW}` })
  expect(of(300_000, 7_200_000)).toMatchObject({ from: `${NOW - 7_200_000}` })
  expect(of(0, 0)).toMatchObject({ from: `${NOW - 60_000}`, to: `${NOW}` })
  expect(chartLink('a b', 'load1', null)).toBe('#/servers/a%20b?metric=load1')
})

test("a playbook's form gets the server and what its PostgreSQL is reached by, and nothing where nothing was seen", () => {
  const series = [{ hostId: 'h1', hostName: 'db', metric: 'postgres_x', labels: { database: 'shop' }, observed: 1 }]
  const rule = { observed: 1, series } as unknown as Judgement
  const host = { id: 'h1', postgres: { user: 'probe', socketOrHost: '/run/pg', port: 5433 } } as unknown as Host
  expect(query(playbookLink('postgres-end-queries', rule, [host]))).toEqual({
    ...{ host: 'h1', database: 'shop', user: 'probe', server: '/run/pg', port: '5433' },
  })
  expect(playbookLink('docker-prune', undefined, [host])).toBe('#/playbooks/docker-prune')
})
