import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { plan } from './0003-plan.ts'
import { planHistory } from './0006-plan-history.ts'

it('keeps the revisions and the head of version 3, and takes edits whose numbers are never used again', () => {
  const database = new Database(':memory:')
  database.pragma('foreign_keys = ON')
  database.exec(plan.sql)
  const old = database.prepare('INSERT INTO plan_revision (id, saved_at, reason, body) VALUES (?, ?, ?, ?)')
  old.run(7, 1, 'chosen', '{"id":"a"}')
  old.run(9, 2, 'changed', '{"id":"b"}')
  database.prepare('INSERT INTO plan_head VALUES (1, 9)').run()
  database.transaction(() => database.exec(planHistory.sql)).immediate()

  expect(database.prepare('SELECT id, reason, body FROM plan_revision ORDER BY id').all()).toEqual([
    { id: 7, reason: 'chosen', body: '{"id":"a"}' },
    { id: 9, reason: 'changed', body: '{"id":"b"}' },
  ])
  expect(database.prepare('SELECT revision FROM plan_head').pluck().get()).toBe(9)
  const add = database.prepare(
    'INSERT INTO plan_revision (saved_at, reason, body, edit, inverse, token) VALUES (3, ?, ?, ?, ?, ?)',
  )
  expect(add.run('edited', null, '{}', '{}', 't').lastInsertRowid).toBe(10)
  database.prepare('DELETE FROM plan_revision WHERE id = 10').run()
  expect(add.run('edited', null, '{}', '{}', 't').lastInsertRowid).toBe(11)
  expect(() => add.run('again', null, '{}', '{}', 't')).toThrow(/UNIQUE/)
  expect(() => add.run('of nothing', null, null, null, null)).toThrow(/CHECK/)
  expect(() => add.run('no way back', null, '{}', null, null)).toThrow(/CHECK/)
  expect(() => add.run('broken', 'not json', null, null, null)).toThrow(/CHECK/)
  expect(() => database.prepare('DELETE FROM plan_revision WHERE id = 9').run()).toThrow(/FOREIGN KEY/)
  expect(() => database.prepare('INSERT INTO plan_head VALUES (2, 9)').run()).toThrow(/CHECK/)
  database.close()
})
