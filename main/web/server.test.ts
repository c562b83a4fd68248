import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Link } from '../../shared/contract/link.ts'
import { linkPair } from '../link/index.ts'
import { serveWeb, type WebHost } from './server.ts'

let folder: string
let host: WebHost
let time: number
let cores: Link[]
let running: boolean

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-web-'))
  mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true })
  writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html>the page')
  writeFileSync(join(folder, 'renderer', 'assets', 'a.js'), 'export {}')
  writeFileSync(join(folder, 'secret.json'), '"outside"')
  time = 1_000_000
  cores = []
  running = true
  host = await serveWeb({
    port: 0,
    files: join(folder, 'renderer'),
    now: () => time,
    connect: () => {
      if (!running) return null
      const [ours, theirs] = linkPair()
      cores.push(theirs)
      theirs.onMessage((message) => theirs.send(message))
      return ours
    },
  })
})
afterEach(async () => {
  await host.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** A plain HTTP call that sends the path and headers exactly as given, which fetch would not. */
function call(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((done, fail) => {
    const sent = request({ host: '127.0.0.1', port: host.port, path, method, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    sent.on('error', fail)
    sent.end()
  })
}

async function cookieOf(link: string): Promise<string> {
  const { pathname, search } = new URL(link)
  const answer = await call(pathname + search)
  return String(answer.headers['set-cookie']).split(';')[0] ?? ''
}

function upgrade(
  headers: Record<string, string>,
  path = '/core',
): Promise<{ opened: boolean; status: number | null; socket: WebSocket }> {
  return new Promise((done) => {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers })
    socket.on('open', () => done({ opened: true, status: null, socket }))
    socket.on('unexpected-response', (_request, response) => {
      done({ opened: false, status: response.statusCode ?? null, socket })
      socket.terminate()
    })
    socket.on('error', () => {})
  })
}

describe('one-time link', () => {
  it('gives a strict, script-proof cookie that opens the page', async () => {
    const { pathname, search } = new URL(host.newLink())
    const entered = await call(pathname + search)
    expect(entered.status).toBe(200)
    const cookie = String(entered.headers['set-cookie'])
    expect(cookie).toMatch(/; HttpOnly/)
    expect(cookie).toMatch(/; SameSite=Strict/)
    const page = await call('/', { cookie: cookie.split(';')[0] ?? '' })
    expect(page).toMatchObject({ status: 200, body: '<!doctype html>the page' })
  })

  it('works once', async () => {
    const { pathname, search } = new URL(host.newLink())
    expect((await call(pathname + search)).status).toBe(200)
    const again = await call(pathname + search)
    expect(again.status).toBe(403)
    expect(again.headers['set-cookie']).toBeUndefined()
  })

  it('is void once a newer one was made', async () => {
    const old = new URL(host.newLink())
    host.newLink()
    expect((await call(old.pathname + old.search)).status).toBe(403)
  })

  it('cannot be guessed at speed: after ten wrong ones even the right one waits a minute', async () => {
    const { pathname, search } = new URL(host.newLink())
    for (let n = 0; n < 10; n += 1) expect((await call(`/open?token=guess${n}`)).status).toBe(403)
    expect((await call(pathname + search)).status).toBe(429)
    time += 60_001
    expect((await call(pathname + search)).status).toBe(200)
  })
})

describe('requests that are not for us', () => {
  it('refuses every file without a session, and says what to do', async () => {
    for (const path of ['/', '/index.html', '/assets/a.js']) {
      const answer = await call(path)
      expect(answer.status).toBe(401)
      expect(answer.body).toContain('Open the link')
    }
    expect((await call('/', { cookie: `headroom-${host.port}=made-up` })).status).toBe(401)
  })

  it('refuses a foreign Host, as after DNS rebinding', async () => {
    const cookie = await cookieOf(host.newLink())
    expect((await call('/', { cookie, host: `evil.example:${host.port}` })).status).toBe(421)
    expect((await call('/', { cookie, host: '127.0.0.1' })).status).toBe(421)
    expect((await call('/', { cookie, host: `localhost:${host.port}` })).status).toBe(200)
  })

  it('refuses a foreign Origin and never allows cross-origin reading', async () => {
    const cookie = await cookieOf(host.newLink())
    const foreign = await call('/', { cookie, origin: 'http://evil.example' })
    expect(foreign.status).toBe(403)
    const own = await call('/', { cookie, origin: `http://127.0.0.1:${host.port}` })
    expect(own.status).toBe(200)
    for (const { headers } of [foreign, own]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  it('refuses methods that change things', async () => {
    const cookie = await cookieOf(host.newLink())
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect((await call('/', { cookie }, method)).status).toBe(405)
  })

  it('serves nothing outside its folder', async () => {
    const cookie = await cookieOf(host.newLink())
    for (const path of [
      '/../secret.json',
      '/%2e%2e/secret.json',
      '/..%2fsecret.json',
      '/assets/../../secret.json',
      '/%00.json',
      '/%',
    ]) {
      expect((await call(path, { cookie })).status).toBe(404)
    }
  })

  it('sends the content security policy with pages and refusals alike', async () => {
    const cookie = await cookieOf(host.newLink())
    for (const answer of [await call('/', { cookie }), await call('/'), await call('/none', { cookie })]) {
      const policy = String(answer.headers['content-security-policy'])
      expect(policy).toContain("script-src 'self';")
      expect(policy).not.toContain('unsafe-eval')
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
    }
  })
})

describe('the line to the core', () => {
  it('opens for the own page with a session and carries messages both ways', async () => {
    const cookie = await cookieOf(host.newLink())
    const { opened, socket } = await upgrade({ cookie, origin: `http://127.0.0.1:${host.port}` })
    expect(opened).toBe(true)
    const echoed = new Promise<string>((done) => {
      socket.on('message', (data) => done(String(data)))
    })
    socket.send('hello')
    expect(await echoed).toBe('hello')
  })

  it('is refused without session, without or with a foreign Origin, by a foreign Host, and on another path', async () => {
    const cookie = await cookieOf(host.newLink())
    const origin = `http://127.0.0.1:${host.port}`
    expect(await upgrade({ origin })).toMatchObject({ opened: false, status: 401 })
    expect(await upgrade({ cookie })).toMatchObject({ opened: false, status: 403 })
    expect(await upgrade({ cookie, origin: 'http://evil.example' })).toMatchObject({ opened: false, status: 403 })
    expect(await upgrade({ cookie, origin: 'null' })).toMatchObject({ opened: false, status: 403 })
    expect(await upgrade({ cookie, origin, host: `evil.example:${host.port}` })).toMatchObject({
      opened: false,
      status: 421,
    })
    expect(await upgrade({ cookie, origin }, '/other')).toMatchObject({ opened: false, status: 404 })
    expect(cores).toHaveLength(0)
  })

  it('is refused while no engine runs, and opened once one does', async () => {
    const cookie = await cookieOf(host.newLink())
    const origin = `http://127.0.0.1:${host.port}`
    running = false
    expect(await upgrade({ cookie, origin })).toMatchObject({ opened: false, status: 503 })
    running = true
    const { opened, socket } = await upgrade({ cookie, origin })
    expect(opened).toBe(true)
    socket.close()
  })

  it('leaves no line in the core when the handshake fails', async () => {
    const cookie = await cookieOf(host.newLink())
    const origin = `http://127.0.0.1:${host.port}`
    const broken = { cookie, origin, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '1' }
    expect((await call('/core', broken)).status).toBe(400)
    await new Promise<void>((done) => cores[0]?.onClose(done))
  })

  it('ends in the core when the page goes, and in the page when the core goes', async () => {
    const cookie = await cookieOf(host.newLink())
    const origin = `http://127.0.0.1:${host.port}`
    const first = await upgrade({ cookie, origin })
    const coreSaw = new Promise<void>((done) => cores[0]?.onClose(done))
    first.socket.close()
    await coreSaw
    const second = await upgrade({ cookie, origin })
    const pageSaw = new Promise<number>((done) => {
      second.socket.on('close', done)
    })
    host.dropLines()
    expect(await pageSaw).toBe(1013)
  })
})
