import { assert, constantFrom, integer, property, tuple, uniqueArray } from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Plan } from '../model/plan.ts'
import { PlanSchema } from '../model/plan.ts'
import { dateAfter, type ExpectedTrigger, monthsBetween, roadmapOf } from './roadmap.ts'

type StageInput = { id: string } & Record<string, unknown>
function planOf(stages: StageInput[], more: Record<string, unknown> = {}): Plan {
  return PlanSchema.parse({
    format: 'headroom/plan@1',
    id: 'p',
    name: 'P',
    summary: '',
    currency: 'EUR',
    drivers: [{ id: 'users', name: 'Users', unit: 'users', present: 1 }],
    growth: { kind: 'exponential', monthlyRate: 0, deviation: 0 },
    stage: 'now',
    stages: stages.map((stage) => ({ name: stage.id, objective: '', ...stage })),
    ...more,
  })
}
const fires = (to: string, p10: number | null, p50: number | null, id = `t-${to}`): ExpectedTrigger => ({
  id,
  name: id,
  to,
  month: { p10, p50, p90: null },
  firedShare: 1,
})
const row = (plan: Plan, id: string, triggers: ExpectedTrigger[] = []) => {
  const found = roadmapOf(plan, triggers).stages.find((one) => one.id === id)
  if (!found) throw new Error(id)
  return found
}

// now -> a (2..3) -> c (1..2) -> d (4..4); now -> b (1..1) -> d
const diamond = planOf([
  { id: 'now' },
  { id: 'a', after: ['now'], durationMonths: { min: 2, max: 3 } },
  { id: 'b', after: ['now'], durationMonths: { min: 1, max: 1 } },
  { id: 'c', after: ['a'], durationMonths: { min: 1, max: 2 } },
  { id: 'd', after: ['b', 'c'], durationMonths: { min: 4, max: 4 } },
])

