import { describe, expect, it } from 'vitest'
import { calm, EVERY, hot, rule, watching } from '../../../../test/fixtures/watching.ts'

/** When an alert is told, on a clock that the test moves: the whole engine, but for what is measured. */
const HOUR = 3_600_000
const night = { quiet: { from: '22:00', to: '07:00', passes: 'critical' as const }, zone: 'UTC' }

/** A watched server, at a time of the day in UTC. */
async function at(time: string) {
  const one = await watching()
  const day = Math.ceil(one.clock.at / 86_400_000) * 86_400_000
  one.clock.advance(day + Date.parse(`1970-01-01T${time}:00Z`) - one.clock.at)
  return one
}

describe('quiet hours', () => {
  it('hold back what fires in them, and tell it when they end if it still fires', async () => {
    const one = await at('06:50')
    one.alerts.saveRule(undefined, rule({ forMs: 0 }))
    await one.tell(night)
    await one.rounds(hot(39))
    expect(new Date(one.clock.at).toISOString()).toMatch(/T06:59:45/)
    expect((await one.list()).open).toMatchObject([{ state: 'firing', notifiedAt: null }])
    expect(one.titles()).toEqual([])
    await one.rounds(hot(2))
    expect(one.titles()).toEqual(['warning: CPU on here is 90%'])
    await one.rounds(hot(40))
    expect(one.titles()).toHaveLength(1)
  })
  it('say nothing of what fired and cleared in them, which is in the list all the same', async () => {
    const one = await at('23:00')
    one.alerts.saveRule(undefined, rule({ forMs: 0 }))
    await one.tell(night)
    await one.rounds([...hot(3), ...calm(3)])
    one.clock.advance(9 * HOUR)
    await one.rounds(calm(3))
    expect(one.titles()).toEqual([])
    expect((await one.list()).past).toMatchObject([{ state: 'cleared', evidence: { worst: 0.9 } }])
  })
  it('let through what is severe enough', async () => {
    const one = await at('23:00')
    one.alerts.saveRule(undefined, rule({ forMs: 0 }, { severity: 'critical' }))
    await one.tell(night)
    await one.rounds(hot(1))
    expect(one.titles()).toEqual(['critical: CPU on here is 90%'])
  })
})

it('a value between the limit and where it clears neither clears nor fires anew, for as long as it takes', async () => {
  const one = await at('12:00')
  one.alerts.saveRule(undefined, rule({ forMs: 0, clearForMs: 60_000 }))
  await one.rounds([...hot(2), ...Array<number>(20).fill(0.75)])
  expect((await one.list()).open).toMatchObject([{ state: 'firing', reopened: 0 }])
  // Three calm samples are no minute of calm; one above in between starts it over.
  await one.rounds([...calm(3), 0.75, ...calm(3)])
  expect((await one.list()).open).toHaveLength(1)
  await one.rounds(calm(2))
  expect((await one.list()).past).toMatchObject([{ state: 'cleared', reopened: 0 }])
  expect(one.titles()).toEqual(['warning: CPU on here is 90%', 'cleared: CPU on here is 50%'])
})

it('what is snoozed is told again when the snooze is over, and what is muted when the mute is', async () => {
  const one = await at('12:00')
  const id = one.alerts.saveRule(undefined, rule({ forMs: 0 }))
  await one.rounds(hot(1))
  one.alerts.snooze(
    (await one.list()).open.map((alert) => alert.id),
    one.clock.at + 10 * EVERY,
  )
  await one.rounds(hot(9))
  expect(one.titles()).toHaveLength(1)
  await one.rounds(hot(2))
  expect(one.titles()).toHaveLength(2)
  await one.rounds(calm(1))
  one.alerts.mute(id, one.clock.at + 10 * EVERY)
  const before = one.titles().length
  await one.rounds(hot(9))
  expect((await one.list()).open).toMatchObject([{ muted: true }])
  expect(one.titles()).toHaveLength(before)
  await one.rounds(hot(2))
  expect(one.titles().slice(before)).toEqual(['warning: CPU on here is 90%'])
})

it('a cool-down holds back what fires anew, and ends', async () => {
  const one = await at('12:00')
  one.alerts.saveRule(undefined, rule({ forMs: 0, clear: null }, { coolDownMs: 20 * EVERY }))
  await one.rounds([0.9, 0.5, ...Array<number>(9).fill(0.5), 0.9, 0.5])
  expect(one.titles().filter((title) => title.startsWith('warning'))).toHaveLength(1)
  await one.rounds([...calm(20), 0.9])
  expect(one.titles().filter((title) => title.startsWith('warning'))).toHaveLength(2)
})
