import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HeadroomError } from '../../../shared/model/problem.ts'
import { type Service, type ServiceInput, ServiceSchema } from '../../../shared/model/service.ts'
import { failure, type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'

let open: OpenHosts
let hostId: string
const service = (input: ServiceInput): Service => ServiceSchema.parse(input)
const redis = service({ kind: 'redis', id: 'cache', name: 'Cache' })
const own = (id: string, metric: string) =>
  service({ kind: 'own', id, name: id, metric, source: 'command', text: 'echo 1', unit: 'count' })

beforeEach(async () => {
  const keychain = {
    encrypt: async (plain: string) => Buffer.from(`sealed ${plain}`).toString('base64'),
    decrypt: async (sealed: string) => Buffer.from(sealed, 'base64').toString().slice('sealed '.length),
  }
  open = openHosts({ keychain })
  hostId = (await open.hosts.add({ kind: 'local', name: 'here' })).id
})
afterEach(() => open.close())

describe('the services of a host', () => {
  it('are kept in order, with their secrets beside, and go with the host', async () => {
    const { services, secrets } = open.hosts
    await services.set(hostId, [redis, own('mine', 'orders')], { cache: 's3cret-canary' })
    expect(services.list(hostId)).toEqual([redis, own('mine', 'orders')])
    expect(await services.withSecret(hostId)).toEqual(['cache'])
    expect((await services.secret(hostId, 'cache'))?.reveal()).toBe('s3cret-canary')
    const row = open.workspace.app.prepare('SELECT group_concat(body) FROM host_service').pluck().get() as string
    expect(row).not.toContain('s3cret')
    await open.hosts.remove(hostId)
    expect(open.workspace.app.prepare('SELECT count(*) FROM host_service').pluck().get()).toBe(0)
    expect(open.workspace.app.prepare("SELECT count(*) FROM secret WHERE name LIKE '%service%'").pluck().get()).toBe(0)
    expect(await secrets.get(`host/${hostId}/service/cache`)).toBeNull()
  })
  it('keep a secret that is not named, forget one that is null, and one whose service is gone or became another kind', async () => {
    const { services } = open.hosts
    await services.set(hostId, [redis], { cache: 'a', postgres: 'p' })
    await services.set(hostId, [{ ...redis, name: 'Other' }], {})
    expect(await services.withSecret(hostId)).toEqual(['postgres', 'cache'])
    await services.set(hostId, [redis], { cache: null })
    expect(await services.withSecret(hostId)).toEqual(['postgres'])
    await services.set(hostId, [redis], { cache: 'b' })
    await services.set(hostId, [service({ kind: 'http', id: 'cache', name: 'C', url: 'http://a.example' })], {})
    expect(await services.secret(hostId, 'cache')).toBeNull()
  })
  it.each([
    [[redis, redis], {}, 'SERVICE_ID_TAKEN'],
    [[{ ...redis, id: 'postgres' }], {}, 'SERVICE_ID_TAKEN'],
    [[own('a', 'orders'), own('b', 'orders')], {}, 'OWN_METRIC_TAKEN'],
    [[redis], { other: 'x' }, 'SERVICE_UNKNOWN'],
    [[own('a', 'orders')], { a: 'x' }, 'SERVICE_HAS_NO_SECRET'],
  ] as [Service[], Record<string, string>, string][])(
    'are refused as a whole when one is wrong',
    async (list, secrets, code) => {
      await open.hosts.services.set(hostId, [own('before', 'kept')], {})
      const error: HeadroomError = await failure(open.hosts.services.set(hostId, list, secrets))
      expect(error.code).toBe(code)
      expect(open.hosts.services.list(hostId)).toEqual([own('before', 'kept')])
    },
  )
  it('leave no secret in the files of the workspace', async () => {
    await open.hosts.services.set(hostId, [redis], { cache: 'plain-canary-7' })
    open.workspace.app.pragma('wal_checkpoint(TRUNCATE)')
    expect(readFileSync(join(open.environment.folder, 'workspace', 'app.db')).includes('plain-canary-7')).toBe(false)
  })
})
