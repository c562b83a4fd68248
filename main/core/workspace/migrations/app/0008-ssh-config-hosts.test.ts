import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { hosts } from './0002-hosts.ts'
import { sshConfigHosts } from './0008-ssh-config-hosts.ts'

it('keeps every server, takes names of the SSH configuration, and still refuses other logins', () => {
  const database = new Database(':memory:')
  database.exec(hosts.sql)
  const old = {
    id: 'a',
    name: 'Web',
    kind: 'ssh',
    address: '10.0.0.1',
    port: 22,
    user: 'root',
    auth_kind: 'key',
    key_path: '~/.ssh/k',
    postgres: '{"via":"psql"}',
    created_at: 7,
  }
  const columns = Object.keys(old)
  const add = (row: object) =>
    database.prepare(`INSERT INTO host (${columns}) VALUES (${columns.map((one) => `@${one}`)})`).run(row)
  add(old)
  database.transaction(() => database.exec(sshConfigHosts.sql)).immediate()

  expect(database.prepare('SELECT * FROM host').all()).toEqual([old])
  add({ ...old, id: 'b', name: 'db', address: 'db', port: null, user: null, auth_kind: 'config', key_path: null })
  expect(() => add({ ...old, id: 'c', name: 'WEB' })).toThrow(/UNIQUE/)
  expect(() => add({ ...old, id: 'd', name: 'x', auth_kind: 'telnet' })).toThrow(/CHECK/)
  database.close()
})
