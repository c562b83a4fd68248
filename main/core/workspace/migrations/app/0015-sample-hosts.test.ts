import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { hosts } from './0002-hosts.ts'
import { sshConfigHosts } from './0008-ssh-config-hosts.ts'
import { sampleHosts } from './0015-sample-hosts.ts'

it('keeps every server and takes those of samples', () => {
  const database = new Database(':memory:')
  database.exec(hosts.sql)
  database.exec(sshConfigHosts.sql)
  const old = {
    ...{ id: 'a', name: 'Web', kind: 'ssh', address: 'web', port: null, user: null, auth_kind: 'config' },
    ...{ key_path: null, postgres: null, created_at: 7 },
  }
  const columns = Object.keys(old)
  const add = (row: object) =>
    database.prepare(`INSERT INTO host (${columns}) VALUES (${columns.map((one) => `@${one}`)})`).run(row)
  add(old)
  database.transaction(() => database.exec(sampleHosts.sql)).immediate()

  expect(database.prepare('SELECT * FROM host').all()).toEqual([old])
  add({ ...old, id: 'b', name: 'app-1', kind: 'sample', address: 'sample', auth_kind: 'none' })
  expect(() => add({ ...old, id: 'c', name: 'x', kind: 'cloud' })).toThrow(/CHECK/)
  database.close()
})
