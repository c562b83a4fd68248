import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Host } from '../../../shared/model/host.ts'
import { Secret } from '../../../shared/model/secret.ts'
import { type Service, type ServiceInput, ServiceSchema } from '../../../shared/model/service.ts'
import { openHosts } from '../../../test/fixtures/hosts.ts'
import { createHosts } from '../hosts/index.ts'
import { Due } from './due.ts'
import { Findings } from './findings.ts'
import { createMetrics } from './index.ts'
import { offersOf } from './offers.ts'
import { serviceCalls } from './service-calls.ts'

const service = (input: ServiceInput): Service => ServiceSchema.parse(input)
const redis = service({ kind: 'redis', id: 'cache', name: 'Cache', lists: ["it's"] })
const closers: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})
async function measuring() {
  const open = openHosts({ real: true })
  closers.push(open.close)
  const metrics = createMetrics(open)
  closers.push(metrics.close)
  const host = await open.hosts.add({ kind: 'local', name: 'here' })
  return { ...open, metrics, host }
}

describe('what is due', () => {
  test('each at its own interval, a little early rather than a round late, all anew when the clock was set back', () => {
    const due = new Due()
    const own = service({ kind: 'own', id: 'o', name: 'O', metric: 'o', source: 'command', text: 'x', unit: 'count' })
    expect(due.services([redis, own], 0)).toEqual([redis, own])
    due.noteServices([redis, own], 100_000)
    due.noteSlow(100_000)
    expect(due.services([redis, own], 115_000)).toEqual([redis])
    expect(due.slow(115_000)).toBe(false)
    expect(due.services([redis, own], 158_000)).toEqual([redis, own])
    expect(due.slow(158_000)).toBe(true)
    expect(due.services([own], 50_000)).toEqual([own])
  })
})

describe('what goes before the probe', () => {
  test('words are data whatever they hold, secrets too', () => {
    const text = serviceCalls([redis], new Map([['cache', new Secret('c', `a'b"$(id)\\`)]]))
    expect(text).toBe(
      `headroom_services() {\nredis_service cache host '' 127.0.0.1 6379 '' '' 'a'\\''b"$(id)\\' 'it'\\''s'\n}\n`,
    )
  })
  test('what this computer asks by itself is not asked there', () => {
    const http = service({ kind: 'http', id: 'h', name: 'H', url: 'http://a.example/?q=a b' })
    expect(serviceCalls([http], new Map())).toBe('')
    const both = service({ kind: 'http', id: 'h', name: 'H', url: 'http://a.example/?q=a b', from: 'both' })
    expect(serviceCalls([both], new Map())).toContain(
      'http_service h http://a.example/?q=a%20b'.replace('http://a.example/?q=a%20b', "'http://a.example/?q=a%20b'"),
    )
  })
})

describe('offers', () => {
  const host = { kind: 'ssh', address: 'a.example', postgres: null } as Host
  const finding = { at: 0, notFound: [], ports: [6379, 6432, 5432, 443, 80], kubernetes: true }
  test('name what listens and is not asked yet, with ids that are free', () => {
    const offers = offersOf(host, [], finding)
    expect(offers.map(({ what }) => what)).toEqual(['redis', 'pgbouncer', 'postgres', 'https', 'kubernetes'])
    for (const { service: proposal } of offers) if (proposal) expect(ServiceSchema.parse(proposal)).toEqual(proposal)
    const taken = service({
      kind: 'own',
      id: 'redis',
      name: 'R',
      metric: 'r',
      source: 'command',
      text: 'x',
      unit: 'count',
    })
    expect(offersOf(host, [taken], finding)[0]?.service?.id).toBe('redis-2')
  })
  test('what is set up is offered no more, and without a round nothing is', () => {
    const set = [redis, service({ kind: 'kubernetes', id: 'k', name: 'K' })]
    const asked = { ...host, postgres: { via: 'psql' } } as Host
    expect(offersOf(asked, set, finding).map(({ what }) => what)).toEqual(['pgbouncer', 'https'])
    expect(offersOf(host, [], null)).toEqual([])
  })
})

