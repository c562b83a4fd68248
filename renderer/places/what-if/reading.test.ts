import { describe, expect, it } from 'vitest'
import type { Simulation } from '../../../shared/model/scenario.ts'
import { countText, firstFull, firstTrigger, heldMarks, monthName, moveMarks, sortedTriggers } from './reading.ts'

const band = (values: number[]) => ({ p10: values, p50: values, p90: values })
const trigger = (id: string, p50: number | null, share = 1, to: string | null = 'big') => ({
  id,
  stage: 'small',
  name: id,
  to,
  firedShare: share,
  month: { p10: p50, p50, p90: null },
}) // prettier-ignore
const simulation = (over: Partial<Simulation>): Simulation => ({
  months: 3,
  paths: 100,
  seed: 1,
  currency: 'EUR',
  driver: band([1, 2, 3]),
  cost: band([1, 1, 1]),
  costStandardError: [0, 0, 0],
  cumulativeCost: band([1, 2, 3]),
  costPerDriver: band([1, 1, 1]),
  overloadMinutes: band([0, 0, 0]),
  overloadShare: [0, 0, 0],
  migrationHours: 0,
  saved: [],
  utilisation: [],
  stageShare: [{ stage: 'big', name: 'Big', share: [0, 0, 1] }],
  triggers: [],
  notModelled: [],
  ...over,
}) // prettier-ignore

describe('monthName', () => {
  it('counts over the year, whatever the day', () => {
    expect(monthName(new Date(2026, 10, 30).getTime(), 3, 'en')).toBe('Feb 2027')
    expect(monthName(new Date(2026, 0, 31).getTime(), 0, 'en')).toBe('Jan 2026')
  })
})

describe('triggers', () => {
  it('come in the order in which they fire, those that do not at the end', () => {
    const triggers = [trigger('never', null, 0.2), trigger('late', 9), trigger('soon', 2, 0.9), trigger('often', 2, 1)]
    expect(sortedTriggers(triggers).map((one) => one.id)).toEqual(['often', 'soon', 'late', 'never'])
    expect(firstTrigger(simulation({ triggers }))?.id).toBe('often')
  })
  it('name none when none fires in the middle path', () => {
    expect(firstTrigger(simulation({ triggers: [trigger('never', null)] }))).toBeNull()
  })
  it('share a mark when they lead on in the same month', () => {
    const words = {
      to: (stage: string) => `to ${stage}`,
      several: (first: string, count: number) => `${first} +${count}`,
    }
    const triggers = [
      trigger('a', 2),
      trigger('b', 2),
      trigger('c', 1, 1, 'huge'),
      trigger('d', 2, 1, 'vast'),
      trigger('f', 3, 1, 'huge'),
      trigger('e', 0, 1, null),
    ]
    expect(moveMarks(simulation({ triggers }), words)).toEqual([
      { at: 1, label: 'to huge' },
      { at: 2, label: 'to Big +1' },
    ])
  })
})

describe('firstFull', () => {
  it('is the resource that passes its supply first; exactly full is not over', () => {
    const utilisation = [
      { resource: 'cpu', name: 'CPU', band: band([0.5, 1, 1.1]) },
      { resource: 'disk', name: 'Disk', band: band([0.5, 1.01, 1.1]) },
    ]
    expect(firstFull(simulation({ utilisation }))).toEqual({ name: 'Disk', month: 1 })
    expect(firstFull(simulation({ utilisation: [] }))).toBeNull()
  })
})

describe('countText', () => {
  it('writes users whole and millions short', () => {
    expect(countText(12345.6)).toBe('12,346')
    expect(countText(2_345_678)).toBe('2.35M')
  })
  it('stays short for what no number word names', () => {
    expect(countText(999e12)).toBe('999T')
    expect(countText(5.974e57)).toBe('5.97E57')
  })
})

it('marks the months in which most paths change their stage', () => {
  const share = (id: string, values: number[]) => ({ stage: id, name: id, share: values })
  const moved = simulation({ months: 4, stageShare: [share('a', [1, 0.6, 0.2, 0]), share('b', [0, 0.4, 0.8, 1])] })
  expect(heldMarks(moved, { to: (stage) => `to ${stage}` })).toEqual([{ at: 2, label: 'to b' }])
})
