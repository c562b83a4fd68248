import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failure, type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import { createHosts } from './index.ts'
import { Inventory } from './inventory.ts'

let one: OpenHosts
beforeEach(() => {
  one = openHosts()
})
afterEach(() => one.close())

describe('the inventory', () => {
  it('holds this computer, which needs no login, and keeps it for the next session', async () => {
    const told: string[] = []
    one.events.listen((event) => told.push(event.kind))
    const host = await one.hosts.add({ kind: 'local', name: '  laptop ' })
    expect(host).toMatchObject({
      name: 'laptop',
      kind: 'local',
      address: 'localhost',
      port: null,
      user: null,
      authKind: 'none',
      state: 'up',
      createdAt: one.environment.now(),
    })
    expect(told).toContain('hosts')
    const next = createHosts({ workspace: one.workspace, environment: one.environment, events: one.events })
    expect(next.list()).toEqual([{ ...host, state: 'unknown' }])
  })

  it('refuses a name that is taken, in any case of letters, and an empty one', async () => {
    await one.hosts.add({ kind: 'local', name: 'laptop' })
    const taken = await failure(one.hosts.add({ kind: 'local', name: 'LAPTOP' }))
    expect(taken.problem).toMatchObject({ code: 'HOST_NAME_TAKEN', field: 'name', value: 'LAPTOP' })
    expect((await failure(one.hosts.add({ kind: 'local', name: '  ' }))).code).toBe('HOST_NAME_EMPTY')
    expect(one.hosts.list().length).toBe(1)
  })

  it('stores one of two hosts of the same name that are added at once', async () => {
    const both = [one.hosts.add({ kind: 'local', name: 'twin' }), one.hosts.add({ kind: 'local', name: 'twin' })]
    const outcomes = await Promise.allSettled(both)
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(one.hosts.list().length).toBe(1)
  })

  it('sees what any statement writes, and reads nothing again for what is written elsewhere', async () => {
    const { id } = await one.hosts.add({ kind: 'local', name: 'laptop' })
    const inventory = new Inventory(one.workspace.app)
    const before = inventory.find(id)
    one.workspace.saveSetting('some.setting', 1)
    expect(inventory.find(id)).toBe(before)
    const rename = one.workspace.app.prepare('UPDATE host SET name = ? WHERE id = ?')
    rename.run('desk', id)
    expect(inventory.find(id)?.name).toBe('desk')
    const undone = one.workspace.app.transaction(() => {
      rename.run('shelf', id)
      expect(inventory.find(id)?.name).toBe('shelf')
      throw new Error('undone')
    })
    expect(undone).toThrow('undone')
    expect(inventory.find(id)?.name).toBe('desk')
  })

  it('keeps what the probe should ask of PostgreSQL', async () => {
    const { id } = await one.hosts.add({ kind: 'local', name: 'laptop' })
    const postgres = { via: 'docker' as const, container: 'db', user: 'shop' }
    expect(one.hosts.setPostgres(id, postgres).postgres).toEqual(postgres)
    expect(one.hosts.get(id).postgres).toEqual(postgres)
    expect(one.hosts.setPostgres(id, null).postgres).toBeNull()
  })

  it('forgets a removed host and knows no other', async () => {
    const { id } = await one.hosts.add({ kind: 'local', name: 'laptop' })
    expect((await failure(one.hosts.setSecret(id, 'x'))).code).toBe('SECRET_NOT_USED')
    await one.hosts.remove(id)
    expect(one.hosts.list()).toEqual([])
    expect((await failure(one.hosts.run(id, { argv: ['true'] }))).problem).toMatchObject({
      code: 'HOST_NOT_FOUND',
      field: 'hostId',
      value: id,
    })
    expect((await failure(one.hosts.remove(id))).code).toBe('HOST_NOT_FOUND')
  })

  it('shows what the collector saw, and tells once of each change', async () => {
    const { id } = await one.hosts.add({ kind: 'local', name: 'laptop' })
    let told = 0
    one.events.listen(() => told++)
    one.hosts.noteSample(id, 1000)
    expect(one.hosts.get(id)).toMatchObject({ state: 'up', lastSampleAt: 1000 })
    expect(told).toBe(0)
    const problem = { code: 'NO_PROC', fact: 'No /proc.', fix: 'Use Linux.' }
    one.hosts.noteFailure(id, problem)
    one.hosts.noteFailure(id, problem)
    expect(one.hosts.get(id)).toMatchObject({ state: 'down', problem, lastSampleAt: 1000 })
    expect(told).toBe(1)
  })

  it('is no worse for a command that went wrong by itself', async () => {
    const { id } = await one.hosts.add({ kind: 'local', name: 'laptop' })
    const error = await failure(one.hosts.run(id, { argv: ['sleep', '60'], timeoutMs: 50 }))
    expect(error.code).toBe('COMMAND_TIMEOUT')
    expect(one.hosts.get(id)).toMatchObject({ state: 'up', problem: null })
  })

  it('says that this computer has no shell, and stores nothing', async () => {
    const bare = createHosts({
      workspace: one.workspace,
      environment: { ...one.environment, env: { PATH: one.environment.folder } },
      events: one.events,
    })
    expect((await failure(bare.add({ kind: 'local', name: 'laptop' }))).code).toBe('NO_SHELL')
    expect(bare.list()).toEqual([])
  })

  it('knows no key that was never accepted', async () => {
    const forget = async () => one.hosts.forgetKey({ address: 'db', port: 22, fingerprint: 'SHA256:x' })
    expect((await failure(forget())).code).toBe('HOST_KEY_NOT_FOUND')
  })
})
