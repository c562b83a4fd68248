import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import type { Backup } from '../../../shared/model/backup.ts'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { flipByte, problemOfCall } from '../../../test/fixtures/workspace-damage.ts'
import { type Backups, createBackups, openWorkspace, restoreClosed, type Workspace } from './index.ts'

let environment: TestEnvironment
let folder: string
let workspace: Workspace
let backups: Backups
let events: number
let onChange: () => void

beforeEach(() => {
  environment = testEnvironment()
  folder = join(environment.folder, 'workspace')
  open()
})
afterEach(async () => {
  await close()
  environment.dispose()
})

function open(): void {
  workspace = openWorkspace(folder, environment)
  events = 0
  onChange = () => {}
  backups = createBackups({
    workspace,
    environment,
    changed: () => {
      events += 1
      onChange()
    },
  })
}
async function close(): Promise<void> {
  await backups.close()
  workspace.close()
}
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
const plan = () => workspace.setting('plan', z.string(), 'none')

describe('a backup', () => {
  test('is both files at rest with a manifest of their digests, for the owner only', async () => {
    workspace.saveSetting('plan', 'one')
    const made = await backups.make('manual')
    expect(made).toMatchObject({
      id: '20260105T120000Z-manual',
      kind: 'manual',
      at: environment.now(),
      own: true,
      fault: null,
    })
    expect(made.files.map(({ name }) => name)).toEqual(['app.db', 'metrics.db'])
    expect(readdirSync(made.path).toSorted()).toEqual(['app.db', 'manifest.json', 'metrics.db', 'playbooks'])
    for (const name of ['app.db', 'manifest.json', 'metrics.db'])
      expect(`${name} ${mode(join(made.path, name))}`).toBe(`${name} 600`)
    expect(mode(made.path)).toBe('700')
    const copy = new Database(join(made.path, 'app.db'), { readonly: true })
    expect(copy.prepare("SELECT value FROM setting WHERE key = 'plan'").pluck().get()).toBe('"one"')
    expect(copy.pragma('journal_mode', { simple: true })).toBe('delete')
    copy.close()
    expect(await backups.verify(made.id)).toEqual(made)
    expect(backups.status()).toMatchObject({ last: made, running: null, failed: null })
    expect(events).toBeGreaterThan(0)
  })
  test('is whole under writing: every row committed before it began is in it, and no half of a transaction', async () => {
    const pad = 'x'.repeat(1000)
    for (let i = 0; i < 3000; i += 1) workspace.saveSetting(`before ${i}`, pad)
    let pairs = 0
    let stopped = false
    const write = () => {
      if (stopped) return
      workspace.app.transaction(() => {
        workspace.saveSetting(`left ${pairs}`, pad)
        workspace.saveSetting(`right ${pairs}`, pad)
      })()
      pairs += 1
      setImmediate(write)
    }
    write()
    const made = await backups.make('manual')
    stopped = true
    expect(pairs).toBeGreaterThan(0)
    const copy = new Database(join(made.path, 'app.db'), { readonly: true })
    const count = (like: string) =>
      copy.prepare('SELECT count(*) FROM setting WHERE key LIKE ?').pluck().get(like) as number
    expect(count('before %')).toBe(3000)
    expect(count('left %')).toBe(count('right %'))
    copy.close()
  })
  test('a second wish joins the one under way', async () => {
    const [one, two] = await Promise.all([backups.make('manual'), backups.make('scheduled')])
    expect(two).toEqual(one)
    expect(backups.list()).toHaveLength(1)
  })
  test('a wish that comes when a file is copied already is followed by a backup of its own, which has all that was there', async () => {
    const wishes: { while: string; made: Promise<Backup> }[] = []
    onChange = () => {
      const file = backups.status().running?.file
      if (file === undefined || wishes.some((wish) => wish.while === file)) return
      if (file === 'app.db') workspace.saveSetting('plan', 'late')
      for (let times = 0; times < 2; times += 1) wishes.push({ while: file, made: backups.make('manual') })
    }
    const first = await backups.make('scheduled')
    expect(wishes.map((wish) => wish.while)).toEqual(['metrics.db', 'metrics.db', 'app.db', 'app.db'])
    onChange = () => {}
    const [one, two, three, four] = await Promise.all(wishes.map(({ made }) => made))
    expect([one?.id, two?.id]).toEqual([first.id, first.id])
    expect(three?.id).not.toBe(first.id)
    expect(four?.id).toBe(three?.id)
    expect(backups.list()).toHaveLength(2)
    const copy = new Database(join(three?.path ?? '', 'app.db'), { readonly: true })
    expect(copy.prepare("SELECT value FROM setting WHERE key = 'plan'").pluck().get()).toBe('"late"')
    copy.close()
  })
  test('one that was killed half way is no backup, and is cleared away by the next', async () => {
    backups.status()
    const { workspaceId } = JSON.parse(readFileSync(join(folder, 'backup.json'), 'utf8').toString()) as {
      workspaceId: string
    }
    const partial = join(folder, 'backups', `.partial-${workspaceId}-1`)
    const others = join(folder, 'backups', '.partial-another-1')
    for (const each of [partial, others]) {
      mkdirSync(each, { recursive: true })
      writeFileSync(join(each, 'app.db'), 'half')
    }
    expect(backups.list()).toEqual([])
    await backups.make('manual')
    expect(existsSync(partial)).toBe(false)
    expect(existsSync(others)).toBe(true)
  })
  test('closing while one is made ends it and leaves nothing that looks like one', async () => {
    const making = backups.make('manual')
    const ended = problemOfCall(making)
    await close()
    await ended
    open()
    expect(backups.list()).toEqual([])
  })
})

