import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { expand, PROMQL } from '../../../../shared/metrics/promql.ts'
import { type PrometheusSettings, PrometheusSettingsSchema } from '../../../../shared/model/prometheus.ts'
import { testEnvironment } from '../../../../test/fixtures/environment.ts'
import { failure } from '../../../../test/fixtures/hosts.ts'
import { nodeText, openMetrics } from '../../../../test/fixtures/openmetrics.ts'
import { freePort, type Lab, type Sshd, startLab } from '../../../../test/lab/index.ts'
import {
  PROMETHEUS_LOGIN,
  type PrometheusServer,
  startNodeExporter,
  startPrometheus,
} from '../../../../test/lab/prometheus.ts'
import { type Core, openCore } from '../../index.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** The past ends with a whole block of the server's, since the block under way takes nothing from outside. */
const NOW = Math.floor(Date.now() / (2 * HOUR)) * 2 * HOUR
const BEGIN = NOW - 20 * DAY
const GAP = [NOW - 30 * HOUR, NOW - 28 * HOUR] as const

/** The disk fills from 40% to 85%; memory has a peak of one minute; CPU follows the day. */
const moment = (at: number) =>
  at >= GAP[0] && at < GAP[1]
    ? null
    : {
        cpu: Math.round(1000 * (0.4 + 0.2 * Math.sin((2 * Math.PI * at) / DAY))) / 1000,
        memoryUsed: Math.abs(at - (NOW - 10 * DAY)) < MINUTE ? 0.95 : 0.5,
        diskUsed: 0.4 + (0.45 * (at - BEGIN)) / (NOW - BEGIN),
        load: 1.25,
      }

let lab: Lab
let sshd: Sshd
let prometheus: PrometheusServer
let exporter: string

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  sshd = lab.servers[0] as Sshd
  exporter = (await startNodeExporter(lab, '127.0.0.1')).target
  const began = Date.now()
  // From now on the host's exporter tells the same as its past.
  const live = await speaking((_, response) => {
    const seconds = (Date.now() - began) / 1000
    response.setHeader('content-type', 'text/plain; version=0.0.4')
    response.end(nodeText(moment(NOW) ?? never(), 1e6 + seconds, 1e5 + 0.25 * seconds))
  })
  const target = live.replace('http://', '')
  prometheus = await startPrometheus(lab, {
    history: openMetrics({ 'web-1:9100': moment }, { from: BEGIN, to: NOW - MINUTE, stepMs: MINUTE }),
    targets: { node: [exporter, target] },
    names: { [target]: 'web-1:9100' },
  })
  // Three scrapes of each, so that there are rates.
  await vi.waitFor(
    async () => {
      const answer = await fetch(`${prometheus.url}/api/v1/query?query=min(count_over_time(up[30s]))`)
      const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } }
      expect(Number(data.result[0]?.value[1])).toBeGreaterThanOrEqual(3)
    },
    { timeout: 45_000, interval: 200 },
  )
})
afterAll(() => lab.stop())

const settingsFor = (url: string, more: Partial<PrometheusSettings['server'] & object> = {}): PrometheusSettings =>
  PrometheusSettingsSchema.parse({ server: { url, auth: { kind: 'none' }, tunnelHostId: null, ...more } })

/** A core with a server named web-1, of which only Prometheus knows anything. */
async function coreWithHost(): Promise<{ core: Core; hostId: string; close(): Promise<void> }> {
  const environment = testEnvironment({ real: true })
  const core = await openCore({ folder: join(environment.folder, 'workspace'), environment })
  const { hosts } = core.areas
  hosts.acceptKey((await hosts.scanKey(sshd)).key)
  const host = await hosts.add({
    ...{ kind: 'ssh', name: 'web-1', address: sshd.address, port: sshd.port, user: lab.user },
    auth: { kind: 'key', path: lab.keys.plain.path },
  })
  return {
    core,
    hostId: host.id,
    async close() {
      await core.close()
      environment.dispose()
    },
  }
}

