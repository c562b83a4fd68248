import { describe, expect, it } from 'vitest'
import { usualInterval } from '../metrics/usual-interval.ts'
import { type Alert, AlertSettingsSchema } from '../model/alert.ts'
import { type Hearing, isDue } from './due.ts'
import { isQuiet } from './quiet-hours.ts'
import { type Message, posted } from './webhook-body.ts'

const at = (text: string) => Date.parse(text)
const MINUTE = 60_000

describe('quiet hours', () => {
  const night = AlertSettingsSchema.parse({
    quiet: { from: '22:00', to: '07:00', passes: 'critical' },
    zone: 'Europe/Berlin',
  })
  it.each([
    ['2026-01-10T20:59:00Z', false],
    ['2026-01-10T21:00:00Z', true],
    ['2026-01-11T05:59:00Z', true],
    ['2026-01-11T06:00:00Z', false],
    // In summer the same wall clock is an hour earlier in UTC.
    ['2026-07-10T20:00:00Z', true],
    ['2026-07-11T05:00:00Z', false],
    // The night the clock goes forward has no 02:30 and is quiet throughout.
    ['2026-03-29T01:30:00Z', true],
  ])('at %s, held back: %s', (when, quiet) => {
    expect(isQuiet(night, 'warning', at(when))).toBe(quiet)
    expect(isQuiet(night, 'critical', at(when))).toBe(false)
  })
  it('within one day, and without any', () => {
    const noon = { quiet: { from: '12:00', to: '13:00', passes: 'warning' as const }, zone: 'UTC' }
    expect(isQuiet(noon, 'info', at('2026-01-10T12:30:00Z'))).toBe(true)
    expect(isQuiet(noon, 'info', at('2026-01-10T13:00:00Z'))).toBe(false)
    expect(isQuiet({ quiet: null, zone: null }, 'info', 0)).toBe(false)
  })
})

describe('when an open alert is told', () => {
  const loud = AlertSettingsSchema.parse({})
  const now = at('2026-01-10T03:00:00Z')
  const alert = (given: Partial<Hearing> = {}): Hearing => ({
    ...{ severity: 'warning', firedAt: now, notifiedAt: null, lastToldAt: null, acknowledgedAt: null },
    ...{ snoozedUntil: null, mutedUntil: null, coolDownMs: 10 * MINUTE, repeatMs: 0, outranked: false },
    ...given,
  })
  const told = { notifiedAt: now - MINUTE, lastToldAt: now - MINUTE }
  it.each<[string, Partial<Hearing>, boolean]>([
    ['at first', {}, true],
    ['not twice', told, false],
    ['not while a more severe one is open', { outranked: true }, false],
    ['not within the cool-down of the one before', { lastToldAt: now - 9 * MINUTE }, false],
    ['after the cool-down', { lastToldAt: now - 10 * MINUTE }, true],
    ['not while muted', { mutedUntil: now + 1 }, false],
    ['once the mute is over', { mutedUntil: now }, true],
    ['not while snoozed', { ...told, snoozedUntil: now + 1 }, false],
    ['once the snooze is over', { ...told, snoozedUntil: now - 1 }, true],
    ['again after the repeat interval', { ...told, repeatMs: MINUTE }, true],
    ['not again when acknowledged', { ...told, repeatMs: MINUTE, acknowledgedAt: now }, false],
    ['not at first when acknowledged on the screen', { acknowledgedAt: now }, false],
    [
      'by a clock that was put back, no earlier than the repeat interval from now',
      { notifiedAt: now + 9e9, lastToldAt: now + 9e9, repeatMs: MINUTE },
      false,
    ],
  ])('%s', (_, given, due) => expect(isDue(alert(given), loud, now)).toBe(due))
  it('held back by quiet hours, and told when they end', () => {
    const night = AlertSettingsSchema.parse({ quiet: { from: '22:00', to: '07:00', passes: 'critical' }, zone: 'UTC' })
    expect(isDue(alert(), night, now)).toBe(false)
    expect(isDue(alert(), night, at('2026-01-10T07:00:00Z'))).toBe(true)
    expect(isDue(alert({ severity: 'critical' }), night, now)).toBe(true)
  })
})

it('a series that is asked less often than others has an interval of its own, and gaps do not stretch it', () => {
  const samples = (gaps: number[]) => {
    let time = 0
    return gaps.map((gap) => {
      time += gap
      return { at: time, value: 1 }
    })
  }
  expect(usualInterval(samples([0, 60_000, 60_000, 60_000, 600_000, 60_000]), 15_000)).toBe(60_000)
  expect(usualInterval(samples([0, 15_000, 900_000, 15_000, 15_000, 15_000]), 15_000)).toBe(15_000)
  expect(usualInterval(samples([0, 1000, 1000, 1000, 1000]), 15_000)).toBe(15_000)
  expect(usualInterval([], 15_000)).toBe(15_000)
})

describe('what a webhook is sent', () => {
  const alert: Alert = {
    ...{ id: 'a-1', ruleId: 'plan:cpu-critical', name: 'CPU', severity: 'critical', condition: 'CPU > 85% for 15 min' },
    ...{
      action: 'More workers',
      hostId: 'h',
      hostName: 'wëb <1>',
      metric: 'cpu_used_ratio',
      labels: {},
      unit: 'ratio',
    },
    ...{ op: '>', threshold: 0.85, state: 'firing', firedAt: 900_000, since: 0, clearedAt: null, ended: null },
    evidence: { value: 0.93, at: 900_000, from: 0, coverage: 0.98, worst: 0.99, also: [] },
    ...{
      reopened: 0,
      acknowledgedAt: null,
      snoozedUntil: null,
      notifiedAt: null,
      muted: false,
      current: null,
      answers: [],
    },
  }
  const message: Message = {
    ...{ id: 'd-1', at: 900_000, kind: 'fired', severity: 'critical', title: 'critical: CPU on wëb <1> is 93%' },
    alerts: [alert],
  }
  const text = `${message.title}\nCPU > 85% for 15 min. Samples cover 98% of the last 15 min. More workers`
  const json = (format: Parameters<typeof posted>[1]) => JSON.parse(posted(message, format).body) as unknown
  it('our own body has text and evidence', () => {
    expect(json('headroom')).toMatchObject({
      ...{ version: 1, id: 'd-1', kind: 'fired', severity: 'critical', title: message.title, text },
      alerts: [
        { value: 0.93, worst: 0.99, coverage: 0.98, since: '1970-01-01T00:00:00.000Z', host: { name: 'wëb <1>' } },
      ],
    })
  })
  it('Slack, Discord and Gotify get their own fields', () => {
    expect(json('slack')).toEqual({ text: text.replaceAll('<1>', '&lt;1&gt;').replaceAll('> 85', '&gt; 85') })
    expect(json('discord')).toEqual({ content: text, allowed_mentions: { parse: [] } })
    expect(json('gotify')).toEqual({ title: message.title, message: text, priority: 8 })
  })
  it('ntfy gets text, and a title that a header can hold', () => {
    const { body, headers } = posted(message, 'ntfy')
    expect(body).toBe(text)
    expect(headers).toMatchObject({ Priority: '5', Tags: 'warning' })
    const word = /^=\?UTF-8\?B\?(.+)\?=$/.exec(headers.Title ?? '')?.[1] ?? ''
    expect(Buffer.from(word, 'base64').toString()).toBe(message.title)
  })
  it('Discord refuses more than 2000 characters', () => {
    const many = { ...message, alerts: Array<Alert>(200).fill(alert) }
    expect((JSON.parse(posted(many, 'discord').body) as { content: string }).content).toHaveLength(2000)
  })
})
