import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { series } from './0001-series.ts'
import { packed } from './0002-packed.ts'
import { closed } from './0003-closed.ts'

test('metrics migration 3, closed: rollups stay and count as not closed; there is one word of it', () => {
  const database = new Database(':memory:')
  database.exec(series.sql)
  database.exec(packed.sql)
  database.exec(`
    INSERT INTO series (host_id, metric, labels, unit) VALUES ('h', 'load1', '{}', 'load');
    INSERT INTO rollup VALUES (3600000, 1, 0, 11, 0, 1, 5.5, 0.5);
  `)
  database.exec(closed.sql)
  const count = (table: string) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
  expect(count('rollup')).toBe(1)
  expect(count('closed')).toBe(0)
  database.exec("INSERT INTO closed VALUES (1, '[]')")
  expect(() => database.exec("INSERT INTO closed VALUES (2, '[]')")).toThrow(/CHECK/)
  expect(() => database.exec("INSERT INTO closed VALUES (1, '[]')")).toThrow(/UNIQUE/)
  database.close()
})