function never(): never {
  throw new Error('the past ends in a gap')
}

/** A server that answers as the test says, and tells what it was asked. */
async function speaking(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server: Server = createServer(answer)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  lab.cleanUp(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

it('every expression is PromQL that promtool accepts, with and without further matchers', () => {
  const rules = ['', 'cluster="a"'].flatMap((where, i) =>
    PROMQL.map(({ metric, expr }) => ({
      record: `headroom:${metric}:${i}`,
      expr: expand(expr, { host: 'instance', where, window: '5m' }),
    })),
  )
  const file = join(lab.folder, 'expressions.yaml')
  writeFileSync(file, stringify({ groups: [{ name: 'all', rules }] }))
  expect(execFileSync('promtool', ['check', 'rules', file], { encoding: 'utf8' })).toContain(
    `${rules.length} rules found`,
  )
})

describe('a look at a server', () => {
  it('tells its version, its hosts and what it has of our metrics', async () => {
    const { core, hostId, close } = await coreWithHost()
    const check = await core.areas.metrics.prometheus.check(settingsFor(prometheus.url))
    expect(check.problem).toBeNull()
    expect(check.version).toMatch(/^2\./)
    expect(check.values).toEqual(expect.arrayContaining(['web-1:9100', exporter]))
    expect(check.hosts).toEqual([{ hostId, name: 'web-1', value: 'web-1:9100' }])
    const series = (metric: string) => check.metrics.find((one) => one.metric === metric)?.series
    expect(series('memory_used_ratio')).toBe(2)
    expect(series('redis_clients')).toBe(0)
    await close()
  })
  it('says what stands in the way', async () => {
    const { core, hostId, close } = await coreWithHost()
    const problem = async (settings: PrometheusSettings, secret?: string) =>
      (await core.areas.metrics.prometheus.check(settings, secret)).problem
    const nobody = await freePort('127.0.0.1')
    expect(await problem(settingsFor(`http://127.0.0.1:${nobody}`))).toMatchObject({ code: 'PROMETHEUS_UNREACHABLE' })
    expect(await problem(settingsFor('http://no-such-name.invalid:9090'))).toMatchObject({
      code: 'PROMETHEUS_UNREACHABLE',
    })
    expect(await problem(settingsFor(prometheus.url, { hostLabel: 'nodename' }))).toMatchObject({
      code: 'PROMETHEUS_LABEL',
      value: 'nodename',
    })
    expect(await problem(settingsFor(`${prometheus.url}/elsewhere`))).toMatchObject({ code: 'PROMETHEUS_ANSWER' })
    expect(await problem(settingsFor(`http://127.0.0.1:${nobody}`, { tunnelHostId: hostId }))).toMatchObject({
      code: 'TUNNEL_REFUSED',
    })
    expect(await problem(settingsFor(prometheus.url, { where: 'a=b' }))).toMatchObject({ code: 'PROMETHEUS_QUERY' })
    const silent = await speaking(() => {})
    expect(await problem(settingsFor(silent, { timeoutMs: 1000 }))).toMatchObject({ code: 'PROMETHEUS_SLOW' })
    const cut = await speaking((_, response) =>
      response.writeHead(200, { 'content-length': 1000 }).write('{"stat', () => response.destroy()),
    )
    expect(await problem(settingsFor(cut))).toMatchObject({ code: 'PROMETHEUS_UNREACHABLE' })
    await close()
  })
  it('logs in, refuses a wrong password, and keeps the secret to itself', async () => {
    const { core, close } = await coreWithHost()
    const guarded = await startPrometheus(lab, { login: true, targets: { node: [exporter] } })
    const { prometheus: area } = core.areas.metrics
    const auth = { kind: 'basic', user: PROMETHEUS_LOGIN.user } as const
    expect((await area.check(settingsFor(guarded.url))).problem).toMatchObject({ code: 'PROMETHEUS_AUTH' })
    expect((await area.check(settingsFor(guarded.url, { auth }), 'wrong')).problem).toMatchObject({
      code: 'PROMETHEUS_AUTH',
    })
    expect((await area.check(settingsFor(guarded.url, { auth }))).problem).toMatchObject({
      code: 'PROMETHEUS_SECRET_NEEDED',
    })
    expect((await area.check(settingsFor(guarded.url, { auth }), PROMETHEUS_LOGIN.password)).version).toMatch(/^2\./)
    await area.save(settingsFor(guarded.url, { auth }), PROMETHEUS_LOGIN.password)
    expect(await area.hasSecret()).toBe(true)
    expect(JSON.stringify(area.settings())).not.toContain(PROMETHEUS_LOGIN.password)
    expect((await area.check(area.settings())).version).toMatch(/^2\./)
    const seen: (string | undefined)[] = []
    const listening = await speaking((request, response) => {
      seen.push(request.headers.authorization)
      response.end('{"status":"success","data":[]}')
    })
    await area.check(settingsFor(listening, { auth: { kind: 'bearer' } }), 'a-token')
    expect(new Set(seen)).toEqual(new Set(['Bearer a-token']))
    await close()
  })
  it('goes through the connection of a server that it is local to', async () => {
    const { core, hostId, close } = await coreWithHost()
    const check = await core.areas.metrics.prometheus.check(settingsFor(prometheus.url, { tunnelHostId: hostId }))
    expect(check).toMatchObject({ problem: null })
    expect(check.values).toContain('web-1:9100')
    await close()
  })
})

describe('Prometheus as the engine', () => {
  let open: Awaited<ReturnType<typeof coreWithHost>>
  beforeAll(async () => {
    open = await coreWithHost()
    await open.core.areas.metrics.prometheus.save({
      ...settingsFor(prometheus.url, { tunnelHostId: open.hostId }),
      engine: 'prometheus',
    })
  })
  afterAll(() => open.close())
  const read = <T>(work: () => T | Promise<T>) => open.core.areas.metrics.complete(work)

  it('gives the newest values and the series under our names', async () => {
    const { metrics } = open.core.areas
    const latest = await read(() => metrics.latest(open.hostId))
    const value = (metric: string) => latest.find(({ series }) => series.metric === metric)
    expect(value('memory_used_ratio')).toMatchObject({ value: 0.5, series: { unit: 'ratio', labels: {} } })
    expect(value('disk_used_ratio')?.series.labels).toEqual({ mount: '/' })
    expect(value('load1')?.value).toBe(1.25)
    expect(value('cpu_used_ratio')?.value).toBeCloseTo(0.25, 2)
    expect((await read(() => metrics.series(open.hostId))).map(({ metric }) => metric)).toContain('cpu_used_ratio')
  })
  it('gives charts with peaks kept and gaps as gaps, in no more points than pixels', async () => {
    const { metrics } = open.core.areas
    const slice = (metric: string, from: number, to: number, widthPx: number) =>
      read(() => metrics.slice({ hostId: open.hostId, metric, from, to, widthPx })).then(([one]) => one)
    const cpu = await slice('cpu_used_ratio', NOW - 2 * DAY, NOW, 600)
    expect(cpu?.at.length).toBeLessThanOrEqual(602)
    const nulls = cpu?.at.filter((_, i) => cpu.avg[i] === null) ?? []
    expect(nulls).toHaveLength(1)
    expect(nulls[0]).toBeGreaterThanOrEqual(GAP[0])
    expect(nulls[0]).toBeLessThan(GAP[1])
    for (const [i, at] of cpu?.at.entries() ?? []) {
      const told = cpu?.avg[i]
      if (told !== null && at > GAP[1] + 10 * MINUTE) expect(told).toBeCloseTo(moment(at - 2 * MINUTE)?.cpu ?? -1, 1)
    }
    // Whichever way the steps fall on the clock, the one minute is seen.
    for (const widthPx of [300, 311, 347, 401]) {
      const memory = await slice('memory_used_ratio', NOW - 19 * DAY, NOW, widthPx)
      expect(Math.max(...(memory?.max ?? []).map((one) => one ?? 0))).toBe(0.95)
      expect(memory?.at.length).toBeLessThanOrEqual(widthPx + 2)
    }
  })
  it('judges the plan on it, and tells when a limit is reached', async () => {
    const { plans } = open.core.areas
    plans.choose('tenant-guide')
    const verdict = await read(() => plans.verdict())
    expect(JSON.stringify(verdict)).toContain('web-1')
    const { runways } = await read(() => plans.forecasts.runways({ wait: true }))
    const disk = runways.find(({ metric }) => metric === 'disk_used_ratio')
    expect(disk?.runway).not.toBeNull()
    expect(disk?.hostName).toBe('web-1')
  })
  it('gives samples of one host or of all for judging, with the least and greatest of long steps', async () => {
    const { metrics } = open.core.areas
    const samples = (from: number, hostId?: string) =>
      read(() => metrics.samples({ metric: 'memory_used_ratio', hostId, from, to: NOW }))
    expect((await samples(NOW - HOUR, 'another')).length).toBe(0)
    const [hour] = await samples(NOW - HOUR, open.hostId)
    expect(hour?.samples.length).toBeGreaterThan(200)
    const [long] = await samples(NOW - 15 * DAY)
    expect(Math.max(...(long?.samples ?? []).map(({ value }) => value))).toBe(0.95)
    expect(long?.samples.every(({ at }, i) => i === 0 || at >= (long.samples[i - 1]?.at ?? 0))).toBe(true)
  })
  it('stores nothing of it, and measures nothing by itself', async () => {
    const rows = open.core.areas.workspace.metrics.prepare('SELECT count(*) FROM series').pluck().get()
    expect(rows).toBe(0)
  })
  it('is not made the engine while it cannot be reached', async () => {
    const before = open.core.areas.metrics.prometheus.settings()
    const nobody = `http://127.0.0.1:${await freePort('127.0.0.1')}`
    const error = await failure(
      open.core.areas.metrics.prometheus.save({ ...settingsFor(nobody), engine: 'prometheus' }),
    )
    expect(error.code).toBe('PROMETHEUS_UNREACHABLE')
    expect(open.core.areas.metrics.prometheus.settings()).toEqual(before)
  })
  it('tells of a server that is gone, of parts that did not answer, and of an expression that is refused', async () => {
    const { metrics } = open.core.areas
    let mode: 'partial' | 'gone' | 'query' = 'partial'
    const url = await speaking((request, response) => {
      if (mode === 'gone') return response.destroy()
      if (request.url?.includes('/label/')) return response.end('{"status":"success","data":["web-1"]}')
      if (mode === 'query')
        return response
          .writeHead(400)
          .end('{"status":"error","errorType":"bad_data","error":"parse error: unexpected end"}')
      response.end(
        `{"status":"success","warnings":["a store did not answer"],"data":{"resultType":"vector","result":[{"metric":{"instance":"web-1"},"value":[${NOW / 1000},"0.25"]}]}}`,
      )
    })
    const { core, hostId, close } = await coreWithHost()
    const area = core.areas.metrics
    await area.prometheus.save({ ...settingsFor(url), engine: 'prometheus' })
    const latest = await area.complete(() => area.latest(hostId))
    expect(latest.find(({ series }) => series.metric === 'load1')?.value).toBe(0.25)
    expect(area.prometheus.source.status().warnings).toEqual(['a store did not answer'])
    mode = 'gone'
    const error = await failure(
      area.complete(() => area.slice({ hostId, metric: 'load1', from: NOW - HOUR, to: NOW, widthPx: 100 })),
    )
    expect(error.code).toBe('PROMETHEUS_UNREACHABLE')
    expect(area.prometheus.source.status().problem).toMatchObject({ code: 'PROMETHEUS_UNREACHABLE' })
    expect(area.slice({ hostId, metric: 'load1', from: NOW - HOUR, to: NOW, widthPx: 100 })).toEqual([])
    mode = 'query'
    expect(
      await area.complete(() => area.slice({ hostId, metric: 'load5', from: NOW - HOUR, to: NOW, widthPx: 100 })),
    ).toEqual([])
    expect(area.prometheus.source.status().warnings.join()).toContain('parse error')
    await close()
    expect(metrics.prometheus.isEngine()).toBe(true)
  })
})

describe('history from Prometheus', () => {
  it('is there as samples for a week and as buckets before it, gaps as gaps, and gives a runway', async () => {
    const { core, hostId, close } = await coreWithHost()
    const { metrics, plans } = core.areas
    plans.choose('tenant-guide')
    await metrics.prometheus.save(settingsFor(prometheus.url))
    expect(await metrics.backfill.discover(hostId)).toMatchObject({ prometheus: true, measuredFrom: null })
    const began = performance.now()
    const job = metrics.backfill.start(hostId, { kind: 'prometheus', days: 30 })
    expect(
      (await failure(Promise.resolve().then(() => metrics.backfill.start(hostId, { kind: 'sysstat' })))).code,
    ).toBe('BACKFILL_RUNNING')
    const done = await metrics.backfill.ended(job.id)
    expect(done).toMatchObject({ state: 'done', problem: null })
    expect(done.parts.done).toBe(done.parts.total)
    expect(done.samples.stored).toBeGreaterThan(10_000)

    const day = metrics.slice({ hostId, metric: 'memory_used_ratio', from: NOW - DAY, to: NOW, widthPx: 2000 })[0]
    expect(day?.at.length).toBeGreaterThan(1430)
    expect(new Set(day?.avg)).toEqual(new Set([0.5]))
    const past = metrics.slice({
      hostId,
      metric: 'memory_used_ratio',
      from: NOW - 12 * DAY,
      to: NOW - 8 * DAY,
      widthPx: 400,
    })[0]
    expect(Math.max(...(past?.max ?? []).map((one) => one ?? 0))).toBe(0.95)
    const gap = metrics.slice({ hostId, metric: 'load1', from: NOW - 2 * DAY, to: NOW - HOUR, widthPx: 2000 })[0]
    expect(gap?.avg.filter((one) => one === null)).toHaveLength(1)
    const old = metrics.slice({
      hostId,
      metric: 'disk_used_ratio',
      from: NOW - 15 * DAY,
      to: NOW - 14 * DAY,
      widthPx: 24,
    })[0]
    for (const [i, at] of old?.at.entries() ?? []) expect(old?.avg[i]).toBeCloseTo(moment(at)?.diskUsed ?? -1, 2)

    const { runways } = await plans.forecasts.runways({ wait: true })
    expect(runways.find(({ metric }) => metric === 'disk_used_ratio')?.runway).not.toBeNull()
    expect(performance.now() - began).toBeLessThan(60_000)

    const again = await metrics.backfill.ended(metrics.backfill.start(hostId, { kind: 'prometheus', days: 30 }).id)
    expect(again.samples.stored).toBeLessThan(50)
    await close()
  })
  it('names the values there are where none is the server', async () => {
    const { core, hostId, close } = await coreWithHost()
    const { metrics } = core.areas
    await metrics.prometheus.save(settingsFor(prometheus.url))
    const job = await metrics.backfill.ended(
      metrics.backfill.start(hostId, { kind: 'prometheus', days: 2, value: 'web-2' }).id,
    )
    expect(job).toMatchObject({ state: 'failed', problem: { code: 'PROMETHEUS_NO_HOST', value: 'web-2' } })
    expect(job.problem?.fix).toContain('web-1:9100')
    await close()
  })
})
