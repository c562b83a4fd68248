import { expect, it } from 'vitest'
import type { Edit } from '../model/edit.ts'
import { AssumptionsSchema } from '../model/scenario.ts'
import { renamedAssumptions, renamesOf } from './scenario-rename.ts'

const assume = (parts: Record<string, unknown> = {}) =>
  AssumptionsSchema.parse({ present: 1000, growth: { monthlyRate: 0.1, deviation: 0.1 }, months: 12, ...parts })
const stage = (from: string, to: string) => ({ kind: 'stage', from, to }) as const

it('an edit renames stages and drivers, in order, whatever else it does', () => {
  const edit: Edit = {
    op: 'all',
    edits: [
      { op: 'rename', path: ['stages', 'small'], to: 'first' },
      { op: 'set', path: ['stages', 'first', 'name'], value: 'First' },
      { op: 'all', edits: [{ op: 'rename', path: ['drivers', 'tenants'], to: 'customers' }] },
      { op: 'rename', path: ['stages', 'first', 'nodes', 'vps'], to: 'vm' },
      { op: 'rename', path: ['demand', 'cpu'], to: 'cores' },
    ],
  }
  expect(renamesOf(edit)).toEqual([stage('small', 'first'), { kind: 'driver', from: 'tenants', to: 'customers' }])
})

it('a scenario names what was renamed by its new name, and everything else stays', () => {
  const before = assume({
    stage: 'small',
    policy: {
      kind: 'fixed',
      moves: [
        { month: 3, stage: 'large' },
        { month: 6, stage: 'small' },
      ],
    },
    drivers: { tenants: { present: 5 }, users: { present: 7 } },
    events: [
      { id: 'sale', name: 'Sale', from: '2027-01-01', to: '2027-01-07', multiplier: 2, driver: 'tenants' },
      { id: 'fair', name: 'Fair', from: '2027-02-01', to: '2027-02-07', multiplier: 2 },
    ],
  })
  const after = renamedAssumptions(before, [
    stage('small', 'first'),
    { kind: 'driver', from: 'tenants', to: 'customers' },
  ])
  expect(after).toEqual({
    ...before,
    stage: 'first',
    policy: {
      kind: 'fixed',
      moves: [
        { month: 3, stage: 'large' },
        { month: 6, stage: 'first' },
      ],
    },
    drivers: { customers: { present: 5 }, users: { present: 7 } },
    events: [{ ...before.events?.[0], driver: 'customers' }, before.events?.[1]],
  })
  expect(Object.keys(after.drivers ?? {})).toEqual(['customers', 'users'])
})

it('two stages can change their names over a third', () => {
  const swap = [stage('small', 'spare'), stage('large', 'small'), stage('spare', 'large')]
  expect(renamedAssumptions(assume({ stage: 'small' }), swap).stage).toBe('large')
  expect(renamedAssumptions(assume({ stage: 'large' }), swap).stage).toBe('small')
})

it('a scenario that names nothing of it is the same object', () => {
  const one = assume({ stage: 'large', policy: { kind: 'fixed', moves: [{ month: 3, stage: 'large' }] } })
  expect(renamedAssumptions(one, [stage('small', 'first'), { kind: 'driver', from: 'users', to: 'people' }])).toBe(one)
})
