import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { settings } from './0001-settings.ts'
import { hosts } from './0002-hosts.ts'
import { plan } from './0003-plan.ts'
import { playbooks } from './0004-playbooks.ts'

describe('app migration 4, playbooks', () => {
  it('keeps what version 3 holds and takes runs, whose journal only grows', () => {
    const database = new Database(':memory:')
    database.pragma('foreign_keys = ON')
    for (const { sql } of [settings, hosts, plan]) database.exec(sql)
    database.prepare("INSERT INTO setting (key, value, saved_at) VALUES ('a', '1', 1)").run()
    database.exec(playbooks.sql)
    expect(database.prepare('SELECT value FROM setting').pluck().get()).toBe('1')
    const run = database.prepare(
      `INSERT INTO playbook_run (id, playbook_id, name, source, state, parameters, plan, host_ids, created_at)
       VALUES ('r', 'p', 'P', '', ?, '{}', '[]', '[]', 1)`,
    )
    expect(() => run.run('lost')).toThrow(/CHECK/)
    run.run('running')
    database.prepare("INSERT INTO playbook_lock VALUES ('h', 'r', 1)").run()
    expect(() => database.prepare("INSERT INTO playbook_lock VALUES ('h', 'r', 2)").run()).toThrow(/UNIQUE/)
    expect(() => database.prepare("INSERT INTO playbook_lock VALUES ('other', 'no run', 1)").run()).toThrow(/FOREIGN/)
    database.prepare("INSERT INTO playbook_journal VALUES ('r', 1, 1, 'k', NULL, NULL, 't', '{}', 'a', 'b')").run()
    expect(() => database.prepare("UPDATE playbook_journal SET text = 'u'").run()).toThrow(/append-only/)
    expect(() => database.prepare('DELETE FROM playbook_journal').run()).toThrow(/append-only/)
    database.close()
  })
})
