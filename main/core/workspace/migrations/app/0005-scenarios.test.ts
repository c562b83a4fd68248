import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { scenarios } from './0005-scenarios.ts'

it('keeps names apart among those that are not removed, and bodies that are JSON', () => {
  const database = new Database(':memory:')
  database.exec(scenarios.sql)
  const add = database.prepare(
    `INSERT INTO scenario (id, name, plan, plan_name, position, saved_at, removed_at, body)
     VALUES (?, ?, 'pareto', 'Pareto', 0, 1, ?, ?)`,
  )
  add.run('a', 'Cautious', null, '{}')
  expect(() => add.run('b', 'CAUTIOUS', null, '{}')).toThrow(/UNIQUE/)
  add.run('b', 'Cautious', 5, '{}')
  expect(() => add.run('c', 'Bold', null, 'not json')).toThrow(/CHECK/)
  expect(database.prepare('SELECT count(*) FROM scenario').pluck().get()).toBe(2)
  database.close()
})
