import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { settings } from './0001-settings.ts'
import { hosts } from './0002-hosts.ts'

describe('app migration 2, hosts', () => {
  it('keeps the settings of version 1 and takes hosts, keys and sealed secrets', () => {
    const database = new Database(':memory:')
    database.exec(settings.sql)
    database.prepare("INSERT INTO setting (key, value, saved_at) VALUES ('a', '1', 1)").run()
    database.exec(hosts.sql)
    expect(database.prepare('SELECT value FROM setting').pluck().get()).toBe('1')
    const host = database.prepare(
      "INSERT INTO host (id, name, kind, address, auth_kind, created_at) VALUES (?, ?, 'local', 'localhost', 'none', 1)",
    )
    host.run('1', 'web')
    expect(() => host.run('2', 'WEB')).toThrow(/UNIQUE/)
    expect(() => database.prepare("INSERT INTO secret (name, kind, sealed) VALUES ('a', 'plain', 'x')").run()).toThrow(
      /CHECK/,
    )
    expect(() => database.prepare("INSERT INTO vault (id, salt, cost, proof) VALUES (2, '', 1, '')").run()).toThrow(
      /CHECK/,
    )
    const key = database.prepare("INSERT INTO host_key VALUES ('a', 22, 'ssh-ed25519', 'AAAA', 1)")
    key.run()
    expect(() => key.run()).toThrow(/UNIQUE/)
    database.close()
  })
})
