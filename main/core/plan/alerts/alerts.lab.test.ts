import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AlertRuleBodySchema, AlertSettingsSchema, type Notice } from '../../../../shared/model/alert.ts'
import { type OpenHosts, openHosts } from '../../../../test/fixtures/hosts.ts'
import { createMetrics, type Metrics } from '../../metrics/index.ts'
import { type Alerts, createAlerts } from './index.ts'

const WAIT = { timeout: 60_000, interval: 250 }
let open: OpenHosts
let metrics: Metrics
let alerts: Alerts
let load: ChildProcess | undefined
const said: Notice[] = []
const got: { title: string; kind: string }[] = []
const receiver = createServer((request, response) => {
  void text(request).then((body) => {
    got.push(JSON.parse(body) as { title: string; kind: string })
    response.writeHead(204).end()
  })
})

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  open = openHosts({ real: true })
  metrics = createMetrics(open)
  metrics.setEvery(1000)
  await open.hosts.add({ kind: 'local', name: 'here' })
  alerts = createAlerts({
    ...{ workspace: open.workspace, hosts: open.hosts, metrics, events: open.events, plan: () => null },
    environment: { ...open.environment, notify: (notice: Notice) => void said.push(notice) },
  })
  const settings = AlertSettingsSchema.parse({
    webhooks: [{ id: 'one', name: 'One', format: 'headroom', from: 'info' }],
  })
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  await alerts.saveSettings(settings, { one: { url } })
  metrics.start()
  alerts.start()
})
afterAll(async () => {
  load?.kill('SIGKILL')
  await alerts?.close()
  await metrics?.close()
  await open?.close()
  receiver.closeAllConnections()
  receiver.close()
})

it('real load on a real computer fires a rule, reaches desktop and webhook, and clears when it ends', async () => {
  // Processes that can run are counted by the kernel, so that what else this computer does cannot hide the load.
  const before = await expect
    .poll(() => metrics.latest().find(({ series }) => series.metric === 'load1')?.value, WAIT)
    .toBeGreaterThanOrEqual(0)
    .then(() => metrics.latest().find(({ series }) => series.metric === 'load1')?.value ?? 0)
  load = spawn('sh', ['-c', 'for n in 1 2 3 4; do (while :; do :; done) & done; wait'], {
    detached: true,
    stdio: 'ignore',
  })
  const threshold = before + 0.3
  alerts.saveRule(
    undefined,
    AlertRuleBodySchema.parse({
      ...{ name: 'Load', voice: { coolDownMs: 0, action: 'Look at what runs' } },
      test: { metric: 'load1', op: '>', threshold, forMs: 3000, clear: threshold },
    }),
  )
  await expect.poll(async () => (await alerts.list(new Map())).open.length, WAIT).toBe(1)
  const [alert] = (await alerts.list(new Map())).open
  expect(alert?.evidence.value).toBeGreaterThan(threshold)
  expect((alert?.firedAt ?? 0) - (alert?.since ?? 0)).toBeGreaterThanOrEqual(3000)
  expect(alert?.evidence.coverage).toBeGreaterThanOrEqual(0.8)
  expect(said.map(({ kind }) => kind)).toEqual(['fired'])
  await expect.poll(() => got.map(({ kind }) => kind), WAIT).toEqual(['fired'])
  expect(got[0]?.title).toMatch(/^warning: Load, 1 minute on here is /)
  process.kill(-(load.pid as number), 'SIGKILL')
  await expect.poll(async () => (await alerts.list(new Map())).open.length, { ...WAIT, timeout: 150_000 }).toBe(0)
  await expect.poll(() => got.map(({ kind }) => kind), WAIT).toEqual(['fired', 'cleared'])
  expect(alerts.deliveries().every(({ state }) => state === 'sent')).toBe(true)
}, 300_000)
