import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { appMigrations, metricsMigrations } from './index.ts'

describe.each([
  ['app', appMigrations],
  ['metrics', metricsMigrations],
] as const)('the migrations of %s.db', (name, migrations) => {
  const folder = join(import.meta.dirname, name)
  const files = readdirSync(folder).filter((file) => !file.endsWith('.test.ts'))

  test('go up by one, and each is in the file of its number and name', () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, i) => i + 1))
    const named = migrations.map((one) => `${String(one.version).padStart(4, '0')}-${one.name}.ts`)
    expect(files.toSorted()).toEqual(named)
  })

  test.each(files)('%s has a test that puts data in', (file) => {
    const test = join(folder, file.replace(/\.ts$/, '.test.ts'))
    expect(existsSync(test), `${test} is missing`).toBe(true)
    const text = readFileSync(test, 'utf8')
    expect(text).toContain(`from './${file}'`)
    expect(text).toMatch(/INSERT INTO/)
  })
})
