import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { alerts } from './0011-alerts.ts'

it('keeps one open alert of a rule and series, and any number of past ones', () => {
  const database = new Database(':memory:')
  database.exec(alerts.sql)
  const add = database.prepare(
    "INSERT INTO alert (id, rule_id, series, fired_at, cleared_at, body) VALUES (?, 'plan:cpu', 's', ?, ?, '{}')",
  )
  add.run('a', 1, 2)
  add.run('b', 3, 4)
  add.run('c', 5, null)
  expect(() => add.run('d', 6, null)).toThrow(/UNIQUE/)
  const rule = database.prepare("INSERT INTO alert_rule (id, body, made_at) VALUES ('own:x', ?, 1)")
  expect(() => rule.run('not json')).toThrow(/CHECK/)
  const absence = database.prepare('INSERT INTO alert_absence (from_at, to_at, why) VALUES (1, 2, ?)')
  expect(() => absence.run('bored')).toThrow(/CHECK/)
  database.close()
})
