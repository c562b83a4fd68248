import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { series } from './0001-series.ts'
import { packed } from './0002-packed.ts'

test('metrics migration 2, packed: samples and rollups stay, minutes go, chunks end with their series', () => {
  const database = new Database(':memory:')
  database.pragma('foreign_keys = ON')
  database.exec(series.sql)
  database.exec(`
    INSERT INTO series (host_id, metric, labels, unit) VALUES ('h', 'load1', '{}', 'load');
    INSERT INTO head VALUES (1, 1000, 0.5);
    INSERT INTO block VALUES (17179869184, 1, 0, 900, 10, 0, 1, 5, 1, x'00');
    INSERT INTO rollup VALUES (60000, 1, 0, 4, 0, 1, 2, 0.5);
    INSERT INTO rollup VALUES (3600000, 1, 0, 11, 0, 1, 5.5, 0.5);
  `)
  database.exec(packed.sql)
  expect(database.prepare('SELECT level FROM rollup').pluck().all()).toEqual([3_600_000])
  expect(database.prepare('SELECT n, clock_id FROM block').get()).toEqual({ n: 10, clock_id: null })
  const count = (table: string) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
  expect(count('head')).toBe(1)
  database.exec("INSERT INTO clock (from_at, to_at, n, data) VALUES (0, 900, 10, x'00')")
  database.exec("INSERT INTO rollup_chunk VALUES (292057776128, 1, 3600000, 0, 7200000, 3, x'00')")
  expect(() => database.exec("INSERT INTO rollup_chunk VALUES (1, 2, 3600000, 0, 0, 1, x'00')")).toThrow(/FOREIGN KEY/)
  expect(() => database.exec("INSERT INTO clock (from_at, to_at, n, data) VALUES (0, 0, 0, x'00')")).toThrow(/CHECK/)
  database.exec('DELETE FROM series')
  for (const table of ['head', 'block', 'rollup', 'rollup_chunk']) expect(count(table)).toBe(0)
  database.close()
})
