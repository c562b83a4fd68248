import { describe, expect, it } from 'vitest'
import { testPlan } from '../../test/fixtures/plan.ts'
import { DAY_MS } from '../format/duration.ts'
import type { FleetRunway } from '../model/forecast.ts'
import type { Stage } from '../model/stage.ts'
import { dateWords, lookAhead } from './verdict-ahead.ts'

const NOW = Date.UTC(2026, 0, 1)
const plan = testPlan()
const [small] = plan.stages as [Stage]
const stay = { kind: 'stay', headline: 'Stay on Small.', reasons: ['No limit or trigger holds.'] } as const

function reaches(days: number, parts: Partial<FleetRunway> = {}): FleetRunway {
  return {
    hostId: 'h1',
    hostName: 'db-1',
    metric: 'cpu_used_ratio',
    labels: {},
    unit: 'ratio',
    origin: 'trigger',
    id: 'cpu',
    name: 'CPU is full',
    severity: 'warning',
    toStage: 'medium',
    op: '>',
    threshold: 0.8,
    runway: {
      kind: 'dated',
      threshold: 0.8,
      at: NOW + days * DAY_MS,
      earliest: NOW + 0.8 * days * DAY_MS,
      latest: NOW + 1.3 * days * DAY_MS,
      until: NOW + 400 * DAY_MS,
    },
    words: `CPU on db-1 reaches 80% in ${days} days.`,
    madeAt: NOW,
    present: 0.5,
    model: 'drift',
    mase: 0.9,
    coverage: 0.8,
    tooShort: null,
    ...parts,
  }
}
const ahead = (...runways: FleetRunway[]) =>
  lookAhead({ ...stay, reasons: [...stay.reasons] }, plan, small, runways, NOW)

describe('looking ahead', () => {
  it('asks for the move by the near edge of the band once its work has to begin', () => {
    const decision = ahead(reaches(50))
    expect(decision).toMatchObject({ kind: 'move', by: NOW + 40 * DAY_MS, target: { id: 'medium' } })
    expect(decision.headline).toBe('Move to Medium by 10 Feb 2026: CPU on db-1 reaches 80% in 50 days.')
  })
  it('stays and names the date while there is time', () => {
    const decision = ahead(reaches(200))
    expect(decision.kind).toBe('stay')
    expect(decision.headline).toMatch(/^Stay on Small, and move to Medium by 10 Jun 2026: /)
    expect(decision.by).toBe(NOW + 160 * DAY_MS)
  })
  it('names the nearest five of a fleet and counts the others', () => {
    const many = Array.from({ length: 12 }, (_, i) => reaches(200 + i, { origin: 'limit', words: `limit ${i}` }))
    const { reasons } = ahead(...many)
    expect(reasons).toHaveLength(7)
    expect(reasons.slice(-2)).toEqual(['limit 4', '7 more are forecast after that.'])
  })
  it('goes by the nearest of several', () => {
    expect(ahead(reaches(300), reaches(120)).by).toBe(NOW + 96 * DAY_MS)
  })
  it('takes a limit as one more reason, not as a move', () => {
    const decision = ahead(reaches(20, { origin: 'limit', id: 'memory', toStage: null, words: 'Memory fills.' }))
    expect(decision).toMatchObject({ kind: 'stay', headline: 'Stay on Small.' })
    expect(decision.reasons).toContain('Memory fills.')
    expect(decision.by).toBeUndefined()
  })
  it('does not move for what is only possible, for one part of several, or when something is wrong today', () => {
    const possible = {
      kind: 'dated',
      threshold: 0.8,
      at: null,
      earliest: NOW + DAY_MS,
      latest: null,
      until: NOW,
    } as const
    expect(ahead(reaches(10, { runway: possible })).kind).toBe('stay')
    const when = { all: [{ metric: 'cpu_used_ratio', op: '>', value: 0.8 }, { need: 'ha' }] } as const
    const both = testPlan({
      stages: [{ ...small, triggers: [{ ...small.triggers[0], when }] }, ...plan.stages.slice(1)],
    })
    const decision = lookAhead({ ...stay, reasons: [] }, both, both.stages[0] as Stage, [reaches(10)], NOW)
    expect(decision.kind).toBe('stay')
    const fix = { kind: 'fix-now', headline: 'Fix now.', reasons: [] } as const
    expect(lookAhead({ ...fix, reasons: [] }, plan, small, [reaches(10)], NOW).kind).toBe('fix-now')
  })
  it('writes dates of UTC', () => expect(dateWords(Date.UTC(2026, 11, 31, 23, 59))).toBe('31 Dec 2026'))
})
