import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { hosts } from './0002-hosts.ts'
import { services } from './0010-services.ts'

it('keeps the servers, takes services in JSON, one of each id a host', () => {
  const database = new Database(':memory:')
  database.exec(hosts.sql)
  database.exec(
    "INSERT INTO host (id, name, kind, address, auth_kind, created_at) VALUES ('h', 'web', 'local', 'localhost', 'none', 1)",
  )
  database.exec(services.sql)
  expect(database.prepare('SELECT name FROM host').pluck().all()).toEqual(['web'])
  const add = database.prepare('INSERT INTO host_service (host_id, id, position, body) VALUES (?, ?, 0, ?)')
  add.run('h', 'cache', '{"kind":"redis"}')
  expect(() => add.run('h', 'cache', '{}')).toThrow(/UNIQUE/)
  expect(() => add.run('h', 'other', '{broken')).toThrow(/CHECK/)
  const found = database.prepare("INSERT INTO host_finding (host_id, at, body) VALUES ('h', 5, ?)")
  expect(() => found.run('no json')).toThrow(/CHECK/)
  found.run('{"notFound":[]}')
  expect(database.prepare('SELECT at FROM host_finding').pluck().get()).toBe(5)
  database.close()
})
