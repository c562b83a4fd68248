import { describe, expect, it } from 'vitest'
import type { AlertTest } from '../../../../shared/model/alert.ts'
import { calm, EVERY, hot, rule, watching } from '../../../../test/fixtures/watching.ts'

describe('an alert', () => {
  it('fires with its evidence, is told once, and clears', async () => {
    const at = await watching()
    at.alerts.saveRule(undefined, rule({}, { action: 'Look at it' }))
    await at.rounds([...calm(3), ...hot(4)])
    expect((await at.list()).open).toEqual([])
    await at.rounds([0.95, ...hot(3)])
    const { open } = await at.list()
    expect(open).toMatchObject([
      { state: 'firing', hostName: 'here', threshold: 0.8, evidence: { value: 0.95, coverage: 1, worst: 0.95 } },
    ])
    expect((open[0]?.firedAt ?? 0) - (open[0]?.since ?? 0)).toBe(60_000)
    expect(at.titles()).toEqual(['warning: CPU on here is 95%'])
    expect(at.said[0]).toMatchObject({ body: 'Look at it', href: `#/now?alert=${open[0]?.id}` })
    await at.rounds([0.75, 0.69])
    expect(at.titles()).toEqual(['warning: CPU on here is 95%', 'cleared: CPU on here is 69%'])
    expect(await at.list()).toMatchObject({
      open: [],
      past: [{ state: 'cleared', evidence: { value: 0.69, worst: 0.95 } }],
    })
  })

  it('goes on after a kill -9 and is not told anew', async () => {
    const at = await watching()
    at.alerts.saveRule(undefined, rule())
    await at.rounds([...calm(3), ...hot(8)])
    const before = (await at.list()).open
    at.restart()
    await at.rounds(hot(8))
    expect((await at.list()).open.map(({ id, firedAt }) => [id, firedAt])).toEqual(
      before.map(({ id, firedAt }) => [id, firedAt]),
    )
    expect(at.titles()).toHaveLength(1)
    at.restart()
    await at.rounds(calm(1))
    expect(at.titles()).toHaveLength(2)
    expect((await at.list()).open).toEqual([])
  })

  it('of several conditions fires when all hold, tells what each was, and goes on after a kill -9', async () => {
    const at = await watching()
    const memory = (value: number) => at.record('memory_used_ratio', value, {}, at.clock.at + EVERY)
    const also = { labels: {}, on: 'server' as const, every: false }
    at.alerts.saveRule(
      undefined,
      rule({ forMs: 30_000, also: [{ metric: 'memory_used_ratio', op: '>', threshold: 0.9, ...also }] }),
    )
    const round = async (cpu: number, used: number) => {
      memory(used)
      await at.rounds([cpu])
    }
    for (let i = 0; i < 5; i += 1) await round(0.95, 0.5)
    expect(await at.list()).toMatchObject({ open: [] })
    for (let i = 0; i < 3; i += 1) await round(0.95, 0.93)
    expect((await at.list()).open).toMatchObject([
      {
        condition: 'CPU > 80% and Memory > 90% for 30 s, clears at 70%',
        evidence: { value: 0.95, also: [{ hostName: 'here', metric: 'memory_used_ratio', value: 0.93 }] },
      },
    ])
    at.restart()
    await round(0.95, 0.94)
    expect((await at.list()).open).toHaveLength(1)
    const found = await at.alerts.rehearse(at.alerts.rules()[0]?.test as AlertTest, 1, 50)
    expect(found.times).toBe(1)
    await round(0.95, 0.5)
    expect(await at.list()).toMatchObject({ open: [], past: [{ state: 'cleared' }] })
    expect(at.titles()).toEqual(['warning: CPU on here is 95%', 'cleared: CPU on here is 95%'])
  })

  it('is unknown in silence, neither cleared nor fired anew', async () => {
    const at = await watching()
    at.alerts.saveRule(undefined, rule({}, { notifyUnknown: true }))
    await at.rounds([...calm(3), ...hot(6), ...Array<null>(21).fill(null)])
    expect(await at.list()).toMatchObject({
      open: [{ state: 'unknown' }],
      unknown: [{ name: 'CPU', hostName: 'here' }],
    })
    expect(at.titles()[1]).toBe('no data: CPU on here')
    await at.rounds(hot(2))
    expect(await at.list()).toMatchObject({ open: [{ state: 'firing' }], unknown: [] })
    expect(at.titles()).toHaveLength(2)
  })

  it('is unknown and not ended where its series is not told of any more', async () => {
    const at = await watching()
    at.alerts.saveRule(undefined, rule({}, { notifyUnknown: true }))
    await at.rounds([...calm(3), ...hot(6)])
    at.kept.clear()
    await at.rounds(Array<null>(21).fill(null))
    expect((await at.list()).open).toMatchObject([{ state: 'unknown' }])
    expect(at.titles()[1]).toBe('no data: CPU on here')
    await at.rounds([...hot(2), ...calm(1)])
    expect((await at.list()).past).toMatchObject([{ state: 'cleared' }])
  })

  it('that comes back within its cool-down is the same one, told again only after it', async () => {
    const at = await watching()
    at.alerts.saveRule(undefined, rule({ forMs: 0, clear: null }, { coolDownMs: 600_000 }))
    await at.rounds([0.9, 0.5, 0.9, 0.5, 0.9])
    expect(await at.list()).toMatchObject({ open: [{ reopened: 2 }], past: [] })
    expect(at.titles().filter((title) => !title.startsWith('cleared'))).toHaveLength(1)
  })

  it('is repeated until it is acknowledged', async () => {
    const at = await watching()
    at.alerts.saveRule(undefined, rule({ forMs: 0 }, { repeatMs: 60_000 }))
    await at.rounds(hot(9))
    expect(at.titles()).toHaveLength(3)
    at.alerts.acknowledge(
      (await at.list()).open.map(({ id }) => id),
      true,
    )
    await at.rounds(hot(9))
    expect(at.titles()).toHaveLength(3)
  })

  it('of a lesser severity is not told beside the more severe one on the same series', async () => {
    const at = await watching()
    at.alerts.saveRule(undefined, rule({ forMs: 0, threshold: 0.7, clear: null }))
    at.alerts.saveRule(undefined, rule({ forMs: 0 }, { severity: 'critical' }))
    await at.rounds([0.9])
    expect(at.titles()).toEqual(['critical: CPU on here is 90%'])
    await at.rounds([0.75, 0.69])
    expect((await at.list()).open).toEqual([])
  })

  it('ends with its rule, and with its server', async () => {
    const at = await watching()
    const id = at.alerts.saveRule(undefined, rule({ forMs: 0 }))
    await at.rounds([0.9])
    at.alerts.removeRule(id)
    await at.rounds([0.9])
    expect(await at.list()).toMatchObject({
      open: [],
      past: [{ state: 'ended', ended: 'The rule no longer speaks of it.' }],
    })
    at.alerts.restoreRule(id)
    await at.rounds([0.9])
    expect((await at.list()).open).toHaveLength(1)
    await at.hosts.remove(at.host.id)
    await at.rounds([null])
    expect((await at.list()).past[0]).toMatchObject({ ended: 'The server was removed.' })
  })

  it('cannot be acknowledged once it is over', async () => {
    const at = await watching()
    at.alerts.saveRule(undefined, rule({ forMs: 0 }))
    await at.rounds([0.9])
    const ids = (await at.list()).open.map(({ id }) => id)
    await at.rounds([0.5])
    expect(() => at.alerts.acknowledge(ids, true)).toThrow(/not open any more/)
    expect(() => at.alerts.snooze(['nothing'], null)).toThrow(/There is no alert/)
  })
})

