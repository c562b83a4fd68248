import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clientOver } from '../../../shared/contract/client.ts'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { linkPair, listenLocally } from '../../link/index.ts'
import { type Core, openCore } from '../index.ts'
import { openLog } from '../log.ts'
import { checkAgent, checkKnownHosts, checkNode } from './computer.ts'
import { checkSocket } from './of-workspace.ts'

const CANARY = 'canary-5b8e+/7 x'
let environment: TestEnvironment
let core: Core | null
let server: Server | null

beforeEach(() => {
  environment = testEnvironment()
  core = null
  server = null
})
afterEach(async () => {
  await core?.close()
  server?.close()
  environment.dispose()
})

async function open() {
  const folder = join(environment.folder, 'workspace')
  core = await openCore({ folder, environment })
  const [near, far] = linkPair()
  core.serve(far)
  return { folder, client: clientOver(near), areas: core.areas }
}

describe('the self-check', () => {
  test('of a fresh workspace finds nothing that fails, and names what is missing with how to mend it', async () => {
    const { client } = await open()
    const checks = await client.diagnostics.examine()
    expect(checks.map(({ id }) => id)).toEqual([
      'node',
      'sqlite',
      'workspace',
      'integrity',
      'backups',
      'disk',
      'socket',
      'secrets',
      'agent',
      'known-hosts',
      'ssh',
      'clock',
      'docker',
    ])
    expect(checks.filter(({ state }) => state === 'fail')).toEqual([])
    const of = (id: string) => checks.find((one) => one.id === id)
    expect(of('integrity')?.fact).toBe('app.db is sound; metrics.db is sound.')
    expect(of('secrets')).toMatchObject({ state: 'warn', fix: expect.stringContaining('vault') })
    expect(of('agent')).toMatchObject({ state: 'warn', fact: expect.stringContaining('SSH_AUTH_SOCK') })
    for (const { state, fix } of checks) expect(fix === null).toBe(state === 'ok')
  })

  test('says which files others may read', async () => {
    const { client, folder } = await open()
    chmodSync(join(folder, 'app.db'), 0o644)
    expect((await client.diagnostics.examine()).find(({ id }) => id === 'workspace')).toMatchObject({
      state: 'fail',
      fix: `Run: chmod go-rwx ${join(folder, 'app.db')}`,
    })
  })

  test('says who has the workspace open, and whether that one answers', async () => {
    const { folder } = await open()
    const of = () => checkSocket(folder, new AbortController().signal)
    const holds = (face: string, pid: number) =>
      writeFileSync(join(folder, 'workspace.lock'), JSON.stringify({ pid, since: 1, face }))
    holds('cli', process.pid)
    expect(await of()).toMatchObject({ state: 'ok', fact: 'Nobody else has the workspace open.' })
    holds('web', process.pid)
    expect(await of()).toMatchObject({
      state: 'warn',
      fact: expect.stringContaining('does not answer'),
      fix: expect.stringContaining(`kill ${process.pid}`),
    })
    const silent = await listenLocally(folder, (link) => link.close())
    expect(await of()).toMatchObject({ state: 'warn' })
    await silent.close()
    const listening = await listenLocally(folder, (link) => core?.serve(link))
    expect(await of()).toMatchObject({
      state: 'ok',
      fact: expect.stringMatching(/^headroom serve has the workspace open .* reaches it at .*core\.sock\.$/),
    })
    await listening.close()
    const child = spawnSync(process.execPath, ['-e', ''])
    holds('electron', child.pid)
    expect(await of()).toMatchObject({ state: 'ok', fact: expect.stringMatching(/window, the last one, was killed/) })
    rmSync(join(folder, 'workspace.lock'))
    expect(await of()).toMatchObject({ state: 'ok', fact: 'Nobody has the workspace open.' })
  })

  test('numbers the broken lines of known_hosts', () => {
    mkdirSync(join(environment.home, '.ssh'))
    const file = join(environment.home, '.ssh', 'known_hosts')
    writeFileSync(file, '# mine\nweb ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\n\nweb2 ssh-ed25519\n<<<<<<< HEAD\n', {
      mode: 0o600,
    })
    expect(checkKnownHosts(environment.home)).toMatchObject({
      state: 'warn',
      fact: expect.stringContaining('line 4, 5.'),
    })
    writeFileSync(file, 'web ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\n')
    expect(checkKnownHosts(environment.home)).toMatchObject({ state: 'ok', fact: expect.stringContaining('1 keys') })
    chmodSync(file, 0o666)
    expect(checkKnownHosts(environment.home)).toMatchObject({ state: 'warn', fix: `Run: chmod 600 ${file}` })
  })

  test('asks the agent itself: keys, none, and one that answers nonsense', async () => {
    const path = join(environment.folder, 'agent')
    let answer = Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 2])
    server = createServer((socket) => socket.on('data', () => socket.end(answer)))
    await new Promise<void>((done) => server?.listen(path, done))
    const ask = () => checkAgent({ env: { SSH_AUTH_SOCK: path }, platform: 'linux' })
    expect(await ask()).toMatchObject({ state: 'ok', fact: 'The SSH agent holds 2 keys.' })
    answer = Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 0])
    expect(await ask()).toMatchObject({ state: 'warn', fact: 'The SSH agent holds no keys.' })
    answer = Buffer.from([0, 0, 0, 1, 5])
    expect(await ask()).toMatchObject({ state: 'warn', fact: expect.stringContaining('does not answer') })
    expect(
      await checkAgent({ env: { SSH_AUTH_SOCK: join(environment.folder, 'none') }, platform: 'linux' }),
    ).toMatchObject({ state: 'warn' })
  })

  test('refuses a Node that is too old', () => {
    expect(checkNode('20.18.0')).toMatchObject({ state: 'fail' })
    expect(checkNode('24.21.0')).toMatchObject({ state: 'ok' })
  })
})

