import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { openWorkspace } from './index.ts'
import { appMigrations, metricsMigrations } from './migrations/index.ts'

const dumps = resolve(import.meta.dirname, '../../../test/fixtures/workspaces')
const files = readdirSync(dumps).filter((name) => name.endsWith('.sql'))
let environment: TestEnvironment

beforeEach(() => {
  environment = testEnvironment()
})
afterEach(() => environment.dispose())

type Rows = Map<string, Record<string, unknown>[]>

function rowsOf(database: Database.Database): Rows {
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .pluck()
    .all() as string[]
  return new Map(
    tables.map((name) => [name, database.prepare(`SELECT * FROM "${name}"`).all() as Record<string, unknown>[]]),
  )
}

test('every version of either file has its dump', () => {
  const wanted = [
    ...appMigrations.map(({ version }) => `app-${String(version).padStart(4, '0')}.sql`),
    ...metricsMigrations.map(({ version }) => `metrics-${String(version).padStart(4, '0')}.sql`),
  ]
  expect(files.toSorted()).toEqual(wanted)
})

describe.each(files)('a workspace with %s', (file) => {
  test('opens, has the newest shape, and has every row and value that it had', () => {
    const folder = join(environment.folder, 'workspace')
    mkdirSync(folder)
    const name = file.startsWith('app') ? 'app.db' : 'metrics.db'
    const old = new Database(join(folder, name))
    old.pragma('foreign_keys = OFF')
    old.exec(readFileSync(join(dumps, file), 'utf8'))
    const before = rowsOf(old)
    old.close()
    expect(before.size).toBeGreaterThan(0)

    const workspace = openWorkspace(folder, environment)
    try {
      const database = name === 'app.db' ? workspace.app : workspace.metrics
      const newest = (name === 'app.db' ? appMigrations : metricsMigrations).length
      expect(database.pragma('user_version', { simple: true })).toBe(newest)
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
      const after = rowsOf(database)
      for (const [table, rows] of before)
        expect(after.get(table), table).toEqual(rows.map((row) => expect.objectContaining(row) as unknown))
    } finally {
      workspace.close()
    }
  })
})