describe('the times of stages', () => {
  it('are those of the critical path method, worked out by hand', () => {
    const { stages, end } = roadmapOf(diamond)
    const times = Object.fromEntries(
      stages.map((one) => [
        one.id,
        [one.soonest.start, one.soonest.end, one.planned.start, one.planned.end, one.float],
      ]),
    )
    expect(times).toEqual({
      now: [0, 0, 0, 0, 0],
      a: [0, 2, 0, 3, 0],
      b: [0, 1, 0, 1, 4],
      c: [2, 3, 3, 5, 0],
      d: [3, 7, 5, 9, 0],
    })
    expect(end).toBe(9)
    expect(stages.filter((one) => one.critical).map((one) => one.id)).toEqual(['a', 'c', 'd'])
    expect(stages.map((one) => one.place)).toEqual(['present', 'ahead', 'ahead', 'ahead', 'ahead'])
  })

  it('begin at the latest so that the stage, and those that follow it, are ready when a trigger fires', () => {
    // d ready in month 12 (half of the paths: 20), so it starts by 8 (16), c by 6 (14), a by 3 (11), b by 7 (15).
    const triggers = [fires('d', 12, 20)]
    expect(row(diamond, 'd', triggers)).toMatchObject({ latestStart: { safe: 8, even: 16 }, slack: 3 })
    expect(row(diamond, 'c', triggers)).toMatchObject({ latestStart: { safe: 6, even: 14 }, slack: 3 })
    expect(row(diamond, 'a', triggers)).toMatchObject({ latestStart: { safe: 3, even: 11 }, slack: 3 })
    expect(row(diamond, 'b', triggers)).toMatchObject({ latestStart: { safe: 7, even: 15 }, slack: 7 })
    // A trigger of its own that comes sooner counts, and one that comes too soon is late by so much.
    expect(row(diamond, 'a', [...triggers, fires('a', 1, 5)])).toMatchObject({
      latestStart: { safe: -2, even: 2 },
      slack: -2,
    })
  })

  it('know no latest start where no trigger is expected', () => {
    expect(row(diamond, 'd', [fires('d', null, null)])).toMatchObject({
      latestStart: { safe: null, even: null },
      slack: null,
    })
    expect(row(diamond, 'd', [fires('d', null, null, 'x'), fires('d', 3, 9, 'y')]).trigger?.id).toBe('y')
  })

  it('come from tasks where no duration is stated, and say when there is neither', () => {
    const plan = planOf([
      { id: 'now' },
      {
        id: 'a',
        after: ['now'],
        tasks: [
          { when: 'first', what: 'x', months: { min: 1, max: 2 } },
          { when: 'then', what: 'y', months: { min: 2, max: 5 } },
          { when: 'some day', what: 'z' },
        ],
      },
      { id: 'b', after: ['a'] },
    ])
    expect(row(plan, 'a').duration).toEqual({ min: 5, max: 5, from: 'tasks' })
    expect(row(plan, 'a').tasks).toEqual([
      { index: 0, start: 0, end: 2, dated: true, done: false },
      { index: 1, start: 1, end: 5, dated: true, done: false },
      { index: 2, start: 0, end: 5, dated: false, done: false },
    ])
    expect(row(plan, 'b')).toMatchObject({
      duration: { min: 0, max: 0, from: 'nothing' },
      planned: { start: 5, end: 5 },
    })
  })

  it('take what is done as done: stages behind, and the present one when its tasks and milestones are', () => {
    const stages = [
      { id: 'old', durationMonths: { min: 5, max: 9 } },
      { id: 'now', after: ['old'], durationMonths: { min: 2, max: 2 }, tasks: [{ when: '1', what: 'x' }] },
      { id: 'next', after: ['now'], durationMonths: { min: 1, max: 1 }, minimumMonths: 6 },
    ]
    const open = planOf(stages)
    expect(row(open, 'old')).toMatchObject({ done: true, planned: { start: 0, end: 0 } })
    expect(row(open, 'next')).toMatchObject({ planned: { start: 2, end: 3 }, waitsFor: ['now'], keptUntil: 9 })
    const reached = { milestones: [{ id: 'm', name: 'M', stage: 'now', done: true }] }
    expect(row(planOf(stages, reached), 'next')).toMatchObject({ planned: { start: 0, end: 1 }, waitsFor: [] })
    // What is ahead is not reached by its milestone while a task is open.
    const ahead = planOf([{ id: 'now' }, { ...stages[1], id: 'b', after: ['now'] }], {
      milestones: [{ id: 'm', name: 'M', stage: 'b', done: true }],
    })
    expect(row(ahead, 'b').done).toBe(false)
  })

  it('carry the milestones of a stage and the decisions before it', () => {
    const plan = planOf([{ id: 'now' }, { id: 'a', after: ['now'] }], {
      milestones: [{ id: 'm', name: 'M', stage: 'a' }],
      decisionPoints: ['always', { id: 'q', text: 'Which?', before: 'a' }, { id: 'r', text: 'Whenever' }],
    })
    expect(row(plan, 'a')).toMatchObject({ milestones: ['m'], decisions: ['q'] })
    expect(row(plan, 'now')).toMatchObject({ milestones: [], decisions: [] })
  })

  it('are found in a circle too, which is named', () => {
    const plan = planOf([
      { id: 'now' },
      { id: 'a', after: ['b', 'now'], durationMonths: { min: 1, max: 1 } },
      { id: 'b', after: ['a'], durationMonths: { min: 2, max: 2 } },
      { id: 'c', after: ['b'], durationMonths: { min: 3, max: 3 } },
      { id: 'd', after: ['d'] },
    ])
    const found = roadmapOf(plan)
    expect(found.circle.toSorted()).toEqual(['a', 'b', 'd'])
    expect(found.end).toBe(6)
  })
})

