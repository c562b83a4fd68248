import { expect, test } from 'vitest'
import { METRICS } from '../../../../shared/metrics/catalogue.ts'
import type { Latest, Series } from '../../../../shared/model/metric.ts'
import { chartsFor, containerName, UNDRAWN } from '../chart-specs.ts'
import { expectedOf, sectionOf, sectionsOf, TABLES, tableRows } from './sections.ts'

const series = (metric: string, labels: Record<string, string> = {}): Series => ({
  id: 1,
  hostId: 'a',
  metric,
  labels,
  unit: METRICS[metric]?.unit ?? 'count',
})
const latest = (metric: string, labels: Record<string, string>, value: number, at = 1_000_000): Latest => ({
  series: series(metric, labels),
  at,
  value,
})

test('a task of Swarm is called by its service and number, any other container by its name', () => {
  expect(containerName('shop_web.12.0o4vmw936ksmdmov8s2w3xxnv')).toBe('shop_web.12')
  for (const name of ['shop-web-1', 'web.1', 'web.1.short', 'a.0o4vmw936ksmdmov8s2w3xxnv'])
    expect(containerName(name)).toBe(name)
})

test('every metric of the catalogue has a chart that a link can open, but for facts that hardly change', () => {
  const metrics = Object.keys(METRICS)
  const drawn = chartsFor(metrics.map((metric) => series(metric))).flatMap(({ lines }) =>
    lines.map(({ metric }) => metric),
  )
  expect(metrics.filter((metric) => !drawn.includes(metric))).toEqual([...UNDRAWN])
  expect(new Set(drawn).size).toBe(drawn.length)
})

test('charts stand in the part of their subject, own metrics in theirs', () => {
  expect(sectionOf('disk_used_ratio')).toBe('disks')
  expect(sectionOf('cpu_used_ratio')).toBe('system')
  expect(sectionOf('queue_length')).toBe('redis')
  expect(sectionOf('tickets')).toBe('own')
})

test('a part that has nothing to show still says what was not found; one with neither is not there', () => {
  const sections = sectionsOf(chartsFor([series('cpu_used_ratio')]), ['docker: no docker command', 'pressure: none'])
  expect(sections.map(({ id, notFound }) => [id, notFound])).toEqual([
    ['system', ['pressure: none']],
    ['docker', ['docker: no docker command']],
  ])
})

test('what was set up and does not answer is a fault, said in its own part, and no mere lack', () => {
  const expected = expectedOf(
    [
      { name: 'Certificate', kind: 'tls' },
      { name: 'Cache', kind: 'redis' },
    ],
    true,
  )
  const told = ['postgres: no password supplied', 'Certificate: no server has this name', 'docker: none']
  const shown = sectionsOf([], told, expected).map(({ id, notFound, silent }) => [id, notFound, silent])
  expect(shown).toEqual([
    ['docker', ['docker: none'], []],
    ['postgres', [], ['postgres: no password supplied']],
    ['web', [], ['Certificate: no server has this name']],
  ])
  expect(sectionsOf([], told.slice(0, 1), expectedOf([], false))[0]?.notFound).toEqual(told.slice(0, 1))
})

test('a table has a row for each that is measured now, the busiest first', () => {
  const spec = TABLES.find(({ id }) => id === 'containers')
  if (!spec) throw new Error('no such table')
  const rows = tableRows(spec, [
    latest('docker_container_cpu_ratio', { name: 'a' }, 0.1),
    latest('docker_container_cpu_ratio', { name: 'b' }, 0.4),
    latest('docker_container_restarts', { name: 'a' }, 3),
    latest('docker_container_cpu_ratio', { name: 'gone' }, 0.9, 600_000),
    latest('cpu_used_ratio', {}, 0.5),
  ])
  expect(rows.map(({ labels, values }) => [...labels, ...values])).toEqual([
    ['b', 0.4, undefined, undefined, undefined],
    ['a', 0.1, undefined, undefined, 3],
  ])
})

test('tables name metrics and labels that there are', () => {
  for (const { by, metrics } of TABLES)
    for (const metric of metrics)
      for (const label of by)
        expect([metric, METRICS[metric]?.labels]).toEqual([metric, expect.arrayContaining([label])])
})
