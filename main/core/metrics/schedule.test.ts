import { describe, expect, test } from 'vitest'
import { Schedule } from './schedule.ts'

const middle = () => 0.5
const everyMs = 1000

function tracked(ids: string[]): Schedule {
  const schedule = new Schedule()
  schedule.track(ids, 0, everyMs, () => 0)
  return schedule
}

describe('when hosts are measured', () => {
  test('a host that is still running is not started again, and holds up no other', () => {
    const schedule = tracked(['hangs', 'works'])
    expect(schedule.take(0)).toEqual(['hangs', 'works'])
    schedule.ended('works', true, 100, everyMs, middle)
    expect(schedule.take(1000)).toEqual(['works'])
  })
  test('failures double the wait, up to eight intervals; a success ends that', () => {
    const schedule = tracked(['a'])
    const waits: number[] = []
    let now = 0
    for (const ok of [false, false, false, false, true]) {
      schedule.take(now)
      schedule.ended('a', ok, now, everyMs, middle)
      const wait = schedule.nextIn(now) ?? -1
      waits.push(wait)
      now += wait
    }
    expect(waits).toEqual([2000, 4000, 8000, 8000, 1000])
  })
  test('after a long sleep each host is measured once, not once per missed round', () => {
    const schedule = tracked(['a'])
    schedule.take(0)
    schedule.ended('a', true, 10, everyMs, middle)
    expect(schedule.take(3_600_000)).toEqual(['a'])
    schedule.ended('a', true, 3_600_010, everyMs, middle)
    expect(schedule.take(3_600_020)).toEqual([])
    expect(schedule.nextIn(3_600_010)).toBe(1000)
  })
  test('a fleet that is overdue together is spread over a quarter of an interval', () => {
    const schedule = tracked(['a', 'b'])
    for (const id of schedule.take(0)) schedule.ended(id, true, 0, everyMs, middle)
    const numbers = [0, 1]
    schedule.track(['a', 'b'], 60_000, everyMs, () => numbers.shift() ?? 0)
    expect([schedule.take(60_000), schedule.take(60_250)]).toEqual([['a'], ['b']])
  })
  test('after sleep a host that kept failing is due at once, and one that is being measured is left alone', () => {
    const schedule = tracked(['fails', 'runs'])
    for (const _ of [1, 2, 3]) {
      const at = schedule.nextIn(0) ?? 0
      schedule.take(at)
      schedule.ended('fails', false, at, everyMs, middle)
    }
    expect(schedule.nextIn(20_000)).toBe(0)
    schedule.take(20_000)
    schedule.ended('fails', false, 20_000, everyMs, middle)
    expect(schedule.take(20_010)).toEqual([])
    schedule.woken(20_010, everyMs, () => 0)
    expect(schedule.take(20_010)).toEqual(['fails'])
    schedule.ended('fails', false, 20_020, everyMs, middle)
    expect(schedule.nextIn(20_020)).toBe(2000 - 10)
  })
  test('new hosts are spread over a quarter of an interval, and removed ones are forgotten', () => {
    const schedule = new Schedule()
    const numbers = [0, 0.5, 1]
    schedule.track(['a', 'b', 'c'], 0, everyMs, () => numbers.shift() ?? 0)
    expect([schedule.take(0), schedule.take(125), schedule.take(250)]).toEqual([['a'], ['b'], ['c']])
    for (const id of ['a', 'b', 'c']) schedule.ended(id, true, 250, everyMs, middle)
    schedule.track(['b'], 250, everyMs, middle)
    expect(schedule.take(10_000)).toEqual(['b'])
  })
})
