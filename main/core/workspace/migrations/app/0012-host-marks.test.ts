import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { hostMarks } from './0012-host-marks.ts'

it('keeps one row of marks a server', () => {
  const database = new Database(':memory:')
  database.exec(hostMarks.sql)
  const add = database.prepare('INSERT INTO host_mark (host_id, tags, stage) VALUES (?, ?, ?)')
  add.run('a', '["web"]', 'stage-1')
  add.run('b', '[]', null)
  expect(() => add.run('a', '[]', null)).toThrow(/UNIQUE/)
  expect(() => add.run('c', 'web', null)).toThrow(/CHECK/)
  database.close()
})
