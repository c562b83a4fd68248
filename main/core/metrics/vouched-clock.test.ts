import { expect, it } from 'vitest'
import { VouchedClock } from './vouched-clock.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = Date.UTC(2026, 0, 5)

function clockFrom(newest: number | null, began = START) {
  let [at, elapsed] = [began, 5000]
  const clock = new VouchedClock({ now: () => at, elapsed: () => elapsed }, newest)
  return {
    clock,
    goesOn(ms: number) {
      for (let gone = 0; gone < ms; gone += HOUR) {
        at += HOUR
        elapsed += HOUR
        clock.now()
      }
    },
    leaps: (ms: number) => {
      at += ms
    },
  }
}

it('a workspace that is measured for the first time goes by the clock', () => {
  const { clock, goesOn } = clockFrom(null)
  expect(clock.now()).toBe(START)
  goesOn(DAY)
  expect(clock.now()).toBe(START + DAY)
})

it('a clock that is years ahead at the start, or leaps there, makes nothing old before it has gone on for a day', () => {
  const { clock, goesOn, leaps } = clockFrom(START - HOUR, START + 400 * DAY)
  expect(clock.now()).toBe(START - HOUR)
  leaps(-400 * DAY)
  expect(clock.now()).toBe(START - HOUR)
  goesOn(DAY)
  expect(clock.now()).toBe(START + DAY)
  leaps(400 * DAY)
  expect(clock.now()).toBe(START + DAY)
  goesOn(23 * HOUR)
  expect(clock.now()).toBe(START + DAY)
  goesOn(HOUR)
  // It was right after all: this computer slept, or was away, so long.
  expect(clock.now()).toBe(START + 402 * DAY)
})

it('nights of sleep are no leap', () => {
  const { clock, goesOn, leaps } = clockFrom(START - HOUR)
  for (let night = 0; night < 4; night += 1) {
    goesOn(10 * HOUR)
    leaps(14 * HOUR)
  }
  expect(clock.now()).toBe(START + 4 * DAY)
})

it('a clock that was put back is followed at once', () => {
  const { clock, goesOn, leaps } = clockFrom(START - HOUR)
  goesOn(2 * DAY)
  leaps(-30 * DAY)
  expect(clock.now()).toBe(START - 28 * DAY)
})

it('samples of a time that is still to come keep nothing from being dropped for longer', () => {
  const { clock } = clockFrom(START + 400 * DAY)
  expect(clock.now()).toBe(START)
})
