import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { plan } from './0003-plan.ts'

it('keeps revisions and one head that points at one of them', () => {
  const database = new Database(':memory:')
  database.pragma('foreign_keys = ON')
  database.exec(plan.sql)
  const add = database.prepare('INSERT INTO plan_revision (saved_at, reason, body) VALUES (?, ?, ?)')
  add.run(1, 'chosen', '{"id":"a"}')
  add.run(2, 'changed', '{"id":"b"}')
  const head = database.prepare('INSERT INTO plan_head (only_row, revision) VALUES (?, ?)')
  head.run(1, 2)
  expect(database.prepare('SELECT count(*) FROM plan_revision').pluck().get()).toBe(2)
  expect(() => head.run(2, 1)).toThrow(/CHECK/)
  expect(() => add.run(3, 'broken', 'not json')).toThrow(/CHECK/)
  expect(() => database.prepare('UPDATE plan_head SET revision = 9').run()).toThrow(/FOREIGN KEY/)
  database.close()
})
