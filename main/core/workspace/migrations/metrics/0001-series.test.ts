import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { series } from './0001-series.ts'

test('metrics migration 1, series: a series owns its samples, blocks and rollups', () => {
  const database = new Database(':memory:')
  database.pragma('foreign_keys = ON')
  database.exec(series.sql)
  const add = database.prepare("INSERT INTO series (host_id, metric, labels, unit) VALUES ('h', 'load1', ?, 'load')")
  add.run('{}')
  expect(() => add.run('{}')).toThrow(/UNIQUE/)
  database.exec(`
    INSERT INTO head VALUES (1, 1000, 0.5);
    INSERT INTO block VALUES (17179869184, 1, 0, 900, 10, 0, 1, 5, 1, x'00');
    INSERT INTO rollup VALUES (60000, 1, 0, 11, 0, 1, 5.5, 0.5);
  `)
  expect(() => database.exec('INSERT INTO head VALUES (2, 1000, 0.5)')).toThrow(/FOREIGN KEY/)
  expect(() => database.exec("INSERT INTO head VALUES (1, 2000, 'high')")).toThrow(/cannot store TEXT/)
  expect(() => database.exec('INSERT INTO rollup VALUES (60000, 1, 60000, 0, 0, 0, 0, 0)')).toThrow(/CHECK/)
  database.exec('DELETE FROM series WHERE id = 1')
  for (const table of ['head', 'block', 'rollup'])
    expect(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(0)
  database.close()
})