describe('the report for a bug', () => {
  test('holds no secret in any form, and no name or address unless they are asked for', async () => {
    const { client, folder, areas } = await open()
    const host = await client.hosts.add({ kind: 'local', name: 'shop-db-7' })
    const digest = createHash('sha256').update(Buffer.from('AAAAC3NzaC1lZDI1NTE5', 'base64')).digest('base64')
    const fingerprint = `SHA256:${digest.replace(/=+$/, '')}`
    await client.hosts.acceptKey({
      address: 'db.shop.example',
      port: 22,
      algorithm: 'ssh-ed25519',
      keyBase64: 'AAAAC3NzaC1lZDI1NTE5',
      fingerprint,
    })
    await areas.hosts.secrets.put(`host/${host.id}/service/x`, CANARY)
    const log = openLog(folder)
    for (const form of [
      CANARY,
      encodeURIComponent(CANARY),
      Buffer.from(CANARY).toString('base64'),
      JSON.stringify(CANARY),
    ])
      log.error(
        { err: new Error(`refused: ${form}`) },
        `shop-db-7 at 203.0.113.9 and 2001:db8::7:1, db.shop.example, ${environment.home}`,
      )
    const hidden = await client.diagnostics.report({})
    expect(hidden.fileName).toBe('headroom-report-2026-01-05.txt')
    expect(hidden.text).toContain('refused: ')
    expect(hidden.text).toContain('WORKSPACE is readable for you only.')
    expect(hidden.text).not.toContain(folder)
    for (const form of [CANARY, encodeURIComponent(CANARY), Buffer.from(CANARY).toString('base64')])
      expect(hidden.text).not.toContain(form)
    for (const name of ['shop-db-7', '203.0.113.9', '2001:db8', 'db.shop.example', environment.home])
      expect(hidden.text).not.toContain(name)
    expect(hidden.text).toContain('server-1')
    const open_ = await client.diagnostics.report({ names: true })
    expect(open_.text).toContain('shop-db-7')
    expect(open_.text).not.toContain(CANARY)
  })
})
