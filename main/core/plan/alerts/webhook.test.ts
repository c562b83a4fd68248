import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTls } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import type { Message } from '../../../../shared/alerts/webhook-body.ts'
import { AlertSettingsSchema } from '../../../../shared/model/alert.ts'
import { openHosts } from '../../../../test/fixtures/hosts.ts'
import { AlertStore } from './alert-store.ts'
import { Courier } from './courier.ts'
import { signatureOf } from './webhook.ts'

const TOKEN = 'T0KEN-T0KEN-T0KEN'
const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

interface Got {
  request: IncomingMessage
  body: string
}

/** A receiver that answers as the test says, one answer after the other, the last one for good. */
async function receiver(...answers: ((response: ServerResponse) => void)[]) {
  const got: Got[] = []
  const listener: RequestListener = (request, response) => {
    void text(request).then((body) => {
      const answer = answers[Math.min(got.length, answers.length - 1)]
      got.push({ request, body })
      answer?.(response)
    })
  }
  return { got, ...(await listening(createServer(listener))) }
}

async function listening(server: ReturnType<typeof createServer>) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port }
}

const status =
  (code: number, headers: Record<string, string> = {}, body = '') =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end(body)

const message = (id: string): Message => ({
  id,
  at: 0,
  kind: 'fired',
  severity: 'critical',
  title: 'critical: CPU',
  alerts: [],
})

async function courierTo(url: string, options: { timeoutMs?: number; key?: string } = {}) {
  const open = openHosts({})
  closers.push(open.close)
  const settings = AlertSettingsSchema.parse({
    webhooks: [
      { id: 'one', name: 'One', format: 'headroom', from: 'info' },
      { id: 'two', name: 'Two', format: 'slack', from: 'critical' },
    ],
  })
  const store = new AlertStore(open.workspace.app)
  const start = () =>
    new Courier({
      ...{ store, secrets: open.hosts.secrets, environment: open.environment, timeoutMs: options.timeoutMs },
      ...{ settings: () => settings, changed: () => {} },
    })
  const courier = start()
  closers.push(() => courier.close())
  await courier.keep('one', { url, key: options.key })
  const { clock } = open.environment
  const send = async (id: string) => {
    courier.enqueue({ ...message(id), at: clock.at }, 'one')
    await courier.send()
    return store.deliveries(1)[0]
  }
  return { courier, store, clock, send, start }
}