describe('when a backup cannot be made', () => {
  test('a folder that cannot be written to is refused when it is chosen, and the setting stays', async () => {
    writeFileSync(join(environment.folder, 'a file'), '')
    const settings = backups.status().settings
    const wrong = { ...settings, folder: join(environment.folder, 'a file', 'backups') }
    expect(problemOfCall(() => backups.configure(wrong))).toMatchObject({
      code: 'BACKUP_FOLDER_UNUSABLE',
      field: 'folder',
      value: wrong.folder,
    })
    expect(problemOfCall(() => backups.configure({ ...settings, folder: 'relative' }))).toMatchObject({
      code: 'BACKUP_FOLDER_UNUSABLE',
    })
    expect(backups.status().settings).toEqual(settings)
  })
  test('a folder that went away is said, earlier backups stay, and it is tried again later', async () => {
    const chosen = join(environment.folder, 'chosen')
    backups.configure({ ...backups.status().settings, folder: chosen })
    const kept = await backups.make('manual')
    renameSync(chosen, `${chosen} away`)
    writeFileSync(chosen, 'no folder')
    environment.clock.advance(86_400_000)
    expect(await problemOfCall(backups.make('scheduled'))).toMatchObject({ code: 'BACKUP_FOLDER_UNUSABLE' })
    expect(backups.status().failed).toMatchObject({
      at: environment.now(),
      problem: { code: 'BACKUP_FOLDER_UNUSABLE' },
    })
    expect(backups.status().nextAt).toBeGreaterThan(environment.now())
    expect(existsSync(join(`${chosen} away`, kept.id, 'app.db'))).toBe(true)
    rmSync(chosen)
    await backups.make('scheduled')
    expect(backups.status().failed).toBeNull()
  })
  test('a damaged source makes no backup and drops none', async () => {
    for (let i = 0; i < 200; i += 1) workspace.saveSetting(`row ${i}`, 'x'.repeat(500))
    const first = await backups.make('manual')
    await close()
    const file = join(folder, 'metrics.db')
    const bytes = readFileSync(file)
    bytes.fill(0xa5, 8192, 12_288)
    writeFileSync(file, bytes)
    open()
    environment.clock.advance(1000)
    expect(await problemOfCall(backups.make('manual'))).toMatchObject({
      code: 'WORKSPACE_CORRUPT',
      fact: expect.stringContaining('metrics.db'),
    })
    expect(backups.list().map(({ id }) => id)).toEqual([first.id])
  })
})

describe('by the clock', () => {
  test('the first is due at once, the next a day after the last, none where it is switched off', async () => {
    expect(backups.status().nextAt).toBe(environment.now())
    const { at } = await backups.make('scheduled')
    expect(backups.status().nextAt).toBe(at + 86_400_000)
    backups.configure({ ...backups.status().settings, everyMs: null })
    expect(backups.status().nextAt).toBeNull()
  })
  test('a clock that was years ahead when the last was made does not put the next one off', async () => {
    environment.clock.advance(3 * 365 * 86_400_000)
    await backups.make('scheduled')
    environment.clock.advance(-3 * 365 * 86_400_000)
    expect(backups.status().nextAt).toBe(environment.now())
  })
  test('what is due is made when it starts', async () => {
    backups.start(0)
    await expect.poll(() => backups.list().map(({ kind }) => kind)).toEqual(['scheduled'])
  })
  test('rotation drops the older ones only after the new one is there', async () => {
    backups.configure({ ...backups.status().settings, keep: { daily: 2, weekly: 0, monthly: 0 } })
    for (let day = 0; day < 4; day += 1) {
      await backups.make('scheduled')
      environment.clock.advance(86_400_000)
    }
    expect(backups.list().map(({ id }) => id.slice(0, 8))).toEqual(['20260108', '20260107'])
  })
  test('two workspaces share a folder and neither drops the backups of the other', async () => {
    const chosen = join(environment.folder, 'shared')
    const settings = { folder: chosen, everyMs: null, keep: { daily: 1, weekly: 0, monthly: 0 } }
    backups.configure(settings)
    const mine = await backups.make('manual')
    const second = openWorkspace(join(environment.folder, 'second'), environment)
    const theirs = createBackups({ workspace: second, environment, changed: () => {} })
    theirs.configure(settings)
    environment.clock.advance(86_400_000)
    const made = await theirs.make('manual')
    expect(theirs.list().map(({ id, own }) => [id, own])).toEqual([
      [made.id, true],
      [mine.id, false],
    ])
    await theirs.close()
    second.close()
  })
})

