import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stage, testPlan } from '../../../test/fixtures/plan.ts'
import { AdditionCheckSchema, type Level } from '../../model/addition.ts'
import type { Plan } from '../../model/plan.ts'
import { stageCosts } from '../cost.ts'
import { checkAddition } from './check-addition.ts'

const NOW = Date.UTC(2027, 0, 1)
const DAY = 86_400_000

const level = (metric: string, value: number, hostName = 'vps1'): Level => ({
  ...{ hostId: hostName, hostName, metric, labels: {}, unit: 'ratio', value },
  ...{ from: NOW - 7 * DAY, to: NOW, coverage: 1 },
})

/** 1,000 users on 2 cores and 8 GiB: by the plan's assumptions half of the cores and a quarter of the memory. */
function check(levels: Level[], add: Record<string, number>, plan: Plan = testPlan(), at: number | null = null) {
  const found = checkAddition({
    ...{ plan, levels, input: { add, at }, now: NOW },
    costsAt: (drivers) => stageCosts(plan, () => null, {}, drivers),
  })
  expect(AdditionCheckSchema.parse(found)).toEqual(found)
  return found
}
const row = (found: ReturnType<typeof check>, id: string) => found.rows.find((one) => one.id === id)

describe('so many more', () => {
  it('are projected from what is measured, not from what the plan assumed', () => {
    // Measured: 20% of CPU and 30% of memory for 1,000 users, where the plan assumed 50% and 25%.
    const found = check([level('cpu_used_ratio', 0.2), level('memory_used_ratio', 0.3)], { users: 1000 })
    expect(found.answer).toBe('fits')
    expect(row(found, 'memory-critical')).toMatchObject({
      ...{ basis: 'measured', now: 0.3, planned: 0.6, threshold: 0.9, state: 'inside', room: { users: 2000 } },
      source: { hostName: 'vps1', metric: 'memory_used_ratio' },
    })
    expect(row(found, 'memory-warning')?.room).toEqual({ users: 1500 })
    expect(row(found, 'memory-critical')?.perUnit).toBeCloseTo(0.3 / 1000, 12)
    expect(found.binds?.id).toBe('memory-warning')
    expect(found.headline).toBe(
      '1,000 more users fit on Small. Memory binds first (Memory > 75%): room for 1,500 more users.',
    )
    expect(found.stage).toMatchObject({ id: 'small', isPresent: true })
  })

  it('that pass a warning are tight, that pass a critical limit do not fit and need the next stage that carries them', () => {
    const levels = [level('cpu_used_ratio', 0.2), level('memory_used_ratio', 0.3)]
    expect(check(levels, { users: 1700 })).toMatchObject({ answer: 'tight', stage: { isPresent: true } })
    const found = check(levels, { users: 2500 })
    expect(found).toMatchObject({
      answer: 'does-not-fit',
      stage: { id: 'medium', isPresent: false, cost: { minor: 10_000, currency: 'EUR' } },
      tooSmall: [{ id: 'small' }],
    })
    expect(found.headline).toContain('Move to Medium first.')
    expect(found.reasons).toContain('Medium costs €100 a month with them; Small costs €20 now.')
    expect(found.first[0]).toMatchObject({ kind: 'act', text: 'Free memory' })
  })

  it('without any measurement are judged by the assumptions, and that is said', () => {
    const found = check([], { users: 500 })
    expect(found.headline).toMatch(/^By the plan's assumptions, 500 more users fit on Small\./)
    expect(row(found, 'memory-critical')).toMatchObject({ basis: 'assumed', threshold: 0.9 })
    expect(row(found, 'memory-critical')?.planned).toBeCloseTo((1500 * 2 * 2 ** 20) / (8 * 2 ** 30), 12)
  })

  it('of a driver that nothing goes along with cannot be told', () => {
    const found = check([level('cpu_used_ratio', 0.2)], { tenants: 5 })
    expect(found).toMatchObject({ answer: 'unknown', rows: [], binds: null })
    expect(found.headline).toContain('cannot be told')
    expect(found.unknown[0]).toMatch(/^Memory: the plan does not say how/)
  })

  it('say so where a limit is over already', () => {
    const found = check([level('memory_used_ratio', 0.95)], { users: 1 })
    expect(found.answer).toBe('does-not-fit')
    expect(found.headline).toBe(
      '1 more user does not fit on Small. Over already in busy hours: Memory (Memory > 90%). Move to Medium first.',
    )
    expect(row(found, 'memory-critical')).toMatchObject({ state: 'over-now', room: { users: 0 } })
  })

  it('look at the server that is worst off', () => {
    const levels = [level('memory_used_ratio', 0.3, 'vps1'), level('memory_used_ratio', 0.6, 'vps2')]
    expect(row(check(levels, { users: 100 }), 'memory-critical')).toMatchObject({
      now: 0.6,
      source: { hostName: 'vps2' },
    })
  })

  it('by a day count the growth of the plan up to it too', () => {
    const found = check([level('memory_used_ratio', 0.3)], { users: 100 }, testPlan(), NOW + 365.25 * DAY)
    const users = found.drivers.find(({ id }) => id === 'users')
    expect(users?.grown).toBeCloseTo(1000 * 1.1 ** 12, 6)
    expect(users?.planned).toBeCloseTo(1000 * 1.1 ** 12 + 100, 6)
    expect(row(found, 'memory-critical')).toMatchObject({ state: 'over-now' })
    // Tenants have no growth of their own and go along with the users.
    expect(found.drivers.find(({ id }) => id === 'tenants')?.grown).toBeCloseTo(10 * 1.1 ** 12, 6)
  })

  it('are stopped by a stated capacity, and by the rules that a plan has for an onboarding', () => {
    const base = testPlan()
    const small = stage('small', 2, 20, {
      capacity: [{ driver: 'users', max: 1200 }],
      triggers: [
        {
          ...{ id: 'onboarding', name: 'More to come and CPU over 60%', direction: 'up' },
          when: { all: [{ need: 'onboarding' }, { metric: 'cpu_used_ratio', op: '>', value: 0.6 }] },
        },
      ],
    })
    const plan = testPlan({
      needs: { onboarding: false },
      stages: [small, ...base.stages.slice(1)],
      runbooks: [
        {
          ...{ id: 'add', title: 'More this week', kind: 'routine', when: { need: 'onboarding' } },
          steps: [
            { id: 'cpu', text: 'CPU over 60%', when: { metric: 'cpu_used_ratio', op: '>', value: 0.6 } },
            { id: 'test', text: 'Test under load', commands: ['ab -n 1000 https://example.com/'] },
          ],
        },
      ],
    })
    const quiet = check([level('cpu_used_ratio', 0.3)], { users: 200 }, plan)
    expect(quiet.answer).toBe('fits')
    expect(quiet.binds).toMatchObject({ id: 'capacity-users', room: { users: 200 } })
    expect(check([level('cpu_used_ratio', 0.3)], { users: 201 }, plan).answer).toBe('does-not-fit')
    const busy = check([level('cpu_used_ratio', 0.65)], { users: 10 }, plan)
    expect(row(busy, 'onboarding')).toMatchObject({ state: 'over-now', basis: 'measured' })
    expect(busy.first.filter(({ kind }) => kind === 'runbook')).toMatchObject([
      { text: 'CPU over 60%', fired: true },
      { text: 'Test under load', fired: false },
    ])
    expect(busy.first.filter(({ kind }) => kind === 'load-test')).toEqual([])
  })
})

it('refuses a driver that is none and a day that is past', () => {
  expect(() => check([], { user: 5 })).toThrow(
    expect.objectContaining({
      code: 'UNKNOWN_DRIVER',
      problem: expect.objectContaining({ field: 'add', value: 'user' }),
    }),
  )
  expect(() => check([], { users: 5 }, testPlan(), NOW - DAY)).toThrow(
    expect.objectContaining({ code: 'ADDITION_DATE', problem: expect.objectContaining({ value: '2026-12-31' }) }),
  )
})

it('room is the largest number that is inside: that many fit, and one more does not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4000 }),
      fc.double({ min: 0.01, max: 0.74, noNaN: true }),
      fc.constantFrom(0.6, 1, 1.3),
      (asked, ratio, alpha) => {
        const base = testPlan()
        const plan = testPlan({ demand: base.demand.map((one) => ({ ...one, base: one.rate * 100, alpha })) })
        const levels = [level('memory_used_ratio', ratio)]
        const room = row(check(levels, { users: asked }, plan), 'memory-warning')?.room?.users
        if (room === undefined) return
        const at = row(check(levels, { users: Math.max(1, room) }, plan), 'memory-warning')?.planned ?? 0
        // Exactly at the threshold the last bit decides.
        fc.pre(Math.abs(at - 0.75) > 1e-9)
        if (room > 0) expect(row(check(levels, { users: room }, plan), 'memory-warning')?.state).toBe('inside')
        expect(row(check(levels, { users: room + 1 }, plan), 'memory-warning')?.state).toBe('over')
      },
    ),
    { numRuns: 60 },
  )
})
