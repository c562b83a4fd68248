import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { playbooks } from './0004-playbooks.ts'
import { playbookRehearsal } from './0014-playbook-rehearsal.ts'

describe('app migration 14, playbook rehearsal', () => {
  it('takes earlier runs for real ones', () => {
    const database = new Database(':memory:')
    database.exec(playbooks.sql)
    const insert = `INSERT INTO playbook_run (id, playbook_id, name, source, state, parameters, plan, host_ids, created_at`
    database.exec(`${insert}) VALUES ('r', 'p', 'P', '', 'failed', '{}', '[]', '[]', 1)`)
    database.exec(playbookRehearsal.sql)
    database.exec(`${insert}, rehearsal) VALUES ('s', 'p', 'P', '', 'failed', '{}', '[]', '[]', 2, 1)`)
    expect(database.prepare('SELECT id, rehearsal FROM playbook_run ORDER BY id').all()).toEqual([
      { id: 'r', rehearsal: 0 },
      { id: 's', rehearsal: 1 },
    ])
    expect(() => database.exec('UPDATE playbook_run SET rehearsal = 2')).toThrow(/CHECK/)
    database.close()
  })
})
