import { expect, test } from 'vitest'
import { METRICS } from './catalogue.ts'
import { expand, hostMatcher, PROMQL, promDuration, sourcesWith } from './promql.ts'

test('every source is a metric of the catalogue, once, with labels that the metric has', () => {
  expect(new Set(PROMQL.map(({ metric }) => metric)).size).toBe(PROMQL.length)
  for (const { metric, labels, fixed } of PROMQL) {
    const facts = METRICS[metric]
    expect(facts, metric).toBeDefined()
    for (const label of [...Object.keys(labels), ...Object.keys(fixed)])
      expect([...(facts?.labels ?? [])], metric).toContain(label)
  }
})
test('matchers stand behind others, alone, or not at all', () => {
  const terms = { host: 'instance', where: 'job="n"', window: '5m' }
  expect(expand('a{b="c",$where}[$window]', terms)).toBe('a{b="c",job="n"}[5m]')
  expect(expand('sum by ($host) (a{$where})', terms)).toBe('sum by (instance) (a{job="n"})')
  expect(expand('a{b="c",$where} + a{$where}', { ...terms, where: '' })).toBe('a{b="c"} + a{}')
})
test("a host's matcher takes any port, and its dots for dots only", () => {
  expect(hostMatcher('instance', ['10.0.0.7:9100'])).toBe('instance=~"10\\\\.0\\\\.0\\\\.7(:[0-9]+)?"')
  expect(hostMatcher('instance', ['a:1', 'a:2', 'b'])).toBe('instance=~"(a|b)(:[0-9]+)?"')
})
test('an own expression replaces the usual one, an empty one leaves the metric out, another metric is added', () => {
  const sources = sourcesWith({ load1: ' my_load ', load5: ' ', probe_cpu_ms: 'x' })
  const of = (metric: string) => sources.find((one) => one.metric === metric)?.expr
  expect([of('load1'), of('load5'), of('probe_cpu_ms')]).toEqual(['my_load', undefined, 'x'])
  expect(sources).toHaveLength(PROMQL.length)
})
test('durations are whole and in the largest unit', () => {
  expect([15_000, 60_000, 5_400_000, 7_200_000, 86_400_000, 10].map(promDuration)).toEqual([
    '15s',
    '1m',
    '90m',
    '2h',
    '1d',
    '1s',
  ])
})
