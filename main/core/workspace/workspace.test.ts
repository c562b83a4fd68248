import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { openDatabase } from './database.ts'
import { lockHolder, openWorkspace, type Workspace } from './index.ts'
import { migrate, versionOf } from './migrate.ts'
import { appMigrations } from './migrations/index.ts'

let environment: TestEnvironment
let folder: string
const opened: Workspace[] = []

beforeEach(() => {
  environment = testEnvironment()
  folder = join(environment.folder, 'workspace')
})
afterEach(() => {
  for (const workspace of opened.splice(0)) workspace.close()
  environment.dispose()
})

function open(): Workspace {
  const workspace = openWorkspace(folder, environment)
  opened.push(workspace)
  return workspace
}
function reopen(): Workspace {
  opened.pop()?.close()
  return open()
}
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
const problem = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return (error as { problem?: unknown }).problem ?? error
  }
  throw new Error('it did not fail')
}

describe('a workspace folder', () => {
  test('is for its owner only, whatever the umask', () => {
    const umask = process.umask(0)
    try {
      const workspace = open()
      workspace.saveSetting('a', 1)
      expect(mode(folder)).toBe('700')
      const files = readdirSync(folder)
      expect(files).toContain('app.db-wal')
      for (const file of files) expect(`${file} ${mode(join(folder, file))}`).toBe(`${file} 600`)
    } finally {
      process.umask(umask)
    }
  })
  test('that was open to others is closed to them', () => {
    mkdirSync(folder, { mode: 0o755 })
    open()
    expect(mode(folder)).toBe('700')
  })
  test('has its databases set up for what they hold', () => {
    const { app, metrics } = open()
    const pragma = (database: Workspace['app'], name: string) => database.pragma(name, { simple: true })
    for (const database of [app, metrics]) {
      expect(pragma(database, 'journal_mode')).toBe('wal')
      expect(pragma(database, 'foreign_keys')).toBe(1)
      expect(pragma(database, 'busy_timeout')).toBe(5000)
      expect(pragma(database, 'cache_size')).toBe(-16_384)
    }
    expect([pragma(app, 'synchronous'), pragma(metrics, 'synchronous')]).toEqual([2, 1])
  })
  test('has strict tables only', () => {
    const { app, metrics } = open()
    for (const database of [app, metrics])
      expect(
        database
          .prepare(
            "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'",
          )
          .pluck()
          .all(),
      ).toEqual([])
  })
  test('keeps settings, and gives the fallback for what no longer fits', () => {
    open().saveSetting('every', 5000)
    expect(reopen().setting('every', z.number(), 1)).toBe(5000)
    expect(reopen().setting('every', z.string(), 'often')).toBe('often')
    expect(reopen().setting('other', z.number(), 7)).toBe(7)
  })
})

describe('the lock', () => {
  test('names the core that has the workspace, and leaves that one as it is', () => {
    const first = open()
    expect(problem(() => openWorkspace(folder, environment))).toMatchObject({
      code: 'WORKSPACE_LOCKED',
      fact: `The workspace ${folder} is in use by the headroom command (process ${process.pid}, since 2026-01-05T12:00:00.000Z).`,
      fix: 'Close that one first, or choose another workspace folder.',
      details: { pid: String(process.pid), face: 'cli' },
    })
    first.saveSetting('still', 'works')
    expect(lockHolder(folder)).toMatchObject({ pid: process.pid })
  })
  test('is free after closing, and after a failed opening', () => {
    open()
    reopen()
    opened.pop()?.close()
    expect(lockHolder(folder)).toBeNull()
    writeFileSync(join(folder, 'app.db'), 'this is no database, however long it goes on. '.repeat(100))
    expect(problem(() => openWorkspace(folder, environment))).toMatchObject({ code: 'WORKSPACE_CORRUPT' })
    rmSync(join(folder, 'app.db'))
    open()
  })
  test('a stale lock file, of a process that is gone or of a pid that is now another, is taken over', () => {
    mkdirSync(folder)
    writeFileSync(join(folder, 'workspace.lock'), JSON.stringify({ pid: process.ppid, since: 1, face: 'electron' }))
    open()
    expect(lockHolder(folder)).toMatchObject({ pid: process.pid, face: 'cli' })
  })
  test('a damaged lock database is made anew', () => {
    mkdirSync(folder)
    writeFileSync(join(folder, 'lock.db'), 'garbage '.repeat(1000))
    open()
  })
})