describe('laws', () => {
  const plans = uniqueArray(
    tuple(integer({ min: 0, max: 6 }), integer({ min: 0, max: 6 }), integer({ min: 0, max: 255 })),
    {
      minLength: 1,
      maxLength: 8,
      selector: (one) => one.join(),
    },
  ).map((rows) =>
    planOf([
      { id: 'now' },
      ...rows.map(([min, more, mask], at) => ({
        id: `s${at}`,
        after: ['now', ...rows.slice(0, at).flatMap((_one, before) => ((mask >> before) & 1 ? [`s${before}`] : []))],
        durationMonths: { min: min / 2, max: (min + more) / 2 },
      })),
    ]),
  )
  const triggersFor = (plan: Plan, months: readonly number[]) =>
    plan.stages.slice(1).map((stage, at) => fires(stage.id, months[at] ?? 3, (months[at] ?? 3) + 4))
  const months = uniqueArray(integer({ min: 0, max: 60 }), { minLength: 8, maxLength: 8 })

  it('no stage begins before those it waits for are done, and none is done sooner than its work takes', () => {
    assert(
      property(plans, (plan) => {
        const { stages } = roadmapOf(plan)
        const byId = new Map(stages.map((one) => [one.id, one]))
        for (const one of stages) {
          for (const before of one.waitsFor) {
            expect(one.planned.start).toBeGreaterThanOrEqual(byId.get(before)?.planned.end ?? 0)
            expect(one.soonest.start).toBeGreaterThanOrEqual(byId.get(before)?.soonest.end ?? 0)
          }
          expect(one.planned.end - one.planned.start).toBeCloseTo(one.duration.max, 9)
          expect(one.soonest.end).toBeLessThanOrEqual(one.planned.end)
        }
      }),
    )
  })

  it('shifting the beginning and the triggers shifts every time by as much', () => {
    assert(
      property(plans, months, integer({ min: -24, max: 24 }), (plan, at, by) => {
        const base = roadmapOf(plan, triggersFor(plan, at))
        const later = roadmapOf(
          plan,
          triggersFor(
            plan,
            at.map((one) => one + by),
          ),
          by,
        )
        for (const [index, one] of later.stages.entries()) {
          const was = base.stages[index]
          expect(one.planned.start - by).toBe(was?.planned.start)
          expect(one.soonest.end - by).toBe(was?.soonest.end)
          expect(one.slack).toBe(was?.slack)
          expect(one.critical).toBe(was?.critical)
        }
      }),
    )
  })

  it('a latest start leaves room for all that follows, and a longer duration is never less urgent', () => {
    assert(
      property(plans, months, constantFrom(0, 1, 2), (plan, at, which) => {
        const triggers = triggersFor(plan, at)
        const { stages } = roadmapOf(plan, triggers)
        const byId = new Map(stages.map((one) => [one.id, one]))
        for (const one of stages)
          for (const before of one.waitsFor) {
            const was = byId.get(before)
            if (was?.latestStart.safe == null || one.latestStart.safe === null) continue
            expect(was.latestStart.safe + was.duration.max).toBeLessThanOrEqual(one.latestStart.safe)
          }
        const longer = planOf(
          plan.stages.map((stage, index) =>
            index === which + 1 && stage.durationMonths
              ? { ...stage, durationMonths: { min: stage.durationMonths.min, max: stage.durationMonths.max + 1 } }
              : stage,
          ),
        )
        for (const [index, one] of roadmapOf(longer, triggers).stages.entries()) {
          const was = stages[index]
          if (one.slack !== null && was?.slack != null) expect(one.slack).toBeLessThanOrEqual(was.slack)
        }
      }),
    )
  })
})

describe('calendar months', () => {
  it('end with the month where it is shorter, and take a share of the month they fall in', () => {
    expect(dateAfter(Date.UTC(2027, 0, 31), 1)).toBe(Date.UTC(2027, 1, 28))
    expect(dateAfter(Date.UTC(2027, 3, 1), 0.5)).toBe(Date.UTC(2027, 3, 16))
    expect(dateAfter(Date.UTC(2027, 3, 1), -2)).toBe(Date.UTC(2027, 1, 1))
    expect(dateAfter(Date.UTC(2027, 10, 20, 6), 14)).toBe(Date.UTC(2029, 0, 20, 6))
  })

  it('are counted back as they were added', () => {
    assert(
      property(integer({ min: 0, max: 4_000_000_000 }), integer({ min: -500, max: 2000 }), (seconds, tenths) => {
        const start = seconds * 1000
        // Days that a month lacks fall together, so days up to the 28th are asked about.
        if (new Date(start).getUTCDate() > 28) return
        expect(monthsBetween(start, dateAfter(start, tenths / 10))).toBeCloseTo(tenths / 10, 6)
      }),
    )
  })
})
