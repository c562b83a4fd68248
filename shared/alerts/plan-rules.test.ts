import { expect, it } from 'vitest'
import { stage, testPlan } from '../../test/fixtures/plan.ts'
import type { Plan } from '../model/plan.ts'
import { planRules } from './plan-rules.ts'

const cpu = { metric: 'cpu_used_ratio', op: '>', value: 0.8 } as const
const swap = { metric: 'swap_used_bytes', op: '>', value: 0 } as const
const withTriggers = (...triggers: object[]) =>
  testPlan({ stages: [stage('small', 2, 20, { triggers }), ...testPlan().stages.slice(1)] })

it('triggers are rules that are off until they are wanted', () => {
  const [rule] = planRules(
    withTriggers({ id: 'cpu', name: 'CPU is full', direction: 'up', to: 'medium', when: cpu, for: '15m' }),
  )
  expect(rule).toMatchObject({
    id: 'plan:trigger-cpu',
    test: { metric: 'cpu_used_ratio', op: '>', threshold: 0.8, forMs: 900_000 },
    voice: { enabled: false, severity: 'warning', action: 'The plan leads to Medium.' },
  })
})

const plan = (when: object, more: object = {}) => ({
  ...withTriggers({ id: 't', name: 'T', direction: 'up', when }),
  drivers: [{ id: 'users', name: 'Users', present: 10, unit: 'users' }],
  ...more,
})
const words = (when: object, more: object = {}) =>
  planRules(plan(when, more) as Plan).map(({ id, test }) =>
    [id, test.metric, ...test.also.map(({ metric, every }) => `${metric}${every ? ' every' : ''}`)].join(' '),
  )

it('each way in which metrics fire a trigger is a rule, those that fire alone before combinations', () => {
  const load = { metric: 'load1', op: '>', value: 4 }
  expect(words({ any: [cpu, swap] })).toEqual(['plan:trigger-t cpu_used_ratio', 'plan:trigger-t-2 swap_used_bytes'])
  expect(words({ all: [cpu, swap] })).toEqual(['plan:trigger-t cpu_used_ratio swap_used_bytes'])
  expect(words({ all: [load, { any: [cpu, swap] }] })).toEqual([
    'plan:trigger-t load1 cpu_used_ratio',
    'plan:trigger-t-2 load1 swap_used_bytes',
  ])
  expect(words({ any: [{ all: [cpu, swap] }, load] })).toEqual([
    'plan:trigger-t load1',
    'plan:trigger-t-2 cpu_used_ratio swap_used_bytes',
  ])
})

it('"on every one" is asked of all of them, whatever leads', () => {
  const every = { ...cpu, across: 'all' }
  expect(words(every)).toEqual(['plan:trigger-t cpu_used_ratio cpu_used_ratio every'])
  expect(words({ all: [every, swap] })).toEqual(['plan:trigger-t swap_used_bytes cpu_used_ratio every'])
})

it('what is stated of drivers and needs today is put in', () => {
  const users = (value: number) => ({ driver: 'users', op: '>', value })
  expect(words({ all: [cpu, users(5)] })).toEqual(['plan:trigger-t cpu_used_ratio'])
  expect(planRules(plan({ all: [cpu, users(5)] }) as Plan)[0]?.voice.action).toContain('While Users > 5, as stated.')
  expect(words({ all: [cpu, users(50)] })).toEqual([])
  expect(words({ any: [cpu, users(50)] })).toEqual(['plan:trigger-t cpu_used_ratio'])
  expect(words({ all: [cpu, { need: 'multi-region' }] })).toEqual([])
  expect(words({ all: [cpu, { need: 'multi-region' }] }, { needs: { 'multi-region': true } })).toHaveLength(1)
  expect(words({ all: [cpu, { derived: 'monthly_cost', op: '>', value: 5 }] })).toEqual([])
})