describe('a laptop that slept', () => {
  it('says what could not be judged, and judges it once the samples are there', async () => {
    const at = await watching()
    at.alerts.saveRule(undefined, rule())
    await at.rounds(calm(8))
    const from = at.clock.at
    at.clock.advance(5 * 3_600_000)
    await at.rounds(calm(2))
    const { absences, open } = await at.list()
    expect(open).toEqual([])
    expect(absences).toMatchObject([
      { from, why: 'slept', missed: [], judged: 0, unjudged: [{ name: 'CPU, warning' }] },
    ])
    // What another system recorded meanwhile is brought in, which the one who brings it in tells.
    const to = absences[0]?.to ?? 0
    for (let time = from + EVERY; time < to; time += EVERY)
      at.record('cpu_used_ratio', time - from > 3_600_000 && time - from < 7_200_000 ? 0.97 : 0.3, {}, time)
    at.events.emit({ kind: 'history', hostId: at.host.id })
    const [judged] = (await at.list()).absences
    expect(judged).toMatchObject({ judged: 1, unjudged: [], missed: [{ name: 'CPU', hostName: 'here', worst: 0.97 }] })
    expect(Math.round(((judged?.missed[0]?.from ?? 0) - from) / 60_000)).toBe(61)
    expect(at.titles()).toEqual([])
  })
  it('was not running is told apart, and a short stop is none', async () => {
    const at = await watching()
    at.alerts.saveRule(undefined, rule())
    await at.rounds(calm(8))
    at.restart()
    await at.rounds(calm(2))
    expect((await at.list()).absences).toEqual([])
    at.clock.advance(3_600_000)
    at.restart()
    await at.rounds(calm(2))
    expect((await at.list()).absences).toMatchObject([{ why: 'not-running' }])
  })
  it('whose clock was put back goes on judging', async () => {
    const at = await watching()
    at.alerts.saveRule(undefined, rule({ forMs: 0 }))
    await at.rounds(calm(3))
    at.clock.advance(-3_600_000)
    await at.rounds([0.5, 0.9])
    at.clock.advance(3_600_000)
    await at.rounds([0.9])
    expect((await at.list()).open).toHaveLength(1)
  })
  it('whose clock ran ahead and was put right is not blind until the time it had reached, nor after a restart', async () => {
    const at = await watching()
    at.alerts.saveRule(undefined, rule())
    await at.rounds(calm(3))
    at.clock.advance(400 * 86_400_000)
    await at.rounds(calm(3))
    at.restart()
    at.clock.advance(-400 * 86_400_000)
    await at.rounds(hot(8))
    expect((await at.list()).open).toMatchObject([{ state: 'firing' }])
    await at.rounds(calm(2))
    expect((await at.list()).open).toEqual([])
    expect(at.titles()).toEqual(['warning: CPU on here is 90%', 'cleared: CPU on here is 50%'])
  })
  it.each([
    ['slept', 30 * 60_000],
    ['had its clock set ahead', 23 * 3_600_000],
    ['had its clock put back', -3_600_000],
  ])('that %s tells of no silence of servers it did not listen to, and of no end', async (_what, byMs) => {
    const at = await watching()
    at.alerts.saveRule(undefined, rule({ unknownAfterMs: 60_000 }, { notifyUnknown: true, repeatMs: 0 }))
    await at.rounds([...calm(3), ...hot(6)])
    at.clock.advance(byMs)
    await at.alerts.look()
    await at.rounds(hot(6))
    expect(at.titles()).toEqual(['warning: CPU on here is 90%'])
    expect((await at.list()).open).toMatchObject([{ state: 'firing' }])
    // What is silent from then on is told.
    await at.rounds(Array<null>(6).fill(null))
    expect(at.titles()).toEqual(['warning: CPU on here is 90%', 'no data: CPU on here'])
  })
})

