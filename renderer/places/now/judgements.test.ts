import { expect, test } from 'vitest'
import type { Judgement } from '../../../shared/model/verdict.ts'
import { byUrgency, firedFirst, fullest, limitRows, sourceOf, valueText } from './judgements.ts'

const judgement = (change: Partial<Judgement>): Judgement => ({
  id: 'cpu-warning',
  origin: 'limit',
  name: 'CPU',
  direction: 'fix',
  severity: 'warning',
  state: 'clear',
  condition: '',
  why: '',
  subject: 'cpu_used_ratio',
  op: '>',
  threshold: 0.7,
  observed: 0.4,
  unit: 'ratio',
  sustainMs: 0,
  heldMs: null,
  coverage: 1,
  window: null,
  series: [],
  action: null,
  playbook: null,
  toStage: null,
  ...change,
})

test('a limit is one row, led by its most urgent rule', () => {
  const critical = judgement({ id: 'cpu-critical', severity: 'critical', threshold: 0.9 })
  const warning = judgement({ state: 'fired' })
  const [row, ...others] = limitRows([critical, warning, judgement({ id: 'up', origin: 'trigger' })])
  expect(others).toEqual([])
  expect(row).toMatchObject({ id: 'cpu', warning, critical, leading: warning })
})

test('where both rules fired, the critical one leads whichever came first', () => {
  const critical = judgement({ id: 'cpu-critical', severity: 'critical', state: 'fired' })
  const warning = judgement({ state: 'fired' })
  expect(limitRows([warning, critical])[0]?.leading).toBe(critical)
  expect(limitRows([critical, warning])[0]?.leading).toBe(critical)
})

test('the fullest share leaves out what is not a share and what is better when high', () => {
  const rules = [
    judgement({}),
    judgement({ id: 'disk-warning', name: 'Disk', observed: 0.6 }),
    judgement({ id: 'errors-critical', name: 'Errors', observed: 0.9, subject: 'http_error_ratio' }),
    judgement({ id: 'load-warning', name: 'Load', observed: 9, unit: 'load' }),
    judgement({ id: 'hits-warning', name: 'Cache hits', observed: 0.99, op: '<' }),
    judgement({ id: 'swap-warning', name: 'Swap', observed: null, state: 'unknown' }),
  ]
  expect(fullest(rules)).toMatchObject({ name: 'Disk', share: 0.6, judgement: { state: expect.any(String) } })
  expect(fullest([])).toBeNull()
})

test('fired comes before pending, critical before warning, no data last', () => {
  const rules = [
    judgement({ id: 'a', state: 'unknown' }),
    judgement({ id: 'b', state: 'fired', severity: 'warning' }),
    judgement({ id: 'c', state: 'pending' }),
    judgement({ id: 'd', state: 'fired', severity: 'critical' }),
    judgement({ id: 'e', state: 'clear' }),
  ]
  expect(byUrgency(rules).map((one) => one.id)).toEqual(['d', 'b', 'c', 'e', 'a'])
})

test('values carry their unit, a driver its own words', () => {
  expect(valueText(0.714, 'ratio')).toBe('71.4%')
  expect(valueText(71_000, 'users')).toBe('71,000 users')
  expect(valueText(3, null)).toBe('3')
  expect(valueText(null, 'ratio')).toBe('–')
})

test('a value is named after the server it was seen on, not the first in the list', () => {
  const series = (hostName: string, observed: number) => ({
    hostId: hostName,
    hostName,
    metric: 'cpu_used_ratio',
    labels: {},
    observed,
  })
  const both = [series('calm', 0.1), series('busy', 0.9)]
  expect(sourceOf(judgement({ observed: 0.9, series: both }))?.hostName).toBe('busy')
  expect(sourceOf(judgement({ observed: 0.5, series: both }))).toBeUndefined()
  expect(sourceOf(judgement({ observed: null, series: both }))).toBeUndefined()
})

test('what fired and was measured somewhere leads, not what was stated', () => {
  const series = [{ hostId: 'h', hostName: 'web-1', metric: 'cpu_used_ratio', labels: {}, observed: 0.4 }]
  const stated = judgement({ id: 'users', state: 'fired', severity: 'critical' })
  const measured = judgement({ state: 'fired', series })
  expect(firedFirst({ judgements: [judgement({ id: 'ok', series }), stated, measured] })).toBe(measured)
  expect(firedFirst({ judgements: [stated] })).toBeUndefined()
})