describe('a message to the webhook', () => {
  it('arrives with its number and, with a key, with a signature that the receiver can check', async () => {
    const { got, port } = await receiver(status(204))
    const { send, clock, courier } = await courierTo(`http://127.0.0.1:${port}/${TOKEN}`, { key: 'k3y-k3y-k3y' })
    expect(await send('d-1')).toMatchObject({ state: 'sent', attempts: 1, status: 204, error: null })
    const [{ request, body } = { request: null, body: '' }] = got
    expect(request).toMatchObject({ method: 'POST', url: `/${TOKEN}`, headers: { 'headroom-delivery': 'd-1' } })
    expect(JSON.parse(body)).toMatchObject({ version: 1, id: 'd-1', text: 'critical: CPU' })
    const seconds = Math.floor(clock.at / 1000)
    const signature = `t=${seconds},v1=${signatureOf('k3y-k3y-k3y', seconds, body)}`
    expect(request?.headers['headroom-signature']).toBe(signature)
    expect(await courier.kept('one')).toEqual({ host: `127.0.0.1:${port}`, signed: true, locked: false })
  })

  it('is tried again after errors of the receiver, in growing pauses, until it is taken', async () => {
    const { got, port } = await receiver(
      status(500, {}, `no such hook ${TOKEN}`),
      status(429, { 'retry-after': '60' }),
      status(200),
    )
    const { send, clock, courier, store } = await courierTo(`http://127.0.0.1:${port}/${TOKEN}`)
    const first = await send('d-1')
    expect(first).toMatchObject({ state: 'waiting', attempts: 1, status: 500 })
    expect(first?.error).toBe(`127.0.0.1:${port} answered 500: no such hook [redacted].`)
    const pause = (first?.nextAt ?? 0) - clock.at
    expect(pause).toBeGreaterThanOrEqual(1000)
    expect(pause).toBeLessThanOrEqual(2000)
    await courier.send()
    expect(got).toHaveLength(1)
    clock.advance(2000)
    await courier.send()
    expect((store.waiting()[0]?.nextAt ?? 0) - clock.at).toBe(60_000)
    clock.advance(60_000)
    await courier.send()
    expect(store.deliveries(1)[0]).toMatchObject({ state: 'sent', attempts: 3 })
    expect(got.map(({ request }) => request.headers['headroom-delivery'])).toEqual(['d-1', 'd-1', 'd-1'])
  })

  it('survives the end of the program, and is given up after a day', async () => {
    const { port } = await receiver(status(503))
    const { send, clock, start, store } = await courierTo(`http://127.0.0.1:${port}/`)
    await send('d-1')
    const after = start()
    closers.push(() => after.close())
    clock.advance(60_000)
    await after.send()
    expect(store.waiting()[0]).toMatchObject({ id: 'd-1.one', attempts: 2 })
    clock.advance(86_400_000)
    await after.send()
    expect(store.deliveries(1)[0]).toMatchObject({ state: 'failed', attempts: 3, nextAt: null })
  })

  it('that the receiver refuses is not sent again', async () => {
    const { port } = await receiver(status(404))
    expect(await (await courierTo(`http://127.0.0.1:${port}/`)).send('d-1')).toMatchObject({
      state: 'failed',
      status: 404,
    })
  })

  it('does not wait for a receiver that hangs', async () => {
    const { port } = await receiver(() => {})
    const { send } = await courierTo(`http://127.0.0.1:${port}/`, { timeoutMs: 200 })
    expect(await send('d-1')).toMatchObject({
      state: 'waiting',
      error: `127.0.0.1:${port} did not answer within 0.2 s.`,
    })
  })

  it('follows a redirect of its own host, and none to another', async () => {
    const other = await receiver(status(200))
    const { got, port } = await receiver(
      status(308, { location: '/moved' }),
      status(200),
      status(302, { location: `http://127.0.0.1:${other.port}/` }),
    )
    const { send } = await courierTo(`http://127.0.0.1:${port}/${TOKEN}`)
    expect(await send('d-1')).toMatchObject({ state: 'sent' })
    expect(got.map(({ request }) => request.url)).toEqual([`/${TOKEN}`, '/moved'])
    const refused = await send('d-2')
    expect(refused).toMatchObject({
      state: 'failed',
      error: `127.0.0.1:${port} redirects to 127.0.0.1:${other.port}, which is not followed.`,
    })
    expect(other.got).toEqual([])
  })

  it('is not handed to a receiver whose certificate nobody vouches for', async () => {
    const open = openHosts({})
    closers.push(open.close)
    const [key, cert] = [join(open.environment.folder, 'key.pem'), join(open.environment.folder, 'cert.pem')]
    const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
    execFileSync('openssl', [...words, '-subj', '/CN=127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'ignore' })
    let asked = 0
    const server = createTls({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
      asked += 1
      response.end()
    })
    const { port } = await listening(server as unknown as ReturnType<typeof createServer>)
    const delivery = await (await courierTo(`https://127.0.0.1:${port}/${TOKEN}`)).send('d-1')
    expect(delivery).toMatchObject({ state: 'waiting', status: null })
    expect(delivery?.error).toMatch(/cannot be reached: .*self.signed certificate/)
    expect(asked).toBe(0)
  })

  it('has nowhere to go without an address', async () => {
    const { courier, send } = await courierTo('http://127.0.0.1:9/')
    await courier.keep('one', { url: null, key: null })
    expect(await send('d-1')).toMatchObject({ state: 'failed', error: 'There is no address to send alerts to.' })
    expect(await courier.tryOnce(message('d-2'), 'one')).toMatchObject({ ok: false, again: false })
  })

  it('to one webhook does not wait for another that hangs, and each has its own address and key', async () => {
    const hung: ServerResponse[] = []
    const slow = await receiver((response) => void hung.push(response))
    const quick = await receiver(status(204))
    const { courier, clock, store } = await courierTo(`http://127.0.0.1:${slow.port}/a`, { timeoutMs: 60_000 })
    await courier.keep('two', { url: `http://127.0.0.1:${quick.port}/b`, key: 'k3y-of-two' })
    const at = clock.at
    courier.enqueue({ ...message('d-1'), at }, 'one')
    const first = courier.send()
    await expect.poll(() => hung.length).toBe(1)
    courier.enqueue({ ...message('d-2'), at }, 'two')
    void courier.send()
    await expect.poll(() => store.lastDeliveries().get('two')?.state).toBe('sent')
    expect(store.lastDeliveries().get('one')).toMatchObject({ state: 'waiting', attempts: 0 })
    expect(quick.got[0]?.request.headers['headroom-signature']).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/)
    hung[0]?.writeHead(204).end()
    await first
    expect(store.lastDeliveries().get('one')).toMatchObject({ state: 'sent', webhook: 'one' })
    expect(slow.got[0]?.request.headers['headroom-signature']).toBeUndefined()
  })
})
