import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Backup } from '../../shared/model/backup.ts'
import { commandLine } from '../../test/fixtures/command-line.ts'
import { openCore, systemEnvironment } from '../core/index.ts'
import { CoreKeeper, forkCore } from '../launch/index.ts'

const resources = fileURLToPath(new URL('../../resources', import.meta.url))
const entry = fileURLToPath(new URL('../core/process.ts', import.meta.url))
let keeper: CoreKeeper | null
const line = commandLine()
const headroom = (...words: string[]) => line.headroom(words)

beforeEach(() => {
  keeper = null
})
afterEach(async () => {
  await keeper?.stop()
})

const json = async <T>(...words: string[]): Promise<T> => JSON.parse((await headroom(...words, '--json')).out) as T
const names = async () => (await json<{ name: string }[]>('hosts', 'list')).map(({ name }) => name)

test('backup, backups, verify and restore, in a workspace that nobody has open', async () => {
  await headroom('hosts', 'add', 'first', '--local')
  const made = await json<Backup>('backup')
  expect((await headroom('backups')).out).toContain(`${made.id}  20`)
  expect(await headroom('backups', 'verify', made.id)).toMatchObject({
    code: 0,
    out: expect.stringContaining('is whole'),
  })
  await headroom('hosts', 'add', 'second', '--local')
  expect(await headroom('restore', made.id)).toMatchObject({
    code: 1,
    out: expect.stringContaining('Nothing was changed.'),
  })
  expect(await names()).toEqual(['first', 'second'])
  expect(await headroom('restore', made.id, '--yes')).toMatchObject({ code: 0 })
  expect(await names()).toEqual(['first'])
  const replaced = (await json<Backup[]>('backups')).find(({ kind }) => kind === 'replaced')
  expect(await headroom('restore', replaced?.id ?? '', '--yes')).toMatchObject({ code: 0 })
  expect(await names()).toEqual(['first', 'second'])
})

test('no backup takes the place of a closed workspace while a run of it may be going on', async () => {
  await headroom('hosts', 'add', 'here', '--local')
  const made = await json<Backup>('backup')
  mkdirSync(join(line.workspace, 'playbooks'), { recursive: true })
  writeFileSync(
    join(line.workspace, 'playbooks', 'long.yaml'),
    `format: headroom/playbook@1
id: long
name: Long
summary: A test
steps:
  - { id: a, name: Wait, kind: run, host: here, command: 'sleep 600' }
`,
  )
  const environment = systemEnvironment({ folder: line.workspace, face: 'cli', resources })
  const core = await openCore({ folder: line.workspace, environment })
  const { playbooks } = core.areas
  const { id } = await playbooks.start('long', {}, (await playbooks.preview('long', {})).hash)
  for await (const { steps } of playbooks.follow(id)) if (steps[0]?.state === 'running') break
  await core.close()
  const refused = await headroom('restore', made.id, '--yes')
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/"Long" is interrupted/) })
  expect(refused.err).toContain(`headroom runs stop ${id}`)
  expect(await json<{ id: string }[]>('runs')).toMatchObject([{ id, state: 'interrupted' }])
  expect(await headroom('runs', 'stop', id)).toMatchObject({ code: 0 })
  expect(await headroom('restore', made.id, '--yes')).toMatchObject({ code: 0 })
  expect(await json('runs')).toEqual([])
})

test('a workspace that cannot be opened names its newest backup, and restore opens it again', async () => {
  await headroom('hosts', 'add', 'kept', '--local')
  const made = await json<Backup>('backup')
  writeFileSync(join(line.workspace, 'app.db'), 'no database '.repeat(1000))
  const refused = await headroom('hosts', 'list')
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining(`headroom restore ${made.id}`) })
  expect((await headroom('backups')).code).toBe(0)
  expect((await headroom('restore', made.id, '--yes')).code).toBe(0)
  expect(await names()).toEqual(['kept'])
  expect(readdirSync(join(line.workspace, 'replaced'))).toHaveLength(1)
})

test('a running engine restores itself, comes back, and serves what was restored', async () => {
  await headroom('hosts', 'add', 'before', '--local')
  const made = await json<Backup>('backup')
  await headroom('hosts', 'add', 'after', '--local')
  keeper = new CoreKeeper({
    launch: () => forkCore({ node: process.execPath, entry, env: process.env }),
    start: { folder: line.workspace, face: 'web', resources, keychain: false },
  })
  const up = new Promise<void>((done) => keeper?.onStatus(({ state }) => state === 'up' && done()))
  keeper.run()
  await up
  expect(await names()).toEqual(['before', 'after'])
  expect(await headroom('restore', made.id, '--yes')).toMatchObject({ code: 0 })
  expect(await names()).toEqual(['before'])
})

test('the settings: what is wrong is named, what is right is kept', async () => {
  expect(await headroom('backups', 'set', '--daily', 'x')).toMatchObject({ code: 2 })
  expect((await headroom('backups', 'set', '--folder', 'not/whole')).err).toContain('whole path')
  const status = await json<{ settings: unknown }>('backups', 'set', '--every', '6', '--daily', '3')
  expect(status.settings).toEqual({
    folder: null,
    everyMs: 21_600_000,
    keep: { daily: 3, weekly: 4, monthly: 6 },
  })
  expect((await headroom('restore', 'nothing')).err).toContain('There is no backup "nothing".')
})
