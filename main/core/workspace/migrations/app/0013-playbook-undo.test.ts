import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { playbooks } from './0004-playbooks.ts'
import { playbookUndo } from './0013-playbook-undo.ts'

describe('app migration 13, playbook undo', () => {
  it('keeps the steps and locks of earlier runs and takes undone steps', () => {
    const database = new Database(':memory:')
    database.exec(playbooks.sql)
    database
      .prepare(
        `INSERT INTO playbook_run (id, playbook_id, name, source, state, parameters, plan, host_ids, created_at)
         VALUES ('r', 'p', 'P', '', 'failed', '{}', '[]', '[]', 1)`,
      )
      .run()
    database.exec(`
      INSERT INTO playbook_step (run_id, idx, id, name, kind, state, memory)
        VALUES ('r', 0, 'a', 'A', 'run', 'succeeded', '{"x":1}'), ('r', 1, 'b', 'B', 'run', 'failed', '{}');
      INSERT INTO playbook_lock VALUES ('h', 'r', 7);
    `)
    database.exec(playbookUndo.sql)
    expect(database.prepare('SELECT id, state, memory, undo FROM playbook_step ORDER BY idx').all()).toEqual([
      { id: 'a', state: 'succeeded', memory: '{"x":1}', undo: 'nothing' },
      { id: 'b', state: 'failed', memory: '{}', undo: 'nothing' },
    ])
    expect(database.prepare('SELECT host_id, since, instance FROM playbook_lock').get()).toEqual({
      ...{ host_id: 'h', since: 7, instance: '' },
    })
    database.prepare("UPDATE playbook_step SET state = 'undone' WHERE idx = 0").run()
    expect(() => database.prepare("UPDATE playbook_step SET state = 'lost' WHERE idx = 0").run()).toThrow(/CHECK/)
    database.prepare("INSERT INTO playbook_timing VALUES ('p', 'a', 'h', 1, 250)").run()
    expect(database.prepare('SELECT undo_to FROM playbook_run').pluck().get()).toBe(null)
    database.close()
  })
})