describe('what was found', () => {
  test('is written when it differs, and read after a restart', async () => {
    const open = openHosts()
    closers.push(open.close)
    const { total_changes: changes } = open.workspace.app.prepare('SELECT total_changes() AS total_changes').get() as {
      total_changes: number
    }
    const findings = new Findings(open.workspace.app)
    const finding = {
      at: 5,
      notFound: [{ what: 'docker', why: 'no docker command' }],
      ports: [6379],
      kubernetes: false,
    }
    findings.put('h', finding)
    findings.flush()
    findings.put('h', { ...finding, at: 9 })
    findings.flush()
    const after = open.workspace.app.prepare('SELECT total_changes()').pluck().get() as number
    expect(after - changes).toBe(1)
    expect(findings.get('h')?.at).toBe(9)
    expect(new Findings(open.workspace.app).get('h')).toEqual(finding)
    findings.forget('h')
    expect(new Findings(open.workspace.app).get('h')).toBeNull()
  })
  test('the last round of a host, and when it was measured, are known without a new one', async () => {
    const open = await measuring()
    const first = await open.metrics.collect(open.host.id)
    await open.metrics.close()
    const later = openAgain(open)
    expect(later.hosts.get(open.host.id).lastSampleAt).toBe(first.at)
    expect(later.hosts.get(open.host.id).state).toBe('unknown')
    expect(later.metrics.round(open.host.id)).toMatchObject({
      at: first.at,
      probeMs: first.probeMs,
      notFound: first.notFound,
    })
    expect(later.metrics.round(open.host.id)?.cpuMs).toBeGreaterThan(0)
  })
  test('history that was brought in is the last that was heard of a host, now and after a restart', async () => {
    const open = await measuring()
    const end = Math.trunc(open.environment.now() / 60_000) * 60_000
    const at = Float64Array.from([3, 2, 1], (minutes) => end - minutes * 60_000)
    open.metrics.backfill.values(open.host.id, 'load1', {}, { at, value: Float64Array.of(1, 2, 3) }, 60_000)
    expect(open.hosts.get(open.host.id).lastSampleAt).toBe(at[2])
    await open.metrics.close()
    expect(openAgain(open).hosts.get(open.host.id).lastSampleAt).toBe(at[2])
  })
  test('of a part that was not asked this time the last word stays', async () => {
    const { metrics, host, hosts } = await measuring()
    const broken = service({
      kind: 'own',
      id: 'o',
      name: 'Mine',
      metric: 'o',
      source: 'command',
      text: 'exit 9',
      unit: 'count',
      everyMs: 3_600_000,
    })
    await hosts.services.set(host.id, [broken], {})
    const round = await metrics.collect(host.id)
    expect(round.notFound).toContain('Mine: it ended with exit code 9 and printed nothing')
    metrics.setEvery(1000)
    const again = new Promise<void>((done) => {
      const before = metrics.round(host.id)?.at ?? 0
      const timer = setInterval(() => {
        if ((metrics.round(host.id)?.at ?? 0) <= before) return
        clearInterval(timer)
        done()
      }, 20)
    })
    metrics.start()
    await again
    expect(metrics.round(host.id)?.notFound).toContain('Mine: it ended with exit code 9 and printed nothing')
    await hosts.services.set(host.id, [], {})
    expect((await metrics.collect(host.id)).notFound.join()).not.toContain('Mine')
  })
})

describe('checks from this computer', () => {
  async function site(): Promise<{ url: string; server: Server; asked: () => number }> {
    let asked = 0
    const server = createServer((_, response) => {
      asked += 1
      response.writeHead(200).end()
    })
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
    closers.push(() => server.close())
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server, asked: () => asked }
  }
  test('go on when their server cannot be reached, and are counted for it', async () => {
    const { metrics, hosts, host, events } = await measuring()
    const { url } = await site()
    await hosts.services.set(host.id, [service({ kind: 'http', id: 'w', name: 'W', url, everyMs: 1000 })], {})
    hosts.noteFailure(host.id, { code: 'HOST_UNREACHABLE', fact: 'gone', fix: 'wait' })
    const told = new Promise<void>((done) => {
      events.listen(() => {
        if (metrics.latest(host.id).some(({ series }) => series.metric === 'http_up')) done()
      })
    })
    metrics.setEvery(3_600_000)
    metrics.start()
    await told
    expect(metrics.latest(host.id).find(({ series }) => series.metric === 'http_up')).toMatchObject({
      value: 1,
      series: { labels: { url, from: 'laptop' } },
    })
  })
  test('a failed one is told among what was not found, and no longer once it works', async () => {
    const { metrics, hosts, host } = await measuring()
    const { url, server } = await site()
    await hosts.services.set(host.id, [service({ kind: 'http', id: 'w', name: 'Shop', url })], {})
    await metrics.collect(host.id)
    expect(metrics.round(host.id)?.notFound.join()).not.toContain('Shop')
    server.closeAllConnections()
    await new Promise((done) => void server.close(done))
    await metrics.collect(host.id)
    expect(metrics.round(host.id)?.notFound.join()).toMatch(/Shop: nothing accepts connections there/)
    const errors = metrics.latest(host.id).find(({ series }) => series.metric === 'http_error_ratio')
    expect(errors?.value).toBe(0.5)
  })
})

/** The same workspace after a restart: nothing of the session before is known but what is stored. */
function openAgain(open: Awaited<ReturnType<typeof measuring>>) {
  const hosts = createHosts({ workspace: open.workspace, environment: open.environment, events: open.events })
  closers.push(hosts.close)
  const metrics = createMetrics({ ...open, hosts })
  closers.push(metrics.close)
  return { hosts, metrics }
}
