import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Feed } from '../../../shared/model/update.ts'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { EventHub } from '../events.ts'
import { openWorkspace, type Workspace } from '../workspace/index.ts'
import { isNewer } from './feed.ts'
import { createUpdates, type Updates } from './index.ts'

const PACKAGE = Buffer.from('the new program')
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
let environment: TestEnvironment
let workspace: Workspace
let updates: Updates
let server: Server
/** What the server answers by path, and what it was asked. */
let served: Map<string, Buffer>
let asked: { url: string; headers: Record<string, unknown> }[]
let appImage: string

const feed = (version = '1.3.0'): Feed => ({
  format: 'headroom/feed@1',
  version,
  publishedAt: Date.UTC(2026, 0, 2),
  files: [
    {
      name: `headroom-${version}.AppImage`,
      platform: 'linux',
      arch: process.arch as 'x64',
      kind: 'AppImage',
      bytes: PACKAGE.length,
      sha512: createHash('sha512').update(PACKAGE).digest('hex'),
    },
  ],
})

function publish(what: Feed, key: KeyObject = privateKey): void {
  const bytes = Buffer.from(JSON.stringify(what))
  served.set('/feed.json', bytes)
  served.set('/feed.json.sig', Buffer.from(sign(null, bytes, key).toString('base64')))
  for (const { name } of what.files) served.set(`/${name}`, PACKAGE)
}

