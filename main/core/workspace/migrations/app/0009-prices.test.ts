import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { prices } from './0009-prices.ts'

it('keeps one own price a key, one fetched price a source and key, and bodies that are JSON', () => {
  const database = new Database(':memory:')
  database.exec(prices.sql)
  const own = database.prepare("INSERT INTO own_price VALUES (?, ?, 1, '{}')")
  own.run('a', 'k')
  expect(() => own.run('b', 'k')).toThrow(/UNIQUE/)
  const fetched = database.prepare('INSERT INTO fetched_price VALUES (?, ?, ?)')
  fetched.run('vultr', 'k', '{}')
  fetched.run('linode', 'k', '{}')
  expect(() => fetched.run('vultr', 'k', '{}')).toThrow(/UNIQUE/)
  expect(() => fetched.run('vultr', 'l', 'no json')).toThrow(/CHECK/)
  expect(database.prepare('SELECT count(*) FROM fetched_price').pluck().get()).toBe(2)
  database.close()
})
