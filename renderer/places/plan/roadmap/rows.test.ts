import { describe, expect, it } from 'vitest'
import { PlanSchema } from '../../../../shared/model/plan.ts'
import { roadmapOf } from '../../../../shared/planning/roadmap.ts'
import { dragged, fitted, rowsOf, spanOf } from './rows.ts'

const plan = PlanSchema.parse({
  format: 'headroom/plan@1',
  id: 'p',
  name: 'P',
  summary: '',
  currency: 'EUR',
  drivers: [{ id: 'users', name: 'Users', unit: 'users', present: 1 }],
  growth: { kind: 'exponential', monthlyRate: 0, deviation: 0 },
  stage: 'now',
  stages: [
    { id: 'now', name: 'Now', objective: '' },
    {
      id: 'next',
      name: 'Next',
      objective: '',
      after: ['now'],
      durationMonths: { min: 4, max: 8 },
      tasks: [
        { when: 'first', what: 'order', months: { min: 1, max: 2 } },
        { when: 'then', what: 'move', done: true },
      ],
    },
  ],
  decisionPoints: ['any time', { id: 'who', text: 'Who runs it?', before: 'next' }],
  milestones: [{ id: 'there', name: 'There', stage: 'next' }],
})
const roadmap = roadmapOf(plan)

describe('the lines of the roadmap', () => {
  it('are the stages, and of those that are open their decisions, steps and milestones, none over another', () => {
    const { rows, height } = rowsOf(plan, roadmap, (row) => row.id === 'next')
    expect(rows.map((row) => (row.kind === 'stage' ? row.of.id : `${row.kind} ${row.text}`))).toEqual([
      'now',
      'next',
      'decision Who runs it?',
      'task order',
      'task move',
      'milestone There',
    ])
    for (const [at, row] of rows.slice(1).entries())
      expect(row.top).toBeGreaterThanOrEqual((rows[at]?.top ?? 0) + (rows[at]?.height ?? 0))
    const last = rows.at(-1)
    expect(height).toBeGreaterThanOrEqual((last?.top ?? 0) + (last?.height ?? 0))
    expect(rows[2]).toMatchObject({ at: 0 })
    expect(rows[5]).toMatchObject({ at: 8, done: false })
  })

  it('are one a stage where none is open; a stage without parts cannot be opened', () => {
    const { rows } = rowsOf(plan, roadmap, () => false)
    expect(rows).toMatchObject([
      { kind: 'stage', expandable: false, expanded: false },
      { kind: 'stage', expandable: true, expanded: false },
    ])
    expect(rowsOf(plan, roadmap, () => true).rows[0]).toMatchObject({ expanded: false })
  })
})

describe('the time that is drawn', () => {
  const fires = (p10: number, p90: number | null) => [
    { id: 't', name: 'T', to: 'next', month: { p10, p50: p10, p90 }, firedShare: 1 },
  ]
  it('has room for all work and for triggers within the horizon', () => {
    expect(spanOf(roadmap, 60)).toEqual({ from: 0, to: 9 })
    expect(spanOf(roadmapOf(plan, fires(30, 50)), 60).to).toBe(53)
    expect(spanOf(roadmapOf(plan, fires(30, 900)), 60).to).toBeCloseTo(63.6, 9)
    expect(spanOf(roadmapOf(plan, fires(30, null)), 60).to).toBeCloseTo(31.8, 9)
  })
  it('begins up to three months before today where work should have begun', () => {
    expect(spanOf(roadmapOf(plan, fires(6, 7)), 60).from).toBe(-2)
    expect(spanOf(roadmapOf(plan, fires(0, 1)), 60).from).toBe(-3)
  })
})

describe('moving the end of a bar', () => {
  const stated = { min: 2, max: 4, from: 'stated' } as const
  it('goes in halves of a month and never turns or passes nothing', () => {
    expect(dragged(stated, 'max', 5.3)).toEqual({ min: 2, max: 5.5 })
    expect(dragged(stated, 'max', 1.1)).toEqual({ min: 1, max: 1 })
    expect(dragged(stated, 'min', 6)).toEqual({ min: 6, max: 6 })
    expect(dragged(stated, 'min', -3)).toEqual({ min: 0, max: 4 })
  })
  it('gives a duration that was not stated both of its ends', () => {
    expect(dragged({ min: 0, max: 0, from: 'nothing' }, 'max', 2.2)).toEqual({ min: 2, max: 2 })
  })
})

it('texts are cut to the room they have', () => {
  expect(fitted('Several regions', 1000)).toBe('Several regions')
  expect(fitted('Several regions', 61)).toBe('Several r…')
  expect(fitted('Several regions', 12)).toBe('')
})