describe('restoring', () => {
  test('puts both files back, keeps what it replaces, and can be gone back on', async () => {
    workspace.saveSetting('plan', 'old')
    const made = await backups.make('manual')
    workspace.saveSetting('plan', 'new')
    environment.clock.advance(60_000)
    expect(await backups.request(made.id)).toEqual(made)
    expect(plan()).toBe('new')
    await close()
    open()
    expect(plan()).toBe('old')
    expect(backups.status().troubles).toMatchObject([
      { kind: 'restored', problem: { code: 'WORKSPACE_RESTORED', details: { backup: made.id } } },
    ])
    const replaced = backups.list().find(({ kind }) => kind === 'replaced')
    expect(replaced).toMatchObject({ at: environment.now(), own: true, fault: null })
    await close()
    restoreClosed(folder, replaced?.id ?? '', environment)
    open()
    expect(plan()).toBe('new')
    backups.dismiss()
    expect(backups.status().troubles).toEqual([])
  })
  test('a backup with one other byte is refused and nothing changes', async () => {
    workspace.saveSetting('plan', 'old')
    const made = await backups.make('manual')
    workspace.saveSetting('plan', 'new')
    flipByte(join(made.path, 'metrics.db'), 5000)
    expect(await problemOfCall(backups.request(made.id))).toMatchObject({
      code: 'BACKUP_UNUSABLE',
      fact: `The backup ${made.id} cannot be restored: metrics.db has other bytes than its manifest says.`,
    })
    await close()
    expect(problemOfCall(() => restoreClosed(folder, made.id, environment))).toMatchObject({ code: 'BACKUP_UNUSABLE' })
    open()
    expect(plan()).toBe('new')
    expect(backups.list().map(({ kind }) => kind)).toEqual(['manual'])
  })
  test('one that went wrong after it was asked for leaves the workspace as it is, and says so', async () => {
    workspace.saveSetting('plan', 'new')
    const made = await backups.make('manual')
    await backups.request(made.id)
    flipByte(join(made.path, 'app.db'), 100)
    await close()
    open()
    expect(plan()).toBe('new')
    expect(backups.status().troubles).toMatchObject([{ kind: 'restore-failed', problem: { code: 'BACKUP_UNUSABLE' } }])
    await close()
    open()
    expect(backups.status().troubles).toHaveLength(1)
  })
  test('a file missing in it, a manifest that is none, and one there is not are told apart', async () => {
    const made = await backups.make('manual')
    rmSync(join(made.path, 'metrics.db'))
    expect(backups.list()[0]?.fault).toBe('metrics.db is missing in it')
    writeFileSync(join(made.path, 'manifest.json'), '{')
    expect(backups.list()[0]?.fault).toBe('its manifest.json cannot be read')
    expect(await problemOfCall(backups.request(made.id))).toMatchObject({ code: 'BACKUP_UNUSABLE' })
    expect(await problemOfCall(backups.request('../../etc'))).toMatchObject({ code: 'BACKUP_NOT_FOUND', field: 'id' })
  })
  test('a backup of a newer Headroom is refused as that', async () => {
    const made = await backups.make('manual')
    const file = join(made.path, 'manifest.json')
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as { appVersion: string; files: { version: number }[] }
    manifest.appVersion = '99.0.0'
    for (const each of manifest.files) each.version = 999
    writeFileSync(file, JSON.stringify(manifest))
    expect(await problemOfCall(backups.request(made.id))).toMatchObject({
      code: 'WORKSPACE_NEWER',
      fact: expect.stringContaining('app.db has version 999, written by Headroom 99.0.0'),
    })
  })
  test('a workspace in use is not restored over', async () => {
    const made = await backups.make('manual')
    expect(problemOfCall(() => restoreClosed(folder, made.id, environment))).toMatchObject({ code: 'WORKSPACE_LOCKED' })
  })
})