beforeEach(async () => {
  served = new Map()
  asked = []
  server = createServer((request, response) => {
    asked.push({ url: request.url ?? '', headers: request.headers })
    const body = served.get(request.url ?? '')
    response.writeHead(body ? 200 : 404).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  environment = testEnvironment({ face: 'electron' })
  appImage = join(environment.folder, 'apps', 'Headroom.AppImage')
  mkdirSync(dirname(appImage))
  writeFileSync(appImage, 'the old program')
  build({ env: { APPIMAGE: appImage }, platform: 'linux' })
})

function build(changes: Partial<TestEnvironment>, url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`) {
  const resources = join(environment.folder, 'resources')
  mkdirSync(join(resources, 'update'), { recursive: true })
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  writeFileSync(join(resources, 'update', 'feed.json'), JSON.stringify({ url, publicKey: pem }))
  const here = { ...environment, resources, ...changes }
  workspace ??= openWorkspace(join(environment.folder, 'workspace'), here)
  updates = createUpdates({ workspace, environment: here, events: new EventHub(), current: '1.2.9' })
}

afterEach(() => {
  updates.close()
  workspace.close()
  workspace = undefined as never
  server.close()
  server.closeAllConnections()
  environment.dispose()
})

describe('updates', () => {
  it('ask nobody until they are turned on, and not after they are turned off', async () => {
    publish(feed())
    expect(updates.status()).toMatchObject({ on: false, newer: null })
    updates.start()
    await expect(updates.check()).rejects.toMatchObject({ code: 'UPDATE_OFF' })
    await expect(updates.download()).rejects.toMatchObject({ code: 'UPDATE_OFF' })
    updates.set(true)
    updates.set(false)
    await expect(updates.check()).rejects.toMatchObject({ code: 'UPDATE_OFF' })
    expect(asked).toEqual([])
  })

  it('send no version, no name and no cookie', async () => {
    publish(feed())
    updates.set(true)
    await updates.check()
    expect(asked.map(({ url }) => url).sort()).toEqual(['/feed.json', '/feed.json.sig'])
    for (const { headers } of asked) {
      expect(headers['user-agent']).toBe('Headroom')
      expect(JSON.stringify(headers)).not.toMatch(/1\.2\.9|cookie|linux/)
    }
  })

  it('put a verified AppImage in the place of the running one', async () => {
    publish(feed())
    updates.set(true)
    expect(await updates.check()).toMatchObject({ newer: { version: '1.3.0', bytes: PACKAGE.length } })
    expect(await updates.download()).toMatchObject({ ready: { version: '1.3.0', path: appImage, replaced: true } })
    expect(readFileSync(appImage)).toEqual(PACKAGE)
    expect(readdirSync(dirname(appImage))).toEqual(['Headroom.AppImage'])
  })

  it('leave a package that needs the operator beside their other downloads, with the command', async () => {
    const release = feed()
    release.files = release.files.map((file) => ({ ...file, kind: 'deb', name: 'headroom.deb' }))
    publish(release)
    build({ env: {}, platform: 'linux' })
    updates.set(true)
    const path = join(environment.home, 'headroom.deb')
    expect(await updates.download()).toMatchObject({
      ready: { path, replaced: false, command: `sudo apt install ${path}` },
    })
    expect(readFileSync(path)).toEqual(PACKAGE)
  })

  it('refuse a feed of another key, a changed feed and a changed signature', async () => {
    updates.set(true)
    publish(feed(), generateKeyPairSync('ed25519').privateKey)
    await expect(updates.check()).rejects.toMatchObject({ code: 'UPDATE_NOT_SIGNED' })
    publish(feed())
    const bytes = served.get('/feed.json') as Buffer
    served.set('/feed.json', Buffer.from(bytes.toString().replace('1.3.0', '9.3.0')))
    await expect(updates.check()).rejects.toMatchObject({ code: 'UPDATE_NOT_SIGNED' })
    served.set('/feed.json.sig', Buffer.from(''))
    await expect(updates.check()).rejects.toMatchObject({ code: 'UPDATE_NOT_SIGNED' })
    expect(updates.status()).toMatchObject({ newer: null, problem: { code: 'UPDATE_NOT_SIGNED' } })
  })

  it('refuse a signed feed of a shape they do not know', async () => {
    updates.set(true)
    publish({ ...feed(), files: [{ ...feed().files[0], name: '../../etc/cron.d/x' }] } as Feed)
    await expect(updates.check()).rejects.toMatchObject({ code: 'UPDATE_FEED_INVALID' })
  })

  it.each([
    ['differs', Buffer.from('the bad program')],
    ['is longer', Buffer.concat([PACKAGE, Buffer.from('!')])],
    ['is shorter', PACKAGE.subarray(1)],
  ])('delete a package that %s and leave the running one', async (_how, sent) => {
    publish(feed())
    served.set('/headroom-1.3.0.AppImage', sent)
    updates.set(true)
    await expect(updates.download()).rejects.toMatchObject({ code: 'UPDATE_FILE_WRONG' })
    expect(readFileSync(appImage, 'utf8')).toBe('the old program')
    expect(readdirSync(dirname(appImage))).toEqual(['Headroom.AppImage'])
    expect(updates.status().ready).toBeNull()
  })

  it('never go back to an older version, even a signed one', async () => {
    updates.set(true)
    publish(feed('1.2.8'))
    expect((await updates.check()).newer).toBeNull()
    await expect(updates.download()).rejects.toMatchObject({ code: 'UPDATE_NONE' })
    expect(isNewer('1.10.0', '1.9.9')).toBe(true)
    expect(isNewer('1.2.9', '1.2.9')).toBe(false)
    expect(isNewer('0.9.9', '1.0.0')).toBe(false)
  })

  it('say what is missing for this computer', async () => {
    publish(feed())
    build({ env: {}, platform: 'darwin' })
    updates.set(true)
    await expect(updates.download()).rejects.toMatchObject({ code: 'UPDATE_NO_FILE', problem: { value: '1.3.0' } })
  })

  it('change nothing without a network, and say so', async () => {
    server.close()
    await once(server, 'close')
    updates.set(true)
    await expect(updates.check()).rejects.toMatchObject({ code: 'UPDATE_UNREACHABLE' })
    expect(updates.status()).toMatchObject({ on: true, newer: null, checkedAt: environment.now() })
  })

  it('say that a folder cannot be written to', async () => {
    publish(feed())
    build({ env: { APPIMAGE: join('/proc', 'Headroom.AppImage') }, platform: 'linux' })
    updates.set(true)
    await expect(updates.download()).rejects.toMatchObject({ code: 'UPDATE_NOT_WRITTEN' })
    expect(existsSync(appImage)).toBe(true)
  })

  it('are not to be had in a build without a feed, nor over plain http', () => {
    updates = createUpdates({ workspace, environment, events: new EventHub() })
    expect(updates.status()).toMatchObject({ feed: null, on: false })
    expect(() => updates.set(true)).toThrow(expect.objectContaining({ code: 'UPDATE_NO_FEED' }))
    expect(() => build({}, 'http://updates.example')).toThrow('https')
  })
})