describe('a damaged file', () => {
  test('app.db that is no database is refused with its fix, and left as it is', () => {
    const file = 'app.db'
    open()
    opened.pop()?.close()
    const garbage = 'not a database at all '.repeat(500)
    writeFileSync(join(folder, file), garbage)
    expect(problem(open)).toMatchObject({
      code: 'WORKSPACE_CORRUPT',
      // Which is told depends on whether the clock of the file system moved on between the two writes.
      fact: expect.stringMatching(
        /^The workspace file .*app\.db is damaged: (file is not a database|its bytes changed although no program wrote it)\.$/,
      ),
      fix: expect.stringContaining(`replace ${file} by the newest copy from the backups folder`),
    })
    expect(readFileSync(join(folder, file), 'utf8')).toBe(garbage)
  })
  test('app.db with a torn page in the middle is found on opening', () => {
    const workspace = open()
    for (let i = 0; i < 500; i += 1) workspace.saveSetting(`key ${i}`, 'x'.repeat(200))
    opened.pop()?.close()
    const bytes = readFileSync(join(folder, 'app.db'))
    bytes.fill(0xff, bytes.length - 8192, bytes.length - 4096)
    writeFileSync(join(folder, 'app.db'), bytes)
    expect(problem(open)).toMatchObject({ code: 'WORKSPACE_CORRUPT' })
  })
  test('a file cut short is found on opening', () => {
    open().saveSetting('a', 'x'.repeat(50_000))
    opened.pop()?.close()
    truncateSync(join(folder, 'app.db'), 20_000)
    expect(problem(open)).toMatchObject({ code: 'WORKSPACE_CORRUPT' })
  })
})

describe('migrating', () => {
  const file = () => join(environment.folder, 'app.db')
  const backups = () => join(environment.folder, 'backups')
  const steps = appMigrations.slice(0, 1)
  const broken = { version: 2, name: 'broken', sql: 'CREATE TABLE half (a INTEGER) STRICT; CREATE TABLE half (a);' }
  const working = { version: 2, name: 'more', sql: 'CREATE TABLE more (a INTEGER) STRICT;' }

  test('a new file needs no copy; an old one is copied first, with what it held', () => {
    const database = openDatabase(file(), 'FULL', 'whole')
    expect(migrate(database, steps, backups(), environment.now())).toEqual({ from: 0, to: 1, backup: null })
    database.exec("INSERT INTO setting VALUES ('a', '1', 1)")
    const done = migrate(database, [...steps, working], backups(), environment.now())
    expect(done).toMatchObject({ from: 1, to: 2, backup: join(backups(), '20260105T120000Z-migration') })
    const copied = join(done.backup as string, 'app.db')
    const copy = new Database(copied, { readonly: true })
    expect(copy.prepare('SELECT value FROM setting').pluck().get()).toBe('1')
    expect(copy.pragma('user_version', { simple: true })).toBe(1)
    expect([mode(backups()), mode(copied)]).toEqual(['700', '600'])
    copy.close()
    database.close()
  })
  test('a step that fails leaves the file at the step before, whole', () => {
    const database = openDatabase(file(), 'FULL', 'whole')
    migrate(database, steps, backups(), environment.now())
    expect(() => migrate(database, [...steps, broken], backups(), environment.now())).toThrow(/already exists/)
    expect(versionOf(database)).toBe(1)
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = 'half'").get()).toBeUndefined()
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1)
    expect(migrate(database, [...steps, working], backups(), environment.now())).toMatchObject({ to: 2 })
    database.close()
  })
  test('a step that leaves broken references is undone', () => {
    const database = openDatabase(file(), 'FULL', 'whole')
    const orphans = {
      version: 2,
      name: 'orphans',
      sql: 'CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT; CREATE TABLE b (a INTEGER REFERENCES a (id)) STRICT; INSERT INTO b VALUES (1);',
    }
    expect(() => migrate(database, [...steps, orphans], backups(), environment.now())).toThrow(/1 broken references/)
    expect(versionOf(database)).toBe(1)
    database.close()
  })
  test('only the newest three copies are kept', () => {
    const database = openDatabase(file(), 'FULL', 'whole')
    migrate(database, steps, backups(), environment.now())
    for (let i = 0; i < 5; i += 1) {
      database.pragma('user_version = 1')
      database.exec('DROP TABLE IF EXISTS more')
      environment.clock.advance(60_000)
      migrate(database, [...steps, working], backups(), environment.now())
    }
    expect(readdirSync(backups()).toSorted()).toEqual(
      ['0300', '0400', '0500'].map((time) => `20260105T12${time}Z-migration`),
    )
    database.close()
  })
  test('a workspace of a newer Headroom is refused and not touched', () => {
    open().app.pragma('user_version = 999')
    opened.pop()?.close()
    expect(problem(open)).toMatchObject({
      code: 'WORKSPACE_NEWER',
      fact: expect.stringContaining('has version 999; this Headroom knows versions up to'),
      fix: 'Open it with the newer Headroom that wrote it, or choose another workspace folder.',
    })
    const database = new Database(join(folder, 'app.db'), { readonly: true })
    expect(database.pragma('user_version', { simple: true })).toBe(999)
    database.close()
  })
})
