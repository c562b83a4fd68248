import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { settings } from './0001-settings.ts'
import { forecasts } from './0007-forecasts.ts'

it('app migration 7, forecasts: keeps what was there and takes forecasts with their scores', () => {
  const database = new Database(':memory:')
  database.exec(settings.sql)
  database.prepare("INSERT INTO setting (key, value, saved_at) VALUES ('a', '1', 1)").run()
  database.exec(forecasts.sql)
  expect(database.prepare('SELECT value FROM setting').pluck().get()).toBe('1')
  const add = database.prepare(
    `INSERT INTO forecast (host_id, metric, labels, unit, made_at, origin, until, interval_ms, body)
     VALUES ('h', 'load1', '{}', 'load', 1, 1, 100, ?, ?)`,
  )
  add.run(10, '{}')
  expect(database.prepare('SELECT passed, inside, came_mae FROM forecast').get()).toEqual({
    passed: 0,
    inside: 0,
    came_mae: null,
  })
  expect(() => add.run(0, '{}')).toThrow(/CHECK/)
  expect(() => add.run(10, 'not json')).toThrow(/CHECK/)
  expect(() => database.exec('UPDATE forecast SET inside = 1')).toThrow(/CHECK/)
  database.close()
})