describe('rules', () => {
  it('refuse a clear value at which they still fire, and an id that is not there', async () => {
    const at = await watching()
    expect(() => at.alerts.saveRule(undefined, rule({ clear: 0.9 }))).toThrow(/cannot clear at 0.9/)
    expect(() => at.alerts.mute('own:nothing', 1)).toThrow(/no alert rule "own:nothing"/)
  })
  it('refuse a time zone that is none and an address that tells its token to everyone', async () => {
    const { alerts } = await watching()
    const { settings } = await alerts.settings()
    const hook = { id: 'one', name: 'Team', format: 'slack' as const, from: 'info' as const, enabled: true }
    const save = (given: Partial<typeof settings>, url?: string) =>
      alerts.saveSettings({ ...settings, ...given }, url === undefined ? {} : { one: { url } })
    await expect(save({ zone: 'Mars/Olympus' })).rejects.toThrow(/no time zone/)
    await expect(save({ webhooks: [hook] }, 'http://hooks.example.com/token')).rejects.toThrow(/anyone on the way/)
    await expect(save({ webhooks: [hook] }, 'hooks.example.com')).rejects.toThrow(/no URL/)
    await expect(save({ webhooks: [hook] }, 'ftp://hooks.example.com')).rejects.toThrow(/cannot be posted to/)
    await expect(save({ webhooks: [hook, { ...hook, id: 'two', name: 'team' }] })).rejects.toThrow(
      expect.objectContaining({ code: 'WEBHOOK_TWICE' }),
    )
    await expect(alerts.test('nobody')).rejects.toThrow(expect.objectContaining({ code: 'WEBHOOK_NOT_SET' }))
  })
  it('a webhook that goes takes its secrets along, and one from before there were several is still there', async () => {
    const { alerts, open } = await watching()
    open.workspace.saveSetting('alerts', { webhook: { format: 'ntfy', from: 'critical' } })
    await open.hosts.secrets.put('alerts webhook address', 'https://ntfy.example.com/topic')
    const { settings, webhooks } = await alerts.settings()
    expect(settings.webhooks).toEqual([
      { id: 'webhook', name: 'ntfy', format: 'ntfy', from: 'critical', enabled: true },
    ])
    expect(webhooks).toEqual([{ id: 'webhook', host: 'ntfy.example.com', signed: false, locked: false, last: null }])
    await alerts.saveSettings({ ...settings, webhooks: [] }, {})
    expect(await open.hosts.secrets.get('alerts webhook address')).toBeNull()
  })
})
