import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { settings } from './0001-settings.ts'

test('app migration 1, settings: one JSON value a key', () => {
  const database = new Database(':memory:')
  database.exec(settings.sql)
  const add = database.prepare('INSERT INTO setting (key, value, saved_at) VALUES (?, ?, ?)')
  add.run('a', '{"b":1}', 1)
  expect(database.prepare("SELECT value ->> 'b' FROM setting WHERE key = 'a'").pluck().get()).toBe(1)
  expect(() => add.run('a', '2', 1)).toThrow(/UNIQUE/)
  expect(() => add.run('b', 'not json', 1)).toThrow(/CHECK|malformed JSON/)
  expect(() => add.run('c', '1', 'yesterday')).toThrow(/cannot store TEXT/)
  database.close()
})
