import { expect, it } from 'vitest'
import { stage, testPlan } from '../../test/fixtures/plan.ts'
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

it('only metrics that fire a trigger by themselves become rules', () => {
  const ids = (when: object) =>
    planRules(withTriggers({ id: 't', name: 'T', direction: 'up', when })).map(({ id, test }) => `${id} ${test.metric}`)
  expect(ids({ any: [cpu, swap] })).toEqual(['plan:trigger-t cpu_used_ratio', 'plan:trigger-t-2 swap_used_bytes'])
  expect(ids({ all: [cpu, swap] })).toEqual([])
  expect(ids({ any: [{ all: [cpu] }, { driver: 'users', op: '>', value: 5 }] })).toEqual([
    'plan:trigger-t cpu_used_ratio',
  ])
})
