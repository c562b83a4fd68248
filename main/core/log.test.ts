import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { clientOver } from '../../shared/contract/client.ts'
import { linkPair } from '../link/index.ts'
import { openCore, systemEnvironment } from './index.ts'
import { openLog } from './log.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const lines = (name: string) =>
  readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { msg: string; level: number; procedure?: string; code?: string })

it('begins anew where a line would make it too long, keeps the one before, and loses no line of these', () => {
  const limit = 1000
  const log = openLog(folder, limit)
  const said = Array.from({ length: 60 }, (_, index) => `line ${index} ${'é'.repeat(20)}`)
  for (const line of said) log.info(line)
  for (const name of ['headroom.log', 'headroom.log.1']) {
    expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(limit)
    if (process.platform !== 'win32') expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  }
  const kept = [...lines('headroom.log.1'), ...lines('headroom.log')].map(({ msg }) => msg)
  expect(kept.length).toBeGreaterThan(5)
  expect(kept).toEqual(said.slice(-kept.length))
  expect(existsSync(join(folder, 'headroom.log.2'))).toBe(false)
})

it('counts what an earlier start wrote', () => {
  openLog(folder, 1000).info('x'.repeat(900))
  openLog(folder, 1000).info('y'.repeat(100))
  expect(lines('headroom.log').map(({ msg }) => msg[0])).toEqual(['y'])
  expect(lines('headroom.log.1').map(({ msg }) => msg[0])).toEqual(['x'])
})

it('holds every call, without its values, from the moment that is asked for, and over a restart', async () => {
  const resources = fileURLToPath(new URL('../../resources', import.meta.url))
  const open = async () => {
    const core = await openCore({ folder, environment: systemEnvironment({ folder, face: 'cli', resources }) })
    const [near, far] = linkPair()
    core.serve(far)
    const close = async () => {
      near.close()
      await core.close()
    }
    return { client: clientOver(near), close }
  }
  const calls = () => lines('headroom.log').flatMap(({ procedure, code }) => (procedure ? [[procedure, code]] : []))
  const first = await open()
  expect((await first.client.app.settings()).logLevel).toBe('info')
  await first.client.hosts.add({ kind: 'local', name: 'unheard' })
  expect(calls()).toEqual([])
  await first.client.app.saveSettings({ logLevel: 'debug' })
  await first.client.hosts.add({ kind: 'local', name: 'canary-51c0' }).catch(() => {})
  await first.client.hosts.test({ hostId: 'nobody' }).catch(() => {})
  await first.close()
  const second = await open()
  expect((await second.client.app.settings()).logLevel).toBe('debug')
  await second.client.app.saveSettings({ logLevel: 'info' })
  await second.client.hosts.list()
  await second.close()
  expect(calls().map(([procedure]) => procedure)).toEqual([
    'app.saveSettings',
    'hosts.add',
    'hosts.test',
    'app.settings',
  ])
  expect(calls().find(([procedure]) => procedure === 'hosts.test')?.[1]).toMatch(/^[A-Z_]+$/)
  expect(readFileSync(join(folder, 'headroom.log'), 'utf8')).not.toContain('canary-51c0')
})
